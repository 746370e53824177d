"""What DATABASE_URL may look like, and that no password is shown."""

from pathlib import Path

import pytest

from bot.store.address import Server, read
from bot.store.errors import BadAddress

FOLDER = Path("data")
FIRST = "postgresql://me:secret@db.example:5433/seedream"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "data/seedream.db"),
        ("sqlite:///rows.db", "rows.db"),
        ("sqlite:////var/rows.db", "/var/rows.db"),
        ("sqlite+aiosqlite:///rows.db?timeout=3", "rows.db"),
    ],
)
def test_a_file(url: str, path: str) -> None:
    assert read(url, FOLDER) == Path(path)


@pytest.mark.parametrize(
    ("url", "dsn", "name"),
    [
        (FIRST, FIRST, "seedream at db.example:5433"),
        ("postgres" + FIRST[len("postgresql") :], FIRST, "seedream at db.example:5433"),
        ("postgresql+asyncpg" + FIRST[len("postgresql") :], FIRST, "seedream at db.example:5433"),
        ("postgresql://db/x?sslmode=require", "postgresql://db/x?sslmode=require", "x at db"),
        ("postgresql://db/x?ssl=true", "postgresql://db/x?sslmode=require", "x at db"),
        ("postgresql://db/x?ssl=verify-full", "postgresql://db/x?sslmode=verify-full", "x at db"),
        ("postgresql://db/x?channel_binding=require&connect_timeout=3", "postgresql://db/x", "x at db"),
        ("postgresql://me@/x?host=/run/pg", "postgresql://me@/x?host=%2Frun%2Fpg", "x at /run/pg"),
        ("postgresql:///x", "postgresql:///x", "x at this machine"),
        ("postgresql://a:1,b:2/x", "postgresql://a:1,b:2/x", "x at a:1,b:2"),
    ],
)
def test_a_server(url: str, dsn: str, name: str) -> None:
    assert read(url, FOLDER) == Server(dsn, f"The PostgreSQL database {name}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me:secret@db/x", "kind"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://me:se/secret@db/x", "cannot be taken apart"),
        ("postgresql://me:se#secret@db/x", "cannot be taken apart"),
        ("postgresql://me:se?secret=1@db/x", "cannot be taken apart"),
        ("postgresql://me:se@secret@db/x", "cannot be taken apart"),
        ("postgresql://me:secret@db/x?pgbouncer=true", "not known: pgbouncer"),
    ],
)
def test_an_address_that_is_wrong_is_told_without_its_password(url: str, said: str) -> None:
    with pytest.raises(BadAddress, match=said) as caught:
        read(url, FOLDER)
    assert "secret" not in str(caught.value)
