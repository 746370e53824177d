"""What one person sees, as the page wants it: the world around, a channel, a message; nothing that is for others."""

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from sandbox.discord import Channel, Message, Person, PretendDiscord, User
from sandbox.discord.components import media
from sandbox.discord.model import COMPONENTS_V2, Attachment, Json, everything
from sandbox.discord.permissions import may, may_send
from sandbox.page import changes
from sandbox.page.languages import LANGUAGES
from sandbox.page.scene import Scene

MOST_MESSAGES = 100
_EXCERPT = 200
_COMMAND = 2
_SUBCOMMANDS = (1, 2)  # and groups of them
_HOSTED = re.compile(r"https?://[^/]+/attachments/\d+/(\d+)/([^/?]+)")


class View:
    """Everything in JSON, through the eyes of one person."""

    def __init__(self, discord: PretendDiscord, scene: Scene) -> None:
        self._world = discord.world
        self._scene = scene

    def around(self, person: Person) -> Json:
        """People, servers and channels."""
        channels = list(self._world.channels.values())
        servers = [
            {
                "id": str(guild.id),
                "name": guild.name,
                "letter": guild.name[:1],
                "channels": [self.place(one, person) for one in channels if one.guild is guild and _open(one, person)],
            }
            for guild in self._scene.guilds
            if person.id in guild.members and not guild.gone
        ]
        bot = self._world.bot
        return {
            "people": [self._someone(one.user) | {"locale": one.user.locale} for one in self._scene.people.values()],
            "bot_user": self._someone(bot),
            "servers": servers,
            "dms": [self.place(one, person) for one in channels if one.recipient is person.user],
            "locales": LANGUAGES,
            "now": self._world.now,
        }

    def place(self, it: Channel, person: Person) -> Json:
        """A channel, a thread, a DM."""
        bot = self._world.bot
        return {
            "id": str(it.id),
            "name": it.name or bot.name,
            "kind": "thread" if it.is_thread else "text" if it.guild is not None else "dm",
            "server": str(it.guild.id) if it.guild is not None else None,
            "parent": str(it.parent.id) if it.parent is not None else None,
            "nsfw": it.nsfw,
            "bot_may_post": may_send(it, bot) if it.guild is not None else True,
            "can_write": may_write(it, person),
            "archived": it.archived,
        }

    def messages(self, it: Channel, person: Person) -> list[Json]:
        """What is to be read there, oldest first."""
        return [self.message(one, person) for one in person.sees(it)[-MOST_MESSAGES:]]

    def message(self, it: Message, person: Person) -> Json:
        """A message with all that hangs on it."""
        told = self._body(it, person)
        mine = it.author is person.user
        thinking = it.loading and not changes.failed(it, self._world)
        told |= {
            "reply": self._reply(it, person),
            "forwarded": self._body(it.forwards, person) if it.forwards is not None else None,
            "interaction": self._interaction(it),
            "ephemeral": it.ephemeral,
            "thinking": thinking,
            "failed": it.loading and not thinking,
            "reactions": [
                {"emoji": emoji, "count": len(people), "mine": person.user in people}
                for emoji, people in it.reactions.items()
            ],
            "mine": mine,
            "can": {
                "delete": not it.ephemeral and (mine or may(it.channel, person.user, "manage_messages")),
                "edit": mine and it.forwards is None,
                "reply": not it.ephemeral and not it.loading and may_write(it.channel, person),
                "react": not it.ephemeral and not it.loading and may(it.channel, person.user, "add_reactions"),
            },
        }
        return told

    def file(self, number: int, person: Person) -> Attachment | None:
        """A file, if it hangs on something that this person sees."""
        it = self._world.attachments.get(number)
        if it is None or it.gone:
            return None
        for message in self._world.messages.values():
            inner = message.forwards.attachments if message.forwards is not None else []
            if it not in message.attachments and it not in inner:
                continue
            if _open(message.channel, person) and message in person.sees(message.channel):
                return it
        return None

    def _body(self, it: Message, person: Person) -> Json:
        """What was said, and what was shown with it."""
        by_name = {file.filename: file for file in it.attachments}
        parts, embeds = copy.deepcopy(it.components), copy.deepcopy(it.embeds)
        shown = set()
        for part in everything(parts):
            for about in part.get("items") or [part]:
                shown |= {_put(place, by_name, about, person) for place in media([part | {"items": [about]}])}
        for embed in embeds:
            for name in ("image", "thumbnail"):
                if embed.get(name):
                    shown.add(_put(embed[name], by_name, embed[name], person))
        hang = [] if it.flags & COMPONENTS_V2 else [one for one in it.attachments if one.filename not in shown]
        return {
            "id": str(it.id),
            "version": changes.mark(it, self._world),
            "channel": str(it.channel.id),
            "author": self._someone(it.author),
            "time": it.made,
            "edited": None if it.webhook else it.edited,
            "text": it.content,
            "mentions": self._mentions(it),
            "attachments": [_file(one, person) for one in hang],
            "embeds": [_embed(one) for one in embeds],
            "parts": parts,
        }

    def _someone(self, user: User) -> Json:
        return {
            "id": str(user.id),
            "name": user.shown or user.name,
            "bot": user.bot,
            "role": self._scene.roles.get(user.id),
            "avatar": self._scene.avatar(user.name, user.id),
        }

    def _reply(self, it: Message, person: Person) -> Json | None:
        to = it.reply_to
        if to is None or it.forwards is not None:
            return None
        gone = to.deleted or to.only_for not in (None, person.user)
        text = "" if gone else to.text or ("(picture)" if to.attachments else "")
        return {"id": str(to.id), "author": self._someone(to.author), "text": text[:_EXCERPT], "gone": gone}

    def _interaction(self, it: Message) -> Json | None:
        asked = it.interaction
        if asked is None or asked.kind != _COMMAND:
            return None
        return {"user": self._someone(asked.user), "name": " ".join(_words(asked.data))}

    def _mentions(self, it: Message) -> dict[str, str]:
        """Names for all the ids in its text."""
        names: dict[str, str] = {}
        roles = it.channel.guild.roles if it.channel.guild is not None else {}
        for number in {int(found) for found in re.findall(r"<(?:@[!&]?|#)(\d{1,19})>", it.text)}:
            user, place = self._world.users.get(number), self._world.channels.get(number)
            if user is not None:
                names[str(number)] = user.shown or user.name
            elif place is not None:
                names[str(number)] = place.name
            elif number in roles:
                names[str(number)] = roles[number].name
        return names


