"""Words that may not be in a prompt: found whole, however they are spelled; in time that grows with the prompt alone.

Text and words are folded alike: case, accents, full-width and fancy letters, letters of other alphabets that look like
Latin ones, and everything that cannot be seen. A word is then looked for among whole words only, so that "ass" is not
in "class"; where a script has no spaces between words, anywhere. Digits and signs that stand for letters ("sh1t",
"a$$") and letters that stand apart ("s h i t") are read as the letters too.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Self

LONGEST = 100  # characters of a word or a phrase
_APART = 3  # so many single letters in a row are read as one word

# Letters that look like Latin ones and do not become them by normalisation, in lower case.
_ALIKE = str.maketrans(
    {
        **dict(zip("авекмнорстухѕіјһԁԛԝѵӏьґ", "abekmhopctyxsijhdqwvlbr", strict=True)),
        **dict(zip("αβεηικνορτυχωγζ", "abenikvoptuxwyz", strict=True)),
        **dict(
            zip("øđłħıŧƀɓƒɠɡɨɩʟɑɐɛǝəɔʀɢɴʜᴀʙᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢʏɪ", "odlhitbbfggiilaaeeecrgnhabcdejkmoptuvwzyi", strict=True)
        ),
        **dict(zip("օոսցհ", "onugh", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ŋ": "ng",
    }
)
# Letters in circles and squares, and those of flags: where each alphabet begins.
_BOXED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
_SIGNS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
_READINGS = tuple(str.maketrans(_SIGNS | {"1": one}) for one in "il")  # a 1 may be either
# Where words are not kept apart by spaces: Thai to Burmese, Khmer, kana, Han, Hangul.
_UNSPACED = (
    (0x0E00, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x31FF),
    (0x3400, 0x9FFF),
    (0xAC00, 0xD7FF),
    (0x20000, 0x3FFFF),
)
_ACCENTED = 0x0900  # scripts before this one may lose their marks; in those after it a mark makes another letter


class Blocklist:
    """Some words, ready to be looked for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._anywhere: dict[str, str] = {}
        self._whole: dict[tuple[str, ...], str] = {}
        for word in words:
            folded = fold(word)
            if _unspaced(folded):
                self._anywhere[_pressed(folded)] = word
            else:
                self._whole[tuple(_tokens(folded))] = word
        self._lengths = sorted({len(phrase) for phrase in self._whole})

    @classmethod
    @lru_cache(maxsize=128)
    def of(cls, words: tuple[str, ...]) -> Self:
        """The same list again costs nothing."""
        return cls(words)

    @staticmethod
    def takes(word: str) -> bool:
        """Whether it makes sense to look for this: something is left of it, and more than a single letter."""
        folded = fold(word)
        return bool(_pressed(folded)) if _unspaced(folded) else len("".join(_tokens(folded))) > 1

    def found(self, text: str) -> str | None:
        """The first of the words that is in a text, as it stands in the list; None if none is."""
        if not self._anywhere and not self._whole:
            return None
        folded = fold(text)
        if self._anywhere:
            pressed = _pressed(folded)
            for part, word in self._anywhere.items():
                if part in pressed:
                    return word
        return next(filter(None, map(self._among, _readings(folded))), None) if self._whole else None

    def _among(self, tokens: Sequence[str]) -> str | None:
        for start in range(len(tokens)):
            for length in self._lengths:
                word = self._whole.get(tuple(tokens[start : start + length]))
                if word is not None:
                    return word
        return None


def fold(text: str) -> str:
    """The same for texts that a person takes for the same."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    seen = "".join(_seen(unicodedata.normalize("NFKD", plain)))
    return unicodedata.normalize("NFC", seen.translate(_ALIKE))


def _seen(letters: str) -> Iterator[str]:
    """What can be seen of decomposed letters, without the accents that only decorate."""
    base = ""
    for letter in letters:
        if letter.isascii():
            base = letter
            if letter.isprintable() or letter.isspace():
                yield letter
            continue
        category = unicodedata.category(letter)
        if category in {"Cf", "Cc", "Co", "Cs", "Cn"} or "\ufe00" <= letter <= "\ufe0f" or letter == "\u115f":
            continue
        if category in {"Mn", "Me"}:
            if base >= chr(_ACCENTED):
                yield letter
            continue
        plain = _unboxed(letter)
        base = plain.translate(_ALIKE)  # what looks Latin loses its accents as Latin does
        yield plain


def _unboxed(letter: str) -> str:
    place = ord(letter)
    start = next((start for start in _BOXED if start <= place < start + 26), None)
    return letter if start is None else chr(ord("a") + place - start)


def _readings(folded: str) -> Iterator[list[str]]:
    """The words of a text as they are written, and as they are meant where digits and signs stand among letters."""
    plain = _tokens(folded)
    yield plain
    yield _joined(plain)
    if not any(sign in folded for sign in (*_SIGNS, "1")):
        return
    signed = _tokens(folded, "@$")
    mixed = [any(letter.isalpha() for letter in token) for token in signed]
    for reading in _READINGS:
        yield [token.translate(reading) if mix else token for token, mix in zip(signed, mixed, strict=True)]


def _tokens(text: str, more: str = "") -> list[str]:
    """The runs of letters and digits, and of what counts as letters besides."""
    spaced = "".join(letter if letter.isalnum() or letter in more or _is_mark(letter) else " " for letter in text)
    return spaced.split()


def _joined(tokens: Sequence[str]) -> list[str]:
    """Single letters in a row as one word."""
    found: list[str] = []
    for single, run in groupby(tokens, key=lambda token: len(token) == 1):
        letters = list(run)
        found += ["".join(letters)] if single and len(letters) >= _APART else letters
    return found


def _pressed(text: str) -> str:
    return "".join(_tokens(text))


def _unspaced(text: str) -> bool:
    return any(start <= ord(letter) <= end for letter in text for start, end in _UNSPACED)


def _is_mark(letter: str) -> bool:
    return not letter.isascii() and unicodedata.category(letter)[0] == "M"
