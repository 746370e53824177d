"""Forms fit into Discord's limits, and what comes back of them is read, whoever has made it."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.seedream.models import ImageRequest
from bot.ui.buttons import Sign
from bot.ui.modals import LIFE, LONGEST_PROMPT, PROMPT, PromptForm, changed, submitted, values_of
from bot.words import LANGUAGES, PSEUDO, Words

REQUEST = ImageRequest("seedream-4.5", "a cat " * 1000, size="2K", ratio="16:9")


def sent(data: Any) -> discord.Interaction[Any]:
    """A form that was sent: nothing but its data is looked at here."""
    return cast("discord.Interaction[Any]", SimpleNamespace(data=data))


def in_label(name: str, value: Any) -> dict[str, Any]:
    return {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}


@pytest.mark.parametrize("locale", [*LANGUAGES, PSEUDO])
@pytest.mark.parametrize("verb", ["vary", "edit", "retry", "draft", "change"])
async def test_forms_keep_discords_limits_and_do_not_stay_for_ever(verb: str, locale: str) -> None:
    for request in (None, REQUEST):
        form = PromptForm(Sign(verb, 2**63 - 1), Words(locale), REQUEST.prompt, request)
        assert form.timeout == LIFE <= 900
        told = form.to_dict()
        assert Sign.read(told["custom_id"]) == Sign(verb, 2**63 - 1)
        assert 0 < len(told["title"]) <= 45
        fields = told["components"]
        assert len(fields) == (1 if request is None else 4)
        assert all(0 < len(field["label"]) <= 45 for field in fields)
        prompt = fields[0]["component"]
        assert len(prompt["value"]) <= prompt["max_length"] == LONGEST_PROMPT


async def test_a_form_of_an_empty_prompt_is_empty() -> None:
    field = PromptForm(Sign("edit", 1), Words()).to_dict()["components"][0]["component"]
    assert not field.get("value")
    assert field["required"]


def test_values_are_found_in_labels_and_in_rows() -> None:
    row = {"type": 1, "components": [{"type": 4, "custom_id": "size", "value": "2K"}]}
    assert values_of(sent({"components": [in_label(PROMPT, "a cat"), row]})) == {PROMPT: "a cat", "size": "2K"}
    bare = {"type": 4, "custom_id": PROMPT, "value": "bare"}
    assert values_of(sent({"components": [bare]})) == {PROMPT: "bare"}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"components": []},
        {"components": [in_label("other", "a cat")]},
        {"components": [in_label(PROMPT, None)]},
        {"components": [in_label(PROMPT, ["a", "list"])]},
        {"components": [in_label(PROMPT, "x" * (LONGEST_PROMPT + 1))]},
        {"components": [in_label(PROMPT, "a cat"), in_label("size", 7)]},
        {"components": [{"type": 18}]},
    ],
)
def test_a_form_that_cannot_have_been_filled_in_is_not_read(data: Any) -> None:
    assert values_of(sent(data)) is None


def test_a_request_is_changed_in_what_stands_in_its_form_alone() -> None:
    assert changed(REQUEST, {PROMPT: "a dog"}) == ImageRequest("seedream-4.5", "a dog", size="2K", ratio="16:9")
    emptied = changed(REQUEST, {PROMPT: "a dog", "model": " ", "size": "", "ratio": " 1:1 "})
    assert emptied == ImageRequest("seedream-4.5", "a dog", ratio="1:1")
    assert changed(REQUEST, {PROMPT: "a dog", "model": "4.0"}).model == "4.0"


async def test_a_form_that_is_told_of_twice_counts_once() -> None:
    heard: list[object] = []
    client = SimpleNamespace(dispatch=lambda name, interaction: heard.append(interaction))
    interaction = cast("discord.Interaction[Any]", SimpleNamespace(extras={}, client=client))
    await PromptForm(Sign("vary", 1), Words()).on_submit(interaction)
    await submitted(interaction)
    assert heard == [interaction]
