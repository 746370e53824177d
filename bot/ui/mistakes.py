"""What is said of a setting that makes no sense: which one, what is wrong with it, what would be right."""

from bot.studio.checks import BadPreference
from bot.words import Words


def mistaken(error: BadPreference, locale: str) -> str:
    """The mistake in a person's language; the names of settings are shown as they are."""
    words = Words(locale)
    facts = {name: _tidy(fact) for name, fact in error.facts.items()}
    return " · ".join((f"`{_tidy(error.field)}` {words.say(error.says, **facts)}", words.say(error.advises, **facts)))


def _tidy(fact: object) -> object:
    """What somebody has written does nothing where it is shown."""
    return fact.replace("`", "ˋ").replace("@", "@\u200b") if isinstance(fact, str) else fact
