"""Braces in a prompt: one question with all prompts and their price, then one job and one message for each."""

import asyncio
from typing import Any

import pytest

from sandbox.discord import Message, Reply
from tests.e2e.stage import PATIENCE, File, Stage, jpeg, png
from tests.e2e.test_buttons import finished, job
from tests.e2e.test_rules import lay_down

TWO = "a {red, green} fox"
GO = "Go ahead"


def drawn(stage: Stage) -> list[Any]:
    """The prompts that were paid for."""
    return sorted(call.body["prompt"] for call in stage.seedream.calls if isinstance(call.body, dict))


async def question(reply: Reply) -> Message:
    return await reply.until(lambda message: GO in message.buttons, PATIENCE)


async def all_of(stage: Stage, reply: Reply, count: int) -> list[Message]:
    """The messages of a batch, once each has a picture."""
    first = await reply.until(lambda message: message.files, PATIENCE)
    others = [await reply.follow_up(number, PATIENCE) for number in range(1, count)]
    await stage.discord.until(lambda: all(message.files for message in others), PATIENCE)
    return [first, *others]


async def test_all_prompts_and_their_price_are_shown_and_a_yes_draws_each_in_a_message_of_its_own(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a {red, green, blue} fox, {large, tiny}")
        asked = await question(reply)
        assert asked.text.splitlines() == [
            "**The braces make 6 prompts:**",
            "1. `a red fox, large`",
            "2. `a red fox, tiny`",
            "3. `a green fox, large`",
            "4. `a green fox, tiny`",
            "5. `a blue fox, large`",
            "6. `a blue fox, tiny`",
            "These are 6 pictures, and may cost $0.24 · nothing is charged yet · go ahead?",
        ]
        assert stage.seedream.billed == 0
        told = await all_of(stage, await stage.ada.press(asked, GO), 6)
    assert "1 of 6 · `red, large`" in told[0].text
    assert "6 of 6 · `blue, tiny`" in told[5].text
    assert [message.attachments[0].description for message in told[:2]] == ["a red fox, large", "a red fox, tiny"]
    assert stage.seedream.billed == 6
    assert len(set(drawn(stage))) == 6


async def test_a_question_without_an_answer_costs_nothing_and_neither_does_a_no(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt=TWO))
        await (await stage.ada.press(asked, "Cancel")).until(lambda message: not message.buttons, PATIENCE)
        assert "not charged" in asked.text
        await question(await stage.ada.slash("imagine", prompt=TWO))
    assert stage.seedream.calls == []


async def test_nobody_says_yes_for_somebody_else(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt=TWO))
        told = await (await stage.bob.press(asked, GO)).done()
        assert told.only_for is stage.bob.user
        assert stage.seedream.calls == []
        await all_of(stage, await stage.ada.press(asked, GO), 2)
    assert drawn(stage) == ["a green fox", "a red fox"]


async def test_a_finger_that_presses_twice_has_said_yes_once(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt="a {red, green, blue} fox"))
        first, second = await asyncio.gather(stage.ada.press(asked, GO), stage.ada.press(asked, GO))
        stage.discord.replay(first)
        stage.discord.replay(second)
        await stage.discord.until(lambda: stage.seedream.billed == 3, PATIENCE)
        pictured = [message for message in stage.ada.sees() if message.files]
        await stage.discord.until(lambda: len([it for it in stage.ada.sees() if it.files]) == 3, PATIENCE)
    assert len(pictured) <= 3
    assert stage.seedream.billed == 3


async def test_the_question_outlives_a_restart_and_so_does_the_answer(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt=TWO, variations=2))
        assert "**The braces make 2 prompts, each drawn 2 times:**" in asked.text
        assert "These are 4 pictures, and may cost $0.16" in asked.text
    async with stage.playing():
        told = await all_of(stage, await stage.ada.press(asked, GO), 4)
    assert [message.text.count("`red`") for message in told] == [1, 1, 0, 0]
    assert drawn(stage) == ["a green fox"] * 2 + ["a red fox"] * 2


async def test_flags_of_a_message_count_for_every_prompt_and_its_question_is_a_reply(stage: Stage) -> None:
    async with stage.playing():
        message = await stage.ada.says(f"@bot {TWO} --n 2 --ar 16:9", files=[File("fox.png", png())])
        asked = await stage.ada.answer(message)
        await stage.discord.until(lambda: GO in asked.buttons, PATIENCE)
        assert "These are 4 pictures, and may cost $0.16" in asked.text
        told = await all_of(stage, await stage.ada.press(asked, GO), 4)
        answer = await stage.ada.answer(await stage.ada.says("@bot a {red --ar 1:1, green} fox"))
        wrong = await stage.ada.answer(await stage.ada.says("@bot a fox --ar {1:1, 16:9}"))
    assert "2 of 4 · `red`" in told[1].text
    assert all(isinstance(call.body, dict) and "image" in call.body for call in stage.seedream.calls)
    assert len(stage.seedream.calls) == 4
    for refused in (answer, wrong):
        assert refused.text.startswith("`--ar` and braces do not go together")


