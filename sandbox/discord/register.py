"""REST: the app's commands, global ones and those of single guilds."""

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
            ("GET", f"{_GUILD}/permissions", lambda asked: Answer([])),
            ("GET", f"{_GUILD}/{{command}}/permissions", self._permissions),
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
        return Answer(self._registry.replace(self._scope(asked), asked.payload))

    def _add(self, asked: Asked) -> Answer:
        return Answer(self._registry.add(self._scope(asked), asked.payload), 201)

    def _one(self, asked: Asked) -> Answer:
        return Answer(self._registry.one(self._scope(asked), asked.number("command")))

    def _change(self, asked: Asked) -> Answer:
        return Answer(self._registry.change(self._scope(asked), asked.number("command"), asked.payload))

    def _delete(self, asked: Asked) -> Answer:
        self._registry.delete(self._scope(asked), asked.number("command"))
        return Answer(status=204)

    def _permissions(self, asked: Asked) -> Answer:
        self._registry.one(self._scope(asked), asked.number("command"))
        raise Refusal(10066)
