"""The bot's pages stay within a message, say what they should, and nothing that people have written acts in them."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.seedream.catalogue import Catalogue
from bot.studio.history import DELETED, Page
from bot.studio.job import Amount, Delivery, Ending, Job, Origin, Result, State, Who
from bot.studio.limits import Left, Limits, Period, Scope
from bot.studio.studio import Standing, Ticket
from bot.ui import cards
from bot.words import PSEUDO, Words

LOCALES = ["en", "zh-CN", PSEUDO]
NASTY = "@everyone <@1> `code` ```block``` ||spoiler|| # head\n> quote [x](https://evil.example) \u202etxt\u0000 " * 60
WORDS = Words()

JOB = Job(
    12,
    "key",
    "imagine",
    7,
    Who(1, 2),
    Origin("key", channel=3),
    {"model": "seedream-4.5", "prompt": "a cat", "ratio": "16:9", "seed": 5, "background": "transparent"},
    "seedream-4.5",
    state=State.SETTLED,
    created_at=1000.0,
    generated_at=1012.0,
    pictures=(Result(0, url="https://x.example/p", size="2848x1600"),),
    delivery=Delivery((0,), (), (44, 45), "original"),
    settled=Amount(1, 30_000),
)
NASTY_JOB = replace(JOB, id=2**63 - 1, request={"prompt": NASTY, "ratio": NASTY, "size": NASTY}, model=NASTY[:80])
STANDING = Standing(
    [
        Left(scope, period, measure, 10**9, 7, 2000.0)
        for scope in Scope
        for period in Period
        for measure in ("images", "cost")
    ],
    3,
    40,
    Limits(at_once=2, cooldown=1.5),
)


def everything(words: Words, job: Job) -> Sequence[str]:
    catalogue = Catalogue.load()
    tickets = [Ticket(job, 1_000_000, 2000.0)] * cards.LISTED
    return [
        cards.info(words, job, [job] * 50, mine=True),
        cards.more(words, job),
        cards.history(words, Page((job,) * 5, 1, 10**6), NASTY),
        cards.history(words, Page((), 1, 1), NASTY),
        cards.history(words, Page((), 1, 1)),
        cards.queue(words, tickets, STANDING),
        cards.queue(words, [], STANDING),
        cards.usage(words, STANDING),
        cards.usage(words, replace(STANDING, left=[])),
        cards.guide(words, catalogue.models.values()),
        cards.cancelled(words, job),
    ]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_fits_into_a_message_and_says_something(locale: str) -> None:
    for job in (JOB, NASTY_JOB):
        for text in everything(Words(locale), job):
            assert 0 < len(text) <= cards.LONGEST
            assert "{" not in text.replace("{prompt}", "").replace("`{red, green}`", "")


def test_what_people_write_acts_nowhere() -> None:
    for text in everything(WORDS, NASTY_JOB):
        outside = "".join(re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("`")[::2])
        assert not {"@everyone", "||", "evil.example"} & set(outside.split())
        assert "\u202e" not in text
        assert "\x00" not in text


def test_info_tells_the_owner_what_it_cost_and_others_not() -> None:
    mine, theirs = cards.info(WORDS, JOB, [], mine=True), cards.info(WORDS, JOB)
    assert mine.splitlines() == [
        "**Picture #12** · ✅ done",
        "`a cat`",
        "`seedream-4.5` · `2848x1600`",
        "ratio: `16:9` · seed: `5` · transparent: `True`",
        "Asked for by <@1>, <t:1000:f>",
        "Took 12 seconds",
        "Cost $0.03",
    ]
    assert "Cost" not in theirs


def test_info_links_to_what_it_came_from() -> None:
    hidden = replace(JOB, id=7, origin=replace(JOB.origin, visibility="private"))
    told = cards.info(WORDS, JOB, [replace(JOB, id=9), hidden])
    assert "Came from [#9](<https://discord.com/channels/2/3/44>) ← #7" in told


@pytest.mark.parametrize(
    ("job", "where"),
    [
        (JOB, "https://discord.com/channels/2/3/44"),
        (replace(JOB, who=Who(1)), "https://discord.com/channels/@me/3/44"),
        (replace(JOB, origin=replace(JOB.origin, visibility="private")), None),
        (replace(JOB, origin=replace(JOB.origin, channel=0)), None),
        (replace(JOB, delivery=None), None),
        (replace(JOB, delivery=Delivery(kept=(0,))), None),
    ],
)
def test_a_message_is_linked_where_everybody_can_go(job: Job, where: str | None) -> None:
    assert cards.jump(job) == where


def test_the_command_can_be_typed_again() -> None:
    assert "/imagine prompt: a cat model: seedream-4.5 ratio: 16:9 seed: 5 transparent: True" in cards.more(WORDS, JOB)
    story = replace(
        JOB, verb="again", request={"prompt": "a fox", "max_images": 4}, origin=Origin("k", visibility="spoiler")
    )
    assert "/story prompt: a fox model: seedream-4.5 images: 4 visibility: spoiler" in cards.more(WORDS, story)


def test_history_shows_what_became_of_each() -> None:
    gone = replace(JOB, pictures=(), delivery=Delivery(way=DELETED))
    text = cards.history(WORDS, Page((JOB, gone), 1, 1))
    assert "✅ done · `seedream-4.5` · 1 picture · [open](https://discord.com/channels/2/3/44)\n-# `a cat`" in text
    assert "🗑️ deleted" in text


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_word(state: State) -> None:
    assert cards.history(WORDS, Page((replace(JOB, state=state),), 1, 1))


@pytest.mark.parametrize(
    ("state", "ending", "said"),
    [
        (State.ENDING, Ending(State.CANCELLED, "Cancelled"), "is cancelled · not charged"),
        (State.CANCELLED, Ending(State.CANCELLED, "Cancelled"), "is cancelled · not charged"),
        (State.RUNNING, None, "is being stopped"),
        (State.SENT, None, "it may be charged already"),
        (State.GENERATED, None, "has ended already"),
        (State.SETTLED, None, "has ended already"),
        (State.FAILED, Ending(State.FAILED, "TimedOut", "unknown"), "has ended already"),
    ],
)
def test_cancelling_says_whether_it_was_free(state: State, ending: Ending | None, said: str) -> None:
    assert said in cards.cancelled(WORDS, replace(JOB, state=state, ending=ending))


def test_usage_says_what_is_left_and_when_it_returns() -> None:
    left = [
        Left(Scope.USER, Period.HOUR, "images", 20, 12, 3600.0),
        Left(Scope.ALL, Period.DAY, "cost", 5_000_000, 6_000_000, 7200.0),
    ]
    assert cards.usage(WORDS, Standing(left, 1, 2, Limits(at_once=3, cooldown=5))).splitlines() == [
        "You: 8 of 20 pictures left this hour, full again <t:3600:R>",
        "The whole bot: $0.00 of $5.00 left today, full again <t:7200:R>",
        "Under way: 1 · waiting: 2 · at most 3 at once · 5 seconds between two requests",
    ]


def test_the_queue_tells_place_and_time() -> None:
    waits, drawn = replace(JOB, state=State.QUEUED), replace(JOB, id=13, state=State.SENT)
    text = cards.queue(WORDS, [Ticket(waits, 2, 99.6), Ticket(drawn, None, None)], STANDING)
    assert text.splitlines() == [
        "**#12** · place 2 in the queue · ready <t:100:R> · `a cat`",
        "**#13** · 🎨 in the works · `a cat`",
    ]
