"""What keeps a command from starting is one line that says how to mend it; a database can be moved and copied."""

import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.open import open_database
from bot.terminal.endings import MISCONFIGURED, TROUBLE
from tests.databases import PostgresServer
from tests.programs import Program
from tests.terminal.processes import World, open_world
from tests.ui.discord_rest import Refusal


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    async with open_world(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
async def bare(tmp_path: Path) -> AsyncIterator[World]:
    """Without any database."""
    async with open_world(tmp_path, "") as opened:
        yield opened


async def complaint(command: Program, code: int = TROUBLE) -> str:
    """The one line that a command ends with; before it, there may be lines of the log."""
    assert await command.end() == code, command.said
    *logged, line = command.said.splitlines()
    assert line.startswith("Error: ")
    assert all(" INFO " in told for told in logged), command.said
    return line


async def test_without_a_key_a_token_or_a_good_one_it_does_not_start(bare: World) -> None:
    said = await complaint(await bare.type("worker", BYTEPLUS_API_KEY=""), MISCONFIGURED)
    assert "no provider has a key · set one of COMETAPI_KEY, ARK_API_KEY" in said
    said = await complaint(await bare.type("worker", DISCORD_TOKEN=""), MISCONFIGURED)
    assert "DISCORD_TOKEN is not set: copy it" in said
    bare.discord.login = Refusal(401, 0, "401: Unauthorized")
    assert "Discord does not accept DISCORD_TOKEN" in await complaint(await bare.type("worker"), MISCONFIGURED)


async def test_a_discord_that_is_away_is_waited_for(bare: World) -> None:
    bare.discord.login = Refusal(403, 0, "403: Forbidden")
    worker = await bare.type("worker")
    await worker.until("Discord cannot be reached: Discord answered 403; next try in 2 s")
    bare.discord.login = None
    await worker.until("Working on up to")
    worker.process.terminate()
    assert await worker.end() == 0, worker.said


async def test_a_catalogue_with_a_mistake_is_told(bare: World) -> None:
    (bare.home / "catalogue.toml").write_text("models = 5")
    assert "catalogue.toml: models" in await complaint(await bare.type("worker"), MISCONFIGURED)


@pytest.mark.parametrize(
    ("url", "said", "code"),
    [
        (
            "postgresql://bot:hidden-word@127.0.0.1:1/bot",
            "PostgreSQL database bot at 127.0.0.1:1 cannot be reached",
            TROUBLE,
        ),
        ("sqlite:///:memory:", "DATABASE_URL names no file", MISCONFIGURED),
    ],
)
@pytest.mark.parametrize("word", ["worker", "migrate"])
async def test_a_database_that_is_not_there_is_told_without_its_password(
    word: str, url: str, said: str, code: int, bare: World
) -> None:
    line = await complaint(await bare.type(word, DATABASE_URL=url), code if word == "worker" else TROUBLE)
    assert said in line
    assert "hidden-word" not in line


async def test_a_database_of_that_name_does_not_exist(bare: World, postgres: PostgresServer) -> None:
    url = postgres.url("nowhere")
    assert "nowhere" in await complaint(await bare.type("worker", DATABASE_URL=url), MISCONFIGURED)


async def test_a_file_that_is_no_database_stays_as_it_is(bare: World) -> None:
    file = bare.home / "seedream.db"
    file.write_text("my diary, volume 3 " * 100)
    assert "is not a SQLite database" in await complaint(await bare.type("worker"), MISCONFIGURED)
    assert file.read_text() == "my diary, volume 3 " * 100


async def test_a_database_of_a_newer_release_is_not_touched(bare: World, empty_url: str) -> None:
    async with open_database(empty_url, bare.home) as database:
        await database.write(lambda tx: tx.run(text("UPDATE seedream_schema SET version_num = '9999'")))
    for word, code in (("worker", MISCONFIGURED), ("run", MISCONFIGURED), ("migrate", TROUBLE)):
        line = await complaint(await bare.type(word, DATABASE_URL=empty_url), code)
        assert "made by a newer release (form 9999" in line
        assert "Install the newer release again" in line


async def test_a_second_process_on_one_file_is_told_so(bare: World) -> None:
    worker = await bare.worker()
    assert "Another process works on the database" in await complaint(await bare.type("worker"))
    assert "Another process works on the database" in await complaint(await bare.type("migrate"))
    copy = await bare.type("backup", "copy.db")
    assert await copy.end() == 0, "a copy can be made meanwhile"
    assert copy.out == "copy.db\n"
    worker.process.terminate()
    assert await worker.end() == 0
    with sqlite3.connect(bare.home / "copy.db") as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (0,)
    connection.close()


async def test_what_keeps_a_worker_from_starting_keeps_the_bot_from_starting_too(bare: World) -> None:
    file = bare.home / "seedream.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for word in ("run", "worker"):
            line = await complaint(await bare.type(word, HTTP_PORT=port), TROUBLE)
            assert f"HTTP_PORT: port {port} of 127.0.0.1 is taken" in line
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE songs (name)")
    for word in ("run", "worker"):
        assert "has tables of another program" in await complaint(await bare.type(word), MISCONFIGURED)
    file.unlink()
    worker = await bare.worker()
    assert "Another process works on the database" in await complaint(await bare.type("run"), TROUBLE)
    worker.process.terminate()
    assert await worker.end() == 0


async def test_a_second_process_on_one_server_works_too(world: World, kind: str) -> None:
    if kind != "postgresql":
        return
    both = [await world.worker(), await world.worker()]
    for worker in both:
        worker.process.terminate()
    assert [await worker.end() for worker in both] == [0, 0]


async def test_a_second_process_with_another_data_folder_is_told_how_to_share_one(world: World, kind: str) -> None:
    if kind != "postgresql":
        return
    first = await world.worker()
    asked = len(world.discord.asked)
    for word in ("worker", "run"):
        line = await complaint(await world.type(word, DATA_DIR=str(world.home / "another")), TROUBLE)
        assert f"but not in the data folder {world.home / 'another'}. Give all processes one DATA_DIR" in line
    assert len(world.discord.asked) == asked, "it does not even knock at Discord's door"
    assert await first.stop() == 0
    alone = await world.worker(DATA_DIR=str(world.home / "another"))
    assert await alone.stop() == 0


async def test_a_new_database_is_made_copied_and_filled_again(
    tmp_path: Path, kind: str, empty_url: str, request: pytest.FixtureRequest
) -> None:
    async with open_world(tmp_path, empty_url) as world:
        made = await world.type("migrate")
        assert await made.end() == 0, made.said
        assert "is new, with tables of form" in made.out
        assert made.said == ""
        again = await world.type("migrate")
        assert await again.end() == 0
        assert "is up to date" in again.out
        copied = await world.type("backup")
        assert await copied.end() == 0, copied.said
        backup = Path(copied.out.strip())
        assert backup.parent == tmp_path / "backups"
        assert backup.is_file()
        assert "is not empty" in await complaint(await world.type("restore", str(backup)))
        # into an empty database of the other kind
        other = "" if kind == "postgresql" else request.getfixturevalue("postgres").database(tables=False)
        filled = await world.type("restore", str(backup), DATABASE_URL=other)
        assert await filled.end() == 0, filled.said
        assert f"rows from {backup}" in filled.out
        (tmp_path / "notes.txt").write_text("no backup")
        await complaint(await world.type("restore", "notes.txt", DATABASE_URL=other))
