"""How the bot says something in a person's language: sentences from gettext catalogues, numbers and money by Babel."""

from bot.words.locales import LANGUAGES, language_of
from bot.words.pseudo import PSEUDO
from bot.words.speech import Words, sentence, word

__all__ = ["LANGUAGES", "PSEUDO", "Words", "language_of", "sentence", "word"]
