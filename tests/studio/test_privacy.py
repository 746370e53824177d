"""Who asks to be forgotten is: nothing of them is left in the database, in its files or in the data folder."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select, update

from bot.seedream.content import InMemory
from bot.seedream.models import ImageRequest, Reference
from bot.store.database import Database, Transaction
from bot.store.open import open_database
from bot.store.sealing import Seal
from bot.store.tables import accounts, jobs, metadata, preferences, reports, seals
from bot.studio import consent, history, ledger, memos, pins, stars, steps
from bot.studio.job import NOBODY, Amount, Origin, Result, State, Who
from bot.studio.limits import Allowance, Limits
from bot.studio.pins import Pin
from bot.studio.privacy import Forgotten, Privacy
from bot.studio.queue import Lost, load
from bot.studio.shelf import Shelf
from bot.studio.studio import Ticket
from sandbox.pictures import png
from tests.databases import Hands
from tests.studio.making import put_job, start_worker, take
from tests.studio.scene import Scene, open_scene
from tests.studio.sweeping import Sweep, closed, lay, now

DAY = 86_400.0
MIA, BEN, SERVER = 987_654_321_000_001, 555_000_002, 77_000_007
CANARY = "canary-7f3a"
WORDS = {
    name: f"{CANARY}-{name}"
    for name in ("prompt", "token", "notes", "draft", "pin", "error", "layer", "key", "usage", "task", "reason")
}


@pytest.fixture
def privacy(scene: Scene) -> Privacy:
    return Privacy(scene.database, scene.home, scene.tariff, keep_days=90)


def reference(content: bytes) -> Reference:
    return Reference(InMemory(content), None, "image/png", 64, 64)


async def plant(scene: Scene, user: int = MIA) -> list[int]:
    """Everything that the bot ever writes down of somebody, each thing with a canary in it."""
    database = scene.database
    name = await Shelf.within(scene.home).keep(InMemory(f"{CANARY} pinned".encode()))
    result = lay(scene.home / "spool" / f"{CANARY}-result", 5)
    result.write_text(CANARY)
    origin = Origin(
        f"interaction:{WORDS['key']}", channel=5, token=WORDS["token"], token_until=9e9, notes=WORDS["notes"]
    )
    url = f"https://storage.example/{CANARY}"
    shelf = await Shelf.within(scene.home).keep(InMemory(f"{CANARY} reference".encode()))
    request = {"model": "seedream-4-5", "prompt": WORDS["prompt"], "references": [{"shelf": shelf}, {"url": url}]}
    kept = (Result(0, file=f"spool/{result.name}"), Result(1, url=url, layer={"name": WORDS["layer"]}))
    more: dict[str, Any] = {"user": user, "origin": origin, "request": request}
    over = [await closed(database, *kept, server=SERVER, key=WORDS["key"], **more)]
    over.append(await closed(database, *kept, key=f"{WORDS['key']}-2", **more))
    usage, error = {"said": WORDS["usage"]}, {"state": "failed", "error": "X", "facts": {"message": WORDS["error"]}}
    ended = {"usage": usage, "error": error, "task": WORDS["task"], "delivery": {"messages": [1]}}
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == over[0].id).values(**ended)))
    draft = {"latest": [{"id": 1, "request": {"prompt": WORDS["draft"], "references": [{"shelf": name}]}}]}
    await database.write(lambda tx: memos.note(tx, "draft", user, draft))
    await database.write(lambda tx: memos.note(tx, "form", user, draft))
    pinned = Pin(name, WORDS["pin"], "image/png", 1, 1, 1, whose=user)
    await database.write(lambda tx: pins.pin(tx, user, pinned))
    await database.write(lambda tx: stars.star(tx, user, over[0].id))
    await database.write(lambda tx: ledger.reserve(tx, Who(user, SERVER), Amount(2, 80_000), Limits()))
    await database.write(lambda tx: ledger.close(tx, Who(user, SERVER), tx.now, Amount(2, 80_000), Amount(2, 50_000)))
    told = {"job_id": over[0].id, "server_id": SERVER, "reporter_id": user, "told": {"reason": WORDS["reason"]}}
    await database.write(lambda tx: tx.run(reports.insert().values(**told, state="open", at=tx.now)))
    return [job.id for job in over]


def rows(tx: Transaction) -> str:
    """Every value of every table as a text, sealed or not."""
    found: list[str] = []
    for table in metadata.sorted_tables:
        texts = tx.run(select(*(cast(column, String) for column in table.columns)))
        found.extend(f"{table.name}: {tuple(row)}" for row in texts)
    return "\n".join(found)


def files(home: Path) -> bytes:
    """Everything in the data folder, the files of SQLite and its log too, and all names."""
    found = [path for path in home.rglob("*") if path.is_file()]
    return b"\0".join(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes() for path in found)


async def left_of(scene: Scene, user: int = MIA) -> list[str]:
    """Where something is left of a person."""
    lying = await scene.database.read(rows)
    hits = [line for line in lying.splitlines() if CANARY in line or str(user) in line]
    return hits + [CANARY for _ in range(files(scene.home).count(CANARY.encode()))]


async def test_nothing_is_left_in_the_database_and_on_the_disk(scene: Scene, privacy: Privacy) -> None:
    await forgets_everything(scene, privacy)


async def test_nothing_is_left_of_what_was_sealed(database_url: str, hands: Hands, tmp_path: Path) -> None:
    seal = Seal(["a-key-of-this-test-0123456789abcdef"])
    async with (
        open_database(database_url, tmp_path, hands, seal) as database,
        open_scene(database, hands, tmp_path) as scene,
    ):
        await forgets_everything(scene, Privacy(database, scene.home, scene.tariff))
        await database.write(lambda tx: tx.run(seals.delete()))  # as the next test expects it


async def forgets_everything(scene: Scene, privacy: Privacy) -> None:
    numbers = await plant(scene)
    waiting = await scene.accepted(WORDS["prompt"], user=MIA, server=SERVER)
    others = await scene.accepted(user=BEN, server=SERVER)
    before = await left_of(scene)
    assert len(before) > 10
    gone = await privacy.forget(MIA)
    assert gone == Forgotten(jobs=3, stopped=1, files=3)
    left = await left_of(scene)
    assert [hit for hit in left if not hit.startswith("accounts: ")] == []
    assert await scene.audit() == []
    assert (await scene.database.read(lambda tx: history.page(tx, MIA))).jobs == ()
    assert await scene.job(others) == others
    kept = await scene.database.read(lambda tx: load(tx, numbers[0]))
    assert kept is not None
    assert (kept.who, kept.model, kept.state) == (Who(NOBODY, SERVER), "seedream-4-5", State.SETTLED)
    assert await scene.database.read(lambda tx: load(tx, numbers[1])) is None  # of no server: nobody counts it
    assert (await scene.job(waiting)).state is State.CANCELLED


async def test_what_was_used_still_counts_until_its_time_is_over(
    scene: Scene, privacy: Privacy, hands: Hands, sweep: Sweep
) -> None:
    await plant(scene)
    limits = Limits(user=Allowance(1000, 1000, 1000))
    used = await scene.database.read(lambda tx: ledger.left(tx, Who(MIA), limits))
    assert [left.used for left in used] == [2, 2, 2]
    await privacy.forget(MIA)
    await privacy.forget(MIA)  # twice is as good as once
    await sweep()
    assert await scene.database.read(lambda tx: ledger.left(tx, Who(MIA), limits)) == used
    hands.move(32 * DAY)
    await sweep()
    assert await left_of(scene) == []


async def test_a_servers_own_figures_stay(scene: Scene, privacy: Privacy) -> None:
    def figures(tx: Transaction) -> Any:
        sums = (func.sum(jobs.c.settled_images), func.sum(jobs.c.settled_cost), func.count())
        server = accounts.c.key.like(f"server/{SERVER}/%")
        mine = select(accounts).where(server).order_by(accounts.c.key)
        counted = tx.run(select(*sums).where(jobs.c.server_id == SERVER)).one()
        return tuple(counted), [tuple(row) for row in tx.run(mine)]

    await plant(scene)
    before = await scene.database.read(figures)
    await privacy.forget(MIA)
    assert await scene.database.read(figures) == before


async def test_a_job_under_way_is_stopped_booked_and_never_brought(scene: Scene, privacy: Privacy) -> None:
    ticket = await scene.studio.submit(ImageRequest("seedream-4.5", WORDS["prompt"]), scene.origin(), Who(MIA, SERVER))
    assert isinstance(ticket, Ticket)
    job = ticket.job
    await start_worker(scene.database)
    claimed = await take(scene.database)
    held = await scene.database.write(lambda tx: steps.sent(tx, claimed, "w", claimed.provider))
    assert (await privacy.forget(MIA)).stopped == 1
    found = await scene.job(job)
    assert (found.state, found.owner, found.who.user) == (State.CANCELLED, None, NOBODY)
    assert found.settled is not None
    assert found.settled.images == 0
    assert found.settled.cost > 0  # nobody knows whether it is billed
    with pytest.raises(Lost):
        await scene.database.write(lambda tx: steps.generated(tx, held, "w", [Result(0, url=CANARY)], None))
    assert await scene.database.write(lambda tx: steps.late(tx, job.id, [Result(0, url=CANARY)])) is None
    assert await scene.audit() == []
    assert CANARY not in await scene.database.read(rows)


async def test_a_worker_lets_go_of_what_is_forgotten(scene: Scene, privacy: Privacy) -> None:
    scene.pretend.pace = 10.0
    worker = await scene.start()
    job = await scene.accepted(user=MIA)
    await scene.until(job, "sent")
    await privacy.forget(MIA)
    await scene.settle(lambda: not worker.at_work)
    assert not worker.at_work
    assert not scene.messenger.delivered
    assert not scene.messenger.apologies
    assert await scene.database.read(lambda tx: load(tx, job.id)) is None
    assert await scene.audit() == []


async def test_a_picture_that_somebody_else_needs_too_stays(scene: Scene, privacy: Privacy) -> None:
    shelf = Shelf.within(scene.home)
    for user in (MIA, BEN):
        request = ImageRequest("seedream-4.5", "make it night", references=(reference(png(width=64, height=64)),))
        assert isinstance(await scene.studio.submit(request, scene.origin(), Who(user)), Ticket)
    [(_, file)] = shelf.names()
    assert (await privacy.forget(MIA)).files == 0
    assert file.exists()
    assert (await privacy.forget(BEN)).files == 1
    assert not file.exists()


async def test_a_no_to_the_use_of_pictures_outlives_everything_else(scene: Scene, privacy: Privacy) -> None:
    await privacy.refuse(MIA, others=True)
    gone = await privacy.forget(MIA)
    assert gone.refuses
    refusing = await scene.database.read(lambda tx: consent.refusing(tx, [MIA, BEN, None]))
    assert refusing == {MIA}
    await privacy.refuse(MIA, others=False)
    assert await left_of(scene) == []
    assert await scene.database.read(lambda tx: consent.refusing(tx, [None])) == frozenset()


async def test_what_is_known_is_told_in_figures(scene: Scene, privacy: Privacy, hands: Hands) -> None:
    assert (await privacy.known(MIA)).jobs == 0
    await plant(scene)
    await put_job(scene.database, MIA)
    await privacy.refuse(MIA, others=True)
    known = await privacy.known(MIA)
    assert (known.jobs, known.under_way, known.since, known.servers) == (3, 1, hands(), 1)
    assert (known.references, known.drafts, known.pins, known.stars, known.others_may_use) == (4, 2, 1, 1, False)
    assert known.keep_days == 90


async def test_the_export_is_everything_but_what_opens_a_door(scene: Scene, privacy: Privacy) -> None:
    await plant(scene)
    await put_job(scene.database, BEN, request={"prompt": "ben's own", "model": "m"})
    async with privacy.export(MIA) as export:
        [path] = export.paths
        assert path.stat().st_mode & 0o777 == 0o600
        assert (export.jobs, export.pictures, export.left_out) == (2, 4, 0)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as found:
            assert found.testzip() is None
            told = json.loads(found.read("jobs.json"))
            settings = json.loads(found.read("settings.json"))
            content = b"".join(found.read(name) for name in found.namelist())
            assert sorted(name for job in told for name in job["files"]) == sorted(
                name for name in found.namelist() if name.startswith("pictures/")
            )
    assert not path.exists()
    assert [job["request"]["prompt"] for job in told] == [WORDS["prompt"]] * 2
    assert {row["kind"] for row in settings["noted"]} == {"draft", "form", "pin", f"star/{MIA}"}
    assert settings["used"][next(iter(settings["used"]))] == {"images": 2, "usd": 0.05}
    assert WORDS["token"].encode() not in content
    assert b"ben's own" not in content
    for word in ("prompt", "notes", "draft", "pin"):
        assert WORDS[word].encode() in content


async def test_an_export_of_many_jobs_and_of_none_is_whole(
    scene: Scene, privacy: Privacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.studio.exporting.BATCH", 2)
    for _ in range(5):
        await put_job(scene.database, MIA)
    for user, count in ((MIA, 5), (BEN, 0)):
        async with privacy.export(user) as export:
            [path] = export.paths
            with zipfile.ZipFile(path) as found:
                told = [
                    job for name in found.namelist() if name.startswith("jobs") for job in json.loads(found.read(name))
                ]
                assert len(told) == count == export.jobs
                assert "jobs.json" in found.namelist()


async def test_pictures_that_do_not_fit_into_the_export_are_counted(scene: Scene, privacy: Privacy) -> None:
    await plant(scene)
    async with privacy.export(MIA, limit=1000) as export:
        assert (export.pictures, export.left_out) == (0, 4)


async def test_a_server_is_forgotten_some_days_after_the_bot_was_removed(
    scene: Scene, privacy: Privacy, hands: Hands
) -> None:
    await plant(scene)
    rules = {"models": ["seedream-4.5"]}
    await scene.database.write(lambda tx: memos.note(tx, "server", SERVER, rules))
    await scene.database.write(lambda tx: memos.note(tx, f"member/{SERVER}", BEN, {"block": None}))
    other = await scene.accepted(user=BEN, server=8)
    under_way = await scene.accepted(user=BEN, server=SERVER)
    await privacy.left(SERVER)
    hands.move(6.9 * DAY)
    assert await privacy.sweep() == 0
    assert await now(scene.database, under_way) == under_way
    hands.move(0.2 * DAY)
    assert await privacy.sweep() == 1
    lying = await scene.database.read(rows)
    assert [line for line in lying.splitlines() if str(SERVER) in line and not line.startswith("accounts")] == []
    assert await now(scene.database, under_way) is None
    assert await now(scene.database, other) == other
    assert await scene.audit() == []
    assert await privacy.sweep() == 0


async def test_a_bot_that_comes_back_in_time_finds_everything(scene: Scene, privacy: Privacy, hands: Hands) -> None:
    await scene.database.write(lambda tx: memos.note(tx, "server", SERVER, {"paused": True}))
    await privacy.left(SERVER)
    hands.move(6 * DAY)
    await privacy.back(SERVER)
    await privacy.back(SERVER)
    hands.move(9 * DAY)
    assert await privacy.sweep() == 0
    assert await scene.database.read(lambda tx: memos.recall(tx, "server", SERVER)) == {"paused": True}


async def test_drafts_and_stars_without_a_job_go_with_the_others(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    job = await closed(database, user=MIA)
    await database.write(lambda tx: memos.note(tx, "draft", MIA, {"latest": [{"id": 1}]}))
    await database.write(lambda tx: stars.star(tx, MIA, job.id))
    hands.move(DAY)
    assert (await sweep()).drafts == 0
    hands.move(1)
    assert (await sweep()).drafts == 1
    assert await database.read(lambda tx: stars.starred(tx, MIA)) == [job.id]
    hands.move(90 * DAY)
    assert (await sweep()).jobs == 1
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(preferences)).scalar()) == 0
