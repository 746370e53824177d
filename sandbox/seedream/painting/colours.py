"""The colours of a picture: those that a prompt names, and the light of each time of day and weather."""

from dataclasses import dataclass

NAMED = {
    "red": "#d8392f",
    "crimson": "#a81f35",
    "orange": "#ee8a2b",
    "yellow": "#f4c83c",
    "gold": "#dba632",
    "golden": "#dba632",
    "green": "#4a9a55",
    "teal": "#1f9a96",
    "turquoise": "#2fb8b4",
    "blue": "#3b74c9",
    "purple": "#7b4fb5",
    "violet": "#7b4fb5",
    "pink": "#ee8fb0",
    "brown": "#86583a",
    "black": "#2b2b33",
    "white": "#f3f1ea",
    "grey": "#8b919b",
    "gray": "#8b919b",
    "silver": "#b9c0c9",
}
CHINESE = {
    "红": "red",
    "橙": "orange",
    "橘": "orange",
    "黄": "yellow",
    "金": "gold",
    "绿": "green",
    "青": "teal",
    "蓝": "blue",
    "紫": "purple",
    "粉": "pink",
    "棕": "brown",
    "黑": "black",
    "白": "white",
    "灰": "grey",
    "银": "silver",
}


@dataclass(frozen=True, slots=True)
class Light:
    """How a time of day colours the world: the sky from top to horizon, and a tone that lies over everything."""

    sky: tuple[str, str, str]
    tone: str
    depth: float
    disc: str = "#fff3c4"
    dark: bool = False

    def on(self, colour: str, share: float = 1.0) -> str:
        """A colour as it looks in this light; subjects in front take a smaller share of it."""
        return mix(colour, self.tone, self.depth * share)


LIGHTS = {
    "day": Light(("#3f9bdc", "#9fd6f2", "#f2f5e6"), "#fff6df", 0.05),
    "dawn": Light(("#5f7fbe", "#efb4b8", "#ffe6c4"), "#e7a9a4", 0.22, "#fff0cf"),
    "sunset": Light(("#2d2a66", "#c9547b", "#ffc172"), "#6b2b59", 0.42, "#ffe09a", dark=True),
    "night": Light(("#060a22", "#14214f", "#3a4f8c"), "#0a1338", 0.66, "#f6f1d8", dark=True),
    "rain": Light(("#4f6375", "#8b9eab", "#c3ccce"), "#5b6c7b", 0.34, "#dfe5e6"),
    "storm": Light(("#161c27", "#3a4656", "#76838c"), "#252f3d", 0.52, "#aab4bb", dark=True),
    "snow": Light(("#8aa3bd", "#c6d5e3", "#f2f5f7"), "#b9c9da", 0.24, "#fbf6e6"),
    "fog": Light(("#a9b4ba", "#cfd6d8", "#e8eae6"), "#cfd6d8", 0.4, "#fbf8ec"),
    "space": Light(("#04030f", "#170f3c", "#3d1c63"), "#150d38", 0.3, "#f6e7c8", dark=True),
    "neon": Light(("#0b0420", "#33105e", "#c0247e"), "#1c0b45", 0.55, "#ff7bd0", dark=True),
}


def mix(one: str, other: str, share: float) -> str:
    """`share` of the other colour in the first one."""
    parts = (round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)
