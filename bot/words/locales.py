"""The languages that we mean to speak, and which of them a person who uses Discord in another one reads best."""

from collections.abc import Mapping

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh-CN", "ja", "ko", "es-ES", "pt-BR", "nl", "de", "fr")

# Discord's locales for which the language alone does not say it.
_NEAREST: Mapping[str, str] = {"zh": "zh-CN", "es": "es-ES", "pt": "pt-BR"}


def language_of(locale: str) -> str:
    """Our language for a locale of Discord's ("en-GB", "zh-TW", "es-419"); English for those that we do not speak."""
    if locale in LANGUAGES:
        return locale
    language = locale.partition("-")[0]
    nearest = _NEAREST.get(language, language)
    return nearest if nearest in LANGUAGES else ENGLISH
