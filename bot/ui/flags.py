"""Reads what people write to the bot in a message: the prompt, and flags such as `--ar 16:9 --size 4K --private`.

Every flag that is known counts, wherever it stands, unless it stands in quotes. What is not understood is told, and
stays in the prompt: not a word gets lost.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.seedream.sizes import parse, parse_ratio, preset_pixels
from bot.seedream.tables import plain
from bot.store.documents import clean
from bot.ui.permutations import spans

LARGEST_SEED = 2**31 - 1
# A flag begins a word. Phones make one long dash of two, so that counts as well where the flag is known.
_FLAG = re.compile(
    r"(?<!\S)(?:(?P<quoted>\"[^\"]*\"(?!\w)|“[^”]*”)|(?P<dash>--|—)(?P<name>[^\W\d_]+(?:[-_][^\W\d_]+)*)(?=[\s=\d,}]|\Z))"
)
_VALUE = re.compile(r"=?\s*(?:\"(?P<plain>[^\"]*)\"(?!\S)|“(?P<curly>[^”]*)”(?!\S)|(?P<word>(?!--)[^\s=]\S*))")
_WORDS = re.compile(r"=?\s*(?P<word>[^\s=\"“]\S*(?:[ \t]+(?!--)\S+){0,3})")  # as many as a model's name may have


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a flag, as it was written, and what is allowed: keys of sentences in `remarks`, and facts."""

    why: str
    flag: str
    value: str = ""
    allowed: str = "nothing"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says: the prompt, what flags ask for, and what is wrong with them.

    `values` has only what was asked for, by the names of /imagine's options: ratio, size, variations, model, images (of
    a story), format, seed, guidance, visibility, transparent, web_search. `taken` is what was taken out of the text.
    """

    prompt: str
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Flag:
    """One flag: the option that it sets, how its value is read (None: it is none), what is allowed, in which bounds."""

    option: str
    read: Callable[[str], Any]
    allowed: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Switch:
    """A flag without a value: the option that it sets, and to what."""

    option: str
    value: Any


def _whole(option: str, least: int, most: int) -> _Flag:
    def read(text: str) -> int | None:
        return int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) and least <= int(text) <= most else None

    return _Flag(option, read, "number", {"least": least, "most": most})


def _ratio(text: str) -> str | None:
    return text.replace("/", ":") if parse_ratio(text) else None


def _size(text: str) -> str | None:
    return text.upper() if preset_pixels(text) else text.lower().replace("×", "x") if parse(text) else None


def _guidance(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) and 1 <= float(text) <= 10 else None


def _format(text: str) -> str | None:
    return {"png": "png", "jpeg": "jpeg", "jpg": "jpeg"}.get(text.lower())


_KNOWN: Mapping[str, _Flag | _Switch] = {
    "ar": _Flag("ratio", _ratio, "ratio"),
    "size": _Flag("size", _size, "size"),
    "n": _whole("variations", 1, 4),
    "model": _Flag("model", str, "one_of"),
    "story": _whole("images", 2, 15),
    "format": _Flag("format", _format, "one_of", {"choices": ("`png`", "`jpeg`")}),
    "seed": _whole("seed", -1, LARGEST_SEED),
    "guidance": _Flag("guidance", _guidance, "number", {"least": 1, "most": 10}),
    "private": _Switch("visibility", "private"),
    "spoiler": _Switch("visibility", "spoiler"),
    "transparent": _Switch("transparent", True),
    "web": _Switch("web_search", True),
}
_ALSO: Mapping[str, str] = {"ratio": "ar", "variations": "n", "web-search": "web", "web_search": "web"}
_ALL = tuple(f"`--{name}`" for name in _KNOWN)


def listen(text: str, me: int, catalogue: Catalogue | None = None) -> Said:
    """What a message says to the bot whose user id is `me`. With a catalogue, names of models may have several words,
    and those that nobody knows are a fault."""
    text = clean(text)
    mentions = [found.span() for found in re.finditer(rf"<@!?{me}>", text)]
    reading = _Reading(_without(text, mentions), catalogue)
    reading.read()
    return Said(
        _without(reading.text, reading.spans).strip(),
        reading.values,
        tuple(reading.settle()),
        tuple([text[slice(*span)] for span in mentions] + [reading.text[slice(*span)] for span in reading.spans]),
    )


class _Reading:
    """One text as it is read from its beginning to its end."""

    def __init__(self, text: str, catalogue: Catalogue | None) -> None:
        self.text = text
        self.values: dict[str, Any] = {}
        self.spans: list[tuple[int, int]] = []  # of what was understood
        self._catalogue = catalogue
        self._spelled: dict[str, str] = {}  # by option
        self._doubts: list[tuple[re.Match[str], Fault]] = []  # flags that were not understood, in order
        self._clashes: list[Fault] = []
        self._groups = spans(text)

    def read(self) -> None:
        at = 0
        while found := _FLAG.search(self.text, at):
            at = found.end()
            if found["quoted"]:
                continue
            within = any(start < found.start() < end for start, end in self._groups)
            if self.text[at : at + 1] in {",", "}"} and not within:  # there it is the end of a word like any other
                continue
            name = found["name"].lower()
            flag = _KNOWN.get(_ALSO.get(name, name))
            if flag is None:
                if found["dash"] == "--":
                    self._doubts.append((found, Fault("unknown", found[0], "", "one_of", {"choices": _ALL})))
                continue
            if within:
                self._doubts.append((found, Fault("in_braces", found[0])))
                continue
            end = self._switch(found, flag) if isinstance(flag, _Switch) else self._flag(found, flag)
            if end is not None:
                self.spans.append((found.start(), end))
                at = end
        if "variations" in self.values and "images" in self.values:
            self._clashes.append(Fault("together", self._spelled["variations"], self._spelled["images"]))

    def settle(self) -> Iterator[Fault]:
        """What is wrong. A flag that nobody knows counts as one only at the end, with one word behind it at most."""
        rest = list(self.text)
        for start, end in self.spans:
            rest[start:end] = " " * (end - start)
        end, told = len(rest), list(self._clashes)
        for found, fault in reversed(self._doubts):
            behind = len("".join(rest[found.end() : end]).split())
            if fault.why != "unknown" or behind <= 1:
                told.insert(0, fault)
                end = found.start()
        yield from told

    def _switch(self, found: re.Match[str], flag: _Switch) -> int | None:
        if self.text.startswith("=", found.end()):
            self._doubts.append((found, Fault("switch", found[0])))
            return None
        self._set(flag.option, flag.value, found[0])
        return found.end()

    def _flag(self, found: re.Match[str], flag: _Flag) -> int | None:
        for given, end in self._given(found.end(), flag):
            value = self._known_model(given) if flag.option == "model" else flag.read(given)
            if value is not None:
                self._set(flag.option, value, self.text[found.start() : end])
                return end
        single = _VALUE.match(self.text, found.end())
        value = _content(single)[:40] if single else ""
        if single and any(start == single.start("word") for start, _ in self._groups):
            self._doubts.append((found, Fault("in_braces", found[0])))
            return None
        facts = flag.facts or self._models()
        self._doubts.append((found, Fault("bad_value" if value else "no_value", found[0], value, flag.allowed, facts)))
        return None

    def _given(self, at: int, flag: _Flag) -> Iterator[tuple[str, int]]:
        """What the value may be, and where it ends: the longest first."""
        words = _WORDS.match(self.text, at) if flag.option == "model" and self._catalogue else None
        if words:
            for space in reversed([*re.finditer(r"(?<=\S)(?=\s|\Z)", words["word"])][1:]):
                yield words["word"][: space.start()], words.start("word") + space.start()
        single = _VALUE.match(self.text, at)
        if single and (value := _content(single)):
            yield value, single.end()
            short = value.rstrip(",.;")
            if short and single["word"]:
                yield short, single.end()

    def _known_model(self, name: str) -> str | None:
        if self._catalogue is None:
            return name
        exact = {plain(known) for model in self._catalogue.models.values() for known in model.names}
        if plain(name) in exact or (" " not in name and (name.startswith("ep-") or self._catalogue.resolve(name))):
            return name
        return None

    def _models(self) -> Mapping[str, Any]:
        """What every model is called for short."""
        known = self._catalogue.models.items() if self._catalogue else ()
        return {"choices": tuple(f"`{next(iter(model.aliases), key)}`" for key, model in known)}

    def _set(self, option: str, value: Any, spelled: str) -> None:
        if self.values.get(option, value) != value:
            self._clashes.append(Fault("together", self._spelled[option], spelled))
        self.values[option] = value
        self._spelled[option] = spelled


def _content(value: re.Match[str]) -> str:
    return (value["plain"] or value["curly"] or value["word"] or "").strip()


def _without(text: str, spans: Collection[tuple[int, int]]) -> str:
    """The text without some of its parts, and without the spaces that would stand double where they stood."""
    left, at = "", 0
    for start, end in (*spans, (len(text), len(text))):
        part = text[at:start]
        if at and (not left or left[-1].isspace()):
            part = part.lstrip(" \t") if left else part.lstrip()
        elif at and part and not part[0].isspace():
            part = f" {part}"
        left, at = left + part, end
    return left
