"""Panels that nobody has opened, ids that nobody was shown, presses that come twice or too late: nothing is changed."""

from typing import Any

import pytest

from sandbox.discord import Person
from sandbox.discord import asking as raw
from tests.e2e.panels import Panel, opened
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import picture
from tests.e2e.test_forged import STALE, sends
from tests.e2e.test_rules import log

ELSEWHERE = 1 << 60


def moderator(stage: Stage) -> Person:
    return stage.discord.moderator("eve", stage.guild, stage.channel)


def written(**values: Any) -> list[dict[str, Any]]:
    fields = [{"type": 4, "id": 9, "custom_id": name, "value": value} for name, value in values.items()]
    return [{"type": 18, "id": 1, "component": field} for field in fields]


async def unchanged(stage: Stage) -> bool:
    return await log(stage) == []


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "💥",
        "go",
        "go.who",
        "open.unheard",
        "open.who.models",
        "one.unheard",
        "one.user_images",
        "pick.audit_channel",
        "pick.unheard",
        "pick.at_once",
        "pick.blocked_words",
        "none.user_images",
        "none.values",
        "add.audit_channel",
        "cut.paused",
        "ask.models",
        "ask.tier",
        "ask.user_images.7",
        "ask.user_images.1.2",
        "tier.7",
        "tier.7.8",
        "drop.7",
        "at.7",
        "at.１",
        "forget",
        "__init__",
        "pick.__class__",
        "places.7.models",
        "open." + "x" * 80,
        "open.who" + "\u202e" * 90,
    ],
)
async def test_an_id_that_no_panel_has_does_nothing_even_for_moderators(stage: Stage, rest: str) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        before = panel.text
        reply = await sends(stage, panel.person, panel.message, f"sd:settings:0:{rest}")
        assert STALE in reply.text
        assert panel.text == before
        for place in (ELSEWHERE, 2**63):
            reply = await sends(stage, panel.person, panel.message, f"sd:settings:{place}:{rest}")
            assert STALE in reply.text
        assert await unchanged(stage)


FORMS = [
    ("ask.user_images", {"user_images_per_hour": "1"}),  # fields are missing
    ("ask.user_images", {"paused": "1", "user_images_per_day": "1", "user_images_per_month": "1"}),
    ("ask.pace", {"at_once": "x" * 4001, "waiting": "", "cooldown": ""}),
    ("ask.pace", {}),
    ("ask.unheard", {"at_once": "1"}),
    ("ask.tier.7", {"at_once": "1", "waiting": "", "cooldown": "", "weight": ""}),
    ("add.blocked_words", {"models": "x"}),
    ("add.blocked_words", {}),
    ("add.roles", {"roles": "1"}),
    ("add.paused", {"paused": "on"}),
]


@pytest.mark.parametrize(("rest", "values"), FORMS)
async def test_a_form_that_nobody_can_have_sent_changes_nothing(
    stage: Stage, rest: str, values: dict[str, str]
) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        custom_id = f"sd:settings:0:{rest}"
        reply = await sends(stage, panel.person, panel.message, custom_id, 5, components=written(**values))
        assert STALE in reply.text
        assert await unchanged(stage)


PRESSES: list[tuple[str, int, dict[str, Any]]] = [
    ("open.who", 3, {}),
    ("one.paused", 3, {}),
    ("none.paused", 3, {}),
    ("drop.7", 3, {}),
    ("forget", 3, {}),
    ("pick.paused", 3, {}),
    ("ask.pace", 5, {"components": written(at_once="1", waiting="", cooldown="")}),
    ("add.blocked_words", 5, {"components": written(blocked_words="word")}),
]


@pytest.mark.parametrize(("rest", "kind", "data"), PRESSES)
async def test_members_are_told_whose_panel_it_is_whatever_they_send(
    stage: Stage, rest: str, kind: int, data: dict[str, Any]
) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        reply = await sends(stage, stage.ada, panel.message, f"sd:settings:0:{rest}", kind, **data)
        assert "for those who may manage this server" in reply.text or STALE in reply.text
        assert await unchanged(stage)


