"""With a key, what people wrote lies sealed in the database: on the disk, in backups, whatever the key was before."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, select, type_coerce, update

from bot.store import seals as seals_module
from bot.store import upkeep
from bot.store.database import Database, Transaction
from bot.store.errors import Damaged, WrongKey
from bot.store.open import open_database
from bot.store.sealing import Seal
from bot.store.tables import jobs, preferences, seals
from bot.studio.history import page
from bot.studio.job import Origin
from bot.studio.memos import note, recall
from bot.studio.queue import load
from tests.studio.making import put_job

NEW, OLD = "new-key-0123456789abcdef0123456789", "old-key-0123456789abcdef0123456789"
PROMPT, TOKEN, NOTES = "a c\0at in the räin", "interaction-token-canary", "Image 1: `holiday-canary.png`"
CANARIES = (b"in the r", b"token-canary", b"holiday-canary", b"draft-canary")

Open = Callable[..., Any]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Open:
    """Opens the test's database with these keys."""
    return lambda *keys: open_database(database_url, tmp_path, None, Seal(keys))


async def fill(database: Database, user: int = 1) -> int:
    origin = Origin(f"interaction:{user}", channel=5, token=TOKEN, token_until=9e9, notes=NOTES)
    job = await put_job(database, user, request={"prompt": PROMPT, "model": "m", "size": "2K"}, origin=origin)
    draft = {"latest": [{"id": 1, "request": {"prompt": "draft-canary"}}]}
    await database.write(lambda tx: note(tx, "draft", user, draft))
    return job.id


async def holds(database: Database, number: int, user: int = 1) -> None:
    """Everything is there as it was written."""
    job = await database.read(lambda tx: load(tx, number))
    assert job is not None
    assert job.request == {"prompt": PROMPT.replace("\0", "�"), "model": "m", "size": "2K"}
    assert (job.origin.token, job.origin.notes, job.origin.channel) == (TOKEN, NOTES, 5)
    draft = await database.read(lambda tx: recall(tx, "draft", user))
    assert draft["latest"][0]["request"]["prompt"] == "draft-canary"


def raw(tx: Transaction) -> str:
    """What lies in the rows, as it lies there."""
    columns = [type_coerce(column, JSON) for column in (jobs.c.origin, jobs.c.request)]
    found = [tuple(row) for row in tx.run(select(*columns))]
    return repr([*found, *tx.run(select(type_coerce(preferences.c["values"], JSON))).scalars()])


async def names(database: Database) -> set[str]:
    return set(await database.read(lambda tx: tx.run(select(seals.c.key)).scalars().all()))


async def test_what_is_sealed_is_read_as_it_was_written_and_found_by_its_words(opened: Open) -> None:
    async with opened(NEW) as database:
        number = await fill(database)
        await holds(database, number)
        found = await database.read(lambda tx: page(tx, 1, search="RÄIN"))
        assert [job.id for job in found.jobs] == [number]
        lying = await database.read(raw)
    assert not [canary for canary in CANARIES if canary.decode() in lying]
    assert "'size': '2K'" in lying  # what says nothing about anybody is not


async def test_without_a_key_nothing_is_sealed(opened: Open) -> None:
    async with opened() as database:
        await holds(database, await fill(database))
        assert "draft-canary" in await database.read(raw)
        assert await names(database) == set()


async def test_a_key_that_comes_later_seals_what_was_there(
    opened: Open, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals_module, "BATCH", 2)
    async with opened() as database:
        numbers = [await fill(database, user) for user in range(1, 6)]
    async with opened(NEW) as database:
        for user, number in enumerate(numbers, 1):
            await holds(database, number, user)
        lying = await database.read(raw)
        assert not [canary for canary in CANARIES if canary.decode() in lying]
        assert await names(database) == set(Seal([NEW]).names)
    if not database_url:
        files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert not [canary for canary in CANARIES if canary in files]


