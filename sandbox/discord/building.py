"""Building a world and letting things happen to it: guilds, channels, people, and their ends."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.discord import integrations, payloads, posts, threads
from sandbox.discord.model import DM, GROUP, Channel, Guild, Json, Member, Message, Role, User
from sandbox.discord.permissions import BOT, EVERYONE, bits, moderator
from sandbox.discord.person import Person
from sandbox.discord.world import ACK_TIME, News, World

_GUILDS, _MEMBERS = 1 << 0, 1 << 1
Override = integrations.Target | Person


class Building:
    """The part of the pretend Discord that a test arranges."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.world = World(clock)

    def guild(
        self,
        name: str = "Test",
        *,
        bot: bool = True,
        file_limit: int | None = None,
        locale: str = "en-US",
        owner: User | None = None,
    ) -> Guild:
        """A server with an owner; the bot is in it unless it is told otherwise."""
        world = self.world
        number = world.ids.guild(world.now)
        owner = owner or world.user(f"owner of {name}")
        it = Guild(number, name, owner, world.now, locale, file_limit or world.file_limit)
        it.roles[number] = Role(number, "@everyone", EVERYONE)
        world.guilds[number] = it
        self.member(it, it.owner)
        if bot:
            self.add_bot(it)
        return it

    def add_bot(self, guild: Guild) -> None:
        """Somebody invites the bot, with the permissions that it asks for."""
        world = self.world
        role = Role(world.new_id(), "bot", BOT, managed=True, position=1)
        guild.roles[role.id] = role
        self.member(guild, world.bot, roles=[role])

        def joined(whole: bool) -> Json:
            """Of a server that was not there before Discord does not say that it is available again."""
            return {name: value for name, value in payloads.whole_guild(guild, world).items() if name != "unavailable"}

        world.tell(News("GUILD_CREATE", joined, guild, _GUILDS))

    def outage(self, guild: Guild, *, over: bool = False) -> None:
        """A server cannot be reached for a while; or it can again."""
        data: Json = {"id": str(guild.id), "unavailable": True}
        news = News("GUILD_DELETE", lambda whole: data, guild, _GUILDS)
        back = News("GUILD_CREATE", lambda whole: payloads.whole_guild(guild, self.world), guild, _GUILDS)
        self.world.tell(back if over else news)
        self.world.stir()

    def channel(
        self, guild: Guild, name: str = "general", *, nsfw: bool = False, bot_may_post: bool = True, kind: int = 0
    ) -> Channel:
        """A text channel, or one of another kind."""
        it = Channel(self.world.new_id(), name, kind=kind, guild=guild, nsfw=nsfw, made=self.world.now)
        if not bot_may_post:
            it.overwrites[self.world.bot.id] = (0, bits("send_messages"))
        self.world.channels[it.id] = it
        threads.tell(self.world, "CHANNEL_CREATE", it)
        return it

    def thread(self, channel: Channel, name: str = "thread", *, owner: User | Person | None = None) -> Channel:
        """A public thread in a channel."""
        return threads.start(self.world, channel, name, _user(owner) if owner else self.world.bot)

    def dm(self, user: User | Person) -> Channel:
        """Somebody's channel with the bot alone."""
        return self.world.dm(_user(user))

    def private(self, *people: User | Person) -> Channel:
        """A private channel of two or more people: the bot is not in it, an app that one has installed works there."""
        company = [_user(one) for one in people]
        it = Channel(self.world.new_id(), "us", kind=DM if len(company) == 2 else GROUP, made=self.world.now)
        it.company = company
        self.world.channels[it.id] = it
        return it

    def user(self, name: str, *, locale: str = "en-US", **traits: Any) -> User:
        """An account, the same one for the same name. `traits`: shown, avatar, installed, takes_dms, file_limit."""
        found = next((user for user in self.world.users.values() if user.name == name and not user.bot), None)
        it = found or self.world.user(name, locale=locale)
        for trait, value in traits.items():
            setattr(it, trait, value)
        return it

    def role(self, guild: Guild, name: str, *permissions: str, mentionable: bool = False) -> Role:
        """A role in a guild."""
        place = len(guild.roles)
        it = Role(self.world.new_id(), name, bits(*permissions), mentionable=mentionable, position=place)
        guild.roles[it.id] = it
        data: Json = {"guild_id": str(guild.id), "role": payloads.role(it, self.world.bot)}
        self.world.tell(News("GUILD_ROLE_CREATE", lambda whole: data, guild, _GUILDS))
        return it

    def member(self, guild: Guild, user: User | Person, *, roles: list[Role] | None = None) -> Member:
        """Let somebody join a guild, or give them roles there."""
        who = _user(user)
        it = guild.members.get(who.id)
        joined = it is None
        if it is None:
            it = guild.members[who.id] = Member(who, self.world.now)
        it.roles = list(it.roles if roles is None else roles)
        name = "GUILD_MEMBER_ADD" if joined else "GUILD_MEMBER_UPDATE"
        data: Json = payloads.member(it) | {"guild_id": str(guild.id)}
        if who is not self.world.bot:
            self.world.tell(News(name, lambda whole: data, guild, _MEMBERS))
        return it

    def person(
        self,
        name: str,
        guild: Guild | None = None,
        channel: Channel | None = None,
        *,
        patience: float = ACK_TIME,
        **traits: Any,
    ) -> Person:
        """Somebody at a channel of a guild; without one, alone with the bot. `traits` as those of `user`."""
        who = self.user(name, **traits)
        place = channel or (guild and self._first(guild)) or self.world.dm(who)
        if place.guild is not None and who.id not in place.guild.members:
            self.member(place.guild, who)
        return Person(self.world, who, place, patience=patience)

    def owner(self, guild: Guild, channel: Channel | None = None) -> Person:
        """The owner of a guild, at one of its channels."""
        return Person(self.world, guild.owner, channel or self._first(guild))

    def moderator(self, name: str, guild: Guild, channel: Channel | None = None, **traits: Any) -> Person:
        """Somebody who may manage messages, channels and the guild."""
        it = self.person(name, guild, channel, **traits)
        role = next((one for one in guild.roles.values() if one.name == "moderator"), None)
        if role is None:
            role = self.role(guild, "moderator")
            role.permissions = moderator()
        self.member(guild, it, roles=[role])
        return it

    def _first(self, guild: Guild) -> Channel:
        found = next((one for one in self.world.channels.values() if one.guild is guild), None)
        return found or self.channel(guild)

    def revoke(self, where: Channel | Guild, *permissions: str, of: User | Role | Person | None = None) -> None:
        """Take permissions from the bot (or from somebody else) in a channel, or in all of a guild's."""
        self._overwrite(where, 0, bits(*permissions), of)

    def allow(self, where: Channel | Guild, *permissions: str, of: User | Role | Person | None = None) -> None:
        """Give permissions there, or give them back."""
        self._overwrite(where, bits(*permissions), 0, of)

    def integrations(
        self, guild: Guild, command: str = "", *, allow: Iterable[Override] = (), deny: Iterable[Override] = ()
    ) -> None:
        """An administrator sets in Server Settings → Integrations who may use a command there and where, or all of the
        app's, in place of what was set before: roles, people, channels, ALL_CHANNELS, the guild for everyone in it."""
        world = self.world
        known = {
            str(one["name"]): number for scope in (0, guild.id) for number, one in world.commands.get(scope, {}).items()
        }
        target = known[command] if command else world.application.id
        chosen = ([one.user if isinstance(one, Person) else one for one in kind] for kind in (allow, deny))
        integrations.lay_down(world, guild, target, *chosen)

    def _overwrite(self, where: Channel | Guild, allow: int, deny: int, of: User | Role | Person | None) -> None:
        whom = self.world.bot.id if of is None else of.id
        every = [one for one in self.world.channels.values() if one.guild is where and not one.is_thread]
        for place in every if isinstance(where, Guild) else [where.parent or where]:
            was = place.overwrites.get(whom, (0, 0))
            place.overwrites[whom] = (was[0] & ~deny | allow, was[1] & ~allow | deny)
            threads.tell(self.world, "CHANNEL_UPDATE", place)

    def delete(self, message: Message) -> None:
        """Somebody deletes a message."""
        posts.remove(self.world, message)

    def close(self, channel: Channel) -> None:
        """Somebody deletes a channel or thread, with all that is in it."""
        channel.closed = True
        for message in self.world.messages.values():
            if message.channel is channel:
                message.deleted = True
        for thread in [one for one in self.world.channels.values() if one.parent is channel and not one.closed]:
            self.close(thread)
        if channel.guild is not None:
            threads.tell(self.world, "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """A thread goes to sleep; a locked one is not woken by a message."""
        thread.locked = locked
        threads.unarchive(self.world, thread, archived=True)

    def kick_bot(self, guild: Guild) -> None:
        """Somebody removes the bot from a guild."""
        guild.members.pop(self.world.bot.id)
        data: Json = {"id": str(guild.id)}
        self.world.tell(News("GUILD_DELETE", lambda whole: data, guild, _GUILDS))
        self.world.stir()

    def leave(self, guild: Guild, user: User | Person) -> None:
        """Somebody leaves a guild, or is banned from it."""
        who = _user(user)
        guild.members.pop(who.id)
        data: Json = {"guild_id": str(guild.id), "user": payloads.user(who)}
        self.world.tell(News("GUILD_MEMBER_REMOVE", lambda whole: data, guild, _MEMBERS))
        self.world.stir()

    def take_role(self, guild: Guild, user: User | Person, role: Role) -> None:
        """Somebody loses a role."""
        member = guild.members[_user(user).id]
        self.member(guild, member.user, roles=[one for one in member.roles if one is not role])

    def automod(self, guild: Guild, *words: str) -> None:
        """The guild's AutoMod blocks messages with these words."""
        guild.blocked |= set(words)

    def move(self, seconds: float) -> None:
        """Put Discord's clock forward: tokens and signed addresses grow old."""
        self.world.move(seconds)


def _user(one: User | Person) -> User:
    return one.user if isinstance(one, Person) else one
