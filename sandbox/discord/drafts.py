"""What an app wants a message to be, judged by Discord's limits before anything is changed."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord import components
from sandbox.discord.fields import array, mapping, number, snowflake, text
from sandbox.discord.forms import Form, Part
from sandbox.discord.model import COMPONENTS_V2, EPHEMERAL, SILENT, SUPPRESS_EMBEDS, Json, Message, everything
from sandbox.discord.refusals import Refusal, invalid

MOST_FILES, MOST_ALT = 10, 1024
_EMBED_TEXTS = {"title": 256, "description": 4096}
_FLAGS = EPHEMERAL | SUPPRESS_EMBEDS | SILENT | COMPONENTS_V2


@dataclass(slots=True)
class Draft:
    """A message to be. What is None was not given, and stays as it is when a message is edited."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    kept: list[Json] | None = None
    files: list[tuple[Part, Json]] = field(default_factory=list)
    flags: int | None = None
    mentions: Json | None = None
    reference: Json | None = None
    nonce: str | int | None = None
    enforce: bool = False


def read(payload: Any, form: Form, *, file_limit: int, before: Message | None = None) -> Draft:
    """The draft that a request holds; `before` is the message that is to be edited. Raises what Discord would say."""
    given = mapping(payload, "")
    draft = Draft(flags=_flags(given, before))
    layout = bool((draft.flags or 0) & COMPONENTS_V2) or bool(before and before.flags & COMPONENTS_V2)
    if "content" in given:
        content = given["content"]
        draft.content = "" if content is None else text(str(content).strip(), "content", 0, 2000)
    if given.get("embed") is not None:
        raise invalid("embed", "embed is deprecated, use embeds", "BASE_TYPE_DEPRECATED")
    if "embeds" in given:
        draft.embeds = [_embed(one, f"embeds.{at}") for at, one in enumerate(array(given["embeds"], "embeds", 10))]
        if sum(_length(embed) for embed in draft.embeds) > 6000:
            raise invalid("embeds", "Embed size exceeds maximum size of 6000", "MAX_EMBED_SIZE_EXCEEDED")
    if "components" in given:
        draft.components = components.message(given["components"], layout=layout)
    if layout:
        _no_legacy(draft, before, given)
    draft.mentions = _mentions(given.get("allowed_mentions"))
    if given.get("message_reference") is not None:
        draft.reference = mapping(given["message_reference"], "message_reference")
    draft.nonce, draft.enforce = _nonce(given)
    _files(draft, given, form, file_limit)
    _references(draft, before)
    return draft


def _flags(given: Json, before: Message | None) -> int | None:
    if given.get("flags") is None:
        return None
    flags = number(given["flags"], "flags", 0, (1 << 63) - 1)
    if before is not None and before.flags & COMPONENTS_V2:
        flags |= COMPONENTS_V2  # it cannot be taken back
    return flags & _FLAGS


def _no_legacy(draft: Draft, before: Message | None, given: Json) -> None:
    """Components V2 stand alone; what an edited message had before has to be taken back in the same request."""
    kind = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    said = "The '{}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
    content = draft.content if draft.content is not None else (before.content if before else "")
    embeds = draft.embeds if draft.embeds is not None else (before.embeds if before else [])
    if content:
        raise invalid("content", said.format("content"), kind)
    if embeds:
        raise invalid("embeds", said.format("embeds"), kind)
    for name in ("poll", "sticker_ids"):
        if given.get(name):
            raise invalid(name, said.format(name), kind)


def _embed(given: Any, where: str) -> Json:
    embed = mapping(given, where)
    for name, most in _EMBED_TEXTS.items():
        if embed.get(name) is not None:
            text(embed[name], f"{where}.{name}", 0, most)
    for at, entry in enumerate(array(embed.get("fields"), f"{where}.fields", 25)):
        text(mapping(entry, where).get("name"), f"{where}.fields.{at}.name", 1, 256)
        text(entry.get("value"), f"{where}.fields.{at}.value", 1, 1024)
    if embed.get("footer"):
        text(mapping(embed["footer"], where).get("text"), f"{where}.footer.text", 0, 2048)
    if embed.get("author"):
        text(mapping(embed["author"], where).get("name"), f"{where}.author.name", 1, 256)
    for name in ("image", "thumbnail"):
        url = mapping(embed.get(name) or {}, f"{where}.{name}").get("url")
        if url is not None and not str(url).startswith(("http://", "https://", "attachment://")):
            raise invalid(f"{where}.{name}.url", "Scheme must be one of http, https.", "URL_TYPE_INVALID_SCHEME")
        if url and re.search(r"^attachment://.*\.(?!jpe?g$|png$|webp$|gif$)[^.]*$", str(url), re.IGNORECASE):
            raise invalid(f"{where}.{name}.url", "Only pictures can be shown in an embed.", "URL_TYPE_INVALID_URL")
    return {"type": "rich"} | {name: value for name, value in embed.items() if value is not None}