def may_write(it: Channel, person: Person) -> bool:
    """Whether somebody may write there."""
    return not it.closed and not it.locked and (it.guild is None or may_send(it, person.user))


def _open(it: Channel, person: Person) -> bool:
    return not it.closed and may(it, person.user, "view_channel")


def _put(place: Json, by_name: dict[str, Attachment], about: Json, person: Person) -> str:
    """Put what the page needs where a file or an address stood; the file's name, or nothing."""
    name = str(place["url"]).removeprefix("attachment://")
    file = by_name.get(name) if name != place["url"] else None
    alt = about.get("description") or (file.description if file is not None else None) or ""
    covered = bool(about.get("spoiler")) or (file is not None and file.spoiler)
    place |= {"alt": alt, "spoiler": covered, "width": None, "height": None}
    if file is None:
        # A file of another message, by its address at the pretend CDN; the page loads nothing but from its own server.
        if (hosted := _HOSTED.match(name)) is not None:
            place["url"] = f"/files/{hosted[1]}/{hosted[2]}?as={person.id}"
        return ""
    place["url"] = _url(file, person)
    place |= {"name": file.title or file.filename, "size": file.length}
    if file.size is not None:
        place["width"], place["height"] = file.size
    return file.filename


def _file(it: Attachment, person: Person) -> Json:
    width, height = it.size or (None, None)
    return {
        "id": str(it.id),
        "name": it.filename,
        "type": it.content_type or "application/octet-stream",
        "size": it.length,
        "width": width,
        "height": height,
        "alt": it.description or "",
        "spoiler": it.spoiler,
        "url": _url(it, person),
    }


def _url(it: Attachment, person: Person) -> str:
    return f"/files/{it.id}/{quote(it.filename)}?as={person.id}"


def _embed(it: Json) -> Json:
    told: dict[str, Any] = {name: it.get(name) for name in ("title", "description", "fields", "image", "thumbnail")}
    return told | {"colour": it.get("color"), "footer": it.get("footer"), "url": it.get("url")}


def _words(data: Json) -> Iterator[str]:
    """A command's name with those of its sub-commands, as it was typed."""
    yield data["name"]
    for option in data.get("options", ()):
        if option["type"] in _SUBCOMMANDS:
            yield from _words(option)
