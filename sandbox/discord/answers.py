"""REST: an app answers an interaction, within three seconds for the first time and fifteen minutes in all."""

from typing import Any

from sandbox.discord import components, drafts, letters, posts
from sandbox.discord.calls import Answer, Asked
from sandbox.discord.fields import array, choice, mapping, text
from sandbox.discord.forms import Form
from sandbox.discord.model import EPHEMERAL, LOADING, Interaction, Json, Message
from sandbox.discord.permissions import may
from sandbox.discord.refusals import Refusal, invalid
from sandbox.discord.routes import Entry
from sandbox.discord.world import ACK_TIME, World

PONG, MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
_HOOK = "/webhooks/{application}/{token}"
_USER_FOLLOW_UPS = 5


class Answers:
    """The callback, the original answer and further ones."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Entry]:
        """What it answers."""
        routes: list[Entry] = [
            ("POST", "/interactions/{interaction}/{token}/callback", self._callback),
            ("POST", _HOOK, self._follow_up),
        ]
        for place in ("@original", "{message}"):
            where = f"{_HOOK}/messages/{place}"
            routes += [("GET", where, self._get), ("PATCH", where, self._edit), ("DELETE", where, self._delete)]
        return routes

    def _callback(self, asked: Asked) -> Answer:
        it = self._world.interactions.get(asked.ids["token"])
        if it is None or it.id != asked.number("interaction") or it.expired:
            raise Refusal(10062)
        if it.answered is not None:
            raise Refusal(40060)
        if self._world.now > it.made + ACK_TIME:
            raise Refusal(10062)
        given = mapping(asked.payload, "")
        kind = choice(given.get("type"), "type", _allowed(it))
        data = given.get("data")
        if kind == CHOICES:
            it.choices = _choices(data, it)
        elif kind == MODAL:
            it.modal = components.modal(data)
        elif kind == MESSAGE:
            self._post(it, data, asked.form)
        elif kind == DEFER:
            self._defer(it, data)
        elif kind == UPDATE:
            self._change(it, self._on(it), data or {}, asked.form)
            it.original = it.message
        else:
            it.original = it.message
        it.answered, it.answered_at = kind, self._world.now
        self._world.stir()
        if asked.query.get("with_response", "").lower() not in {"1", "true"}:
            return Answer(status=204)
        return Answer(self._told(it, kind))

    def _told(self, it: Interaction, kind: int) -> Json:
        told: Json = {"id": str(it.id), "type": it.kind}
        if it.channel.guild is not None:
            told["guild_id"] = str(it.channel.guild.id)
        told["channel_id"] = str(it.channel.id)
        message = it.original
        if message is not None:
            told |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
        if message is None or kind not in {MESSAGE, UPDATE}:
            return {"interaction": told}
        return {"interaction": told, "resource": {"type": kind, "message": self._json(message)}}

    def _json(self, message: Message) -> Json:
        return letters.message(message, self._world, whole=self._world.application.reads_content)

    def _new(self, it: Interaction, flags: int) -> Message:
        """The shell of an answer: private when asked for, or where people may not use apps of their own openly."""
        user_app = it.only_user_installed and it.channel.guild is not None
        closed = user_app and not may(it.channel, it.user, "use_external_apps")
        private = bool(flags & EPHEMERAL) or closed
        message = Message(self._world.new_id(), it.channel, self._world.bot, self._world.now)
        message.webhook, message.interaction = True, it
        message.flags, message.only_for = (EPHEMERAL, it.user) if private else (0, None)
        if it.kind == COMMAND:
            message.kind = 20 if it.data.get("type") == 1 else 23
        elif it.message is not None:
            message.kind, message.reply_to = 19, it.message
        return message

    def _post(self, it: Interaction, data: Any, form: Form) -> None:
        self._reachable(it)
        draft = drafts.read(data, form, file_limit=self._limit(it))
        message = self._new(it, int(mapping(data, "data").get("flags") or 0))
        it.original = posts.create(self._world, message, draft, defaults=posts.PEOPLE)

    def _defer(self, it: Interaction, data: Any) -> None:
        flags = int((data or {}).get("flags") or 0)
        if flags & ~EPHEMERAL:
            self._world.broken(f"flags {flags} at a defer, where only EPHEMERAL counts")
        message = self._new(it, flags)
        message.flags |= LOADING
        it.original = posts.publish(self._world, message)

    def _on(self, it: Interaction) -> Message:
        if it.message is None or it.message.deleted:
            raise Refusal(10008)
        return it.message

    def _limit(self, it: Interaction) -> int:
        return self._world.file_limit_of(it.channel, it.user)

    def _change(self, it: Interaction, message: Message, data: Any, form: Form) -> None:
        draft = drafts.read(data, form, file_limit=self._limit(it), before=message)
        posts.edit(self._world, message, draft, defaults=posts.PEOPLE)

    def _hook(self, asked: Asked) -> Interaction:
        """The interaction behind a webhook's token; raises 10015 or 50027."""
        it = self._world.interactions.get(asked.ids["token"])
        if asked.number("application") != self._world.application.id or it is None or it.answered is None:
            raise Refusal(10015)
        if not self._world.alive(it):
            raise Refusal(50027)
        return it

    def _reachable(self, it: Interaction) -> None:
        guild = it.channel.guild
        if it.channel.closed or (guild is not None and guild.gone):
            raise Refusal(10003)
        if it.channel.archived and it.channel.locked:
            raise Refusal(50083)

    def _message(self, asked: Asked) -> tuple[Interaction, Message]:
        it = self._hook(asked)
        message: Message | None = it.original
        if "message" in asked.ids:
            number = asked.number("message")
            message = next((one for one in (it.original, *it.further) if one is not None and one.id == number), None)
        if message is None or message.deleted or it.channel.closed:
            raise Refusal(10008)
        return it, message

    def _get(self, asked: Asked) -> Answer:
        return Answer(self._json(self._message(asked)[1]))

    def _edit(self, asked: Asked) -> Answer:
        it, message = self._message(asked)
        self._reachable(it)
        self._change(it, message, asked.payload or {}, asked.form)
        return Answer(self._json(message))

    def _delete(self, asked: Asked) -> Answer:
        posts.remove(self._world, self._message(asked)[1])
        return Answer(status=204)

    def _follow_up(self, asked: Asked) -> Answer:
        it = self._hook(asked)
        self._reachable(it)
        original = it.original
        if it.answered == DEFER and original is not None and original.loading and not original.deleted:
            # the first follow-up to a deferred answer is that answer, ephemeral or not as it was deferred
            self._change(it, original, asked.payload, asked.form)
            return Answer(self._json(original))
        if it.only_user_installed and len(it.further) >= _USER_FOLLOW_UPS:
            raise Refusal(40094)
        draft = drafts.read(asked.payload, asked.form, file_limit=self._limit(it))
        message = self._new(it, int(mapping(asked.payload, "").get("flags") or 0))
        if original is not None and original is not it.message:
            message.kind, message.reply_to = 19, original
        posts.create(self._world, message, draft, defaults=posts.PEOPLE)
        it.further.append(message)
        self._world.stir()
        return Answer(self._json(message))


