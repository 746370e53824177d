"""What is said of a setting that makes no sense: which one, what is wrong with it, what would be right."""

from bot.studio.checks import BadPreference
from bot.words import Words


def mistaken(error: BadPreference, locale: str) -> str:
    """The mistake in a person's language; the names of settings are shown as they are."""
    what, fix = explained(Words(locale), error)
    return f"`{_tidy(error.field)}` {what} · {fix}"


def explained(words: Words, error: BadPreference) -> tuple[str, str]:
    """What is wrong with it, and what would be right."""
    facts = {name: _fact(words, fact) for name, fact in error.facts.items()}
    return words.say(error.says, **facts), words.say(error.advises, **facts)


def _fact(words: Words, fact: object) -> object:
    if isinstance(fact, tuple):
        return words.listed((_tidy(str(choice)) for choice in fact), "or")
    return _tidy(fact) if isinstance(fact, str) else fact


def _tidy(text: str) -> str:
    """What somebody has written does nothing where it is shown."""
    return text.replace("`", "ˋ").replace("@", "@\u200b")
