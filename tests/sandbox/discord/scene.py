"""A bot that has one of everything: for showing that the pretend Discord carries it."""

import io
from typing import Any

import discord
from discord import app_commands

from tests.sandbox.discord.conftest import Bot

CAT = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR\x00\x00\x00\x04\x00\x00\x00\x03" + bytes(range(256)) * 300

Asked = discord.Interaction[Any]


def picture(data: bytes = CAT, name: str = "cat.png") -> discord.File:
    return discord.File(io.BytesIO(data), name, description="a cat")


class Window(discord.ui.Modal, title="Make it again"):
    """A modal with a text field, a choice and files."""

    prompt: "discord.ui.Label[Any]" = discord.ui.Label(
        text="Prompt", component=discord.ui.TextInput(custom_id="prompt", default="a cat", max_length=50)
    )
    ratio: "discord.ui.Label[Any]" = discord.ui.Label(
        text="Ratio",
        component=discord.ui.Select(
            custom_id="ratio", options=[discord.SelectOption(label="Square", value="1:1")], required=False, min_values=0
        ),
    )
    images: "discord.ui.Label[Any]" = discord.ui.Label(
        text="Images", component=discord.ui.FileUpload(custom_id="images", required=False, max_values=3, min_values=0)
    )

    async def on_submit(self, interaction: Asked) -> None:
        prompt, ratio, images = self.prompt.component, self.ratio.component, self.images.component
        assert isinstance(prompt, discord.ui.TextInput)
        assert isinstance(ratio, discord.ui.Select)
        assert isinstance(images, discord.ui.FileUpload)
        sizes = [len(await file.read()) for file in images.values]
        await interaction.response.send_message(f"{prompt.value} {ratio.values} {sizes}")


class Buttons(discord.ui.View):
    """A button of each kind of answer, and a select."""

    @discord.ui.button(label="Again", custom_id="again")
    async def again(self, interaction: Asked, button: "discord.ui.Button[Any]") -> None:
        await interaction.response.edit_message(content="again!")

    @discord.ui.button(label="Vary", custom_id="vary")
    async def vary(self, interaction: Asked, button: "discord.ui.Button[Any]") -> None:
        await interaction.response.send_modal(Window(timeout=60))

    @discord.ui.button(label="Whisper", custom_id="whisper")
    async def whisper(self, interaction: Asked, button: "discord.ui.Button[Any]") -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: Asked, button: "discord.ui.Button[Any]") -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later!")

    @discord.ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: Asked, button: "discord.ui.Button[Any]") -> None:
        await interaction.response.defer()

    @discord.ui.select(
        placeholder="Model",
        custom_id="model",
        options=[discord.SelectOption(label="Seedream 4.5", value="4.5"), discord.SelectOption(label="3.0", value="3")],
    )
    async def model(self, interaction: Asked, select: "discord.ui.Select[Any]") -> None:
        await interaction.response.send_message(f"model {select.values[0]}")


class Gallery(discord.ui.LayoutView):
    """Components V2: a text, a gallery, a row."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(timeout=60)
        items = [discord.MediaGalleryItem(f"attachment://{name}", description="a cat") for name in names]
        box: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay("two cats"), discord.ui.MediaGallery(*items)
        )
        self.add_item(box)
        self.add_item(discord.ui.ActionRow(discord.ui.Button(label="More", custom_id="more")))


def furnish(bot: Bot) -> Bot:
    """Give a bot its commands."""

    @bot.tree.command()
    @app_commands.choices(ratio=[app_commands.Choice(name="Square", value="1:1")])
    async def imagine(
        interaction: Asked,
        prompt: app_commands.Range[str, 1, 20],
        image1: discord.Attachment | None = None,
        count: app_commands.Range[int, 1, 4] = 1,
        ratio: str = "",
    ) -> None:
        await interaction.response.defer(thinking=True)
        files = [picture(await image1.read(), "back.png")] if image1 is not None else []
        await interaction.edit_original_response(content=f"{prompt} {count} {ratio}", attachments=files)
        await interaction.followup.send("and more")

    @bot.tree.command()
    async def private(interaction: Asked) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.followup.send("for you alone", ephemeral=False)

    @bot.tree.command()
    async def buttons(interaction: Asked) -> None:
        await interaction.response.send_message("press", view=Buttons(timeout=60))

    @bot.tree.command()
    async def gallery(interaction: Asked) -> None:
        await interaction.response.defer(thinking=True)
        files = [picture(name="a.png"), picture(CAT + b"2", name="b.png")]
        await interaction.edit_original_response(attachments=files, view=Gallery(["a.png", "b.png"]))

    @bot.tree.command()
    async def model(interaction: Asked, name: str) -> None:
        await interaction.response.send_message(name)

    @model.autocomplete("name")
    async def _(interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        names = ["seedream-4.5", "seedream-4.0", "seededit"]
        return [app_commands.Choice(name=name, value=name) for name in names if current in name]

    group = app_commands.Group(name="usage", description="what is left")
    bot.tree.add_command(group)

    @group.command()
    async def me(interaction: Asked, who: discord.Member | None = None) -> None:
        await interaction.response.send_message(f"{interaction.locale} {who and who.display_name}")

    @bot.tree.context_menu(name="Edit image")
    async def edit_image(interaction: Asked, message: discord.Message) -> None:
        data = [len(await file.read()) for file in message.attachments]
        await interaction.response.send_message(f"{message.content} {data}")

    @bot.tree.context_menu(name="Wave")
    async def wave(interaction: Asked, user: discord.User) -> None:
        await interaction.response.send_message(f"hello {user.name}")

    return bot
