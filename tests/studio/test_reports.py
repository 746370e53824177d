"""Reports and what moderators do about them: they are told once, pictures go, words and the log stay."""

import os
from hashlib import sha256
from typing import Any

from sqlalchemy import update

from bot.seedream.content import InMemory
from bot.seedream.models import Reference
from bot.store.tables import jobs
from bot.studio import deeds, notices, reports
from bot.studio.history import DELETED
from bot.studio.job import Job, Result, State, Who
from bot.studio.limits import Barrier, Refusal
from bot.studio.office import Office
from bot.studio.reports import Report
from bot.studio.rows import pictures_json
from bot.studio.shelf import Shelf
from bot.studio.takedown import Taken
from sandbox.pictures import png
from tests.studio.scene import Scene
from tests.studio.setting import EVE, MEMBER, OWNER, SERVER, barrier, log


def picture(level: int) -> tuple[str, Reference]:
    """A picture to go on from, and its name on the shelf."""
    content = png(compress_level=level)
    return sha256(content).hexdigest(), Reference(InMemory(content), None, "image/png", 320, 240)


async def done(scene: Scene, **more: Any) -> Job:
    return await scene.until(await scene.accepted(server=SERVER, **more))


async def test_a_report_is_told_once_and_closed_with_all_of_the_same_picture(office: Office, scene: Scene) -> None:
    await scene.start()
    job = await done(scene)
    first = await office.report(Who(2, SERVER), job.id, "ugly  thing", message=900)
    again = await office.report(Who(2, SERVER), job.id, "still")
    other = await office.report(Who(3, SERVER), job.id, "bad")
    assert not isinstance(first, Refusal)
    assert not isinstance(again, Refusal)
    assert not isinstance(other, Refusal)
    assert (first[1], again[1], other[1]) == (True, False, True)
    assert again[0] == first[0]
    assert (first[0].reason, first[0].message, first[0].channel) == ("ugly thing", 900, 5)
    news = await office.news()
    assert [(each.kind, each.server, each.facts) for each in news] == [
        (notices.REPORT, SERVER, {"report": first[0].id, "job": job.id})
    ]
    page = await office.reports(EVE)
    assert isinstance(page, reports.Page)
    assert page.reports == (first[0], other[0])
    closed = await office.dismiss(EVE, other[0].id)
    assert isinstance(closed, Report)
    assert (closed.state, closed.closed_by) == (reports.DISMISSED, EVE.user)
    assert barrier(await office.dismiss(EVE, first[0].id)) is Barrier.NO_SUCH_REPORT
    assert (await office.reports(EVE)) == reports.Page((), 1, 1)
    dismissed = await office.reports(EVE, reports.DISMISSED)
    assert isinstance(dismissed, reports.Page)
    assert [each.id for each in dismissed.reports] == [other[0].id, first[0].id]
    assert [deed.deed for deed in await log(office)] == [deeds.DISMISS]


async def test_acting_on_a_report_deletes_the_picture_and_blocks_its_person(office: Office, scene: Scene) -> None:
    await scene.start()
    job = await done(scene)
    filed = await office.report(Who(2, SERVER), job.id, "bad")
    assert not isinstance(filed, Refusal)
    taken = await office.act(EVE, filed[0].id, delete=True, block=True)
    assert isinstance(taken, Taken)
    assert taken.job.delivery is not None
    assert taken.job.delivery.messages == (900 + job.id,)
    assert barrier(await scene.submit(server=SERVER)) is Barrier.BLOCKED
    assert [deed.deed for deed in await log(office)] == [deeds.DELETE, deeds.BLOCK, deeds.ACT]
    assert barrier(await office.act(EVE, filed[0].id)) is Barrier.NO_SUCH_REPORT


async def test_what_is_reported_outside_of_servers_is_the_owners(office: Office, scene: Scene) -> None:
    job = await scene.accepted(user=5)
    filed = await office.report(Who(5), job.id, "it frightens me")
    assert not isinstance(filed, Refusal)
    assert [each.server for each in await office.news()] == [None]
    assert barrier(await office.reports(Who(5))) is Barrier.OWNER
    page = await office.reports(OWNER)
    assert isinstance(page, reports.Page)
    assert page.reports == (filed[0],)


async def test_a_result_that_is_deleted_leaves_its_words_and_no_picture(office: Office, scene: Scene) -> None:
    await scene.start()
    shelf = Shelf.within(scene.home)
    mine, shared = (picture(level) for level in (1, 6))
    job = await done(scene, references=(mine[1], shared[1]))
    await done(scene, references=(shared[1],), user=2)
    spooled = scene.home / "spool" / "kept.png"
    spooled.parent.mkdir(exist_ok=True)
    spooled.write_bytes(b"x")
    kept = pictures_json([Result(0, file="spool/kept.png")])
    await scene.database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == job.id).values(pictures=kept)))
    for name in (mine[0], shared[0]):
        os.utime(shelf.place(name), (0, 0))
    taken = await office.delete_result(EVE, job.id)
    assert isinstance(taken, Taken)
    assert taken.files == ("spool/kept.png",)
    now = await scene.job(job)
    assert (now.pictures, now.delivery and now.delivery.way, now.request["prompt"]) == ((), DELETED, "a cat")
    assert not spooled.exists()
    assert (shelf.place(mine[0]).exists(), shelf.place(shared[0]).exists()) == (False, True)
    assert barrier(await scene.studio.again(job.id, scene.origin(), MEMBER)) is Barrier.EXPIRED
    line = (await log(office))[0]
    assert (line.deed, line.subject, line.before) == (
        deeds.DELETE,
        f"job/{job.id}",
        {"pictures": 1, "references": 2, "user": 1},
    )


async def test_a_picture_that_somebody_has_just_sent_again_is_left_to_the_janitor(office: Office, scene: Scene) -> None:
    await scene.start()
    name, reference = picture(9)
    job = await done(scene, references=(reference,))
    await office.delete_result(EVE, job.id)
    assert Shelf.within(scene.home).place(name).exists()


async def test_a_job_under_way_is_cancelled_first(office: Office, scene: Scene) -> None:
    job = await scene.accepted(server=SERVER)
    assert barrier(await office.delete_result(EVE, job.id)) is Barrier.UNDER_WAY
    stopped = await office.cancel(EVE, job.id)
    assert isinstance(stopped, Job)
    assert [deed.deed for deed in await log(office)] == [deeds.CANCEL]
    worker = await scene.start()
    assert (await scene.until(job)).state is State.CANCELLED
    await scene.stop(worker)
    ended = await office.cancel(EVE, job.id)
    assert isinstance(ended, Job)
    assert len(await log(office)) == 1
    assert isinstance(await office.delete_result(EVE, job.id), Taken)


async def test_a_running_job_is_stopped_by_a_moderator(office: Office, scene: Scene) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.5]]", server=SERVER)
    await scene.until(job, "sent")
    asked = await office.cancel(EVE, job.id)
    assert isinstance(asked, Job)
    assert asked.cancelled
    assert (await scene.until(job)).state is State.CANCELLED
