"""REST: the bot itself, its application, users, guilds and members."""

from sandbox.discord import payloads
from sandbox.discord.calls import Answer, Asked
from sandbox.discord.fields import mapping, snowflake
from sandbox.discord.model import Guild, User
from sandbox.discord.permissions import in_guild
from sandbox.discord.refusals import Refusal
from sandbox.discord.routes import Entry
from sandbox.discord.snowflakes import written
from sandbox.discord.world import World


class People:
    """Who is who."""

    def __init__(self, world: World, shards: int, concurrency: int) -> None:
        self._world = world
        self.gateway_url = ""
        self._shards = shards
        self._concurrency = concurrency

    def routes(self) -> list[Entry]:
        """What it answers."""
        return [
            ("GET", "/gateway", lambda asked: Answer({"url": self.gateway_url})),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("GET", "/users/@me", lambda asked: Answer(payloads.self_user(self._world.bot))),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("PATCH", "/applications/@me", self._application),
            ("GET", "/oauth2/@me", self._authorisation),
            ("GET", "/users/@me/guilds", self._guilds),
            ("DELETE", "/users/@me/guilds/{guild}", self._leave),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/users/{user}", lambda asked: Answer(payloads.user(self._user(asked)))),
            ("GET", "/guilds/{guild}", lambda asked: Answer(payloads.guild(self._guild(asked), self._world))),
            ("GET", "/guilds/{guild}/channels", self._channels),
            ("GET", "/guilds/{guild}/roles", self._roles),
            ("GET", "/guilds/{guild}/members/{user}", self._member),
            ("GET", "/guilds/{guild}/threads/active", self._threads),
            ("GET", "/applications/{application}/entitlements", lambda asked: Answer([])),
        ]

    def _gateway_bot(self, asked: Asked) -> Answer:
        left = {
            "total": 1000,
            "remaining": self._world.application.sessions_left,
            "reset_after": 0,
            "max_concurrency": self._concurrency,
        }
        return Answer({"url": self.gateway_url, "shards": self._shards, "session_start_limit": left})

    def _application(self, asked: Asked) -> Answer:
        return Answer(payloads.application(self._world.application))

    def _authorisation(self, asked: Asked) -> Answer:
        told = {"application": payloads.application(self._world.application), "scopes": ["bot"]}
        return Answer(told | {"expires": written(self._world.now + 86_400), "user": payloads.user(self._world.bot)})

    def _guild(self, asked: Asked) -> Guild:
        return self._world.guild(asked.number("guild"))

    def _user(self, asked: Asked) -> User:
        user = self._world.users.get(asked.number("user"))
        if user is None:
            raise Refusal(10013)
        return user

    def _guilds(self, asked: Asked) -> Answer:
        there = [guild for guild in self._world.guilds.values() if self._world.bot.id in guild.members]
        return Answer(
            [
                {
                    "id": str(guild.id),
                    "name": guild.name,
                    "icon": None,
                    "banner": None,
                    "owner": False,
                    "permissions": str(in_guild(guild, self._world.bot)),
                    "features": [],
                }
                for guild in there
            ]
        )

    def _leave(self, asked: Asked) -> Answer:
        self._guild(asked).members.pop(self._world.bot.id)
        return Answer(status=204)

    def _open_dm(self, asked: Asked) -> Answer:
        number = snowflake(mapping(asked.payload, "").get("recipient_id"), "recipient_id")
        user = self._world.users.get(number)
        if user is None:
            raise Refusal(10013)
        if user.bot:
            raise Refusal(50007)
        return Answer(payloads.channel(self._world.dm(user), self._world))

    def _channels(self, asked: Asked) -> Answer:
        guild = self._guild(asked)
        places = [place for place in self._world.channels.values() if place.guild is guild and not place.closed]
        return Answer([payloads.channel(place, self._world) for place in places if not place.is_thread])

    def _threads(self, asked: Asked) -> Answer:
        guild = self._guild(asked)
        places = [place for place in self._world.channels.values() if place.guild is guild and not place.closed]
        threads = [payloads.channel(place, self._world) for place in places if place.is_thread and not place.archived]
        return Answer({"threads": threads, "members": []})

    def _roles(self, asked: Asked) -> Answer:
        return Answer([payloads.role(role, self._world.bot) for role in self._guild(asked).roles.values()])

    def _member(self, asked: Asked) -> Answer:
        member = self._guild(asked).members.get(asked.number("user"))
        if member is None:
            raise Refusal(10007 if asked.number("user") in self._world.users else 10013)
        return Answer(payloads.member(member))
