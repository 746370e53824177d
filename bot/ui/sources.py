"""Finds the pictures that a person means: in what they attach, reply to, mention and link, in one fixed order.

Own attachments, the replied message, what was pinned, mentioned people's avatars, links. Nothing is opened here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import discord

PLAIN = "picture"  # what a picture is called whose name says nothing
_LONGEST = 48  # characters of a name
_ATTACHMENT = re.compile(r"/(?:ephemeral-)?attachments/[0-9]+/([0-9]+)(?:/|\Z)")
_LINK = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)
_PUNCTUATION = ".,;:!?*_~|'”’»"
_PAIRS = {")": "(", "}": "{"}  # the end of a link only if it begins in it
_RESULT = re.compile(r"(?:SPOILER_)?seedream-([0-9]{1,18})-[0-9]+\.[a-z]+", re.ASCII)
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".avif", ".heic", ".heif", ".bmp", ".tiff"})
_WRITTEN = frozenset(
    {
        discord.MessageType.default,
        discord.MessageType.reply,
        discord.MessageType.chat_input_command,
        discord.MessageType.context_menu_command,
    }
)


class Whence(Enum):
    """How a picture comes into a request."""

    OWN = "own"
    REPLIED = "replied"
    PINNED = "pinned"
    AVATAR = "avatar"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that somebody means, not looked at yet.

    It is behind `url`, or on the shelf by the name `shelf`. `size` and `media_type` are what Discord says, None and ""
    if it says nothing. `whose` is the person it comes from, None where nobody knows. `spelled` are the texts in the
    prompt that stand for it.
    """

    whence: Whence
    name: str
    url: str = ""
    size: int | None = None
    media_type: str = ""
    whose: int | None = None
    spelled: tuple[str, ...] = ()
    shelf: str = ""
    job: int | None = None  # whose result it is, as its name says, in a message of our own

    @property
    def key(self) -> str:
        """The same for two ways to the same file."""
        if self.shelf:
            return f"shelf/{self.shelf}"
        place = self.url.partition("?")[0]
        attachment = _ATTACHMENT.search(place)
        return f"attachment/{attachment[1]}" if attachment else place.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Collected:
    """The pictures that are meant. `hidden`: there may be some in the replied message, but Discord does not show it to
    the bot; the menu **Edit image** gets at them."""

    sources: tuple[Source, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects for the bot whose user id is `me`; `hosts` are those of Discord's own pictures."""

    me: int
    hosts: Sequence[str]

    def of_message(self, message: discord.Message, pinned: Iterable[Source] = ()) -> Collected:
        """What a message that speaks to the bot means, with everything it replies to."""
        reference = message.reference
        replies = reference is not None and reference.type is discord.MessageReferenceType.reply
        replied = reference.resolved if reference is not None and replies else None
        found = [*self.in_message(message, Whence.OWN)]
        if isinstance(replied, discord.Message):
            found += self.in_message(replied, Whence.REPLIED)
        found += [*pinned, *self.in_text(message.content, message.mentions)]
        hidden = replies and (replied is None or (isinstance(replied, discord.Message) and self._is_hidden(replied)))
        return Collected(_once(found), hidden)

    def of_options(
        self,
        attachments: Iterable[discord.Attachment],
        asker: int,
        pinned: Iterable[Source] = (),
        text: str = "",
        users: Iterable[discord.User | discord.Member] = (),
    ) -> Collected:
        """What the options of a command or the fields of a modal mean; `users` are those whom `text` may mention."""
        own = [_attached(attachment, Whence.OWN, asker) for attachment in attachments]
        return Collected(_once([*own, *pinned, *self.in_text(text, users)]))

    def in_message(self, message: discord.Message, whence: Whence = Whence.REPLIED) -> tuple[Source, ...]:
        """Everything that can be seen in one message, and in what it forwards."""
        asked = message.interaction_metadata
        ours = message.author.id == self.me
        whose = asked.user.id if asked and message.author.bot else None if ours else message.author.id
        found = [_made(source) if ours else source for source in self._shown(message, whence, whose)]
        for forwarded in message.message_snapshots:
            found += self._shown(forwarded, whence, None)
        return _once(found)

    def in_text(self, text: str, users: Iterable[discord.User | discord.Member]) -> tuple[Source, ...]:
        """The avatars of those whom a text mentions, and the pictures that it links to."""
        known = {user.id: user for user in users if user.id != self.me}
        found = []
        for mention in re.finditer(r"<@!?([0-9]{1,20})>", text):
            user = known.get(int(mention[1]))
            if user is not None:
                url, name = user.display_avatar.with_format("png").url, tidy(user.display_name)
                found.append(Source(Whence.AVATAR, name, url, whose=user.id, spelled=(mention[0],)))
        links = (link for link in _links(text) if is_open(link, self.hosts) or _ending(link) in _PICTURES)
        found += [Source(Whence.LINK, _file_name(link), link, spelled=(link,)) for link in links]
        return _once(found)

    def _shown(
        self, message: discord.Message | discord.MessageSnapshot, whence: Whence, whose: int | None
    ) -> Iterator[Source]:
        for attachment in message.attachments:
            yield _attached(attachment, whence, whose)
        for embed in message.embeds:
            for media in (embed.image, embed.thumbnail):
                url = self._best(media.url, media.proxy_url)
                if url:
                    yield Source(whence, _file_name(url), url, whose=whose)
        for component in message.components:
            for item, name, size in _media(component):
                url = self._best(item.url, item.proxy_url)
                if url:
                    yield Source(whence, tidy(name or _file_name(url)), url, size, item.content_type or "", whose)

    def _best(self, url: str | None, proxy: str | None) -> str:
        """Of the two links to a picture the one that may be opened, else the first."""
        if url and proxy and not is_open(url, self.hosts) and is_open(proxy, self.hosts):
            return proxy
        return url or ""

    def _is_hidden(self, message: discord.Message) -> bool:
        """Nobody can write a message of nothing: what looks like one is not for the bot to see."""
        seen = (message.content, message.attachments, message.embeds, message.components)
        more = (message.stickers, message.message_snapshots, message.poll)
        return message.author.id != self.me and message.type in _WRITTEN and not any((*seen, *more))


def is_open(url: str, hosts: Iterable[str]) -> bool:
    """Whether a link leads to one of the hosts: over TLS, or to a port that is named with it."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or parts.scheme not in {"http", "https"}:
        return False
    if parts.scheme == "https" and port in {None, 443}:
        return host in hosts
    return f"{host}:{port}" in hosts


def tidy(name: str) -> str:
    """A name as it may stand in a message, between backticks: one short line that does nothing by itself."""
    seen = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in name)
    short = " ".join(seen.replace("`", "'").split())
    if len(short) > _LONGEST:
        short = f"{short[: _LONGEST - 11]}…{short[-10:]}"
    return short or PLAIN


def _attached(attachment: discord.Attachment, whence: Whence, whose: int | None) -> Source:
    name = tidy(attachment.filename)
    return Source(whence, name, attachment.url, attachment.size, attachment.content_type or "", whose)


def _made(source: Source) -> Source:
    """A picture in one of our own messages, with the job that it came of."""
    named = _RESULT.fullmatch(_file_name(source.url))
    return replace(source, job=int(named[1])) if named else source


def _media(component: discord.Component) -> Iterator[tuple[discord.UnfurledMediaItem, str | None, int | None]]:
    """The pictures of a component and of all that are in it, with name and size where they have them."""
    if isinstance(component, discord.MediaGalleryComponent):
        for item in component.items:
            yield item.media, None, None
    elif isinstance(component, discord.ThumbnailComponent):
        yield component.media, None, None
    elif isinstance(component, discord.FileComponent):
        yield component.media, component.name, component.size
    elif isinstance(component, discord.SectionComponent):
        yield from _media(component.accessory)
    elif isinstance(component, discord.Container):
        for child in component.children:
            yield from _media(child)


def _links(text: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_PUNCTUATION)
        while (pair := _PAIRS.get(link[-1:])) and link.count(pair) < link.count(link[-1]):
            link = link[:-1].rstrip(_PUNCTUATION)
        yield link


def _file_name(url: str) -> str:
    return tidy(unquote(PurePosixPath(_path(url)).name))


def _ending(url: str) -> str:
    return PurePosixPath(_path(url)).suffix.lower()


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each file once, where it came first; what stands for it in the prompt goes on standing for it."""
    found: dict[str, Source] = {}
    for source in sources:
        first = found.get(source.key)
        spelled = dict.fromkeys((*first.spelled, *source.spelled)) if first else source.spelled
        found[source.key] = replace(first or source, spelled=tuple(spelled))
    return tuple(found.values())
