"""Commands in people's languages: what is sent to Discord keeps its limits, in every language."""

import json
import re
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.ui.translator import Translator, described, menu, named
from bot.words import Words, language_of
from bot.words.catalogues import spoken
from sandbox.discord.judge import judge_call
from sandbox.discord.rules_commands import fits_name
from sandbox.discord.traffic import Call
from tests.words.collecting import Vocabulary, template, vocabulary

FOUND = vocabulary()


@pytest.mark.parametrize("language", ["en", *spoken()])
def test_every_name_can_be_one(language: str) -> None:
    said = {name: Words(language).name(f"{name}10" if name == "image" else name) for name in FOUND.names}
    assert {name: text for name, text in said.items() if not fits_name(text)} == {}


@pytest.mark.parametrize("language", spoken())
def test_groups_are_called_the_same_everywhere(language: str) -> None:
    """Discord does not find a group that is typed by its localised name (discord-api-docs, issue 5105)."""
    assert {name for name in FOUND.groups if Words(language).name(name) != name} == set()


def test_sentences_name_only_commands_that_there_are() -> None:
    named = {name for message in template() for name in re.findall(r"`/(\w+)", str(message.id))}
    assert "imagine" in named
    assert named - FOUND.commands - FOUND.groups == set()


@pytest.mark.parametrize("language", ["en", *spoken()])
def test_every_description_and_choice_is_short_enough(language: str) -> None:
    said = [Words(language).say(text) for text in FOUND.described]
    assert [text for text in said if not 1 <= len(text) <= 100] == []


@pytest.mark.parametrize("language", ["en", *spoken()])
def test_every_menu_is_short_enough(language: str) -> None:
    said = [Words(language).say(text) for text in FOUND.menus]
    assert [text for text in said if not 1 <= len(text) <= 32] == []


@pytest.fixture
def tree() -> app_commands.CommandTree[discord.Client]:
    made = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))

    @made.command(name=named("prompt"), description=described("not charged"))
    @app_commands.describe(image1=described("try again"), size="charged")
    @app_commands.choices(size=[app_commands.Choice(name="today", value="2K")])
    async def one(_: discord.Interaction, image1: discord.Attachment, size: str = "2K") -> None:
        """Does nothing here."""

    @made.context_menu(name=menu("Cancelled"))
    async def two(_: discord.Interaction, __: discord.Message) -> None:
        """Does nothing here."""

    return made


async def payload(tree: app_commands.CommandTree[discord.Client]) -> list[dict[str, Any]]:
    translator = Translator()
    made = [await command.get_translated_payload(tree, translator) for command in tree.get_commands(type=None)]
    found: list[dict[str, Any]] = json.loads(json.dumps(made))
    return found


async def test_discord_is_told_everything_in_chinese(tree: app_commands.CommandTree[discord.Client]) -> None:
    slash, context = await payload(tree)
    assert slash["name_localizations"] == {"zh-CN": "提示词", "zh-TW": "提示词", "ja": "プロンプト", "ko": "프롬프트"}
    assert slash["description_localizations"]["zh-CN"] == "未扣费"
    image, size = slash["options"]
    assert (image["name"], image["name_localizations"]["zh-CN"]) == ("image1", "图片1")
    assert image["description_localizations"]["zh-CN"] == "请重试"
    assert size["name_localizations"]["zh-CN"] == "尺寸"
    assert size["choices"][0]["name_localizations"]["zh-CN"] == "今天"
    assert context["name_localizations"]["zh-CN"] == "已取消"


async def test_a_language_that_says_the_same_is_not_sent(tree: app_commands.CommandTree[discord.Client]) -> None:
    sent = {locale for command in await payload(tree) for locale in command["name_localizations"]}
    assert {language_of(locale) for locale in sent} == set(spoken())


async def test_what_is_sent_keeps_the_rules_of_discord(tree: app_commands.CommandTree[discord.Client]) -> None:
    assert judge_call(Call("PUT", "/applications/1/commands", body=await payload(tree))) == []


def test_the_words_of_commands_are_collected(tree: app_commands.CommandTree[discord.Client]) -> None:
    group = app_commands.Group(name="usage", description="what is left")
    found = Vocabulary()
    for command in (*tree.get_commands(type=None), group):
        found.add(command, "here")
    assert (found.commands, found.groups) == ({"prompt"}, {"usage"})
    assert set(found.names) == {"prompt", "image", "size", "usage"}
    assert set(found.described) == {"not charged", "try again", "charged", "today", "what is left"}
    assert set(found.menus) == {"Cancelled"}
