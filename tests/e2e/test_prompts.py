"""Prompts that want to ping, to break out of their place, or to be somebody else: they are drawn, and that is all."""

from typing import Any

import pytest

from bot.ui.options import wanted
from sandbox.discord import CannotDo, Message
from tests.e2e.stage import File, Stage, png

TOKEN_LIKE = "MTIzNDU2Nzg5MDEyMzQ1Njc4.G1x2y3." + "a" * 38
PROMPTS = {
    "spaces around": "   a cat   ",
    "the longest": "a cat " * 666 + "cat.",
    "NUL": "a\0cat",
    "C0 and C1": "a\x01\x02\x1b[31m\x7f\x85\x9b cat",
    "directions": "a \u202etac\u202c \u2066cat\u2069",
    "zero width": "a\u200b\u200c\u200d\ufeff cat",
    "combining marks": "a" + "\u0301" * 3900,
    "families": "👩‍👩‍👧‍👦 " * 50,
    "everyone": "@everyone @here a cat",
    "masked link": "[a cat](https://evil.example/login) <https://evil.example>",
    "invitation": "https://discord.gg/abcdef discord.com/invite/abcdef",
    "code": "``` a cat ``` `and` ```js\nalert(1)",
    "bars": "||a cat|| || ||",
    "heading": "# A CAT\n> quoted\n>>> all of it\n-# small\n- list",
    "format": "{} {0} {prompt} %s %(name)s {0.__class__} $PATH",
    "SQL": "'; DROP TABLE jobs; --",
    "shell": "$(rm -rf /) `reboot` && exit | cat; \\",
    "flags": "a cat --no-such-flag --ar --size",
    "JSON": '{"op": 10, "d": null}\n\ndata: {"type": "image_generation.completed"}\n\n',
    "a token": TOKEN_LIKE,
    "only signs": "*_~`|<>@#&:",
}


def seen_by_all(stage: Stage) -> list[Message]:
    return [message for message in stage.discord.world.messages.values() if message.author is stage.discord.world.bot]


async def test_no_prompt_pings_or_is_shown_where_it_could_do_anything(stage: Stage) -> None:
    free: dict[str, Any] = {"USER_IMAGES_PER_HOUR": "0", "USER_IMAGES_PER_DAY": "0"}
    people = {
        "a person": f"<@{stage.bob.id}> <@!{stage.bob.id}>",
        "a role": f"<@&{stage.guild.id}> <#{stage.channel.id}>",
    }
    async with stage.playing(**free):
        for name, prompt in (PROMPTS | people).items():
            reply = await stage.ada.slash("imagine", prompt=prompt)
            message = await reply.until(lambda message: message.files, 10)
            assert prompt.strip() not in message.text, name
        for name in ("everyone", "heading", "code"):
            await stage.pictured(await stage.ada.says(f"@bot {PROMPTS[name]}"))
    assert len(seen_by_all(stage)) == len(PROMPTS) + len(people) + 3
    for message in seen_by_all(stage):
        assert not message.mention_everyone
        assert message.mentions == []
        assert message.mention_roles == []
        assert len(message.content) <= 2000
        assert len(message.content.splitlines()) <= 2
        assert "evil" not in message.text
        assert "discord.gg" not in message.text


async def test_nothing_is_no_prompt_and_too_much_is_refused_by_discord_already(stage: Stage) -> None:
    async with stage.playing():
        message = await (await stage.ada.slash("imagine", prompt="   ")).done()
        assert "say what to draw" in message.text
        for prompt in ("", "a" * 4001):
            with pytest.raises(CannotDo):
                await stage.ada.slash("imagine", prompt=prompt)
    assert stage.seedream.calls == []


def test_half_of_a_surrogate_pair_becomes_a_sign_that_can_be_written_down() -> None:
    assert wanted({"prompt": "a \ud83d cat\0"}, "imagine").prompt == "a � cat�"


async def test_names_of_files_and_people_break_nothing(stage: Stage) -> None:
    names = [
        "@everyone.png",
        "```.png",
        "||a||.png",
        "[x](https://evil.example).png",
        "\u202egnp.exe.png",
        "a" * 250 + ".png",
    ]
    async with stage.playing(USER_IMAGES_PER_HOUR="0"):
        for name in names:
            from_file = [File(name, png())]
            answer = await stage.pictured(await stage.ada.says("@bot go on", files=from_file))
            _, line = answer.content.splitlines()
            assert line.count("`") == 2
            assert line.startswith("Image 1: `")
            assert not answer.mention_everyone
