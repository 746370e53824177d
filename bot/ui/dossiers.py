"""People for whom something is laid down: who is blocked and why, who has been granted what."""

from collections.abc import Mapping, Sequence

from bot.studio.limits import Period
from bot.studio.members import Block, Member
from bot.studio.rules import Grant
from bot.ui.cards import LONGEST, code
from bot.words import Words, sentence

PER_PAGE = 8
_PERIODS: Mapping[Period | None, str] = {
    Period.HOUR: sentence("{amount} per hour"),
    Period.DAY: sentence("{amount} per day"),
    Period.MONTH: sentence("{amount} per month"),
    None: sentence("{amount} per hour, day and month each"),
}


def members(words: Words, found: Sequence[Member], number: int, of: int) -> str:
    """A page of them."""
    if not found:
        return words.say("Nobody is blocked, and nothing is granted to anybody")
    head = words.say("Blocked people and grants: page {number} of {of}", number=number, of=of)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return "\n".join([f"**{head}**", *(member(words, each) for each in shown)])[:LONGEST]


def member(words: Words, it: Member) -> str:
    """One person in a line."""
    parts = [block(words, it.block)] if it.block else []
    return " · ".join((f"<@{it.user}>", *parts, *(f"➕ {grant(words, each)}" for each in it.grants)))


def block(words: Words, it: Block) -> str:
    """By whom, until when, why."""
    moderator = f"<@{it.by}>"
    if it.until is None:
        said = words.say("⛔ blocked by {moderator}", moderator=moderator)
    else:
        said = words.say("⛔ blocked by {moderator}, until {when}", moderator=moderator, when=words.time(it.until, "f"))
    return words.say("{what}: {reason}", what=said, reason=code(it.reason, 80)) if it.reason else said


def grant(words: Words, it: Grant) -> str:
    """How much, in which time, until when."""
    images = words.plural("{count} picture", "{count} pictures", it.images) if it.images else ""
    amount = words.listed(filter(None, (images, words.money(it.cost) if it.cost else "")))
    said = words.say(_PERIODS[it.period], amount=amount)
    if it.until is None:
        return said
    return words.say("{what}, until {when}", what=said, when=words.time(it.until, "f"))