def _length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts.append((embed.get("author") or {}).get("name"))
    texts += [part for entry in embed.get("fields") or [] for part in (entry["name"], entry["value"])]
    return sum(len(part) for part in texts if part)


def _mentions(given: Any) -> Json | None:
    if given is None:
        return None
    allowed = mapping(given, "allowed_mentions")
    parse = array(allowed.get("parse"), "allowed_mentions.parse", 3)
    for at, name in enumerate(parse):
        if name not in ("users", "roles", "everyone"):
            raise invalid(f"allowed_mentions.parse.{at}", "Not a valid choice.", "BASE_TYPE_CHOICES")
    for name in ("users", "roles"):
        listed = array(allowed.get(name), f"allowed_mentions.{name}", 100)
        if listed and name in parse:
            said = f"parse:[{name!r}] and {name}: [ids...] are mutually exclusive."
            raise invalid("allowed_mentions", said, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE")
    return allowed


def _nonce(given: Json) -> tuple[str | int | None, bool]:
    nonce = given.get("nonce")
    if nonce is None:
        return None, False
    if isinstance(nonce, bool) or not isinstance(nonce, int | str):
        raise invalid("nonce", "Must be a string or an integer.", "NONCE_TYPE_INVALID")
    if len(str(nonce)) > 25:
        raise invalid("nonce", "Must be 25 or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    return nonce, given.get("enforce_nonce") is True


def _files(draft: Draft, given: Json, form: Form, limit: int) -> None:
    """Every file belongs to an entry of `attachments`, where that is given, and every new entry has its file."""
    parts = {_place(part): part for part in form.files}
    if len(parts) != len(form.files):
        raise invalid("files", "Two files have the same name.", "FORM_FILE_DUPLICATED")
    if len(parts) > MOST_FILES:
        raise invalid("attachments", f"Must be {MOST_FILES} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
    if any(len(part.data) > limit for part in parts.values()):
        raise Refusal(40005)
    if "attachments" not in given:
        draft.files = [(part, {}) for part in parts.values()]
        return
    draft.kept = []
    entries = array(given["attachments"], "attachments", MOST_FILES)
    for at, entry in enumerate(entries):
        number_ = snowflake(mapping(entry, f"attachments.{at}").get("id"), f"attachments.{at}.id")
        if entry.get("description") is not None:
            text(entry["description"], f"attachments.{at}.description", 0, MOST_ALT)
        if number_ in parts:
            draft.files.append((_named(parts.pop(number_), entry, at), entry))
        else:
            draft.kept.append(entry)
    if parts:
        raise invalid("attachments", f"There is no entry for the file {min(parts)}.", "FORM_FILE_UNLISTED")
    if len({str(entry["id"]) for entry in entries}) != len(entries):
        raise invalid("attachments", "The same id is there twice.", "ATTACHMENT_ID_DUPLICATED")


def _place(part: Part) -> int:
    found = re.fullmatch(r"files\[(\d{1,19})\]", part.name)
    if found is None:
        raise invalid("files", f"A part is called {part.name}.", "FORM_FILE_NAME_INVALID")
    return int(found[1])


def _named(part: Part, entry: Json, at: int) -> Part:
    if not part.data:
        raise invalid(f"attachments.{at}", "File cannot be empty", "ATTACHMENT_EMPTY")
    name = entry.get("filename") or part.filename
    if not name:
        raise invalid(f"attachments.{at}.filename", "This field is required", "BASE_TYPE_REQUIRED")
    return Part(part.name, name, part.content_type, part.data, part.size)


def _references(draft: Draft, before: Message | None) -> None:
    """attachment:// leads to a file of this message."""
    names = {part.filename for part, _ in draft.files}
    if before is not None:
        kept = None if draft.kept is None else {int(entry["id"]) for entry in draft.kept}
        names |= {file.filename for file in before.attachments if kept is None or file.id in kept}
    for place in components.media(everything(draft.components or [])):
        name = place["url"].removeprefix("attachment://")
        if name != place["url"] and name not in names:
            said = "The referenced attachment was not found."
            raise invalid("components", f"{said} {name}", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND")
