"""What is said about the pictures and flags that came with a request, in plain English for now."""

from collections.abc import Iterator, Mapping

from bot.ui.flags import Fault
from bot.ui.references import Gathered, Problem
from bot.ui.sources import Source, Whence

SAYS: Mapping[str, str] = {
    # pictures: what is wrong, and what to do
    "empty": "is an empty file · attach the picture again",
    "not_a_picture": "is not a picture · attach a PNG, JPEG or WebP",
    "unsupported": "is in a format that cannot be used · save it as PNG, JPEG or WebP and attach that",
    "truncated": "is incomplete · save it again and attach that",
    "undecodable": "is damaged · save it again as PNG or JPEG and attach that",
    "decoder_died": "cannot be read · save it again as PNG or JPEG and attach that",
    "too_slow": "takes too long to read · save it smaller, as PNG or JPEG, and attach that",
    "too_many_pixels": "has too many pixels · make it smaller than {limit:,.0f} megapixels and attach that",
    "too_large": "is a file of more than {limit:,.0f} MB · save it smaller, as JPEG, and attach that",
    "cannot_fit": "cannot be made small enough · save it smaller, as JPEG, and attach that",
    "too_small": "is too small · use a picture of at least {limit:,.0f} pixels on each side",
    "too_narrow": "is too long and thin · cut it, so that no side is more than {limit:,.0f} times the other",
    "animated": "is animated · attach a single picture",
    "gone": "is not there any more, or its link has expired · attach it again",
    "foreign": "is on another site, where the bot does not go · save the picture and attach it",
    "slow": "took too long to load · try again, or attach it once more",
    "unreachable": "could not be loaded just now · try again in a minute",
    "disk": "could not be kept by the bot just now · try again later",
    # lines around them
    "file": "`{name}`",
    "avatar": "the avatar of `{name}`",
    "number": "Image {number}: {what}",
    "of": "{line} (<@{whose}>)",
    "left_out": "{count} more not used: this model takes at most {most}",
    "takes_none": "{count} not used: this model takes no pictures",
    "hidden": (
        "Discord does not show me the message that you replied to. If there are pictures in it: "
        "right-click or hold it, then **Apps** → **Edit image**"
    ),
    # flags
    "unknown_flag": "`{flag}` is not a flag that I know · there are {allowed}",
    "no_value": "`{flag}` needs a value · {allowed}",
    "bad_value": "`{flag}` cannot be `{value}` · {allowed}",
    "no_switch": "`{flag}` takes no value · write it alone, or leave it out",
    "together": "`{flag}` and `{value}` do not go together · leave one of them out",
}
_MEGA = {"too_many_pixels": 1_000_000, "too_large": 1024 * 1024}


def picture(source: Source) -> str:
    """What a picture is called."""
    return SAYS["avatar" if source.whence is Whence.AVATAR else "file"].format(name=source.name)


def problem(found: Problem) -> str:
    """Which picture cannot be used, why, and what to do about it."""
    limit = (found.facts.get("limit") or 0) / _MEGA.get(found.why, 1)
    return f"{picture(found.source)} {SAYS[found.why].format(limit=limit)}"


def flag(fault: Fault) -> str:
    """What is wrong with a flag, and what would be right."""
    return SAYS[fault.why].format(flag=fault.flag, value=fault.value.replace("`", "'"), allowed=fault.allowed)


def shown(gathered: Gathered) -> Iterator[str]:
    """One line for each picture that is used, with its number and whose it is."""
    for number, source in enumerate(gathered.shown, 1):
        line = SAYS["number"].format(number=number, what=picture(source))
        whose = source.whose if source.whence is not Whence.AVATAR else None
        yield SAYS["of"].format(line=line, whose=whose) if whose else line


def left_out(gathered: Gathered) -> str | None:
    """That there were more pictures than the model takes, if there were."""
    if not gathered.left_out:
        return None
    return SAYS["left_out" if gathered.most else "takes_none"].format(count=gathered.left_out, most=gathered.most)


def hidden() -> str:
    """That a replied message cannot be seen, and which way there is to it."""
    return SAYS["hidden"]