async def test_after_a_change_of_keys_the_former_one_is_needed_once(opened: Open) -> None:
    async with opened(OLD) as database:
        number = await fill(database)
    async with opened(NEW, OLD) as database:
        await holds(database, number)
    async with opened(NEW) as database:
        await holds(database, number)


async def test_a_change_that_was_interrupted_goes_on(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(OLD) as database:
        numbers = [await fill(database, user) for user in (1, 2)]

    async def dies(*_: object) -> int:
        raise KeyError("the power")

    with monkeypatch.context() as patch:
        patch.setattr(seals_module, "_reseal", dies)
        with pytest.raises(KeyError):
            async with opened(NEW, OLD):
                pass
    with pytest.raises(WrongKey):  # nothing says yet that the former one is not needed
        async with opened(NEW):
            pass
    async with opened(NEW, OLD) as database:
        assert await names(database) == set(Seal([NEW]).names)
    async with opened(NEW) as database:
        for user, number in enumerate(numbers, 1):
            await holds(database, number, user)


@pytest.mark.parametrize("keys", [(), (NEW,)], ids=["none", "another"])
async def test_a_missing_key_is_told_at_the_start_and_nothing_is_lost(opened: Open, keys: tuple[str, ...]) -> None:
    async with opened(OLD) as database:
        number = await fill(database)
    with pytest.raises(WrongKey, match=r"sealed with key \w{8}, which DATA_KEY does not have. Put the former key"):
        async with opened(*keys):
            pass
    async with opened(OLD) as database:
        await holds(database, number)


async def test_a_row_from_a_process_with_another_key_is_told_as_that(opened: Open) -> None:
    async with opened(OLD) as database:
        number = await fill(database)
        await database.write(lambda tx: tx.run(update(seals).values(key=Seal([NEW]).names[0])))
    async with opened(NEW) as database:
        with pytest.raises(WrongKey):
            await database.read(lambda tx: load(tx, number))


async def test_a_sealed_value_that_was_changed_is_damaged(opened: Open) -> None:
    name = Seal([NEW]).names[0]
    async with opened(NEW) as database:
        number = await fill(database)
        for text in ("AAAA" * 9, "", "no base64!"):
            broken = {"prompt": {"sealed": f"{name}.{text}"}}
            changed = update(jobs).values({jobs.c.request: type_coerce(broken, JSON)})
            await database.write(lambda tx, changed=changed: tx.run(changed))
            with pytest.raises(Damaged):
                await database.read(lambda tx: load(tx, number))


async def test_a_prompt_that_looks_sealed_is_a_prompt(opened: Open) -> None:
    for keys in ((), (NEW,)):
        async with opened(*keys) as database:
            job = await put_job(database, request={"prompt": '{"sealed": "x.y"}'})
            assert (await database.read(lambda tx, job=job: load(tx, job.id))).request["prompt"] == '{"sealed": "x.y"}'


async def test_a_backup_holds_sealed_values_and_brings_them_back(
    opened: Open, database_url: str, tmp_path: Path
) -> None:
    async with opened(NEW) as database:
        number = await fill(database)
        kept = await upkeep.backup(database_url, tmp_path)
    content = gzip.decompress(kept.read_bytes()) if kept.suffix == ".gz" else kept.read_bytes()
    assert not [canary for canary in CANARIES if canary in content]
    await upkeep.restore(kept, "", tmp_path / "restored")
    async with open_database("", tmp_path / "restored", None, Seal([NEW])) as database:
        await holds(database, number)
    with pytest.raises(WrongKey):
        async with open_database("", tmp_path / "restored"):
            pass


def test_the_names_of_keys_say_nothing_about_them_and_no_two_texts_are_alike() -> None:
    seal = Seal([NEW, OLD])
    assert seal.names == (*Seal([NEW]).names, *Seal([OLD]).names)
    assert not [name for name in seal.names if name in NEW + OLD]
    assert seal.close("a cat") != seal.close("a cat")
    assert Seal([OLD, NEW]).open(seal.close("a cat")) == "a cat"
