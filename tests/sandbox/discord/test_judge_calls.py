"""Discord's own description judges calls: what may be sent passes, and every single breakage is seen."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.discord import descriptions
from sandbox.discord.judge import UNJUDGED, judge_call, judges
from sandbox.discord.traffic import Call
from tests.sandbox.discord.right_calls import ORIGINAL, RIGHT, V2, buttons, message

described = pytest.mark.skipif(not judges(), reason=UNJUDGED)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_call_passes(name: str) -> None:
    assert judge_call(RIGHT[name]()) == []


def changed(call: Call, place: str, value: Any) -> Call:
    """The call with one thing set in it; `...` takes it away."""
    part, *steps = place.split(".")
    whole = {"body": copy.deepcopy(call.payload), "answer": copy.deepcopy(call.answer), "query": dict(call.query)}
    target: Any = whole
    keys: list[Any] = [int(step) if step.isdigit() else step for step in (part, *steps)]
    for key in keys[:-1]:
        target = target[key]
    if value is ...:
        del target[keys[-1]]
    else:
        target[keys[-1]] = value
    if call.parts and part == "body":
        payload = replace(call.parts[0], data=json.dumps(whole["body"]).encode())
        return replace(call, parts=(payload, *call.parts[1:]))
    return replace(call, **whole)


ROW = "body.components.0"
BUTTON = f"{ROW}.components.0"
FIELD = "body.data.components.0"
# The call, the place in it, what is written there, and what is said about it.
BREAKAGES = [
    ("text_message", "body.content", 7, "body.content: 7 is not of type 'string', 'null'"),
    ("text_message", "body.contnt", "x", "body: Additional properties"),
    ("text_message", "body.nonce", "n" * 26, "body.nonce:"),
    ("text_message", "body.embeds", [{"title": "t"}] * 11, "body.embeds:"),
    ("text_message", "body.embeds", [{"title": "t" * 257}], "body.embeds[0].title:"),
    ("text_message", "body.flags", "many", "body.flags:"),
    ("text_message", "body.tts", "yes", "body.tts:"),
    ("text_message", "body.allowed_mentions.parse", ["all"], "body.allowed_mentions.parse[0]:"),
    ("text_message", "body.message_reference.message_id", "abc", "body.message_reference.message_id:"),
    ("text_message", "body.message_reference.message_id", ..., "'message_id' is a required property"),
    ("text_message", ROW, buttons(*"abcdef"), "body.components[0].components:"),
    ("text_message", f"{ROW}.components", [], "body.components[0].components:"),
    ("text_message", f"{ROW}.type", 99, "body.components[0]: type 99 is none of"),
    ("text_message", f"{BUTTON}.style", 9, "body.components[0].components[0].style: 9 is not one of"),
    ("text_message", f"{BUTTON}.style", ..., "'style' is a required property"),
    ("text_message", f"{BUTTON}.label", "x" * 81, "body.components[0].components[0].label:"),
    ("text_message", f"{BUTTON}.custom_id", "x" * 101, "body.components[0].components[0].custom_id:"),
    ("text_message", "body.components.1.components.0.url", "no link", "body.components[1].components[0].url:"),
    ("text_message", "query.wait", "true", "query.wait is not known"),
    ("text_message", "answer.content", ..., "answer: 'content' is a required property"),
    ("text_message", "answer.id", 5, "answer.id: 5 is not of type 'string'"),
    ("text_message", "answer.timestamp", "yesterday", "answer.timestamp:"),
    ("text_message", "answer.author.username", ..., "answer.author: 'username' is a required property"),
    ("text_message", "answer.mention_roles", [{"id": "1"}], "answer.mention_roles[0]:"),
    ("picture_message", "body.attachments.0.description", "x" * 1025, "body.attachments[0].description:"),
    ("picture_message", "body.attachments.0.id", ..., "body.attachments[0]: 'id' is a required property"),
    ("picture_message", "body.embeds.0.image.url", "file:///a", "body.embeds[0].image.url:"),
    ("gallery_edit", "body.components.0.components.1.items", [], "body.components[0].components[1].items:"),
    ("gallery_edit", "body.components.0.components.1.items.0.media", ..., "'media' is a required property"),
    ("gallery_edit", "body.components.0.components.0.content", ..., "'content' is a required property"),
    ("gallery_edit", "body.components.0.accent_color", 2**24, "body.components[0].accent_color:"),
    ("gallery_edit", "body.username", "me", "body: Additional properties"),
    ("defer", "body.type", 77, "body: type 77 is none of [1, 12, 13"),
    ("defer", "body.data.flags", "hidden", "body.data.flags:"),
    ("defer", "query.with_response", "maybe", "query.with_response:"),
    ("defer", "answer.resource", {}, "answer.resource: type None is none of"),
    ("defer", "answer.interaction", ..., "answer: 'interaction' is a required property"),
    ("reply", "answer.resource.message", ..., "answer.resource: 'message' is a required property"),
    ("modal", "body.data.title", "x" * 46, "body.data.title:"),
    ("modal", "body.data.custom_id", ..., "body.data: 'custom_id' is a required property"),
    ("modal", f"{FIELD}.label", "x" * 46, "body.data.components[0].label:"),
    ("modal", f"{FIELD}.component.style", 3, "body.data.components[0].component.style:"),
    ("modal", f"{FIELD}.component.max_length", 4001, "body.data.components[0].component.max_length:"),
    ("modal", f"{FIELD}.component.type", 2, "body.data.components[0].component: type 2 is none of"),
    ("modal", "body.data.components.2.component.max_values", 11, "body.data.components[2].component.max_values:"),
    ("autocomplete", "body.data.choices", [{"name": str(n), "value": "v"} for n in range(26)], "body.data.choices:"),
    ("autocomplete", "body.data.choices.0.value", ..., "'value' is a required property"),
    ("commands", "body.0.name", "x" * 33, "body[0].name:"),
    ("commands", "body.0.description", "x" * 101, "body[0].description:"),
    ("commands", "body.0.options.0.type", 12, "body[0].options[0]: type 12 is none of"),
    ("commands", "body.0.options.0.max_length", 6001, "body[0].options[0].max_length:"),
    ("commands", "body.0.options.0.name", ..., "body[0].options[0]: 'name' is a required property"),
    ("commands", "body.0.options.2.choices.0.name", "x" * 101, "body[0].options[2].choices[0].name:"),
    ("commands", "body.0.contexts", [9], "body[0].contexts[0]:"),
]


@described
@pytest.mark.parametrize(("name", "place", "value", "said"), BREAKAGES)
def test_a_single_breakage_is_seen_and_named(name: str, place: str, value: Any, said: str) -> None:
    problems = judge_call(changed(RIGHT[name](), place, value))
    assert any(said in problem for problem in problems), problems


@described
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("POST", "/chanels/1/messages", body={"content": "x"}), "there is no such route"),
        (Call("PUT", "/channels/1/messages", body={"content": "x"}), "there is no such route"),
        (Call("POST", "/channels/general/messages", body={"content": "x"}), "path.channel_id:"),
        (Call("POST", "/channels/1/messages"), "the body is missing"),
        (Call("GET", "/channels/1/messages", body={"limit": 1}), "a body is not expected"),
        (Call("GET", "/channels/1/messages", {"limit": "101"}), "query.limit: 101"),
        (Call("GET", "/channels/1/messages", {"limit": "few"}), "query.limit: 'few'"),
        (Call("GET", "/channels/1/messages", status=200, answer={"messages": []}), "answer: {'messages': []}"),
        (Call("DELETE", "/channels/1/messages/2", status=204, answer={}), "an answer 204 has no body"),
        (Call("DELETE", "/channels/1/messages/2", status=302), "an answer 302 is not described"),
        (Call("DELETE", "/channels/1/messages/2", status=404, answer={"message": "?"}), "'code' is a required"),
        (Call("GET", "/users/@me", status=429, answer={"code": 0, "message": "x", "global": False}), "'retry_after'"),
        (Call("GET", "/users/@me", status=200, answer={"id": "1"}), "'username' is a required property"),
    ],
)
def test_a_wrong_way_or_answer_is_seen(call: Call, said: str) -> None:
    problems = judge_call(call)
    assert any(said in problem for problem in problems), problems


@described
@pytest.mark.parametrize(
    "call",
    [
        Call("GET", "/channels/1/messages", {"limit": "100", "after": "5"}, status=200, answer=[message()]),
        Call("DELETE", "/channels/1/messages/2", status=204),
        Call(
            "PATCH", ORIGINAL, body={"content": "x", "tts": False}, status=404, answer={"code": 10008, "message": "?"}
        ),
        Call("PATCH", ORIGINAL, body={"content": "x"}, status=503, answer="<html>"),
        Call("PATCH", ORIGINAL, body={"flags": str(V2), "components": [{"type": 10, "content": "x"}]}),
    ],
)
def test_what_discord_takes_and_does_is_not_blamed(call: Call) -> None:
    assert judge_call(call) == []


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets where descriptions are looked for."""
    return lambda name: monkeypatch.setenv("DISCORD_DESCRIPTIONS", str(tmp_path / name))


def test_without_the_descriptions_only_our_own_rules_judge(elsewhere: Callable[[str], None]) -> None:
    elsewhere("nowhere")
    assert not judges()
    assert judge_call(Call("POST", "/channels/1/messages", body={"contnt": 7, "content": "x"})) == []
    assert judge_call(Call("POST", "/channels/1/messages", body={"content": "x" * 2001})) != []


@described
def test_the_folder_of_the_descriptions_can_be_named(elsewhere: Callable[[str], None], tmp_path: Path) -> None:
    for name in (descriptions.CALLS, descriptions.EVENTS):
        found = descriptions.found(name)
        assert found is not None
        (tmp_path / "here").mkdir(exist_ok=True)
        (tmp_path / "here" / name).symlink_to(found)
    elsewhere("here")
    assert judges()
    assert judge_call(Call("POST", "/channels/1/messages", body={"content": 7})) != []
