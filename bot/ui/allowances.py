"""What somebody may still ask for, and why it is so much."""

from collections.abc import Iterator, Mapping

from bot.studio.limits import Period
from bot.studio.rules import Grant
from bot.studio.studio import Standing
from bot.ui import cards
from bot.words import Words, sentence

_EACH: Mapping[Period | None, str] = {
    Period.HOUR: sentence("per hour"),
    Period.DAY: sentence("per day"),
    Period.MONTH: sentence("per month"),
    None: sentence("in each hour, day and month"),
}


def told(words: Words, standing: Standing) -> str:
    """What is left of each limit and when it comes back; the tiers that somebody is in, and what they were granted."""
    tiers = (_tier(words, role, name) for role, name in standing.tiers.items())
    grants = (_grant(words, grant) for grant in standing.grants)
    return "\n".join([cards.usage(words, standing), *tiers, *grants])[: cards.LONGEST]


def _tier(words: Words, role: int, name: str) -> str:
    return words.say("Your tier: {tier}", tier=cards.code(name) if name else f"<@&{role}>")


def _grant(words: Words, grant: Grant) -> str:
    """It is in the figures already."""
    more, each = words.listed(_more(words, grant)), words.say(_EACH[grant.period])
    line = words.say("Extra for you: {more} {each}", more=more, each=each)
    return words.say("{line} · until {when}", line=line, when=words.time(grant.until, "f")) if grant.until else line


def _more(words: Words, grant: Grant) -> Iterator[str]:
    if grant.images:
        yield words.plural("{count} picture", "{count} pictures", grant.images)
    if grant.cost:
        yield words.money(grant.cost)
