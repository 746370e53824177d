"""Calls that a bot may make, with answers that Discord may give; the tests break them one by one."""

import json
from typing import Any

from sandbox.discord.traffic import Call, Part

APP, CHANNEL, MESSAGE, TOKEN = "100000000000000001", "100000000000000002", "100000000000000003", "secret.token"
CREATE = f"/channels/{CHANNEL}/messages"
ORIGINAL = f"/webhooks/{APP}/{TOKEN}/messages/@original"
CALLBACK = f"/interactions/{MESSAGE}/{TOKEN}/callback"
COMMANDS = f"/applications/{APP}/commands"
V2 = 1 << 15


def user() -> dict[str, Any]:
    return {
        "id": APP,
        "username": "bot",
        "avatar": None,
        "discriminator": "0000",
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "global_name": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "display_name_styles": None,
        "primary_guild": None,
        "clan": None,
        "bot": True,
    }


def message() -> dict[str, Any]:
    return {
        "type": 0,
        "content": "done",
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "timestamp": "2026-11-20T14:00:00.000000+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "components": [],
        "id": MESSAGE,
        "channel_id": CHANNEL,
        "author": user(),
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
    }


def buttons(*labels: str) -> dict[str, Any]:
    return {
        "type": 1,
        "components": [{"type": 2, "style": 1, "label": label, "custom_id": f"sd:{label}:1"} for label in labels],
    }


def file(index: int, name: str, size: int = 1000) -> Part:
    return Part(f"files[{index}]", name, "image/png", size=size)


def form(path: str, payload: Any, *files: Part, method: str = "POST", answer: Any = None) -> Call:
    parts = (Part("payload_json", None, "application/json", json.dumps(payload).encode()), *files)
    return Call(method, path, parts=parts, status=200 if answer else 0, answer=answer)


def text_message() -> Call:
    body = {
        "content": "hello",
        "components": [
            buttons("Again", "Vary"),
            {"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "https://a.example/"}]},
        ],
        "allowed_mentions": {"parse": [], "replied_user": True},
        "message_reference": {
            "message_id": 100000000000000009,
            "channel_id": int(CHANNEL),
            "fail_if_not_exists": False,
        },
        "nonce": "sd-41-1",
        "enforce_nonce": True,
        "tts": False,
        "flags": 0,
    }
    return Call("POST", CREATE, body=body, status=200, answer=message())


def picture_message() -> Call:
    payload = {
        "content": None,
        "embeds": [{"title": "t", "image": {"url": "attachment://b.png"}}],
        "attachments": [{"id": 0, "filename": "a.png", "description": "alt"}, {"id": "1", "filename": "b.png"}],
        "tts": False,
    }
    return form(CREATE, payload, file(0, "a.png"), file(1, "b.png"), answer=message())


def gallery_edit() -> Call:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}, "description": "alt", "spoiler": True}]}
    payload = {
        "content": None,
        "embeds": [],
        "flags": V2,
        "components": [
            {"type": 17, "accent_color": 1, "components": [{"type": 10, "content": "facts"}, gallery]},
            buttons("Again"),
        ],
        "attachments": [{"id": 0, "filename": "a.png"}, {"id": "100000000000000077"}],
        "tts": False,
    }
    return form(ORIGINAL, payload, file(0, "a.png"), method="PATCH", answer=message())


def defer() -> Call:
    answer = {"interaction": {"id": MESSAGE, "type": 2}, "resource": {"type": 5}}
    return Call(
        "POST", CALLBACK, {"with_response": "1"}, body={"type": 5, "data": {"flags": 64}}, status=200, answer=answer
    )


def reply() -> Call:
    answer = {"interaction": {"id": MESSAGE, "type": 2}, "resource": {"type": 4, "message": message()}}
    body = {"type": 4, "data": {"content": "no", "flags": 64, "tts": False}}
    return Call("POST", CALLBACK, {"with_response": "true"}, body=body, status=200, answer=answer)


def modal() -> Call:
    text = {"type": 4, "custom_id": "prompt", "style": 2, "required": True, "min_length": 1, "max_length": 4000}
    select = {"type": 3, "custom_id": "model", "options": [{"label": "4.5", "value": "4.5"}], "required": False}
    rows = [{"type": 18, "label": "Prompt", "component": text}, {"type": 18, "label": "Model", "component": select}]
    rows.append({"type": 18, "label": "Pictures", "component": {"type": 19, "custom_id": "files", "max_values": 10}})
    return Call(
        "POST", CALLBACK, body={"type": 9, "data": {"custom_id": "sd:edit:1", "title": "Edit", "components": rows}}
    )


def autocomplete() -> Call:
    choices = [{"name": "Seedream 4.5", "value": "seedream-4.5", "name_localizations": {"zh-CN": "四点五"}}]
    return Call("POST", CALLBACK, body={"type": 8, "data": {"choices": choices}})


def commands() -> Call:
    prompt = {"type": 3, "name": "prompt", "description": "words", "required": True, "max_length": 2000}
    size = {"type": 3, "name": "size", "description": "how large", "choices": [{"name": "2K", "value": "2K"}]}
    model = {
        "type": 3,
        "name": "model",
        "description": "which",
        "autocomplete": True,
        "name_localizations": {"zh-CN": "模型"},
    }
    image = {"type": 11, "name": "image1", "description": "a picture", "description_localizations": {"zh-CN": "图片"}}
    imagine = {
        "type": 1,
        "name": "imagine",
        "description": "words into pictures",
        "options": [prompt, image, size, model],
        "nsfw": False,
        "dm_permission": True,
        "default_member_permissions": None,
        "contexts": [0, 1, 2],
        "integration_types": [0, 1],
    }
    usage = {
        "name": "usage",
        "description": "what is left",
        "options": [{"type": 1, "name": "me", "description": "mine"}],
    }
    menu = {"type": 3, "name": "Edit image", "name_localizations": {"zh-CN": "编辑图片"}, "nsfw": False}
    return Call("PUT", COMMANDS, body=[imagine, usage, menu])


RIGHT = {
    made.__name__: made
    for made in (text_message, picture_message, gallery_edit, defer, reply, modal, autocomplete, commands)
}
