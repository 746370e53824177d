"""Everything that is there: people, guilds, channels, messages, files, interactions."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
MIB = 1024 * 1024

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
SUPPRESS_EMBEDS, SILENT, HAS_SNAPSHOT = 1 << 2, 1 << 12, 1 << 14

TEXT, DM, GROUP = 0, 1, 3
THREADS = {10, 11, 12}


@dataclass(slots=True, eq=False)
class User:
    """An account. `installed` tells whether it has installed the app for itself."""

    id: int
    name: str
    shown: str | None = None
    bot: bool = False
    avatar: str | None = None
    locale: str = "en-US"
    installed: bool = False
    takes_dms: bool = True
    file_limit: int = 0

    @property
    def mention(self) -> str:
        """How a message names them."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Role:
    """A role; the one with the guild's own id is everyone's."""

    id: int
    name: str
    permissions: int
    managed: bool = False
    mentionable: bool = False
    position: int = 0


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a guild."""

    user: User
    joined: float
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None


@dataclass(slots=True, eq=False)
class Guild:
    """A server. `file_limit` is what its boosts allow; `blocked` are words that its AutoMod takes out."""

    id: int
    name: str
    owner: User
    joined: float
    locale: str = "en-US"
    file_limit: int = 20 * MIB
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    gone: bool = False


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread, the DM of one person with the bot, or a private channel of some `company`, in which
    the bot has no place."""

    id: int
    name: str
    kind: int = TEXT
    guild: Guild | None = None
    parent: "Channel | None" = None
    recipient: User | None = None
    company: list[User] = field(default_factory=list)
    owner: User | None = None
    nsfw: bool = False
    archived: bool = False
    locked: bool = False
    closed: bool = False
    made: float = 0.0
    overwrites: dict[int, tuple[int, int]] = field(default_factory=dict)
    last: int | None = None

    @property
    def context(self) -> int:
        """What Discord calls the place: a guild, the bot's own DM, another private channel."""
        return 0 if self.guild is not None else 2 if self.company else 1

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.kind in THREADS


@dataclass(slots=True, eq=False)
class Attachment:
    """A file that hangs on a message, or on an option."""

    id: int
    filename: str
    data: bytes
    content_type: str | None
    size: tuple[int, int] | None
    description: str | None = None
    ephemeral: bool = False
    place: int = 0
    title: str | None = None
    gone: bool = False
    flagged: bool = False
    length: int = 0

    @property
    def spoiler(self) -> bool:
        """Whether it is covered until somebody clicks."""
        return self.flagged or self.filename.startswith("SPOILER_")


@dataclass(frozen=True, slots=True)
class Look:
    """How a message looked from some moment on."""

    at: float
    text: str
    files: tuple[str, ...]
    buttons: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Message:
    """A message as Discord keeps it; `components` still say attachment://, `only_for` is set when it is ephemeral.

    `looks` tells how people have seen it so far, the latest look last.
    """

    id: int
    channel: Channel
    author: User
    made: float
    content: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    edited: float | None = None
    edits: int = 0
    reply_to: "Message | None" = None
    forwards: "Message | None" = None
    thread: Channel | None = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[Role] = field(default_factory=list)
    mention_everyone: bool = False
    nonce: str | int | None = None
    interaction: "Interaction | None" = None
    webhook: bool = False
    only_for: User | None = None
    reactions: dict[str, list[User]] = field(default_factory=dict)
    deleted: bool = False
    pinned: bool = False
    looks: list[Look] = field(default_factory=list)
    calls: bool = False

    @property
    def loading(self) -> bool:
        """Whether it still says that the app is thinking."""
        return bool(self.flags & LOADING)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.only_for is not None

    @property
    def every(self) -> list[Json]:
        """All its components, those within others included."""
        return everything(self.components)

    @property
    def text(self) -> str:
        """All that can be read in it: content, embeds and text displays."""
        texts = [self.content]
        for embed in self.embeds:
            texts += [str(embed.get(name) or "") for name in ("title", "description")]
            texts += [f"{entry.get('name', '')} {entry.get('value', '')}" for entry in embed.get("fields") or []]
            texts.append(str((embed.get("footer") or {}).get("text") or ""))
        texts += [part["content"] for part in self.every if part["type"] == 10]
        return "\n".join(text for text in texts if text)

    @property
    def buttons(self) -> list[str]:
        """What is written on its buttons, from the first to the last; the emoji where there is no word."""
        return [caption(part) for part in self.every if part["type"] == 2]

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """Names and bytes of what hangs on it."""
        return [(attachment.filename, attachment.data) for attachment in self.attachments]


@dataclass(slots=True, eq=False)
class Interaction:
    """Something that somebody did with the app, the app's right to answer, and what became of it."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    made: float
    data: Json
    locale: str
    owners: dict[str, str]
    message: Message | None = None
    parent: "Interaction | None" = None
    target: Message | None = None
    answered: int | None = None
    answered_at: float | None = None
    original: Message | None = None
    modal: Json | None = None
    choices: list[Json] | None = None
    further: list[Message] = field(default_factory=list)
    expired: bool = False
    sent: Json = field(default_factory=dict)

    @property
    def only_user_installed(self) -> bool:
        """Whether nobody but the person has let the app in."""
        return "0" not in self.owners


def everything(components: list[Json]) -> list[Json]:
    """These components and all within them, in order."""
    found: list[Json] = []
    for part in components:
        found.append(part)
        inner = [*part.get("components", []), part.get("accessory"), part.get("component")]
        found += everything([piece for piece in inner if piece])
    return found


def caption(button: Json) -> str:
    """What a person reads on a button."""
    return str(button.get("label") or (button.get("emoji") or {}).get("name") or "")
