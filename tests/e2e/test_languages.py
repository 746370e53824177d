"""The whole bot in people's languages: its commands as Discord gets them, and a tour that shows what was forgotten."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.ui.commands import Tree
from bot.words import LANGUAGES, PSEUDO, language_of
from sandbox.discord import Reply
from sandbox.discord.calls import Call
from sandbox.discord.judge import judge_call
from sandbox.discord.rules_commands import LETTERS, letters
from sandbox.discord.traffic import Call as Judged
from sandbox.pictures import encoded, scene
from tests.e2e.stage import File, Stage, jpeg, png
from tests.e2e.test_rules import lay_down

SLASH = 1
LOCALES = ("zh-CN", "ja", "ko", "es-ES", "pt-BR", "nl", "de", "fr")
ROOM = 500  # characters that a command may still grow by
# What people read stands in these fields of what is sent to Discord.
READ = {"content", "label", "placeholder", "title", "description", "name", "text"}
# What is nobody's words: code, marks of Discord's, links, sizes, money, models, and what people have called things.
FACTS = re.compile(
    r"```.*?```|`[^`]*`|<[^>]*>|\(?https?://[^\s)]+\)?|\|\|[^|]*\|\|"
    r"|\d+x\d+|\b[124]K\b|\$|#\d+|seedream-[\d.]+|Seed(?:ream|Edit) [\w. -]+?(?= ?[:,·\n]|$)"
    r"|\b(?:png|jpeg)\b|\S+\.(?:png|jpg)\b",
    re.DOTALL | re.IGNORECASE,
)
# Letters that a sentence in the pseudo language never has without an accent.
PLAIN = re.compile(r"[ACDEGHILNORSTUWYZacdeghilnorstuwyz]")
TONGUES = {"English", "Español", "Português do Brasil", "Nederlands", "Deutsch", "Français", "中文", "日本語", "한국어"}


async def commands(stage: Stage) -> list[dict[str, Any]]:
    """All commands as Discord is told."""
    async with stage.playing() as bot:
        assert isinstance(bot.tree, Tree)
        return await bot.tree.described()


async def test_all_commands_are_told_in_every_language_within_the_limits_of_discord(stage: Stage) -> None:
    told = await commands(stage)
    assert judge_call(Judged("PUT", "/applications/1/commands", body=told)) == []
    sizes = {each["name"]: letters(each) for each in told}
    assert {name: size for name, size in sizes.items() if size > LETTERS - ROOM} == {}
    for command in told:
        field = "description_localizations" if command["type"] == SLASH else "name_localizations"
        assert {"en", *map(language_of, command[field])} == set(LANGUAGES), command["name"]


async def test_no_two_commands_are_called_alike_in_any_language(stage: Stage) -> None:
    told = await commands(stage)
    for locale in LOCALES:
        names = Counter(
            name
            for command in told
            for name in {(command["type"], said(command, locale)), (command["type"], command["name"])}
        )
        assert [name for name, count in names.items() if count > 1] == [], locale


def said(command: dict[str, Any], locale: str) -> str:
    """What a command is called in a locale."""
    return str(command["name_localizations"].get(locale, command["name"]))


async def test_somebody_finds_commands_and_options_by_the_names_that_they_read(stage: Stage) -> None:
    async with stage.playing():
        eva = stage.discord.person("eva", stage.guild, stage.channel, locale="de")
        assert set(eva.commands()["verlauf"]["options"]) == {"suche", "seite"}
        reply = await eva.slash("verlauf", search="Katze")
        assert (await reply.done()).text == "Keiner deiner Prompts enthält `Katze`"
        assert "/verlauf" in (await (await eva.slash("hilfe")).done()).text
        assert "Modell, Seitenverhältnis" in eva.commands()["settings"]["options"]["ich"]["description"]


def texts(part: Any) -> Iterator[str]:
    """Everything in a payload that people read."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        for field, value in part.items():
            if field in READ and isinstance(value, str):
                yield value
            elif field not in {"emoji", "attachments", "allowed_mentions"}:
                yield from texts(value)


def forgotten(text: str, known: set[str]) -> list[str]:
    """The words in a text that nobody has put into the pseudo language."""
    if text in TONGUES:
        return []
    words = re.findall(r"[^\W\d_]+", FACTS.sub(" ", text))
    return [word for word in words if PLAIN.search(word) and word not in known]


def test_a_forgotten_word_would_be_seen() -> None:
    assert forgotten("[ñöţ çĥåŕĝéð] · try `again` · [<@5>, ķñöŵñ]", {"known"}) == ["try"]


class Ear:
    """Hears everything that the bot tells Discord; commands have their languages of their own."""

    def __init__(self, stage: Stage) -> None:
        self.known = {"bot", "Test", "BytePlus", "ModelArk", "Seedream", "flash", "discord", "py", "Python"}  # names
        self.known |= {"or", "and"}  # what Babel puts between things
        self.missed: dict[str, list[str]] = {}
        self.heard = 0
        stage.discord.judges.append(self._hear)

    def _hear(self, call: Call) -> list[str]:
        if call.method != "GET" and not call.path.endswith("/commands"):
            for text in texts(call.body):
                self.heard += 1
                if words := forgotten(text, self.known):
                    self.missed[text] = words
        return []


