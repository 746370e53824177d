"""What `{red, green}` in a prompt stands for: a prompt for each of the options in braces, with commas between them.

Several groups make every combination, and a group in an option makes more options of it. An option may be empty: then
spaces and commas around it do not stand double. The same prompt twice is one. Braces without a comma stay as they are,
and so does an object of JSON, with which some people describe pictures. A backslash makes a brace, or a comma in
braces, a letter like any other; two of them are a backslash there.
"""

import json
import re
from dataclasses import dataclass, field

COUNTED = 10**6  # prompts; there is no need to know how many more there would be
_TOKEN = re.compile(r"(?P<back>\\*)(?P<sign>[{},])|[^\\{},]+|\\+")
_BRACE = re.compile(r"(\\*)([{}])")
_JSON = json.JSONDecoder()
_NOTHING = "\0"  # where an empty option stands, until the spaces around it are looked at
# With an empty option go the spaces before it, and a comma that would stand beside another sign, or beside nothing.
_GAP = re.compile(
    rf"\A\s*{_NOTHING}+\s*[,;]?|(?:[ \t]*[,;])?[ \t]*{_NOTHING}+(?=[,.;:!?)]|\s*\Z)|[ \t]*{_NOTHING}+(?=\s)|{_NOTHING}"
)


@dataclass(frozen=True, slots=True)
class Permutation:
    """One of the prompts, and the options in it by which it differs from the others."""

    prompt: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Permutations:
    """What a prompt stands for: how many prompts (COUNTED: that many or more), and those in their order; of more than
    were asked for only some."""

    count: int
    each: tuple[Permutation, ...]


def permutations(prompt: str, most: int) -> Permutations:
    """The prompts that a prompt stands for, which is one at least; `most` of them have to be told."""
    tokens = _tokens(prompt.replace(_NOTHING, "�"))
    groups = _groups(tokens)
    if not groups:
        return Permutations(1, (Permutation("".join(token.text for token in tokens)),))
    return _Reading(most + 1).read(tokens, groups)


def literally(text: str) -> str:
    """A prompt that stands for this text and nothing else: the text itself, if it does."""
    if permutations(text, 1) == Permutations(1, (Permutation(text),)):
        return text
    return _BRACE.sub(lambda found: found[1] * 2 + "\\" + found[2], text)


def spans(prompt: str) -> list[tuple[int, int]]:
    """Where there are groups in a prompt, from brace to brace."""
    tokens = _tokens(prompt)
    return [(tokens[first].at, tokens[last].at + 1) for first, last in _groups(tokens).items()]


@dataclass(slots=True)
class _Token:
    """A piece of a prompt as it will be read, the place of its last letter, and the sign that it acts as, if any."""

    text: str
    at: int
    sign: str = ""
    home: int | None = None  # of a comma: the brace that it is directly in, if that one is closed


@dataclass(slots=True)
class _Frame:
    """A group that is being read: its options so far, and what the present one may be."""

    options: list[str] = field(default_factory=list)
    total: int = 0
    now: list[Permutation] = field(default_factory=lambda: [Permutation("")])
    count: int = 1

    def close(self, most: int) -> None:
        """The present option is over."""
        found = (_tidy(way.prompt) for way in self.now)
        self.options = list(dict.fromkeys((*self.options, *found)))[:most]
        self.total = min(COUNTED, self.total + self.count)
        self.now, self.count = [Permutation("")], 1


class _Reading:
    """Reads a prompt from its beginning to its end, with no more than so many prompts in mind."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._frames = [_Frame()]

    def read(self, tokens: list[_Token], groups: dict[int, int]) -> Permutations:
        """Everything that it stands for."""
        ends = {*groups.values()}
        for place, token in enumerate(tokens):
            if place in groups:
                self._write(token.text[:-1])
                self._frames.append(_Frame())
            elif place in ends:
                self._write(token.text[:-1])  # backslashes
                self._end()
            elif token.sign == "," and token.home in groups:
                self._write(token.text[:-1])
                self._frames[-1].close(self._most)
            else:
                self._write(token.text)
        [whole] = self._frames
        found: dict[str, Permutation] = {}
        for way in whole.now:
            text = _tidy(way.prompt)
            found.setdefault(text, Permutation(text, way.options))
        each = tuple(found.values())
        return Permutations(len(each) if whole.count < self._most else whole.count, each)

    def _write(self, text: str) -> None:
        frame = self._frames[-1]
        frame.now = [Permutation(way.prompt + text, way.options) for way in frame.now]

    def _end(self) -> None:
        group = self._frames.pop()
        group.close(self._most)
        outside = self._frames[-1]
        known = len(group.options) < self._most  # all of them, each once
        outside.count = min(COUNTED, outside.count * (len(group.options) if known else group.total))
        outermost = len(self._frames) == 1
        outside.now = [
            Permutation(way.prompt + (option or _NOTHING), (*way.options, *([option] if outermost else ())))
            for way in outside.now
            for option in group.options
        ][: self._most]


def _tokens(prompt: str) -> list[_Token]:
    """Its pieces; with an even number of backslashes before it a sign acts, with an odd number it is a letter."""
    found: list[_Token] = []
    homes: list[int] = []
    commas: dict[int, list[_Token]] = {}  # by the brace that they are directly in
    end = 0
    for match in _TOKEN.finditer(prompt):
        if match.start() < end:  # of an object of JSON
            continue
        back, sign = match["back"], match["sign"]
        token = _Token(match[0], match.end() - 1)
        found.append(token)
        if sign == "{" and len(back) % 2 == 0 and (end := _end_of_json(prompt, token.at)):
            token.text += prompt[match.end() : end]
            continue
        if sign is None:
            continue
        token.sign = sign if len(back) % 2 == 0 else ""
        if sign == ",":
            if homes:
                commas.setdefault(homes[-1], []).append(token)
            continue
        token.text = _unescaped(token.text)
        if token.sign == "{":
            homes.append(len(found) - 1)
        elif token.sign == "}" and homes:
            home = homes.pop()
            for comma in commas.pop(home, ()):  # elsewhere a backslash before a comma means nothing
                comma.text, comma.home = _unescaped(comma.text), home
    return found


def _unescaped(text: str) -> str:
    """A sign with half as many backslashes before it."""
    return "\\" * ((len(text) - 1) // 2) + text[-1]


def _groups(tokens: list[_Token]) -> dict[int, int]:
    """Braces with a comma between them: the place of the last by that of the first."""
    homes, found = list[int](), dict[int, int]()
    parted = {token.home for token in tokens if token.sign == "," and token.home is not None}
    for place, token in enumerate(tokens):
        if token.sign == "{":
            homes.append(place)
        elif token.sign == "}" and homes and (first := homes.pop()) in parted:
            found[first] = place
    return found


def _tidy(text: str) -> str:
    return _GAP.sub("", text).strip()


def _end_of_json(text: str, at: int) -> int:
    """Where the object of JSON ends that begins there; 0 if there is none."""
    try:
        return _JSON.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return 0
