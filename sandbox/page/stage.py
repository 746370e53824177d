"""Starts everything in one readable list, and ends it in reverse: both pretend ends, the scene, the bot."""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.config import key_field
from sandbox.discord import PretendDiscord
from sandbox.page.changes import Changes
from sandbox.page.deeds import Deeds
from sandbox.page.performer import Performer
from sandbox.page.scene import Scene, set_scene
from sandbox.page.switches import Switches
from sandbox.page.tidying import tidy
from sandbox.page.view import View
from sandbox.page.wire import Wire
from sandbox.seedream import PretendSeedream

PRETENDED = "byteplus"
WINDOW = 5.0  # seconds, as at Discord
_TIDY = 20.0  # seconds


# Where nothing costs anything, nobody who tries things out shall run into limits before long.
PLENTY = {"USER_IMAGES_PER_HOUR": "300", "USER_IMAGES_PER_DAY": "1000"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played. `settings` are those of a real provider, `secrets` what nobody may see of them."""

    provider: str = PRETENDED
    pretend: bool = True
    pace: float = 2.0
    pictures: str = "full"
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the page speaks with."""

    plan: Plan
    discord: PretendDiscord
    seedream: PretendSeedream | None
    scene: Scene
    view: View
    deeds: Deeds
    changes: Changes
    wire: Wire
    switches: Switches
    performer: Performer

    @property
    def bot_state(self) -> str:
        """As the performer has it; but a bot that is not connected to Discord yet would hear nothing."""
        deaf = self.performer.state == "ready" and not self.discord.gateway.connected
        return "starting" if deaf else self.performer.state


@asynccontextmanager
async def open_stage(plan: Plan) -> AsyncIterator[Stage]:
    """Everything is there but the bot, which `stage.performer.start()` lets come; at the end all of it is gone."""
    async with AsyncExitStack() as stack:
        folder = TemporaryDirectory(prefix="seedream-sandbox-", ignore_cleanup_errors=True)
        home = Path(stack.enter_context(folder))
        discord = await stack.enter_async_context(PretendDiscord(window=WINDOW))
        seedream = None
        if plan.pretend:
            pretend = PretendSeedream(pace=plan.pace, pictures=plan.pictures)
            seedream = await stack.enter_async_context(pretend)
        scene = await set_scene(discord)
        _let_judge(discord)
        wire = Wire(discord, (discord.token, *plan.secrets, *([seedream.key] if seedream is not None else [])))
        if seedream is not None:
            seedream.listeners.append(wire.paid)
        performer = Performer(_environment(plan, discord, seedream), home, hear=wire.said, turn=discord.world.stir)
        stack.push_async_callback(performer.stop)
        changes = Changes(discord.world, lambda: _around(discord, performer))
        view, deeds = View(discord, scene), Deeds(discord, scene)
        switches = Switches(discord, seedream, scene.general)
        for work in (changes.follow(), _keep_tidy(discord, seedream)):
            stack.push_async_callback(_cancel, asyncio.create_task(work))
        yield Stage(plan, discord, seedream, scene, view, deeds, changes, wire, switches, performer)


def _environment(plan: Plan, discord: PretendDiscord, seedream: PretendSeedream | None) -> dict[str, str]:
    """The settings with which the bot is at home here."""
    found = discord.environment | dict(plan.settings)
    allowed = [*discord.cdn_hosts, *filter(None, [plan.settings.get("OUTBOUND_ALLOW", "")])]
    if seedream is not None:
        address = seedream.base_url(plan.provider)
        found |= {key_field(plan.provider).upper(): seedream.key, f"{plan.provider.upper()}_BASE_URL": address}
        found |= PLENTY
        allowed.append(seedream.address)
    return found | {"OUTBOUND_ALLOW": ",".join(allowed), "PROVIDERS": plan.provider}


def _let_judge(discord: PretendDiscord) -> None:
    """Hold everything against Discord's descriptions, where the library for that is installed."""
    if importlib.util.find_spec("jsonschema") is not None:
        importlib.import_module("sandbox.discord.judging").judged(discord)


def _around(discord: PretendDiscord, performer: Performer) -> Hashable:
    """Everything but messages that the page shows, in short."""
    world = discord.world
    places = tuple(
        (one.id, one.name, one.archived, one.locked, one.closed, tuple(one.overwrites.items()))
        for one in world.channels.values()
    )
    people = tuple((user.id, user.locale) for user in world.users.values())
    commands = tuple(str(command["version"]) for scope in world.commands.values() for command in scope.values())
    return places, people, commands, performer.state, len(discord.gateway.connected)


async def _keep_tidy(discord: PretendDiscord, seedream: PretendSeedream | None) -> None:
    while True:
        await asyncio.sleep(_TIDY)
        tidy(discord, seedream)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
