"""The rules of uploads: files and the attachments that speak of them belong together."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from sandbox.discord.shapes import mappings, number
from sandbox.discord.traffic import Call, Part

MOST = 10
_FIELD = re.compile(r"files\[(\d)\]")
_NAME = re.compile(r"[A-Za-z0-9_.\-]+")


def upload_faults(
    call: Call, message: Mapping[str, Any], *, new: bool, refers: Set[str], all_shown: bool
) -> Iterator[str]:
    """What is wrong between the parts and the message.

    `refers` are the names that components and embeds speak of; with `all_shown` they have to speak of every file.
    """
    files = {int(matched[1]): part for part in call.files if (matched := _FIELD.fullmatch(part.name))}
    yield from _parts(call, files)
    attachments = message.get("attachments")
    listed = mappings(attachments)
    yield from _listing(listed, files, new=new)
    if attachments is not None:
        for index in sorted(files.keys() - {_id(each) for each in listed}):
            yield f"files[{index}] is not among the attachments"
    retained = any(_id(each) not in files for each in listed)
    names = {part.filename or "" for part in files.values()}
    if new or (files and not retained):
        yield from (f"attachment://{name} is not uploaded" for name in sorted(refers - names))
    if all_shown:
        yield from (f"the file {name} is invisible: no component shows it" for name in sorted(names - refers))


def _parts(call: Call, files: Mapping[int, Part]) -> Iterator[str]:
    if not call.parts:
        return
    if not any(part.name == "payload_json" for part in call.parts):
        yield "a multipart body without payload_json"
    if len(call.files) > MOST:
        yield f"{len(call.files)} files, more than {MOST}"
    for name, count in Counter(part.name for part in call.parts).items():
        if count > 1:
            yield f"two parts {name}"
    for part in call.files:
        if part not in files.values():
            yield f"a file in the part {part.name}, not in files[n]"
        if not part.size and not part.data:
            yield f"the file {part.filename} is empty"
        if not _NAME.fullmatch(part.filename or ""):
            yield f"the file name {part.filename!r} has more than letters, digits, _, - and ."


def _listing(listed: Sequence[Mapping[str, Any]], files: Mapping[int, Part], *, new: bool) -> Iterator[str]:
    for index, count in Counter(map(_id, listed)).items():
        if count > 1:
            yield f"two attachments with the id {index}"
    for attachment in listed:
        index = _id(attachment)
        part = files.get(index)
        if part is None:
            if new or index < MOST:  # a larger one is an attachment that stays
                yield f"the attachment {index} has no file"
        elif attachment.get("filename") not in (None, part.filename):
            yield f"the attachment {index} is called {attachment['filename']!r}, its file {part.filename!r}"


def _id(attachment: Mapping[str, Any]) -> int:
    return number(attachment.get("id"), -1)
