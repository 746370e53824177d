"""The world as Discord keeps it: where everything is found, what time it is, and who is told of changes."""

import asyncio
import base64
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.discord.model import Attachment, Channel, Guild, Interaction, Json, Member, Message, User
from sandbox.discord.refusals import Refusal
from sandbox.discord.snowflakes import Ids

TOKEN_LIFE = 900.0  # seconds
ACK_TIME = 3.0
MESSAGE_CONTENT = 1 << 15


@dataclass(frozen=True, slots=True)
class News:
    """Something that the gateway tells: to the shard of `guild` (None: the first), to sessions with one of `intents`
    (0: to all). `data` depends on whether the session may read what people write."""

    name: str
    data: Callable[[bool], Json]
    guild: Guild | None = None
    intents: int = 0


@dataclass(slots=True)
class Application:
    """The app itself; `privileged` are the privileged intents that its owner has switched on; `code_grant` is
    what keeps people from inviting it, `for_people` lets them install it for themselves."""

    id: int
    name: str
    token: str
    bot: User
    owner: User
    privileged: int = 0
    code_grant: bool = False
    for_people: bool = True
    sessions_left: int = 999

    @property
    def reads_content(self) -> bool:
        """Whether the app may read every message, over REST too."""
        return bool(self.privileged & MESSAGE_CONTENT)


class World:
    """State and look-ups. `tell` is the gateway's; `now` is a clock that `move` puts forward."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._moved = 0.0
        self._stirred = asyncio.Event()
        self.stirs = 0
        self._tokens = 0
        self.ids = Ids()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.attachments: dict[int, Attachment] = {}
        self.nonces: dict[tuple[int, str], int] = {}
        self.commands: dict[int, dict[int, Json]] = {0: {}}
        self.overrides: dict[int, dict[int, dict[tuple[int, int], bool]]] = {}  # of guilds, see `integrations`
        self._broken: list[str] = []
        self.unjudged: deque[Callable[[], list[str]]] = deque()
        self.cdn_base = self.media_base = ""
        self.keep_files = True
        self.request_limit = self.form_limit = 25 * 1024 * 1024
        self.file_limit = 20 * 1024 * 1024
        self.tell: Callable[[News], None] = lambda news: None
        self.sign: Callable[[str], str] = lambda path: path
        bot, owner = self.user("bot", bot=True), self.user("owner")
        token = f"{base64.b64encode(str(bot.id).encode()).decode().rstrip('=')}.GpretD.{'0123456789abcdef' * 2}notReal"
        self.application = Application(bot.id, "bot", token, bot, owner)

    @property
    def now(self) -> float:
        """What time Discord thinks it is."""
        return self._clock() + self._moved

    def move(self, seconds: float) -> None:
        """Put Discord's clock forward."""
        self._moved += seconds
        self.stir()

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.application.bot

    def new_id(self) -> int:
        """An id of now."""
        return self.ids.new(self.now)

    def user(self, name: str, **traits: Any) -> User:
        """A new account."""
        user = User(self.new_id(), name, **traits)
        self.users[user.id] = user
        return user

    def new_token(self, number: int) -> str:
        """The token of an interaction: long, opaque, never the same."""
        self._tokens += 1
        secret = hashlib.sha256(f"{number}:{self._tokens}".encode()).hexdigest()
        return base64.urlsafe_b64encode(f"interaction:{number}:{secret}{secret}".encode()).decode().rstrip("=")

    def stir(self) -> None:
        """Something has changed: whoever waits looks again."""
        self.stirs += 1
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def until(self, holds: Callable[[], Any], seconds: float) -> bool:
        """Wait until something is true; False when it has not become so in time."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._stirred.wait()
        except TimeoutError:
            return bool(holds())
        return True

    def channel(self, number: int) -> Channel:
        """A channel that the bot may know of; raises 10003, or 50001 when it is shut out of the guild."""
        channel = self.channels.get(number)
        if channel is None or channel.closed:
            raise Refusal(10003)
        if channel.company:
            raise Refusal(50001)
        if channel.guild is not None and (channel.guild.gone or self.bot.id not in channel.guild.members):
            raise Refusal(50001)
        return channel

    def guild(self, number: int) -> Guild:
        """A guild that the bot is in; raises 10004."""
        guild = self.guilds.get(number)
        if guild is None or guild.gone or self.bot.id not in guild.members:
            raise Refusal(10004)
        return guild

    def message(self, channel: Channel, number: int) -> Message:
        """A message that is still there and that not only one person sees; raises 10008."""
        message = self.messages.get(number)
        if message is None or message.deleted or message.channel is not channel or message.ephemeral:
            raise Refusal(10008)
        return message

    def member(self, guild: Guild | None, user: User) -> Member | None:
        """Somebody's membership, if they are in there."""
        return guild.members.get(user.id) if guild is not None else None

    def dm(self, user: User) -> Channel:
        """The channel that somebody shares with the bot alone; made when it is first asked for."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), "", kind=1, recipient=user, made=self.now)
        self.channels[channel.id] = channel
        return channel

    def seen(self, channel: Channel, user: User) -> list[Message]:
        """What somebody sees in a channel, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message.channel is channel and not message.deleted and message.only_for in (None, user)
        ]

    def alive(self, interaction: Interaction) -> bool:
        """Whether its token still counts."""
        return not interaction.expired and self.now < interaction.made + TOKEN_LIFE

    def file_limit_of(self, channel: Channel, user: User | None = None) -> int:
        """How large a file may be here, for the bot or in answer to somebody."""
        boosted = channel.guild.file_limit if channel.guild is not None else self.file_limit
        return max(boosted, user.file_limit if user is not None else 0)

    def broken(self, rule: str) -> None:
        """Write down a rule that the bot has broken."""
        self._broken.append(rule)

    @property
    def violations(self) -> list[str]:
        """What has been broken so far; what is still unjudged is judged now, so that no answer waits for it."""
        while self.unjudged:
            self._broken += self.unjudged.popleft()()
        return self._broken
