"""What discord.py itself makes of messages, modals and commands keeps every rule."""

import io
import json
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.http import MultipartParameters, handle_message_parameters
from discord.webhook.async_ import interaction_message_response_params

from sandbox.discord.judge import judge_call
from sandbox.discord.traffic import Call, Part
from tests.sandbox.discord.right_calls import CALLBACK, COMMANDS, CREATE, ORIGINAL


def call(method: str, path: str, made: MultipartParameters) -> Call:
    """The call that discord.py would make of its parameters."""
    if not made.multipart:
        return Call(method, path, body=made.payload)
    parts = []
    for part in made.multipart:
        value = part["value"]
        data = value.encode() if isinstance(value, str) else value.read()
        parts.append(Part(part["name"], part.get("filename"), part.get("content_type"), data, len(data)))
    return Call(method, path, parts=tuple(parts))


def picture(name: str, **options: Any) -> discord.File:
    return discord.File(io.BytesIO(b"picture"), name, **options)


async def view() -> discord.ui.View:
    made = discord.ui.View(timeout=None)
    made.add_item(discord.ui.Button(label="Again", custom_id="sd:again:1", emoji="🔁"))
    made.add_item(discord.ui.Button(label="Open", url="https://discord.com"))
    made.add_item(discord.ui.Select(custom_id="sd:more:1", options=[discord.SelectOption(label="Info")]))
    return made


async def layout() -> discord.ui.LayoutView:
    made = discord.ui.LayoutView(timeout=None)
    gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery(
        discord.MediaGalleryItem(picture("a.png", description="alt"))
    )
    made.add_item(discord.ui.Container(discord.ui.TextDisplay("facts"), gallery))
    made.add_item(discord.ui.ActionRow(discord.ui.Button(label="Again", custom_id="sd:again:1")))
    return made


def params(**options: Any) -> MultipartParameters:
    return handle_message_parameters(allowed_mentions=discord.AllowedMentions.none(), **options)


async def test_messages_edits_and_answers() -> None:
    mark: Any = {"message_id": 5, "channel_id": 6, "fail_if_not_exists": False}
    sent = params(content="x", view=await view(), nonce="sd-1", message_reference=mark, tts=False)
    calls = [
        call("POST", CREATE, sent),
        call("POST", CREATE, params(content="x", files=[picture("a.png"), picture("b.png", description="alt")])),
        call("PATCH", f"{CREATE}/5", params(content="x", view=None)),
        call("PATCH", ORIGINAL, params(content="x", attachments=[picture("a.png")])),
        call("PATCH", ORIGINAL, params(content=None, embed=None, attachments=[picture("a.png")], view=await layout())),
    ]
    for kind, options in [
        (4, {"content": "x"}),
        (4, {"content": "x", "files": [picture("a.png")]}),
        (7, {"embed": None}),
    ]:
        made = interaction_message_response_params(type=kind, **options)  # type: ignore[arg-type]
        calls.append(call("POST", CALLBACK, made))
    assert [problem for each in calls for problem in judge_call(each)] == []


async def test_a_modal() -> None:
    made = discord.ui.Modal(title="Edit", custom_id="sd:edit:1", timeout=60)
    made.add_item(discord.ui.Label(text="Prompt", component=discord.ui.TextInput(style=discord.TextStyle.long)))
    made.add_item(discord.ui.Label(text="Pictures", component=discord.ui.FileUpload(max_values=10, required=False)))
    made.add_item(
        discord.ui.Label(text="Model", component=discord.ui.Select(options=[discord.SelectOption(label="4.5")]))
    )
    assert judge_call(Call("POST", CALLBACK, body={"type": 9, "data": made.to_dict()})) == []


@pytest.fixture
def tree() -> app_commands.CommandTree[discord.Client]:
    return app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))


async def test_commands(tree: app_commands.CommandTree[discord.Client]) -> None:
    @tree.command(description="words into pictures")
    @app_commands.describe(prompt="what to draw", image1="a picture")
    @app_commands.choices(size=[app_commands.Choice(name="2K", value="2K")])
    async def imagine(
        _: discord.Interaction,
        prompt: app_commands.Range[str, 1, 2000],
        variations: app_commands.Range[int, 1, 4] = 1,
        image1: discord.Attachment | None = None,
        size: str = "2K",
    ) -> None:
        """Does nothing here."""

    @tree.context_menu(name="Edit image")
    async def edit(_: discord.Interaction, __: discord.Message) -> None:
        """Does nothing here."""

    body = json.loads(json.dumps([each.to_dict(tree) for each in tree.get_commands(type=None)]))
    assert len(body) == 2
    assert judge_call(Call("PUT", COMMANDS, body=body)) == []
