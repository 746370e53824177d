"""Switches that let things fail, so that one sees what people would see."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.discord import Channel, PretendDiscord
from sandbox.discord.model import Json
from sandbox.seedream import PretendSeedream

_ALWAYS = 1 << 30
_SLOW = 20.0  # seconds for a picture
_SMALL = 1024  # bytes that all files of a message may have
_SENDING = ("view_channel", "send_messages")


@dataclass(frozen=True, slots=True)
class Switch:
    """Something to turn on and off. A "once" turns itself off when it has shown."""

    key: str
    group: str
    label: str
    help: str
    kind: str
    turn: Callable[[bool], Awaitable[None]]
    on: Callable[[], bool]


class Switches:
    """All switches; those of the provider only while it is a pretend one."""

    def __init__(self, discord: PretendDiscord, seedream: PretendSeedream | None, channel: Channel) -> None:
        self._discord = discord
        self._seedream = seedream
        self._channel = channel
        self._on: set[str] = set()
        every = [*(self._at_provider() if seedream is not None else []), *self._at_discord()]
        self._switches = {switch.key: switch for switch in every}

    def told(self) -> Json:
        """All of them, as they are."""
        return {
            "switches": [
                {
                    "key": one.key,
                    "label": one.label,
                    "group": one.group,
                    "help": one.help,
                    "kind": one.kind,
                    "on": one.on(),
                }
                for one in self._switches.values()
            ]
        }

    async def turn(self, key: str, on: bool) -> bool:
        """Turn one; False when there is none by this name."""
        switch = self._switches.get(key)
        if switch is None:
            return False
        if switch.on() != on:
            await switch.turn(on)
            (self._on.add if on else self._on.discard)(key)
        self._discord.world.stir()
        return True

    def _at_provider(self) -> list[Switch]:
        group = "Provider"
        faults = (
            ("provider-down", "Down", "Every call is answered with a server error.", "P54"),
            ("provider-refuses", "Refuses", "The content policy is against every prompt.", "P46"),
            ("provider-broke", "No balance", "The account behind the key has no money left.", "P48"),
            ("provider-bad-key", "Bad key", "The key is not accepted.", "P47"),
        )
        made = [self._provider_fault(key, label, about, fault) for key, label, about, fault in faults]
        slow = Switch(
            *("provider-slow", group, "Slow", f"A picture takes {_SLOW:.0f} seconds.", "toggle"),
            self._slow(self._seedream.pace if self._seedream else 0.0),
            lambda: "provider-slow" in self._on,
        )
        return [made[0], slow, *made[1:]]

    def _provider_fault(self, key: str, label: str, about: str, fault: str) -> Switch:
        async def turn(on: bool) -> None:
            if self._seedream is not None and on:
                self._seedream.fail(fault, _ALWAYS)
            elif self._seedream is not None:
                self._seedream.recover(fault)

        return Switch(key, "Provider", label, about, "toggle", turn, lambda: key in self._on)

    def _slow(self, usual: float) -> Callable[[bool], Awaitable[None]]:
        async def turn(on: bool) -> None:
            if self._seedream is not None:
                self._seedream.pace = _SLOW if on else usual

        return turn

    def _at_discord(self) -> list[Switch]:
        return [
            self._once("discord-429", "429", "The next three changes of a message are too many.", "D1:2", 3),
            self._once("discord-5xx", "Server error", "The next two changes of a message fail.", "D7", 2),
            self._once("token-expired", "Token expired", "The next answer comes later than Discord waits.", "D33", 1),
            self._toggle(
                "upload-too-large",
                "Upload too large",
                f"Discord takes no files of more than {_SMALL // 1024} KB.",
                self._narrow(self._discord.world.form_limit),
            ),
            self._toggle("discord-silent", "Silent", "Discord does not tell the bot what people do.", self._silent),
            self._toggle(
                "channel-gone",
                "No permission",
                f"The bot may neither see #{self._channel.name} nor post there.",
                self._shut_out,
            ),
        ]

    def _once(self, key: str, label: str, about: str, fault: str, times: int) -> Switch:
        name = fault.partition(":")[0]

        async def turn(on: bool) -> None:
            if on:
                self._discord.fail(fault, times, "PATCH /webhooks")
            else:
                self._discord.faults.withdraw(name)

        return Switch(key, "Discord", label, about, "once", turn, lambda: name in self._discord.faults.waiting)

    def _toggle(self, key: str, label: str, about: str, turn: Callable[[bool], Awaitable[None]]) -> Switch:
        return Switch(key, "Discord", label, about, "toggle", turn, lambda: key in self._on)

    def _narrow(self, usual: int) -> Callable[[bool], Awaitable[None]]:
        async def turn(on: bool) -> None:
            self._discord.world.form_limit = _SMALL if on else usual

        return turn

    async def _silent(self, on: bool) -> None:
        if on:
            self._discord.freeze()
        else:
            await self._discord.thaw()

    async def _shut_out(self, on: bool) -> None:
        (self._discord.revoke if on else self._discord.allow)(self._channel, *_SENDING)
