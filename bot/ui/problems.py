"""What a model cannot do, as the client library says it in English, put into people's words.

The rules of `seedream` are whole English sentences with figures in them. Each is known here as a sentence with places,
found again by its form; one that is not known is shown as it is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from typing import Any

from bot.seedream.check import OMIT
from bot.words import Words, sentence, word

_LONGEST = 1000
_PLACE = re.compile(r"\{(\w+)\}")
_PICTURE = re.compile(r"references\[(\d+)\]")

# The fields of a request, as the options of commands are called.
OPTIONS: Mapping[str, str] = {
    "model": word("model"),
    "prompt": word("prompt"),
    "references": word("image"),
    "max_images": word("images"),
    "size": word("size"),
    "ratio": word("ratio"),
    "output_format": word("format"),
    "background": word("transparent"),
    "seed": word("seed"),
    "guidance_scale": word("guidance"),
    "web_search": word("web_search"),
    "layers": word("layers"),
}

# `choices` is "a, b or c"; `rule` is one of these sentences again. What is more special stands first.
RULES: Sequence[str] = (
    sentence("say what to draw"),
    sentence("say which elements to separate"),
    sentence("it is at the largest size already"),
    sentence("at least one picture"),
    sentence("the result keeps the shape of the reference picture"),
    sentence("it cannot be combined with layers"),
    sentence("jpeg holds no transparency"),
    sentence("a link that begins with https://"),
    sentence("neither a link that begins with http:// or https:// nor an inline picture like data:image/png;base64,…"),
    sentence("no reference pictures"),
    sentence("exactly one reference picture"),
    sentence("at most one reference picture"),
    sentence("at most {most} reference pictures"),
    sentence("allowed for layers: {rule} · given: {count}"),
    sentence("with {model} transparent needs exactly one reference picture, a PNG"),
    sentence("layers are drawn at {choices}, not at other sizes"),
    sentence("references and pictures together are at most {most}, not {references} + {wanted}"),
    sentence('"{given}" is a ratio, not a size: give it as ratio'),
    sentence('"{given}" is not a ratio like 16:9'),
    sentence("the size {size} fixes another shape"),
    sentence("{size} has {pixels} pixels, {model} takes {low} to {high}"),
    sentence("{size} has {pixels} pixels, {low} to {high} are taken"),
    sentence("{size} is too long: {model} takes shapes from {low} to {high}"),
    sentence("{size} is too long: shapes from {low} to {high} are taken"),
    sentence("{size}: each side is longer than {least} pixels"),
    sentence("{length} bytes are too many, at most {most}"),
    sentence("{format} is not taken, only {choices}"),
    sentence("{model} draws one picture at a time"),
    sentence("{model} has no choice of background"),
    sentence("{model} does not take pictures apart"),
    sentence("{model} does not search the web"),
    sentence("{model} does not stream"),
    sentence("{model} has no modes"),
    sentence("{model} always gives {format}"),
    sentence("{model} gives {choices}"),
    sentence("{provider} does not document {field}"),
    sentence("{provider} does not call back"),
    sentence("{provider} does not offer {model}"),
    sentence("{model} takes no pixels, only {choices}"),
    sentence("{model} takes no {field}"),
    sentence("1 to {most} pictures, not {wanted}"),
    sentence("allowed with {model}: {rule} · given: {count}"),
    sentence('{model} takes {choices}, not "{given}"'),
    sentence("{model} takes {choices}"),
    sentence("{low} to {most} reference pictures"),
    sentence("{low} to {high}, not {given}"),
    sentence('{choices}, not "{given}"'),
)
_LARGE = re.compile(r"\d{1,3}(,\d{3})+")  # a number as the library writes it
_SUCH_PIXELS = sentence("pixels like 2048x1024")

# What a place can hold, where anything would be too much.
_FORMS: Mapping[str, str] = {
    "count": r"\d+",
    "rule": r"(?:no|exactly|at most|\d+ to) .*reference pictures?",
    "choices": r"[^\"]+?",
    "low": r"[-\d.,:]+",
    "high": r"[-\d.,:]+",
}


def problems(words: Words, found: Iterable[Any], *, helpful: bool = False) -> str:
    """What is wrong with a request, in one line; `helpful` also says what would be right.

    Each is a field, a rule, and perhaps the nearest right value: a `Problem`, or how one is written down.
    """
    said = [_problem(words, *_parts(each), helpful=helpful) for each in found]
    if not said:
        return words.say("an option does not suit it")
    return reduce(lambda line, each: words.say("{problem}; {another}", problem=line, another=each), said)[:_LONGEST]


def rule(words: Words, told: str) -> str:
    """One rule of the library in people's words."""
    known, facts = read(told)
    return words.say(known, **{name: _fact(words, name, value) for name, value in facts.items()}) if known else told


def read(told: str) -> tuple[str | None, Mapping[str, str]]:
    """The sentence that a rule of the library is, and what stands in its places; (None, {}) for an unknown one."""
    for known in RULES:
        if matched := _form(known).fullmatch(told):
            return known, matched.groupdict()
    return None, {}


def _parts(problem: Any) -> tuple[str, str, str | None]:
    if isinstance(problem, list | tuple):
        field, told, *nearest = problem
        return str(field), str(told), nearest[0] if nearest else None
    return problem.field, problem.rule, problem.nearest


def _problem(words: Words, field: str, told: str, nearest: str | None, *, helpful: bool) -> str:
    picture = _PICTURE.fullmatch(field)
    option = OPTIONS.get("references" if picture else field, field)
    name = words.name(f"{option}{int(picture[1]) + 1}" if picture else option)
    said = words.say("{option}: {rule}", option=name, rule=rule(words, told))
    if not helpful or nearest is None:
        return said
    if nearest == OMIT:
        return words.say("{problem} (leave it out)", problem=said)
    return words.say("{problem} (`{nearest}` would do)", problem=said, nearest=nearest)


def _fact(words: Words, name: str, value: str) -> str:
    if name == "rule":
        return rule(words, value)
    if name == "choices":
        return words.listed(
            [words.say(_SUCH_PIXELS) if each == _SUCH_PIXELS else each for each in re.split(r", | or ", value)], "or"
        )
    return words.number(int(value.replace(",", ""))) if _LARGE.fullmatch(value) else value


@cache
def _form(known: str) -> re.Pattern[str]:
    """A sentence with places as a pattern that finds what stands in them."""
    text, *rest = _PLACE.split(known)
    pattern = re.escape(text)
    for name, following in zip(rest[::2], rest[1::2], strict=True):
        pattern += f"(?P<{name}>{_FORMS.get(name, '.+?')}){re.escape(following)}"
    return re.compile(pattern)
