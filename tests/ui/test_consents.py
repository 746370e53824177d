"""Pictures of people who do not want that are left alone, whatever way they come in."""

from dataclasses import replace

import pytest

from bot.store.database import Database
from bot.studio import consent
from bot.studio.job import NOBODY
from bot.studio.limits import Barrier, Refusal
from bot.ui import remarks
from bot.ui.consents import Consents
from bot.ui.references import Problem
from bot.ui.refusals import refused
from bot.ui.sources import Collector, Source, Whence
from bot.words import Words
from tests.studio.making import put_job
from tests.ui.payloads import ALICE, BOB, ME, attachment, message, received, user

COLLECTOR = Collector(ME, ("cdn.discordapp.com",))


def source(whose: int | None, **more: object) -> Source:
    made = Source(Whence.REPLIED, "cat.png", f"https://cdn.discordapp.com/attachments/1/{whose}/cat.png", whose=whose)
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a source


async def refuse(database: Database, *people: int) -> None:
    for person in people:
        await database.write(lambda tx, person=person: consent.refuse(tx, person, others=True))  # type: ignore[misc]


async def test_who_says_no_is_left_out_but_for_themselves(database: Database) -> None:
    await refuse(database, BOB)
    consents = Consents(database)
    everything = (source(ALICE), source(BOB), source(None), source(BOB, whence=Whence.AVATAR))
    sifted = await consents.sift(everything, ALICE)
    assert [each.whose for each in sifted.usable] == [ALICE, None]
    assert [each.whence for each in sifted.refused] == [Whence.REPLIED, Whence.AVATAR]
    assert (await consents.sift(everything, BOB)).refused == ()
    await database.write(lambda tx: consent.refuse(tx, BOB, others=False))
    assert (await consents.sift(everything, ALICE)).usable == everything


async def test_a_result_is_the_picture_of_who_asked_for_it(database: Database) -> None:
    bobs = await put_job(database, BOB)
    forgotten = await put_job(database, NOBODY)
    await refuse(database, BOB)
    made = [source(None, job=bobs.id), source(None, job=forgotten.id), source(None, job=999)]
    sifted = await Consents(database).sift(made, ALICE)
    assert [(each.job, each.whose) for each in sifted.refused] == [(bobs.id, BOB)]
    assert [(each.job, each.whose) for each in sifted.usable] == [(forgotten.id, None), (999, None)]
    assert [each.whose for each in (await Consents(database).sift(made, BOB)).usable] == [BOB, None, None]


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("seedream-12-1.png", 12),
        ("SPOILER_seedream-12-10.webp", 12),
        ("seedream-12.png", None),
        ("my-seedream-12-1.png", None),
        (f"seedream-{'9' * 30}-1.png", None),
    ],
)
def test_only_our_own_messages_say_by_a_name_whose_job_it_was(name: str, job: int | None) -> None:
    ours = message(author=user(ME, "bot", bot=True), attachments=[attachment(name)])
    theirs = message(author=user(BOB, "bob"), attachments=[attachment(name)])
    assert [(each.job, each.whose) for each in COLLECTOR.in_message(received(ours))] == [(job, None)]
    assert [(each.job, each.whose) for each in COLLECTOR.in_message(received(theirs))] == [(None, BOB)]


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_it_is_said_whose_picture_is_not_used(locale: str) -> None:
    said = remarks.problem(Words(locale), Problem(source(BOB), "consent", {"user": BOB}))
    assert "`cat.png`" in said
    assert f"<@{BOB}>" in said
    told = refused(Refusal(Barrier.CONSENT, facts={"users": (BOB, 7)}), locale)
    assert f"<@{BOB}>" in told
    assert "<@7>" in told
