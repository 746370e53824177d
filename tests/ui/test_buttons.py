"""Buttons: what their custom_ids say, that views keep Discord's limits, and that none of them is ever forgotten."""

from collections.abc import Iterable

import discord
import pytest
from discord.ui.view import ViewStore
from hypothesis import given
from hypothesis import strategies as some

from bot.studio.job import Delivery, Job, Origin, Who
from bot.ui import buttons
from bot.ui.buttons import ITEMS, LONGEST_ID, JobButton, Sign
from bot.ui.cards import LISTED
from bot.words import LANGUAGES, PSEUDO, Words

LARGEST = 2**63 - 1


def job(number: int = 12, locale: str = "en") -> Job:
    origin = Origin("key", locale=locale)
    return Job(number, "key", "imagine", None, Who(1), origin, {}, delivery=Delivery((0,), (), (5,)))


def every_view(locale: str) -> Iterable[discord.ui.View]:
    words, one = Words(locale), job(LARGEST, locale)
    many = [job(LARGEST - number) for number in range(LISTED)]
    yield from (make(one) for make in (buttons.result_view, buttons.progress_view, buttons.bad_news_view))
    yield buttons.refusal_view(LARGEST, locale)
    yield buttons.more_view(one, words, [("somewhere", "https://discord.com/channels/1/2/3")])
    yield buttons.info_view(one, words)
    yield buttons.pins_view(words)
    yield buttons.queue_view(many, words)
    for number, of in ((1, 1), (1, 2), (2, 2), (2, 3), (10**6, 10**6)):
        yield buttons.history_view(many[:5], words, number, of, "ü" * 200)


@pytest.mark.parametrize("locale", [*LANGUAGES, PSEUDO])
async def test_views_keep_discords_limits_and_never_mix(locale: str) -> None:
    for view in every_view(locale):
        assert view.timeout is None
        rows = view.to_components()
        assert 0 < len(rows) <= 5
        parts = [part for row in rows for part in row["components"]]
        assert all(len(row["components"]) <= 5 for row in rows)
        assert all(isinstance(item, JobButton) or getattr(item, "url", None) for item in view.children)
        ids = [part["custom_id"] for part in parts if "custom_id" in part]
        assert len(set(ids)) == len(ids)
        assert all(0 < len(each) <= LONGEST_ID and Sign.read(each) for each in ids)
        assert all(len(part.get("label") or "") <= 80 for part in parts)
        assert all(part.get("label") or part.get("emoji") for part in parts)


@given(some.from_regex(r"[a-z]{1,16}", fullmatch=True), some.integers(0, LARGEST), some.text(max_size=50))
def test_a_sign_is_read_as_it_was_written(verb: str, number: int, rest: str) -> None:
    sign = Sign(verb, number, rest)
    assert Sign.read(str(sign)) == sign


@pytest.mark.parametrize(
    "forged",
    [
        None,
        7,
        "",
        "sd",
        "sd:",
        "sd:again",
        "sd:again:",
        "sd:again:-1",
        "sd:again:1.5",
        "sd:again:１２",
        "sd:again:١",
        "sd:AGAIN:1",
        "sd:wieder\u00fc:1",
        f"sd:again:{LARGEST + 1}",
        f"sd:again:{'9' * 30}",
        f"sd:again:1:{'x' * 100}",
        "sd:again:1\n",
        " sd:again:1",
        "xx:again:1",
        "sd:again:1;drop table jobs",
    ],
)
def test_what_we_have_not_written_is_not_read(forged: object) -> None:
    assert Sign.read(forged) is None


@given(some.text(max_size=120))
def test_whatever_is_read_is_of_our_form(text: str) -> None:
    sign = Sign.read(f"sd:{text}")
    assert sign is None or (0 <= sign.number <= LARGEST and sign.verb.isascii())


async def test_no_view_makes_discord_py_forget_our_buttons(monkeypatch: pytest.MonkeyPatch) -> None:
    client = discord.Client(intents=discord.Intents.none())
    store = ViewStore(client._connection)
    store.add_dynamic_items(*ITEMS)
    for message, view in enumerate(every_view("en"), 1000):
        store.add_view(view, message)
        store.add_view(view, message)
        view.stop()
        store.remove_view(view)
    assert list(store._dynamic_items.values()) == [JobButton]
    assert store._views == {}
    assert store._synced_message_views == {}


async def test_deleted_pictures_leave_no_way_to_edit_them() -> None:
    ended = Job(3, "key", "imagine", None, Who(1), Origin("key"), {})
    ids = [part["custom_id"] for part in buttons.info_view(ended, Words()).to_components()[0]["components"]]
    assert ids == ["sd:again:3", "sd:retry:3"]
