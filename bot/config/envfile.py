"""Reads a .env file as people really write it: any encoding, and every slip named with its line and its fix."""

import codecs
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import Binding, parse_stream

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAME = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*(?P<sign>[=:]?)\s*(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Slip:
    """Something in the file that does not say what its author meant. `name` is empty when no setting can be blamed."""

    name: str
    line: int
    what: str
    fix: str


@dataclass(slots=True)
class EnvFile:
    """What a file gives: values by name, the line of each, and its slips."""

    values: dict[str, str] = field(default_factory=dict, repr=False)
    lines: dict[str, int] = field(default_factory=dict)
    errors: list[Slip] = field(default_factory=list)
    warnings: list[Slip] = field(default_factory=list)


def encoding_of(data: bytes) -> str:
    """Tell the encoding from a byte order mark, else from where the NUL bytes of Latin letters stand."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    half = max(len(data) // 2, 1)
    if data[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if data[0::2].count(0) > 0.4 * half:
        return "utf-16-be"
    return "utf-8"


def read(path: Path) -> EnvFile:
    """Read a file; a missing one gives nothing, an unreadable one an error."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return EnvFile()
    except OSError as error:
        why = f"the file {path.name} cannot be read ({error.strerror})"
        return EnvFile(errors=[Slip("", 0, why, "make it a plain file that this user may read")])
    try:
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return EnvFile(errors=[Slip("", line, "the text is not UTF-8", "save the file as UTF-8")])
    return parse(text)


def parse(text: str) -> EnvFile:
    """Take the text apart. Values stay as they are: `${NAME}` is not replaced by anything."""
    found = EnvFile()
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string.lstrip()
        blank = binding.original.string[: len(binding.original.string) - len(written)]
        line = binding.original.line + len(re.findall(r"\r\n|\n|\r", blank))
        if binding.error or "\n" in (binding.value or "").strip():
            _blame(written, line, found)
        elif binding.key is not None:
            _keep(binding, written, line, found)
    return found


def _keep(binding: Binding, written: str, line: int, found: EnvFile) -> None:
    name = binding.key or ""
    if binding.value is None:
        if ":" in name:
            _blame(written, line, found)
            return
        found.warnings.append(Slip(name, line, "has no value", f"write {name}=value, or remove the line"))
        return
    if name in found.values:
        what = f"is given twice, in lines {found.lines[name]} and {line}; the last one counts"
        found.warnings.append(Slip(name, line, what, "remove one of the two"))
    if "\0" in binding.value:
        found.errors.append(Slip(name, line, "holds a NUL character", "type the line again in a plain text editor"))
        return
    found.values[name] = binding.value
    found.lines[name] = line


def _blame(written: str, line: int, found: EnvFile) -> None:
    """Name what is wrong with text that is not NAME=value; an open quote swallows lines, and each is looked at."""
    for number, row in enumerate(written.splitlines(), start=line):
        match = _NAME.match(row)
        if match is None:
            if number == line:
                found.errors.append(Slip("", number, "is not of the form NAME=value", "correct or remove the line"))
            continue
        name, sign, rest = match["name"], match["sign"], match["rest"]
        if sign == ":":
            slip = Slip(name, number, "is written with a colon", f"write {name}=value, with an equals sign")
        elif sign == "=" and rest[:1] in {"'", '"'} and rest.count(rest[0]) % 2:
            slip = Slip(name, number, "begins with a quote that never ends", "close the quote, or leave both out")
        elif sign == "=" and number != line:
            slip = Slip(name, number, "was swallowed by an open quote above it", "close the quote above")
        else:
            slip = Slip(name, number, "is not of the form NAME=value", "correct or remove the line")
        found.errors.append(slip)
