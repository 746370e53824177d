"""Every way to end has words of its own, and none of them is a provider's."""

from collections.abc import Iterator

import pytest

from bot.seedream import errors
from bot.studio import endings
from bot.studio.courier import Stage
from bot.studio.job import Ending, Job, Origin, Result, State, Who
from bot.ui import words

JOB = Job(12, "key", "imagine", None, Who(1), Origin("key"), {}, "seedream-4.5", images=4)


def tree(root: type[errors.SeedreamError]) -> Iterator[type[errors.SeedreamError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from tree(kind)


def test_every_error_of_the_client_and_every_word_of_ours_is_known() -> None:
    names = {kind.__name__ for kind in tree(errors.SeedreamError)}
    assert names | {endings.CANCELLED, endings.GAVE_UP, endings.LOST_TRACK, endings.MISLAID} == set(words.BAD_NEWS)


@pytest.mark.parametrize("name", [*words.BAD_NEWS, "SomethingNew"])
@pytest.mark.parametrize(("charged", "said"), [("no", "not charged"), ("yes", "charged"), ("unknown", "possibly")])
def test_bad_news_is_whole(name: str, charged: str, said: str) -> None:
    facts = {"message": "<text>", "code": "<code>", "request_id": "<id>", "provider": "ark"}
    happened, cost, now, number = words.apology(JOB, Ending(State.FAILED, name, charged, facts)).split(" · ")
    assert happened
    assert cost.startswith(said)
    assert now
    assert number == "#12"
    assert "<" not in happened + now
    assert "{" not in happened


@pytest.mark.parametrize("about", [about.value for about in errors.About])
def test_a_refusal_says_of_what(about: str) -> None:
    said = words.apology(JOB, Ending(State.REFUSED, "Refused", "no", {"about": about}))
    assert said != words.apology(JOB, Ending(State.REFUSED, "Rejected"))
    assert len(words._ABOUT) == len(errors.About)


def test_a_request_that_the_model_cannot_do_is_explained_at_bearable_length() -> None:
    problems = [["size", "is too large", "2K"]] * 500
    said = words.apology(JOB, Ending(State.REFUSED, "InvalidRequest", "no", {"problems": problems}))
    assert said.startswith("The model cannot do this: size: is too large; size")
    assert len(said) <= words.LONGEST


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage("queued"), "⏳ waiting for its turn · #12"),
        (Stage("queued", place=2, eta=99.6), "⏳ place 2 in the queue · ready <t:100:R> · #12"),
        (Stage("drawing", eta=50), "🎨 drawing · ready <t:50:R> · #12"),
        (Stage("waiting", until=70), "⏳ waiting for the provider, continues <t:70:R> · #12"),
        (Stage("drawn", drawn=2), "🎨 drawing, 2 of 4 done · #12"),
        (Stage("delivering"), "📦 on its way · #12"),
        (Stage("?"), "⏳ in the works · #12"),
    ],
)
def test_progress_is_one_line(stage: Stage, said: str) -> None:
    assert words.progress(JOB, stage) == said


def test_a_picture_without_a_prompt_is_described_by_what_was_done() -> None:
    assert words.alt(JOB, Result(0)) == "imagine"