async def test_a_message_that_discord_does_not_take_one_way_comes_another(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt="a {red, green, blue} fox"))
        stage.discord.fail("D23", times=1, route="POST /webhooks")
        stage.discord.fail("D21", times=1, route="POST /channels")
        reply = await stage.ada.press(asked, GO)
        await stage.discord.until(lambda: len([it for it in stage.ada.sees() if it.files]) == 3, PATIENCE)
    assert len(reply.further) == 1
    assert sorted(it.text.partition("\n")[2] for it in stage.ada.sees()) == [
        "1 of 3 · `red`",
        "2 of 3 · `green`",
        "3 of 3 · `blue`",
    ]


async def test_what_is_asked_in_private_stays_private_with_all_its_pictures(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt=TWO, visibility="private"))
        told = await all_of(stage, await stage.ada.press(asked, GO), 2)
    assert all(message.ephemeral for message in told)
    assert stage.bob.sees() == []


async def test_too_many_are_refused_with_the_way_out_and_can_be_mended(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="{a, b, c} {d, e, f} fox", variations=3)
        asked = await reply.until(lambda message: message.buttons, PATIENCE)
        assert asked.text == (
            "`prompt` makes 9 prompts and 27 pictures in all, at most 20 are allowed at once · not charged · "
            "write fewer options in the braces, ask for fewer `variations`, or write `\\{` for a plain brace"
        )
        window = await stage.ada.press(asked, "Edit & retry")
        assert window.modal.values["New prompt"] == "{a, b, c} {d, e, f} fox"
        again = await stage.ada.submit(window, {"New prompt": TWO})
        assert "6 pictures" in (await question(again)).text
        endless = await stage.ada.slash("story", prompt="{a,b}" * 30, images=2)
        told = await endless.until(lambda message: message.buttons, PATIENCE)
        assert "1,000,000+ prompts" in told.text
        assert "ask for fewer `images`" in told.text
    assert stage.seedream.calls == []


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ({"user_images_per_day": 3}, "You have used 0 of your 3 pictures today, and this asks for 4"),
        ({"server_cost_per_day": 100_000}, "this may cost $0.16"),
        ({"most_images": 3}, "These are 4 pictures at once, and the limit here is 3"),
        ({"waiting": 3}, "Your waiting jobs: 0 of 3, and these are 4 more"),
        ({"blocked_words": ["green fox"]}, "There is a word in it that is not allowed here"),
        ({"paused": True}, "The bot is paused on this server"),
    ],
)
@pytest.mark.parametrize(
    "words", [{"prompt": "a {red, green, blue, black} fox"}, {"prompt": "a green fox", "variations": 4}]
)
async def test_what_cannot_be_had_as_a_whole_is_not_begun(
    stage: Stage, law: dict[str, Any], said: str, words: dict[str, Any]
) -> None:
    async with stage.playing():
        await lay_down(stage, **law)
        reply = await stage.ada.slash("imagine", **words)
        message = await reply.until(lambda message: message.buttons, PATIENCE)
        assert said in message.text
        assert message.buttons == ["Edit & retry"]
        assert stage.seedream.calls == []
        assert len(stage.ada.sees()) == 1


async def test_a_limit_in_the_middle_says_what_is_begun_and_the_rest_can_be_had_later(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt="a {1, 2, 3, 4, 5, 6, 7} fox"))
        reply = await stage.ada.press(asked, GO)
        await reply.follow_up(4, PATIENCE)  # those after it take their time
        await lay_down(stage, user_images_per_day=5)
        last = await reply.follow_up(5, PATIENCE)
        await stage.discord.until(lambda: GO in last.buttons, PATIENCE)
        assert "You have used 5 of your 5 pictures today" in last.text
        assert "Begun: 5 of 7 · **Go ahead** goes on with the others" in last.text
        await stage.discord.until(lambda: stage.seedream.billed == 5, PATIENCE)
        edits = last.edits
        await stage.ada.press(last, GO)
        await stage.discord.until(lambda: last.edits > edits and "asks for 2" in last.text, PATIENCE)
        assert stage.seedream.billed == 5
        await lay_down(stage, user_images_per_day=7)
        on = await stage.ada.press(last, GO)
        told = await all_of(stage, on, 2)
        assert "6 of 7 · `6`" in told[0].text
        assert "7 of 7 · `7`" in told[1].text
    assert drawn(stage) == [f"a {number} fox" for number in range(1, 8)]


