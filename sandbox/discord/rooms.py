"""REST: channels and threads, and the messages that the bot writes, reads, changes and deletes in them."""

from urllib.parse import unquote

from sandbox.discord import drafts, files, letters, payloads, posts
from sandbox.discord.calls import Answer, Asked
from sandbox.discord.fields import array, is_emoji, mapping, snowflake, text
from sandbox.discord.model import DM, Channel, Json, Message
from sandbox.discord.permissions import may, may_send
from sandbox.discord.refusals import Refusal, invalid
from sandbox.discord.routes import Entry
from sandbox.discord.snowflakes import at
from sandbox.discord.threads import start, unarchive
from sandbox.discord.world import World

_MESSAGES = "/channels/{channel}/messages"
_ONE = f"{_MESSAGES}/{{message}}"
_REACTION = f"{_ONE}/reactions/{{emoji}}"


class Rooms:
    """What a bot does with its own token."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Entry]:
        """What it answers."""
        return [
            ("GET", "/channels/{channel}", self._get),
            ("PATCH", "/channels/{channel}", self._change),
            ("POST", "/channels/{channel}/typing", self._typing),
            ("POST", _MESSAGES, self._send),
            ("GET", _MESSAGES, self._history),
            ("GET", _ONE, lambda asked: Answer(self._json(self._message(asked)))),
            ("PATCH", _ONE, self._edit),
            ("DELETE", _ONE, self._delete),
            ("POST", f"{_MESSAGES}/bulk-delete", self._delete_many),
            ("PUT", f"{_REACTION}/@me", self._react),
            ("DELETE", f"{_REACTION}/@me", self._react),
            ("POST", f"{_ONE}/threads", self._thread),
            ("POST", "/channels/{channel}/threads", self._thread),
            ("PUT", "/channels/{channel}/thread-members/@me", lambda asked: Answer(status=204)),
            ("POST", "/attachments/refresh-urls", self._refresh),
        ]

    def _json(self, message: Message) -> Json:
        return letters.message(message, self._world, whole=self._world.application.reads_content)

    def _channel(self, asked: Asked) -> Channel:
        channel = self._world.channel(asked.number("channel"))
        if not may(channel, self._world.bot, "view_channel"):
            raise Refusal(50001)
        return channel

    def _message(self, asked: Asked, *, reading: bool = True) -> Message:
        channel = self._channel(asked)
        if reading and not may(channel, self._world.bot, "read_message_history"):
            raise Refusal(50013)
        return self._world.message(channel, asked.number("message"))

    def _get(self, asked: Asked) -> Answer:
        return Answer(payloads.channel(self._channel(asked), self._world))

    def _change(self, asked: Asked) -> Answer:
        channel, wanted = self._channel(asked), mapping(asked.payload, "")
        if not channel.is_thread:
            raise Refusal(50013)
        if channel.locked and not may(channel, self._world.bot, "manage_threads"):
            raise Refusal(50013)
        if "archived" in wanted:
            unarchive(self._world, channel, archived=bool(wanted["archived"]))
        return Answer(payloads.channel(channel, self._world))

    def _typing(self, asked: Asked) -> Answer:
        self._may_send(self._channel(asked))
        return Answer(status=204)

    def _may_send(self, channel: Channel) -> None:
        if channel.kind == DM:
            recipient = channel.recipient
            if recipient is None or not recipient.takes_dms:
                raise Refusal(50007)
            if not self._acquainted(channel):
                raise Refusal(50278)
        elif not may_send(channel, self._world.bot):
            raise Refusal(50013)
        if channel.archived and channel.locked:
            raise Refusal(50083)

    def _acquainted(self, channel: Channel) -> bool:
        """Whether the bot shares a guild with the person, or they have installed it."""
        user, bot = channel.recipient, self._world.bot
        shared = [g for g in self._world.guilds.values() if user and {user.id, bot.id} <= set(g.members)]
        return bool(shared) or bool(user and user.installed)

    def _send(self, asked: Asked) -> Answer:
        channel, bot = self._channel(asked), self._world.bot
        self._may_send(channel)
        draft = drafts.read(asked.payload, asked.form, file_limit=self._world.file_limit_of(channel))
        if draft.enforce and draft.nonce is not None:
            before = self._world.messages.get(self._world.nonces.get((channel.id, str(draft.nonce)), 0))
            if before is not None and before.made > self._world.now - 300:
                return Answer(self._json(before))
        if (draft.files and not may(channel, bot, "attach_files")) or (
            draft.embeds and not may(channel, bot, "embed_links")
        ):
            raise Refusal(50013)
        message = Message(self._world.new_id(), channel, bot, self._world.now, nonce=draft.nonce)
        if draft.reference is not None:
            message.reply_to = self._replied(channel, draft.reference)
            message.kind = 19 if message.reply_to is not None else 0
        posts.create(self._world, message, draft, defaults=posts.EVERYBODY)
        if draft.nonce is not None:
            self._world.nonces[channel.id, str(draft.nonce)] = message.id
        return Answer(self._json(message))

    def _replied(self, channel: Channel, reference: Json) -> Message | None:
        if not may(channel, self._world.bot, "read_message_history"):
            raise Refusal(160002)
        number = snowflake(reference.get("message_id"), "message_reference.message_id")
        message = self._world.messages.get(number)
        if message is None or message.deleted or message.channel is not channel or message.ephemeral:
            if reference.get("fail_if_not_exists", True):
                raise invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
            return None
        return message

    def _history(self, asked: Asked) -> Answer:
        channel = self._channel(asked)
        limit = asked.query.get("limit", "50")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            raise invalid("limit", "int value should be between 1 and 100.", "NUMBER_TYPE_MAX")
        found = [message for message in self._world.seen(channel, self._world.bot) if not message.ephemeral]
        if not may(channel, self._world.bot, "read_message_history"):
            found = []
        names = [name for name in ("after", "before", "around") if name in asked.query]
        bounds = {name: snowflake(asked.query[name], name) for name in names}
        if "after" in bounds:
            found = [message for message in found if message.id > bounds["after"]][: int(limit)]
        elif "before" in bounds:
            found = [message for message in found if message.id < bounds["before"]]
        elif "around" in bounds:
            found = sorted(found, key=lambda message: abs(at(message.id) - at(bounds["around"])))[: int(limit)]
            found.sort(key=lambda message: message.id)
        return Answer([self._json(message) for message in found[-int(limit) :]][::-1])

    def _edit(self, asked: Asked) -> Answer:
        message = self._message(asked, reading=False)
        channel = message.channel
        if message.author is not self._world.bot:
            raise Refusal(50005)
        if channel.archived:
            raise Refusal(50083)
        draft = drafts.read(asked.payload, asked.form, file_limit=self._world.file_limit_of(channel), before=message)
        if draft.files and not may(channel, self._world.bot, "attach_files"):
            raise Refusal(50013)
        posts.edit(self._world, message, draft, defaults=posts.EVERYBODY)
        return Answer(self._json(message))

    def _delete(self, asked: Asked) -> Answer:
        message = self._message(asked, reading=False)
        others = message.author is not self._world.bot
        if others and message.channel.kind == DM:
            raise Refusal(50003)
        if others and not may(message.channel, self._world.bot, "manage_messages"):
            raise Refusal(50013)
        posts.remove(self._world, message)
        return Answer(status=204)

    def _delete_many(self, asked: Asked) -> Answer:
        channel = self._channel(asked)
        if not may(channel, self._world.bot, "manage_messages"):
            raise Refusal(50013)
        listed = array(mapping(asked.payload, "").get("messages"), "messages", 100, at_least=2)
        for number in listed:
            posts.remove(self._world, self._world.message(channel, snowflake(number, "messages")))
        return Answer(status=204)

    def _react(self, asked: Asked) -> Answer:
        message = self._message(asked)
        if not may(message.channel, self._world.bot, "add_reactions"):
            raise Refusal(50013)
        if message.channel.archived:
            raise Refusal(50083)
        emoji = unquote(asked.ids["emoji"])
        if not is_emoji(emoji):
            raise Refusal(10014)
        posts.react(self._world, message, self._world.bot, emoji, take_back=asked.call.method == "DELETE")
        return Answer(status=204)

    def _thread(self, asked: Asked) -> Answer:
        channel = self._channel(asked)
        name = text(mapping(asked.payload, "").get("name"), "name", 1, 100)
        if not may(channel, self._world.bot, "create_public_threads"):
            raise Refusal(50013)
        message = self._message(asked) if "message" in asked.ids else None
        if message is not None and message.thread is not None:
            raise Refusal(160004)
        thread = start(self._world, channel, name, self._world.bot, message)
        return Answer(payloads.channel(thread, self._world), 201)

    def _refresh(self, asked: Asked) -> Answer:
        """Not in Discord's documents, but it is there."""
        given = array(mapping(asked.payload, "").get("attachment_urls"), "attachment_urls", 50, at_least=1)
        told = []
        for url in given:
            path = str(url).removeprefix(self._world.cdn_base).partition("?")[0]
            told.append({"original": url, "refreshed": self._world.cdn_base + files.signed(path, self._world.now)})
        return Answer({"refreshed_urls": told})
