"""REST: the app's commands, global ones and those of single guilds."""

from sandbox.discord import integrations
from sandbox.discord.calls import Answer, Asked
from sandbox.discord.commands import Registry
from sandbox.discord.refusals import Refusal
from sandbox.discord.routes import Entry
from sandbox.discord.world import World

_GLOBAL = "/applications/{application}/commands"
_GUILD = "/applications/{application}/guilds/{guild}/commands"


class Register:
    """Where commands are synced to."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registry = Registry(world)

    def routes(self) -> list[Entry]:
        """What it answers."""
        every: list[Entry] = []
        for base in (_GLOBAL, _GUILD):
            every += [
                ("GET", base, self._list),
                ("PUT", base, self._replace),
                ("POST", base, self._add),
                ("GET", f"{base}/{{command}}", self._one),
                ("PATCH", f"{base}/{{command}}", self._change),
                ("DELETE", f"{base}/{{command}}", self._delete),
            ]
        return [
            *every,
            ("GET", f"{_GUILD}/permissions", self._overrides),
            ("GET", f"{_GUILD}/{{command}}/permissions", self._permissions),
            ("PUT", f"{_GUILD}/{{command}}/permissions", self._override),
        ]

    def _scope(self, asked: Asked) -> int:
        if asked.number("application") != self._world.application.id:
            raise Refusal(20012)
        if "guild" not in asked.ids:
            return 0
        guild = self._world.guilds.get(asked.number("guild"))
        if guild is None or self._world.bot.id not in guild.members:
            raise Refusal(50001)
        return guild.id

    def _list(self, asked: Asked) -> Answer:
        localised = asked.query.get("with_localizations", "").lower() in {"1", "true"}
        return Answer(self._registry.listed(self._scope(asked), localised=localised))

    def _replace(self, asked: Asked) -> Answer:
        kept = self._registry.replace(self._scope(asked), asked.payload)
        integrations.forget_lost(self._world)
        return Answer(kept)

    def _add(self, asked: Asked) -> Answer:
        return Answer(self._registry.add(self._scope(asked), asked.payload), 201)

    def _one(self, asked: Asked) -> Answer:
        return Answer(self._registry.one(self._scope(asked), asked.number("command")))

    def _change(self, asked: Asked) -> Answer:
        return Answer(self._registry.change(self._scope(asked), asked.number("command"), asked.payload))

    def _delete(self, asked: Asked) -> Answer:
        self._registry.delete(self._scope(asked), asked.number("command"))
        integrations.forget_lost(self._world)
        return Answer(status=204)

    def _overrides(self, asked: Asked) -> Answer:
        return Answer(integrations.listed(self._world, self._world.guilds[self._scope(asked)]))

    def _permissions(self, asked: Asked) -> Answer:
        guild, target = self._world.guilds[self._scope(asked)], asked.number("command")
        if target != self._world.application.id and target not in self._world.commands[0]:
            self._registry.one(guild.id, target)
        told = integrations.written(self._world, guild, target)
        if not told["permissions"]:
            raise Refusal(10066)
        return Answer(told)

    def _override(self, asked: Asked) -> Answer:
        self._scope(asked)
        raise Refusal(20001)
