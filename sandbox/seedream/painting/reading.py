"""Reads a prompt as far as a painter needs it: when, where, who, in which colours and which manner."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sandbox.seedream.painting.animals import ANIMALS
from sandbox.seedream.painting.buildings import BUILDINGS
from sandbox.seedream.painting.colours import CHINESE, NAMED
from sandbox.seedream.painting.figures import Figure
from sandbox.seedream.painting.things import THINGS

FIGURES: Mapping[str, Figure] = {**BUILDINGS, **THINGS, **ANIMALS}

TIMES = {
    "storm": ("storm", "thunder", "lightning", "tempest", "暴风", "雷"),
    "snow": ("snow", "snowy", "winter", "blizzard", "雪", "冬"),
    "rain": ("rain", "rainy", "drizzle", "雨"),
    "fog": ("fog", "foggy", "mist", "misty", "haze", "雾"),
    "sunset": ("sunset", "dusk", "evening", "sundown", "日落", "夕阳", "黄昏", "傍晚", "晚霞"),
    "dawn": ("dawn", "sunrise", "morning", "日出", "清晨", "早晨", "黎明"),
    "night": ("night", "midnight", "moon", "moonlit", "moonlight", "stars", "starry", "夜", "月", "星空"),
    "space": ("space", "galaxy", "cosmos", "nebula", "orbit", "太空", "宇宙", "银河"),
    "neon": ("neon", "cyberpunk", "霓虹", "赛博朋克"),
    "day": ("day", "sunny", "noon", "summer", "白天", "晴"),
}
GROUNDS = {
    "underwater": ("underwater", "coral", "reef", "海底", "水下"),
    "beach": ("beach", "shore", "coast", "沙滩", "海滩"),
    "sea": ("sea", "ocean", "harbour", "harbor", "lake", "river", "island", "海", "湖", "河"),
    "moon": ("moon surface", "lunar", "mars", "月球", "火星"),
    "mountains": ("mountain", "mountains", "hill", "hills", "alps", "peak", "cliff", "valley", "山"),
    "city": ("city", "street", "town", "skyline", "tokyo", "london", "paris", "alley", "城市", "街", "都市", "上海"),
    "forest": ("forest", "woods", "jungle", "woodland", "森林", "树林", "竹林"),
    "desert": ("desert", "dune", "dunes", "sahara", "沙漠"),
    "room": ("room", "kitchen", "table", "desk", "interior", "studio", "cafe", "café", "sofa", "房间", "桌", "室内"),
    "meadow": ("meadow", "field", "garden", "park", "grass", "草地", "花园", "田野", "公园"),
}
MANNERS = {
    "watercolour": ("watercolour", "watercolor", "水彩"),
    "ink": ("ink", "sketch", "pencil", "black and white", "monochrome", "black-and-white", "水墨", "素描", "黑白"),
    "pixel": ("pixel", "pixel art", "8-bit", "16-bit", "像素"),
    "poster": ("poster", "art deco", "travel poster", "海报"),
    "sepia": ("sepia", "vintage", "old photo", "复古", "怀旧"),
}
NUMBERS = {"two": 2, "three": 3, "pair": 2, "several": 3, "两": 2, "三": 3, "一群": 3}


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something in the picture, perhaps in a colour of its own."""

    name: str
    colour: str = ""
    number: int = 1

    @property
    def figure(self) -> Figure:
        """What it looks like."""
        return FIGURES[self.name]


@dataclass(frozen=True, slots=True)
class Idea:
    """What a prompt asks for; empty where it leaves the choice."""

    time: str
    ground: str
    manner: str
    subjects: tuple[Subject, ...]
    falling: str = ""  # rain or snow, also at another time of day
    colour: str = ""


@lru_cache(maxsize=256)
def read(prompt: str) -> Idea:
    """The idea of a prompt in English or Chinese; words that no table knows say nothing."""
    text = " " + re.sub(r"[^\w\s-]|_", " ", prompt.lower()[:2000]) + " "
    subjects = tuple(sorted(_subjects(text), key=lambda found: found[0]))
    times = [name for name, words in TIMES.items() if _where(text, words) >= 0]
    falling = next((name for name in ("snow", "rain", "storm") if name in times), "")
    dark = next((name for name in ("neon", "sunset", "dawn", "night", "space") if name in times), "")
    return Idea(
        time=dark or next(iter(times), ""),
        ground=_first(text, GROUNDS),
        manner=_first(text, MANNERS),
        subjects=tuple(subject for _, subject in subjects)[:4],
        falling="rain" if falling == "storm" else falling,
        colour=_colour_in(text),
    )


def _first(text: str, table: Mapping[str, tuple[str, ...]]) -> str:
    return next((name for name, words in table.items() if _where(text, words) >= 0), "")


def _where(text: str, words: tuple[str, ...]) -> int:
    """Where one of the words stands, -1 if nowhere; a European one has to stand alone, or with an s."""
    for word in words:
        if word.isascii():
            found = re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])", text)
            at = found.start() if found else -1
        else:
            at = text.find(word)
        if at >= 0:
            return at
    return -1


def _subjects(text: str) -> list[tuple[int, Subject]]:
    found = []
    for name, figure in FIGURES.items():
        at = _where(text, figure.words)
        if at < 0 or (name == "bear" and "熊猫" in text) or (name == "cat" and "猫头鹰" in text and "cat" not in text):
            continue
        before = text[max(0, at - 24) : at]
        found.append((at, Subject(name, _colour_before(before), _number_before(before))))
    return found


def _colour_before(before: str) -> str:
    """The colour among the two words in front of a noun, or just in front of a Chinese one."""
    for word in reversed(before.split()[-2:]):
        if word in NAMED:
            return NAMED[word]
    tail = before[-3:].rstrip("的色 ")
    return NAMED[CHINESE[tail[-1]]] if tail and tail[-1] in CHINESE else ""


def _number_before(before: str) -> int:
    words = before.split()[-3:]
    return next(
        (number for word, number in NUMBERS.items() if word in words or (len(word) < 3 and word in before[-3:])), 1
    )


def _colour_in(text: str) -> str:
    named = next((NAMED[word] for word in text.split() if word in NAMED), "")
    return named or next((NAMED[CHINESE[letter]] for letter in text if letter in CHINESE), "")
