"""/admin, as members, moderators and the owner of the bot meet it."""

from typing import Any

import pytest

from bot.studio.office import Office
from sandbox.discord import Person, Reply
from sandbox.discord import asking as raw
from sandbox.discord.asking import CannotDo
from sandbox.discord.rules_commands import LETTERS, letters
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import finished
from tests.e2e.test_forged import STALE, sends
from tests.e2e.test_rules import lay_down, log

EVERYTHING: list[tuple[str, dict[str, Any]]] = [
    ("status", {}),
    ("pause", {"reason": "x"}),
    ("pause", {}),
    ("resume", {}),
    ("block", {}),
    ("block", {"user": "bob"}),
    ("unblock", {}),
    ("unblock", {"user": "bob"}),
    ("grant", {"user": "bob", "images": 5}),
    ("grant", {"user": "bob"}),
    ("diagnose", {"user": "bob"}),
]


def office(stage: Stage) -> Office:
    assert stage.house is not None
    return stage.house.office


def moderator(stage: Stage, name: str = "eve") -> Person:
    return stage.discord.moderator(name, stage.guild, stage.channel)


def owner(stage: Stage, *, here: bool = True) -> Person:
    """The owner of the bot, who moderates nothing."""
    person = stage.discord.person(stage.discord.application.owner.name, stage.guild, stage.channel)
    return person if here else person.in_dm()


async def does(who: Person, name: str, **options: Any) -> str:
    """What somebody is told who uses a command of /admin."""
    reply = await who.slash(f"admin {name}", **options)
    message = await reply.done(PATIENCE)
    assert message.only_for is who.user
    return message.text


async def forced(stage: Stage, who: Person, name: str, options: dict[str, Any]) -> Reply:
    """A client that does not care what Discord shows sends a command of /admin."""
    world = stage.discord.world
    [command] = [each for each in world.commands[0].values() if each["name"] == "admin"]
    kinds = {option["name"]: option["type"] for each in command["options"] for option in each["options"]}
    given = {**options, **({"user": str(stage.bob.id)} if "user" in options else {})}
    filled = [{"name": key, "type": kinds[key], "value": value} for key, value in given.items()]
    data: dict[str, Any] = {"id": command["id"], "name": "admin", "type": 1}
    data["options"] = [{"name": name, "type": 1, "options": filled}]
    bob = stage.bob.user
    user = {"id": str(bob.id), "username": bob.name, "discriminator": "0", "avatar": None, "global_name": None}
    data["resolved"] = {"users": {str(bob.id): user}}
    return Reply(world, await raw.ask(world, 2, who.user, who.channel, data, about={}, patience=PATIENCE))


async def test_members_do_not_see_it_and_are_refused_if_their_client_sends_it_all_the_same(stage: Stage) -> None:
    async with stage.playing():
        with pytest.raises(CannotDo, match="needs permissions"):
            await stage.ada.slash("admin status")
        for name, options in EVERYTHING:
            for everywhere in ({}, {"everywhere": True}) if name != "diagnose" else ({},):
                reply = await forced(stage, stage.ada, name, {**options, **everywhere})
                message = await reply.until(lambda it: it.text, PATIENCE)
                owners = bool(everywhere) and name != "status"
                assert ("Only the owner of this bot" if owners else "Only the ") in message.text, (name, everywhere)
                assert message.only_for is stage.ada.user
        assert await log(stage) == []


async def test_a_moderator_may_do_everything_here_and_nothing_everywhere(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        for name, options in EVERYTHING:
            given = {key: stage.bob.user if key == "user" else value for key, value in options.items()}
            if name != "diagnose":
                reply = await eve.slash(f"admin {name}", everywhere=True, **given)
                message = await reply.until(lambda it: it.text, PATIENCE)
                assert message.text == "Only the owner of this bot can do that · ask the owner", name
            if (name, options) != ("pause", {}):
                assert "Only the" not in await does(eve, name, **given)


async def test_in_a_direct_message_it_is_the_owners_alone(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        assert "Only the owner" in await does(eve.in_dm(), "pause", reason="x")
        assert "Only the owner" in await does(eve.in_dm(), "status")
        boss = owner(stage, here=False)
        assert "paused everywhere" in await does(boss, "pause", reason="repairs")
        told = await does(boss, "status")
        assert "The bot is paused everywhere" in told
        assert "job at once" in told or "jobs at once" in told
        reply = await stage.ada.slash("imagine", prompt="a cat")
        message = await reply.until(lambda it: "not charged" in it.text, PATIENCE)
        assert "The bot is paused everywhere: `repairs`" in message.text
        assert "taken again" in await does(boss, "resume")
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))