def _allowed(it: Interaction) -> set[int]:
    """Which answers this kind of interaction may have."""
    if it.kind == AUTOCOMPLETE:
        return {CHOICES}
    allowed = {MESSAGE, DEFER}
    if it.kind != SUBMIT:
        allowed.add(MODAL)
    if it.message is not None and it.kind in {COMPONENT, SUBMIT}:
        allowed |= {DEFER_UPDATE, UPDATE}
    return allowed


def _choices(data: Any, it: Interaction) -> list[Json]:
    found = array(mapping(data, "data").get("choices"), "data.choices", 25)
    kind = next((option["type"] for option in _flat(it.data.get("options", [])) if option.get("focused")), 3)
    for place, entry in enumerate(found):
        where = f"data.choices.{place}"
        text(mapping(entry, where).get("name"), f"{where}.name", 1, 100)
        if kind == 3:
            text(entry.get("value"), f"{where}.value", 1, 100)
        elif isinstance(entry.get("value"), bool) or not isinstance(entry.get("value"), int | float):
            raise invalid(f"{where}.value", "The value has not the option's type.", "NUMBER_TYPE_COERCE")
    return found


def _flat(options: list[Json]) -> list[Json]:
    return [piece for option in options for piece in (option, *_flat(option.get("options", [])))]
