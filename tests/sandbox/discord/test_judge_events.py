"""Discord's own description judges what the gateway sends: right events pass, single breakages are seen."""

import copy
from typing import Any

import pytest

from sandbox.discord.judge import UNJUDGED, judge_event, judges
from tests.sandbox.discord.right_calls import APP, CHANNEL, MESSAGE, V2

described = pytest.mark.skipif(not judges(), reason=UNJUDGED)
GUILD = "100000000000000050"
PERSON = {"id": "100000000000000060", "username": "ann", "discriminator": "0", "global_name": "Ann", "avatar": None}
MEMBER = {
    "roles": ["100000000000000070"],
    "joined_at": "2026-01-01T00:00:00+00:00",
    "deaf": False,
    "mute": False,
    "flags": 0,
}
PICTURE = {
    "id": "9",
    "filename": "a.png",
    "size": 5,
    "url": "https://cdn.example/a",
    "proxy_url": "https://media.example/a",
}


def message(**more: Any) -> dict[str, Any]:
    return {
        "id": MESSAGE,
        "channel_id": CHANNEL,
        "author": PERSON,
        "content": "",
        "timestamp": "2026-11-20T14:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [PICTURE],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 64 | V2,
        "components": [{"type": 10, "id": 1, "content": "x"}],
        **more,
    }


def interaction(kind: int, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": MESSAGE,
        "application_id": APP,
        "type": kind,
        "data": data,
        "guild_id": GUILD,
        "guild": {"id": GUILD, "features": [], "locale": "en-US"},
        "guild_locale": "en-US",
        "channel_id": CHANNEL,
        "channel": {"id": CHANNEL, "type": 0, "name": "general"},
        "member": {**MEMBER, "user": PERSON, "permissions": "8"},
        "token": "t",
        "version": 1,
        "app_permissions": "8",
        "locale": "en-GB",
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10485760,
        **more,
    }


PROMPT = {"name": "prompt", "type": 3, "value": "a cat"}
SLASH = {"id": "1", "name": "imagine", "type": 1, "options": [PROMPT, {"name": "image1", "type": 11, "value": "9"}]}
BUTTON = {"component_type": 2, "custom_id": "sd:again:1"}
FIELD = {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "prompt", "value": "a cat"}}
RIGHT: dict[str, tuple[str, dict[str, Any]]] = {
    "ready": (
        "READY",
        {
            "v": 10,
            "user": {**PERSON, "bot": True, "verified": True, "mfa_enabled": True, "email": None, "flags": 3},
            "guilds": [{"id": GUILD, "unavailable": True}],
            "session_id": "s",
            "resume_gateway_url": "ws://127.0.0.1",
            "shard": [0, 1],
            "application": {"id": APP, "flags": 3, "flags_new": "3"},
        },
    ),
    "message": ("MESSAGE_CREATE", message(guild_id=GUILD, member=MEMBER)),
    "update": ("MESSAGE_UPDATE", message(guild_id=GUILD, member=MEMBER)),
    "slash": ("INTERACTION_CREATE", interaction(2, {**SLASH, "resolved": {"attachments": {"9": PICTURE}}})),
    "menu": (
        "INTERACTION_CREATE",
        interaction(
            2,
            {
                "id": "1",
                "name": "Edit",
                "type": 3,
                "target_id": MESSAGE,
                "resolved": {"messages": {MESSAGE: message()}},
            },
        ),
    ),
    "autocomplete": (
        "INTERACTION_CREATE",
        interaction(4, {**SLASH, "options": [{"name": "model", "type": 3, "value": "4", "focused": True}]}),
    ),
    "press": ("INTERACTION_CREATE", interaction(3, BUTTON, message=message())),
    "submit": ("INTERACTION_CREATE", interaction(5, {"custom_id": "sd:edit:1", "components": [FIELD]})),
}


@described
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_event_passes(name: str) -> None:
    assert judge_event(*RIGHT[name]) == []


BREAKAGES = [
    ("ready", "session_id", ..., "'session_id' is a required property"),
    ("ready", "application.flags_new", ..., "'flags_new' is a required property"),
    ("ready", "user.username", 7, "$.user.username:"),
    ("ready", "guilds.0.id", 7, "$.guilds[0].id:"),
    ("message", "member.roles", [{"id": "1"}], "$.member.roles[0]:"),
    ("message", "author", ..., "'author' is a required property"),
    ("message", "id", 5, "$.id: 5 is not of type 'string'"),
    ("message", "type", 99, "$.type: 99 is not one of"),
    ("message", "attachments.0.url", ..., "'url' is a required property"),
    ("message", "attachments.0.size", "5", "$.attachments[0].size:"),
    ("message", "flags", "64", "$.flags:"),
    ("message", "components.0.type", 99, "type 99 is none of"),
    ("message", "mentions", None, "$.mentions:"),
    ("update", "timestamp", 5, "$.timestamp:"),
    ("slash", "token", ..., "'token' is a required property"),
    ("slash", "attachment_size_limit", ..., "'attachment_size_limit' is a required property"),
    ("slash", "entitlements", {}, "$.entitlements:"),
    ("slash", "type", 99, "type 99 is none of"),
    ("slash", "channel", ..., "$: 'channel' is missing"),
    ("slash", "member", ..., "$: 'member' is missing"),
    ("slash", "guild_id", ..., "$: 'user' is missing"),
    ("slash", "locale", "xx", "$.locale:"),
    ("slash", "data.name", ..., "'name' is a required property"),
    ("slash", "data.options.0.value", 7, "value"),
    ("slash", "data.resolved.attachments", [PICTURE], "$.data.resolved.attachments:"),
    ("menu", "data.target_id", ..., "'target_id' is a required property"),
    ("menu", "data.resolved.messages", [message()], "$.data.resolved.messages:"),
    ("press", "message", ..., "$: 'message' is missing"),
    ("press", "data.custom_id", ..., "'custom_id' is a required property"),
    ("submit", "data.components", {}, "$.data.components:"),
]


@described
@pytest.mark.parametrize(("name", "place", "value", "said"), BREAKAGES)
def test_a_single_breakage_of_an_event_is_seen_and_named(name: str, place: str, value: Any, said: str) -> None:
    event, data = copy.deepcopy(RIGHT[name])
    target: Any = data
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    for step in steps:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    problems = judge_event(event, data)
    assert any(said in problem for problem in problems), problems


@described
def test_in_a_direct_message_the_user_is_there_instead_of_the_member() -> None:
    name, data = copy.deepcopy(RIGHT["slash"])
    for key in ("guild_id", "guild", "guild_locale", "member"):
        del data[key]
    assert judge_event(name, {**data, "user": PERSON, "context": 1}) == []


def test_an_event_that_nobody_described_is_not_judged() -> None:
    assert judge_event("TYPING_START", {"anything": 1}) == []


def test_without_the_description_no_event_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_DESCRIPTIONS", "nowhere")
    assert judge_event("READY", {}) == []
