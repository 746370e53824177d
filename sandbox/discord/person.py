"""A person at a Discord client: does what people do, sees what people see."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from sandbox.discord import files as uploads
from sandbox.discord import posts, slash, windows
from sandbox.discord.asking import CannotDo, ask, message
from sandbox.discord.model import Channel, Json, Message, User, caption
from sandbox.discord.permissions import may, may_send
from sandbox.discord.replies import Modal, Reply
from sandbox.discord.slash import File, Resolved
from sandbox.discord.world import ACK_TIME, World

MOST_FILES = 10


class Person:
    """Somebody who looks at a channel. `patience` is how long they wait for an app's first answer."""

    def __init__(self, world: World, user: User, channel: Channel, *, patience: float = ACK_TIME) -> None:
        self._world = world
        self.user = user
        self.channel = channel
        self.patience = patience

    @property
    def id(self) -> int:
        """The account's id."""
        return self.user.id

    @property
    def mention(self) -> str:
        """How a message names them."""
        return self.user.mention

    def at(self, channel: Channel) -> "Person":
        """The same person, at another channel."""
        return Person(self._world, self.user, channel, patience=self.patience)

    def in_dm(self) -> "Person":
        """The same person, alone with the bot."""
        return self.at(self._world.dm(self.user))

    def sees(self, channel: Channel | None = None) -> list[Message]:
        """The messages there, oldest first: ephemeral ones only where they are theirs."""
        place = channel or self.channel
        if not may(place, self.user, "view_channel"):
            return []
        return self._world.seen(place, self.user)

    async def says(
        self,
        text: str = "",
        *,
        files: Sequence[File] = (),
        reply_to: Message | None = None,
        ping: bool = True,
        embeds: Sequence[Json] = (),
    ) -> Message:
        """Write a message; `@bot` and `@name` become mentions. `embeds` are what Discord unfurls from links."""
        self._may_write()
        content = self._with_mentions(text).strip()
        if len(content) > 2000 or len(files) > MOST_FILES or not (content or files):
            raise CannotDo("a message has 1 to 2000 characters and up to ten files")
        kind = 19 if reply_to is not None else 0
        it = Message(self._world.new_id(), self.channel, self.user, self._world.now, content, kind=kind)
        it.reply_to, it.embeds = reply_to, list(embeds)
        limit = self._world.file_limit_of(self.channel, self.user)
        for file in files:
            if len(file.data) > limit:
                raise CannotDo(f"Your file {file.name} is too powerful!")
            it.attachments.append(uploads.attach(self._world, file.name, file.data, place=self.channel.id))
        posts.address(self._world, it, {"parse": ["users", "roles", "everyone"], "replied_user": ping})
        if posts.blocked(it):
            raise CannotDo("AutoMod has blocked this message")
        return posts.publish(self._world, it)

    async def forwards(self, it: Message, channel: Channel | None = None) -> Message:
        """Forward a message to a channel; here, when none is named."""
        self._may_write()
        copy = Message(self._world.new_id(), channel or self.channel, self.user, self._world.now, forwards=it)
        return posts.publish(self._world, copy)

    async def edits(self, it: Message, text: str) -> None:
        """Change what one has written."""
        if it.author is not self.user:
            raise CannotDo("only the author can edit a message")
        it.content, it.edited = self._with_mentions(text), self._world.now
        posts.address(self._world, it, {"parse": ["users", "roles", "everyone"]})
        posts.tell(self._world, "MESSAGE_UPDATE", it)
        self._world.stir()

    async def deletes(self, it: Message) -> None:
        """Delete a message: one's own, or as somebody who may."""
        mine = it.author is self.user or it.only_for is self.user
        if not mine and not may(it.channel, self.user, "manage_messages"):
            raise CannotDo("only the author and moderators can delete a message")
        posts.remove(self._world, it)

    async def react(self, it: Message, emoji: str, *, take_back: bool = False) -> None:
        """React to a message."""
        self._looks_at(it)
        posts.react(self._world, it, self.user, emoji, take_back=take_back)

    async def answer(self, it: Message, seconds: float = 5.0) -> Message:
        """Wait for the bot's reply to a message; raises TimeoutError."""
        found: list[Message] = []

        def replied() -> bool:
            found[:] = [one for one in self.sees(it.channel) if one.reply_to is it and one.author is self._world.bot]
            return bool(found)

        if not await self._world.until(replied, seconds):
            raise TimeoutError(f"the bot has not replied within {seconds} s")
        return found[0]

    async def slash(self, name: str, /, **options: Any) -> Reply:
        """Use a slash command; sub-commands stand behind a space. Raises CannotDo, NoAnswer."""
        command, taken, way = self._command(name)
        resolved = Resolved(self._world, self.user, self.channel)
        filled = slash.fill(taken, options, resolved)
        return await self._asks(2, slash.data(command, way, filled, resolved))

    def commands(self) -> dict[str, Json]:
        """The slash commands that the person may use here, by the name that they read, with the texts that they read:
        each has its `description` and its `options`, which are such entries again."""
        found: dict[str, Json] = {}
        for scope in (self.channel.guild.id if self.channel.guild else 0, 0):
            for command in self._world.commands.get(scope, {}).values():
                with suppress(CannotDo):
                    slash.judge(self._world, self.user, self.channel, command)
                    if command["type"] == 1:
                        found.setdefault(slash.shown(command, "name", self.user.locale), self._read(command))
        return found

    def _read(self, thing: Json) -> Json:
        locale = self.user.locale
        options = {slash.shown(one, "name", locale): self._read(one) for one in thing.get("options", [])}
        return {"description": slash.shown(thing, "description", locale), "options": options}

    async def autocomplete(self, name: str, option: str, typed: str, /, **options: Any) -> list[Json]:
        """The choices that the app offers while an option is typed, others being filled in already."""
        command, taken, way = self._command(name)
        wanted = next((one for one in taken if one["name"] == option), None)
        if wanted is None or not wanted.get("autocomplete"):
            raise CannotDo(f"{option!r} offers nothing while it is typed")
        resolved = Resolved(self._world, self.user, self.channel)
        filled = slash.fill(taken, options, resolved, whole=False)
        filled.append({"name": option, "type": wanted["type"], "value": typed, "focused": True})
        reply = await self._asks(4, slash.data(command, way, filled, resolved))
        return reply.interaction.choices or []

    async def menu(self, name: str, target: "Message | User | Person") -> Reply:
        """Choose an app's entry in the menu of a message, or of a person."""
        resolved = Resolved(self._world, self.user, self.channel)
        if isinstance(target, Message):
            self._looks_at(target)
            command = slash.find(self._world, self.user, self.channel, 3, name)
            number = resolved.add("messages", target.id, message(self._world, target))
        else:
            command = slash.find(self._world, self.user, self.channel, 2, name)
            number = resolved.user(target.user if isinstance(target, Person) else target)
        data = {"id": command["id"], "name": command["name"], "type": command["type"], "target_id": number}
        target_message = target if isinstance(target, Message) else None
        return await self._asks(2, data | {"resolved": resolved.told}, target=target_message)

    async def press(self, it: Message, button: str) -> Reply:
        """Press a button, known by what is written on it or by its custom_id."""
        part = self._part(it, button, {2})
        if part.get("url"):
            raise CannotDo(f"{button!r} opens {part['url']}, the app hears nothing of it")
        return await self._asks(3, _component(part), message=it)

    async def choose(self, it: Message, select: str, values: Any) -> Reply:
        """Pick values in a select, known by its placeholder or custom_id."""
        part = self._part(it, select, {3, 5, 6, 7, 8})
        resolved = Resolved(self._world, self.user, self.channel)
        data = _component(part) | {"values": windows.picked(part, values, resolved)}
        return await self._asks(3, data | ({"resolved": resolved.told} if resolved.told else {}), message=it)

    async def submit(self, modal: Modal | Reply, values: Mapping[str, Any]) -> Reply:
        """Fill in a modal and send it: fields by label or custom_id; what is left out stays as it was."""
        window = modal.modal if isinstance(modal, Reply) else modal
        resolved = Resolved(self._world, self.user, self.channel)
        data = windows.submitted(window, values, resolved)
        parent = window.interaction
        about = {"parent": parent, "owners": parent.owners}
        return await self._asks(5, data, message=parent.message, **about)

    def _command(self, name: str) -> tuple[Json, list[Json], list[Json]]:
        first, *words = name.removeprefix("/").split()
        command = slash.find(self._world, self.user, self.channel, 1, first)
        taken, way = slash.descend(command, words)
        return command, taken, way

    async def _asks(self, kind: int, data: Json, **about: Any) -> Reply:
        guild = self.channel.guild
        if self.channel.closed or (guild is not None and self.user.id not in guild.members):
            raise CannotDo("there is nothing here any more")
        it = await ask(self._world, kind, self.user, self.channel, data, about=about, patience=self.patience)
        return Reply(self._world, it)

    def _part(self, it: Message, name: str, kinds: set[int]) -> Json:
        self._looks_at(it)
        parts = [part for part in it.every if part["type"] in kinds]
        for part in parts:
            if name in (part.get("custom_id"), caption(part), part.get("placeholder")):
                if part.get("disabled"):
                    raise CannotDo(f"{name!r} is disabled")
                return part
        raise CannotDo(f"there is no {name!r}, only {[caption(part) or part.get('placeholder') for part in parts]}")

    def _looks_at(self, it: Message) -> None:
        if it not in self.sees(it.channel):
            raise CannotDo("this message is not there, or not for these eyes")

    def _may_write(self) -> None:
        allowed = self.channel.guild is None or may_send(self.channel, self.user)
        if not allowed or self.channel.closed or self.channel.locked:
            raise CannotDo("nothing can be written here")

    def _with_mentions(self, text: str) -> str:
        names = {user.name: user for user in self._world.users.values()}

        def mention(found: re.Match[str]) -> str:
            return names[found[1]].mention if found[1] in names else found[0]

        return re.sub(r"(?<![\w<])@(\w+)", mention, text)


def _component(part: Json) -> Json:
    return {"custom_id": part["custom_id"], "component_type": part["type"], "id": part["id"]}
