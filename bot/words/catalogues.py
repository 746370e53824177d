"""Catalogues of sentences: `locale/<language>/LC_MESSAGES/bot.po`, read as they are, each once."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HOME = Path(__file__).with_name("locale")


def path_of(language: str) -> Path:
    """Where the catalogue of a language is, or would be."""
    return HOME / language / "LC_MESSAGES" / "bot.po"


@cache
def spoken() -> tuple[str, ...]:
    """The languages that have a catalogue; English needs none."""
    return tuple(sorted(path.parent.parent.name for path in HOME.glob("*/LC_MESSAGES/bot.po")))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of a language; those of a language without a catalogue, and those missing in one, stay English."""
    path = path_of(language)
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