async def test_a_tour_in_the_pseudo_language_shows_nothing_untranslated(stage: Stage) -> None:
    ear, cat, dog = Ear(stage), File("cat.png", png()), File("dog.jpg", jpeg())
    stage.guild.locale = PSEUDO
    ada = stage.ada
    ada.user.locale = PSEUDO
    async with stage.playing(USER_COST_PER_DAY="50"):
        first = await (await ada.slash("imagine", prompt="a lighthouse")).until(lambda it: it.files)
        await (await ada.slash("edit", prompt="make it night", image1=cat)).until(lambda it: it.files)
        await (await ada.slash("blend", image1=cat, image2=dog)).until(lambda it: it.files)
        await (await ada.slash("story", prompt="a fox [[count:3]]", images=3)).until(lambda it: len(it.files) == 3)
        await layers(stage)
        await replies(stage, "history", "queue", "usage me", "help", "settings me")
        await (await ada.slash("show", id=1)).until(lambda it: it.files)
        await (await ada.slash("show", id=99)).done()
        await (await ada.slash("imagine", prompt="a cat", ratio="17", size="9x9", model="nothing")).done()
        await ada.autocomplete("imagine", "model", "4")
        await refused(stage)
        for menu in ("Image info", "Use as reference", "Edit image"):
            reply = await ada.menu(menu, first)
        [label] = reply.modal.fields
        await (await ada.submit(reply, {label: "at dawn"})).until(lambda it: it.files)
        for verb in ("more", "vary", "edit", "upscale", "again"):
            await ada.press(first, f"sd:{verb}:1")
        await ada.answer(await ada.says("@bot a cat --nonsense --seed cat --ar 17"))
        await stage.pictured(await ada.says("@bot in the rain --ar 16:9", reply_to=first))
        await (await ada.menu("Delete image", first)).done()
        await settings(stage)
    assert ear.heard > 100
    assert ear.missed == {}


async def test_nor_does_one_of_moderators_and_of_what_is_kept(stage: Stage) -> None:
    ear, ada = Ear(stage), stage.ada
    eve = stage.discord.moderator("eve", stage.guild, stage.channel)
    for somebody in (stage.guild, ada.user, eve.user):
        somebody.locale = PSEUDO
    async with stage.playing(USER_IMAGES_PER_DAY="2"):
        room = stage.discord.channel(stage.guild, "log")
        await lay_down(stage, audit_channel=room.id)
        message = await (await ada.slash("imagine", prompt="a cat")).until(lambda it: "#1" in it.text and it.files)
        for _ in range(2):
            window = await ada.menu("Report image", message)
            [label] = window.modal.fields
            await (await ada.submit(window, {label: "`it`"})).done()
        for name in ("status", "block", "resume"):
            await (await eve.slash(f"admin {name}")).done()
        for name in ("block", "diagnose", "unblock", "diagnose"):
            await (await eve.slash(f"admin {name}", user=ada.user)).done()
        await (await eve.slash("admin grant", user=ada.user, images=2, money=1.5, until="1d")).done()
        await (await eve.slash("admin grant", user=ada.user, images=2, until="soon")).done()
        await eve.slash("admin pause")
        await (await eve.slash("admin pause", reason="`x`")).done()
        await (await ada.slash("imagine", prompt="a cat")).done()
        await (await eve.slash("admin resume", everywhere=True)).done()
        await (await eve.slash("admin resume")).done()
        await (await eve.slash("usage server")).until(lambda it: it.files)
        await (await ada.slash("usage server")).done()
        for allow in (None, False, True):
            await (await ada.slash("privacy consent", **({} if allow is None else {"allow": allow}))).done()
        await (await ada.slash("privacy show")).done()
        await (await ada.slash("privacy export")).until(lambda it: it.files)
        asked = await (await ada.slash("privacy delete")).until(lambda it: it.buttons)
        await ada.press(asked, f"sd:forget:{ada.id}")
        await stage.discord.until(lambda: "Ðöñé" in asked.text)
        await stage.discord.until(lambda: any("🚩" in it.text for it in eve.sees(room)))
    assert ear.heard > 40
    assert ear.missed == {}


async def layers(stage: Stage) -> None:
    """The question, the layers and their ZIP; and what does not go."""
    fox = File("fox.png", encoded(scene(640, 512), "PNG"))
    await (await stage.ada.slash("layers", image=File("cat.png", png()))).done()
    await (await stage.ada.slash("layers", image=fox, model="seedream-4.5")).done()
    no = await (await stage.ada.slash("layers", image=fox)).until(lambda it: it.buttons)
    await stage.ada.press(no, no.buttons[-1])
    asked = await (await stage.ada.slash("layers", image=fox)).until(lambda it: it.buttons)
    await (await stage.ada.press(asked, asked.buttons[0])).until(lambda it: len(it.files) == 4)


async def replies(stage: Stage, *names: str) -> None:
    """Use commands one after the other."""
    for name in names:
        await (await stage.ada.slash(name)).done()


async def refused(stage: Stage) -> None:
    """What comes of requests that are not to be had."""
    for bad in ("[[refuse]]", "[[fault:P53]]"):
        reply: Reply = await stage.ada.slash("imagine", prompt=f"a cat {bad}")
        await reply.done()


async def settings(stage: Stage) -> None:
    """Every page of the server's settings, and everything that can be opened there."""
    eve = stage.discord.moderator("eve", stage.guild, stage.channel)
    eve.user.locale = PSEUDO
    panel = (await eve.slash("settings server")).message
    for name in ["who", "models", "limits", "tiers", "budget", "references", "safety", "log", "defaults", "places"]:
        await eve.choose(panel, "sd:settings:0:go", name)
        ids = [str(part["custom_id"]) for part in panel.every if "custom_id" in part]
        for number in (each for each in ids if ":one." in each or ":ask." in each):
            await eve.press(panel, number)
            if ":one." in number:
                await eve.press(panel, number.replace(":one.", ":back."))
