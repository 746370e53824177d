"""Names and descriptions of commands in people's languages, from the same catalogues as everything that is said.

What the decorators of commands say is found by itself; what is said elsewhere is written `named("imagine")`,
`menu("Edit image")` and `described("…")`, which is how it gets into the catalogues.
"""

from collections.abc import Mapping

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation, locale_str

from bot.words import Words, language_of
from bot.words.catalogues import spoken

_NAME = "name"
# Names of menus are free texts, as people read them; the others have to be single words in small letters.
_NAMES = {
    TranslationContextLocation.command_name,
    TranslationContextLocation.group_name,
    TranslationContextLocation.parameter_name,
}


def named(name: str) -> locale_str:
    """The name of a slash command, a group or an option."""
    return locale_str(name, kind=_NAME)


def described(text: str) -> locale_str:
    """A description, or the name of a choice: at most 100 characters in every language."""
    return locale_str(text)


def menu(name: str) -> locale_str:
    """The name of a menu, as people read it: at most 32 characters in every language."""
    return locale_str(name)


class Translator(app_commands.Translator):
    """Says what discord.py asks for when commands are synced; what a language lacks stays English there."""

    def __init__(self) -> None:
        self._words: Mapping[str, Words] = {language: Words(language) for language in spoken()}

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The words for a locale of Discord's, None where they are the same as the default."""
        words = self._words.get(language_of(locale.value))
        if words is None:
            return None
        name = string.extras.get("kind") == _NAME or (
            context.location in _NAMES and not isinstance(context.data, app_commands.ContextMenu)
        )
        said = words.name(string.message) if name else words.say(string.message)
        return said if said != string.message else None