async def test_a_pause_asks_why_and_tells_members(stage: Stage) -> None:
    async with stage.playing():
        window = await moderator(stage).slash("admin pause")
        [label] = window.modal.fields
    async with stage.playing():
        eve = moderator(stage)
        reply = await eve.submit(window, {label: "We clean up.\nBack at eight `sharp`"})
        assert "paused on this server" in (await reply.done(PATIENCE)).text
        reply = await stage.ada.slash("imagine", prompt="a cat")
        message = await reply.until(lambda it: "not charged" in it.text, PATIENCE)
        assert "The bot is paused on this server: `We clean up. Back at eight ˋsharpˋ`" in message.text
        assert "already paused" in await does(eve, "pause", reason="We clean up. Back at eight `sharp`")
        assert "The bot is paused on this server" in await does(eve, "status")
        assert "taken again" in await does(eve, "resume")
        assert "not paused" in await does(eve, "resume")
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))


async def test_a_block_ends_by_itself_or_is_taken_back(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        said = await does(eve, "block", user=stage.ada.user, reason="spam", until="2h")
        assert f"<@{stage.ada.id}> · ⛔ blocked by <@{eve.id}>, until <t:" in said
        assert said.endswith("`spam`")
        reply = await stage.ada.slash("imagine", prompt="a cat")
        message = await reply.until(lambda it: "not charged" in it.text, PATIENCE)
        assert "You may not ask for pictures on this server" in message.text
        assert "try again <t:" in message.text
        assert f"<@{stage.ada.id}>" in await does(eve, "block")
        assert "may ask for pictures again" in await does(eve, "unblock", user=stage.ada.user)
        assert "is not blocked" in await does(eve, "unblock", user=stage.ada.user)
        assert "Nobody is blocked" in await does(eve, "unblock")
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("soon", "`until` is not a time · write it like 2h, 3d, 1w or 2027-01-31"),
        ("0h", "is over already"),
        ("1999-01-01", "is over already"),
        ("9999w9", "is not a time"),
        ("<t:999999999999>", "is not a time"),
    ],
)
async def test_a_time_that_makes_no_sense_is_told_with_what_would(stage: Stage, until: str, said: str) -> None:
    async with stage.playing():
        eve = moderator(stage)
        assert said in await does(eve, "block", user=stage.ada.user, until=until)
        assert said in await does(eve, "grant", user=stage.ada.user, images=1, until=until)
        assert "Nobody is blocked" in await does(eve, "block")
        choices = await eve.autocomplete("admin block", "until", "1")
        assert [choice["value"] for choice in choices] == ["1h", "1d", "1w"]


async def test_a_grant_gives_more_and_is_taken_back_with_a_button(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_DAY="1"):
        eve = moderator(stage)
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
        reply = await stage.ada.slash("imagine", prompt="a dog")
        await reply.until(lambda it: "1 of your 1 pictures today" in it.text, PATIENCE)
        reply = await eve.slash("admin grant", user=stage.ada.user, images=2, money=1.5, period="day", until="1d")
        granted = await reply.done(PATIENCE)
        assert f"<@{stage.ada.id}> · ➕ 2 pictures and $1.50 per day, until <t:" in granted.text
        await finished(stage, await stage.ada.slash("imagine", prompt="a dog"))
        refused = await sends(stage, stage.ada, granted, f"sd:revoke:{stage.ada.id}")
        assert "Only the moderators" in refused.text
        said = await eve.press(granted, "Take it back")
        assert "back to the usual limits" in said.message.text
        assert "Nothing is granted" in await does(eve, "grant", user=stage.ada.user)