async def test_buttons_of_each_picture_are_about_its_own_prompt(stage: Stage) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash("imagine", prompt="a {red\\, warm, green} \\{fox, hound\\}"))
        assert "1. `a red, warm {fox, hound}`" in asked.text
        reply = await stage.ada.press(asked, GO)
        first = await finished(stage, reply)
        window = await stage.ada.press(first, "Vary")
        [(label, before)] = window.modal.values.items()
        assert before == "a red, warm \\{fox, hound\\}"
        again = await stage.ada.submit(window, {label: before})
        await finished(stage, again)
        await finished(stage, await stage.ada.press(first, "Again"))
        window = await stage.ada.press(first, "Edit")
        [label] = window.modal.fields
        several = await question(await stage.ada.submit(window, {label: "make it {night, noon}"}))
        told = await all_of(stage, await stage.ada.press(several, GO), 2)
        made = await job(stage, 5)
    assert drawn(stage).count("a red, warm {fox, hound}") == 3
    assert "make it noon" in drawn(stage)
    assert "2 of 2 · `noon`" in told[1].text
    assert (made.verb, made.parent) == ("edit", 1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("edit", {"prompt": "make it {night, noon}", "image1": File("day.png", png())}),
        ("blend", {"prompt": "in {oil, ink}", "image1": File("a.png", png()), "image2": File("b.png", jpeg())}),
        ("story", {"prompt": "a {fox, hare} [[count:2]]", "images": 2}),
    ],
)
async def test_every_command_with_a_prompt_takes_braces(stage: Stage, name: str, options: dict[str, Any]) -> None:
    async with stage.playing():
        asked = await question(await stage.ada.slash(name, **options))
        assert "The braces make 2 prompts" in asked.text
        await all_of(stage, await stage.ada.press(asked, GO), 2)
    assert len(stage.seedream.calls) == 2


async def test_forms_take_braces_too(stage: Stage) -> None:
    async with stage.playing():
        theirs = await stage.bob.says("look", files=[File("dog.png", png())])
        window = await stage.ada.menu("Edit image", theirs)
        [label] = window.modal.fields
        asked = await question(await stage.ada.submit(window, {label: "make it {night, noon}"}))
        told = await all_of(stage, await stage.ada.press(asked, GO), 2)
        window = await stage.ada.press(told[0], "Vary")
        [label] = window.modal.fields
        asked = await question(await stage.ada.submit(window, {label: TWO}))
        window = await stage.ada.press(asked, "Edit & retry")
        changed = {"New prompt": "a {red, green, blue} fox"}
        asked = await question(await stage.ada.submit(window, changed))
        await all_of(stage, await stage.ada.press(asked, GO), 3)
    assert len(stage.seedream.calls) == 5


async def test_where_only_the_person_has_let_the_app_in_discord_sets_the_bound(stage: Stage) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
        elsewhere = stage.discord.guild("Elsewhere", bot=False)
        eve = stage.discord.person("eve", elsewhere, installed=True)
        reply = await eve.slash("imagine", prompt="a {1, 2, 3, 4, 5, 6, 7} fox")
        message = await reply.until(lambda message: message.buttons, PATIENCE)
        assert "Each of the 7 pictures needs a message, and Discord allows me 6 here" in message.text
        asked = await question(await eve.slash("imagine", prompt="a {1, 2, 3, 4, 5, 6} fox"))
        await all_of(stage, await eve.press(asked, GO), 6)
    assert len(stage.seedream.calls) == 6


async def test_a_question_that_is_told_twice_is_asked_once(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt=TWO)
        asked = await question(reply)
        stage.discord.replay(reply)
        await all_of(stage, await stage.ada.press(asked, GO), 2)
        stage.discord.replay(reply)
        await finished(stage, await stage.bob.slash("imagine", prompt="a hare"))
    assert drawn(stage) == ["a green fox", "a hare", "a red fox"]


async def test_long_prompts_are_told_by_the_words_that_differ(stage: Stage) -> None:
    async with stage.playing():
        long = "a fox " + "in the very deep snow " * 20
        asked = await question(
            await stage.ada.slash("imagine", prompt=long + "{at dawn, at dusk, at night}" * 2 + "{,!}")
        )
        lines = asked.text.splitlines()
    assert lines[1].startswith("1. `at dawn, at dawn, –` · `a fox in the very deep snow")
    assert lines[-2].startswith("… and ")
    assert len(asked.text) <= 2000


async def test_a_dry_run_judges_all_prompts_and_says_so(stage: Stage) -> None:
    async with stage.playing():
        eve = stage.discord.moderator("eve", stage.guild, stage.channel)
        await lay_down(stage, blocked_words=["green fox"])

        async def told(prompt: str) -> str:
            reply = await eve.slash("admin diagnose", user=stage.ada.user, prompt=prompt)
            return (await reply.done(PATIENCE)).text

        fine, blocked, many = await told("a {red, blue} fox"), await told(TWO), await told("{a,b,c}" * 3)
    assert "ℹ️ The braces make 2 prompts, judged together" in fine
    assert "They see the price first" in fine
    assert "the word ||`green fox`|| is blocked" in blocked
    assert "because the prompt makes 27 pictures at once, at most 20 are allowed" in many
    assert "**✘ Pictures at once**" in many
