"""Every error has words for the command line: what happened, what it cost, what to do."""

from collections.abc import Iterator

import pytest

from bot.seedream.errors import About, BadKey, Charged, InvalidRequest, Problem, RateLimited, Refused, SeedreamError
from bot.terminal.words import KEYS, sentence


def tree(kind: type[SeedreamError] = SeedreamError) -> Iterator[type[SeedreamError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("provider", ["", *KEYS])
@pytest.mark.parametrize("kind", [kind for kind in tree() if kind is not InvalidRequest])
def test_every_error_says_what_happened_what_it_cost_and_what_to_do(kind: type[SeedreamError], provider: str) -> None:
    said = sentence(kind("detail", provider=provider, request_id="r-1"))
    assert said.count(" · ") == 2
    assert "charged" in said
    assert said.endswith("(request r-1)")
    assert "{" not in said
    assert "\n" not in said


def test_every_error_has_words_of_its_own() -> None:
    said = [sentence(kind("x")).split(":")[0] for kind in tree() if kind not in {InvalidRequest, Refused}]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("about", About)
def test_a_refusal_says_what_was_refused_and_nothing_of_the_provider_s_text(about: About) -> None:
    error = Refused("raw text of the provider")
    error.about = about
    assert "raw text" not in sentence(error)
    assert len({sentence(error)}) == 1


def test_problems_are_told_all_at_once_with_the_option_s_name_and_the_nearest_value() -> None:
    problems = [Problem("size", "at least 921,600 pixels", "1024x1024"), Problem("seed", "not for this model")]
    said = sentence(InvalidRequest(problems))
    assert said == "--size: at least 921,600 pixels · try 1024x1024; --seed: not for this model"


def test_the_fix_names_the_setting_and_the_wait() -> None:
    assert "check BYTEPLUS_API_KEY" in sentence(BadKey("no", provider="byteplus"))
    assert "try again in 7 s" in sentence(RateLimited("slow", provider="ark", retry_after=7))


def test_the_cost_is_told() -> None:
    assert "possibly charged" in sentence(SeedreamError("x", charged=Charged.UNKNOWN))
    assert "not charged" in sentence(SeedreamError("x"))
