"""What is said about the pictures and the flags that came with a request: what they are, what is wrong, what to do."""

from collections.abc import Iterator, Mapping

from bot.ui.flags import Fault
from bot.ui.references import Gathered, Problem
from bot.ui.sources import Source, Whence
from bot.words import Words, sentence

_ATTACH = sentence("{picture} is not a picture · attach a PNG, JPEG or WebP")
_AGAIN = sentence("{picture} is damaged · save it again as PNG or JPEG and attach that")
_SMALLER = sentence("{picture} takes too long to read · save it smaller, as PNG or JPEG, and attach that")

# By `Problem.why`. Megabytes and megapixels are counted in millions of what `limit` counts.
PICTURES: Mapping[str, str] = {
    "empty": sentence("{picture} is an empty file · attach the picture again"),
    "not_a_picture": _ATTACH,
    "unsupported": sentence(
        "{picture} is in a format that cannot be used · save it as PNG, JPEG or WebP and attach that"
    ),
    "truncated": sentence("{picture} is incomplete · save it again and attach that"),
    "undecodable": _AGAIN,
    "decoder_died": _AGAIN,
    "too_slow": _SMALLER,
    "too_many_pixels": sentence(
        "{picture} has too many pixels · make it smaller than {limit} megapixels and attach that"
    ),
    "too_large": sentence("{picture} is a file of more than {limit} MB · save it smaller, as JPEG, and attach that"),
    "cannot_fit": sentence("{picture} cannot be made small enough · save it smaller, as JPEG, and attach that"),
    "too_small": sentence("{picture} is too small · use one of at least {limit} pixels on each side"),
    "too_few_pixels": sentence(
        "{picture} is too small to split into layers · use one of at least {limit} × {limit} pixels"
    ),
    "too_narrow": sentence(
        "{picture} is too long and thin · cut it, so that no side is more than {limit} times the other"
    ),
    "animated": sentence("{picture} is animated · attach a single picture"),
    "gone": sentence("{picture} is not there any more, or its link has expired · attach it again"),
    "foreign": sentence("{picture} is on another site, where the bot does not go · save it and attach it"),
    "slow": sentence("{picture} took too long to load · try again, or attach it once more"),
    "unreachable": sentence("{picture} could not be loaded just now · try again in a minute"),
    "consent": sentence("{picture} is not used: {user} has asked that their pictures are not used by others"),
    "disk": sentence("{picture} could not be kept by the bot just now · try again later"),
}
_MEGA: Mapping[str, int] = {"too_many_pixels": 1_000_000, "too_large": 1024 * 1024}

# By `Fault.why`, and what is allowed by `Fault.allowed`.
FLAGS: Mapping[str, str] = {
    "unknown": sentence("`{flag}` is not a flag that I know · {allowed}"),
    "no_value": sentence("`{flag}` needs a value · {allowed}"),
    "bad_value": sentence("`{flag}` cannot be `{value}` · {allowed}"),
    "switch": sentence("`{flag}` takes no value · write it alone, or leave it out"),
    "in_braces": sentence("`{flag}` and braces do not go together · write it once, behind the prompt, with one value"),
    "together": sentence("`{flag}` and `{value}` do not go together · leave one of them out"),
}
ALLOWED: Mapping[str, str] = {
    "nothing": "",
    "one_of": sentence("use {choices}"),
    "number": sentence("write a number from {least} to {most}"),
    "ratio": sentence("write a ratio such as 16:9"),
    "size": sentence("write 2K, 4K or pixels such as 2048x1024"),
}


def picture(words: Words, source: Source) -> str:
    """What a picture is called."""
    name = f"`{source.name}`"
    return words.say("the avatar of {name}", name=name) if source.whence is Whence.AVATAR else name


def problem(words: Words, found: Problem) -> str:
    """Which picture cannot be used, why, and what to do about it."""
    limit = round((found.facts.get("limit") or 0) / _MEGA.get(found.why, 1), 2)
    facts = {"limit": words.number(limit), "user": f"<@{found.facts.get('user')}>"}
    return words.say(PICTURES[found.why], picture=picture(words, found.source), **facts)


def flag(words: Words, fault: Fault) -> str:
    """What is wrong with a flag, and what would be right."""
    facts = {name: words.listed(fact, "or") if isinstance(fact, tuple) else fact for name, fact in fault.facts.items()}
    allowed = words.say(ALLOWED[fault.allowed], **facts) if ALLOWED[fault.allowed] else ""
    return words.say(FLAGS[fault.why], flag=fault.flag, value=fault.value.replace("`", "'"), allowed=allowed)


def shown(words: Words, gathered: Gathered) -> Iterator[str]:
    """One line for each picture that is used, with its number and whose it is."""
    for number, source in enumerate(gathered.shown, 1):
        line = words.say("Image {number}: {picture}", number=number, picture=picture(words, source))
        known = source.whose is not None and source.whence is not Whence.AVATAR
        yield f"{line} (<@{source.whose}>)" if known else line


def left_out(words: Words, gathered: Gathered) -> str | None:
    """That there were more pictures than the model takes, if there were."""
    if not gathered.left_out:
        return None
    if not gathered.most:
        return words.say("This model takes no pictures: those that came with the request are not used")
    return words.plural(
        "{count} more picture is not used: this model takes at most {most}",
        "{count} more pictures are not used: this model takes at most {most}",
        gathered.left_out,
        most=words.number(gathered.most),
    )


def hidden(words: Words) -> str:
    """That a replied message cannot be seen, and which way there is to it."""
    return words.say(
        "Discord does not show me the message that you replied to. If there are pictures in it: right-click that "
        "message, or hold it, then **Apps** → **{menu}**",
        menu=words.say("Edit image"),
    )