async def test_many_people_are_listed_by_pages(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        for number in range(10):
            await does(eve, "block", user=stage.discord.person(f"p{number}", stage.guild).user)
        reply = await eve.slash("admin block")
        page = await reply.done(PATIENCE)
        assert page.text.count("⛔") == 8
        refused = await sends(stage, stage.ada, page, "sd:people:2")
        assert "Only the moderators" in refused.text
        await eve.press(page, "▶")
        assert page.text.count("⛔") == 2


async def test_the_owner_blocks_everywhere_without_moderating_anything(stage: Stage) -> None:
    async with stage.playing():
        boss = owner(stage, here=False)
        await does(boss, "block", user=stage.ada.user, reason="abuse")
        reply = await stage.ada.slash("imagine", prompt="a cat")
        message = await reply.until(lambda it: "not charged" in it.text, PATIENCE)
        assert "You may not use this bot" in message.text
        eve = moderator(stage)
        assert "Nobody is blocked" in await does(eve, "block")
        told = await does(eve, "diagnose", user=stage.ada.user)
        assert "because they are blocked by" in told
        assert "only the owner of the bot can change that" in told
        assert "may ask for pictures again" in await does(boss, "unblock", user=stage.ada.user)


async def test_status_shows_queue_budget_and_shard_to_moderators_and_machines_to_the_owner(stage: Stage) -> None:
    async with stage.playing(PARALLEL_JOBS="1", BUDGET_USD_PER_DAY="1"):
        eve = moderator(stage)
        first = await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        await first.until(lambda message: "drawing" in message.text, PATIENCE)
        second = await stage.ada.slash("imagine", prompt="another")
        await second.until(lambda message: message.buttons == ["Cancel"], PATIENCE)
        told = await does(eve, "status")
        assert "✔ `byteplus` · 1 waiting, 1 being drawn · oldest: <t:" in told
        assert "This server: $0.92 of $1.00 left today, full again <t:" in told
        assert "shard 0" in told
        assert "discord.py " in told
        assert "jobs at once" not in told
        assert "job at once" in await does(owner(stage, here=False), "status")
        stage.gates.open(100)


async def test_status_names_a_trouble_with_a_provider(stage: Stage) -> None:
    async with stage.playing():
        stage.seedream.fail("P47", times=1)
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: "owner of the bot" in message.text, PATIENCE)
        eve = moderator(stage)
        told = await does(eve, "status")
        while "⚠️" not in told:  # the alarm is written down a moment later
            told = await does(eve, "status")
        assert "access to the provider does not work" in told


async def test_forms_and_buttons_that_nobody_can_have_are_refused(stage: Stage) -> None:
    async with stage.playing():
        message = await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
        field = {"type": 4, "id": 2, "custom_id": "reason"}
        for custom_id, value, said in (
            ("sd:pause:0", "mine", "Only the moderators"),
            ("sd:pause:0:all", "mine", "Only the owner"),
            ("sd:pause:0", "x" * 301, STALE),
            ("sd:pause:0", "   ", "It is empty"),
            ("sd:revoke:1", "x", STALE),
            ("sd:people:1", "x", STALE),
            ("sd:reports:1", "x", STALE),
            ("sd:remove:1", "x", STALE),
        ):
            sent = [{"type": 18, "id": 1, "component": {**field, "value": value}}]
            reply = await sends(stage, stage.ada, message, custom_id, 5, components=sent)
            assert said in (await reply.until(lambda it: it.text, PATIENCE)).text, custom_id
        for custom_id in ("sd:pause:0", "sd:reports:1", "sd:remove:1", "sd:people:1:all", "sd:revoke:1"):
            assert STALE in (await sends(stage, stage.ada, message, custom_id)).text
        assert await log(stage) == []


async def test_every_command_is_short_enough_for_discord_in_its_longest_language(stage: Stage) -> None:
    async with stage.playing():
        there = stage.discord.world.commands[0].values()
        assert max(map(letters, there)) <= LETTERS
        assert len([each for each in there if each["type"] == 3]) == 5


async def diagnosed(stage: Stage, eve: Person, **options: Any) -> str:
    return await does(eve, "diagnose", user=stage.ada.user, **options)