async def test_a_moderator_who_is_none_any_more_finds_the_panel_closed(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        panel = await opened(eve)
        await panel.go("limits")
        window = await panel.press("ask.pace")
        stage.discord.member(stage.guild, eve, roles=[])
        for reply in (
            await eve.press(panel.message, panel.sign("ask.user_images")),
            await eve.choose(panel.message, panel.sign("go"), "who"),
            await eve.submit(window, {"at_once": "1"}),
        ):
            assert "for those who may manage this server" in reply.text
        assert await unchanged(stage)


async def test_a_panel_acts_on_the_server_that_it_is_pressed_in_alone(stage: Stage) -> None:
    elsewhere = stage.discord.guild("elsewhere")
    there = stage.discord.channel(elsewhere)
    async with stage.playing():
        mallory = stage.discord.moderator("mallory", elsewhere, there)
        panel = await opened(mallory)
        role, art = stage.discord.role(stage.guild, "artists"), stage.channel
        for rest in (f"{art.id}:forget", f"0:tier.{role.id}", f"0:at.{art.id}"):
            assert STALE in (await sends(stage, mallory, panel.message, f"sd:settings:{rest}")).text
        await panel.go("limits")
        await panel.write("ask.pace", at_once="1")
        assert await unchanged(stage)


async def test_a_public_message_is_never_turned_into_a_panel(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        message = await picture(stage)
        text = message.text
        data = {"components": written(at_once="1", waiting="", cooldown="")}
        for verb, rest in (("settings:0", "ask.pace"), ("mine:0", "add.model"), ("mine:0", "pick.size")):
            reply = await sends(stage, eve, message, f"sd:{verb}:{rest}", 5, **data)
            assert STALE in reply.text
        assert message.text == text
        assert await unchanged(stage)


async def test_a_choice_that_is_told_twice_is_one_line_in_the_log(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("who")
        await panel.press("one.paused")
        reply = await panel.person.choose(panel.message, panel.sign("pick.paused"), "on")
        edits = panel.message.edits
        raw.send(stage.discord.world, reply.interaction)
        await panel.choose("go", "models")
        assert panel.message.edits > edits
        assert len(await log(stage)) == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("paused", ["maybe"]),
        ("spoiler", ["sometimes"]),
        ("language", ["tlh"]),
        ("default_model", ["gpt"]),
        ("default_size", ["99K"]),
        ("models", ["seedream-4.0", "💥" * 30]),
        ("roles", ["moderators"]),
        ("channels", ["-1"]),
        ("audit_channel", ["99999999999999999999"]),
    ],
)
async def test_a_value_that_was_not_offered_is_refused_by_its_name(stage: Stage, name: str, values: list[str]) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        page = {"paused": "who", "roles": "who", "channels": "who", "models": "models", "spoiler": "safety"}
        await panel.go(page.get(name, "log" if name in {"language", "audit_channel"} else "defaults"))
        await panel.press(f"one.{name}")
        assert await chosen_by_force(stage, panel, f"pick.{name}", values)
        assert panel.note.startswith("⚠️ **")
        assert await unchanged(stage)


async def chosen_by_force(stage: Stage, panel: Panel, rest: str, values: list[str]) -> bool:
    part = next(part for part in panel.message.every if part.get("custom_id") == panel.sign(rest))
    data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"], "values": values}
    asked = await raw.ask(
        stage.discord.world,
        3,
        panel.person.user,
        panel.person.channel,
        data,
        about={"message": panel.message},
        patience=PATIENCE,
    )
    return asked.answered == 7


async def test_a_role_and_a_channel_that_are_gone_can_still_be_let_go(stage: Stage) -> None:
    role, art = stage.discord.role(stage.guild, "artists"), stage.discord.channel(stage.guild, "art")
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("tiers")
        await panel.choose("role", [role])
        await panel.write(f"ask.user_images.{role.id}", user_images_per_hour="3")
        await panel.press("open.tiers")
        await panel.go("places")
        await panel.choose("place", [art])
        await panel.at(art.id).pick_here("paused", "on")
        stage.guild.roles.pop(role.id)
        stage.discord.close(art)
        again = await opened(panel.person)
        await again.go("tiers")
        await again.press(f"tier.{role.id}")
        await again.press(f"drop.{role.id}")
        await again.press("open.tiers")
        await again.go("places")
        await again.press(f"at.{art.id}")
        await again.at(art.id).press("forget")
        assert again.note == "✅ **Pause**: On → Off"
        await again.go("places")
        assert "own value" not in again.text