async def test_the_dry_run_names_what_decides_and_where_to_change_it(stage: Stage) -> None:
    role = stage.discord.role(stage.guild, "painters")
    other = stage.discord.channel(stage.guild, "other")
    thread = stage.discord.thread(other)
    async with stage.playing():
        eve = moderator(stage)
        ada, here = f"<@{stage.ada.id}>", f"<#{stage.channel.id}>"
        told = await diagnosed(stage, eve)
        rules = "✔ Discord's own permissions\n✔ Not paused everywhere\n"
        assert told.startswith(f"✔ {ada} may ask for this in {here}\n{rules}")
        assert "✘" not in told
        await lay_down(stage, roles=[role.id])
        told = await diagnosed(stage, eve)
        assert f"✘ {ada} may not ask for this in {here}, because the role <@&{role.id}> is missing" in told
        assert "➜ change it in `/settings server` → **Who and where**" in told
        assert "**✘ Roles**" in told
        assert told.count("✘") == 2
        stage.discord.member(stage.guild, stage.ada, roles=[role])
        assert (await diagnosed(stage, eve)).startswith("✔")
        await lay_down(stage, roles=None, denied_roles=[role.id], channels=[other.id])
        told = await diagnosed(stage, eve)
        assert f"because they have the denied role <@&{role.id}>" in told
        assert "✘ Channel" in told
        await lay_down(stage, denied_roles=None)
        told = await diagnosed(stage, eve)
        assert f"because {here} is not among the allowed channels: <#{other.id}>" in told
        assert (await diagnosed(stage, eve, channel=other)).startswith("✔")
        assert (await diagnosed(stage, eve, channel=thread)).startswith("✔")
        stage.discord.revoke(other, "attach_files")
        assert f"I lack **Attach Files** in <#{other.id}>" in await diagnosed(stage, eve, channel=other)


@pytest.mark.parametrize(
    ("rules", "options", "because", "change"),
    [
        ({"paused": True, "pause_reason": "tea"}, {}, "the bot is paused here: `tea`", "`/admin resume`"),
        ({"denied_channels": "here"}, {}, "is a denied channel", "Who and where"),
        ({"age_restricted_only": True}, {}, "is not age-restricted", "Safety"),
        ({"models": ["seedream-4.0"]}, {"model": "4.5"}, "`seedream-4.5` is not among the allowed", "Models and sizes"),
        ({"sizes": ["4K"]}, {"prompt": "a cat"}, "`2K` is not among the allowed ones: `4K`", "Models and sizes"),
        ({"blocked_words": ["squid"]}, {"prompt": "a SQU1D"}, "the word ||`squid`|| is blocked", "Safety"),
        (
            {"user_cost_per_day": 10},
            {"prompt": "x"},
            "they have used $0.00 of their $0.00001 today",
            "Limits per member",
        ),
        ({"server_cost_per_day": 10}, {"prompt": "x"}, "this server has used $0.00 of $0.00001", "Server budget"),
        ({}, {"model": "seededit-3.0-i2i"}, "the model cannot do it: ", "ask them to change the request"),
    ],
)
async def test_every_rule_has_words_for_moderators(
    stage: Stage, rules: dict[str, Any], options: dict[str, Any], because: str, change: str
) -> None:
    async with stage.playing():
        laid = {name: [stage.channel.id] if value == "here" else value for name, value in rules.items()}
        await lay_down(stage, **laid)
        told = await diagnosed(stage, moderator(stage), **options)
        first, second, *_ = told.splitlines()
        assert because in first
        assert change in second
        assert "✘" in first


async def test_a_model_that_no_provider_has_is_named(stage: Stage) -> None:
    key, url = stage.seedream.key, stage.seedream.base_url("acedata")
    async with stage.playing(PROVIDERS="acedata", ACEDATA_API_KEY=key, ACEDATA_BASE_URL=url):
        told = await diagnosed(stage, moderator(stage), model="seedream-5.5")
        assert "because the model cannot do it: " in told
        assert "➜ ask them to change the request" in told


async def test_limits_are_diagnosed_for_the_person_and_not_for_who_asks(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_DAY="1", USER_COOLDOWN_SECONDS="600", USER_JOBS_WAITING="1"):
        eve = moderator(stage)
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
        told = await diagnosed(stage, eve)
        assert "because they have used 1 of their 1 pictures today, and want 1; more <t:" in told
        assert "`/admin grant`" in told
        assert "✘ Pause between requests" in told
        assert f"<@{stage.ada.id}>: 0 of 1 picture left today" in told
        await does(eve, "grant", user=stage.ada.user, images=5)
        told = await diagnosed(stage, eve)
        assert "because their last request was just now; the next one may come <t:" in told
        assert "➕ 5 pictures per hour, day and month each" in told
