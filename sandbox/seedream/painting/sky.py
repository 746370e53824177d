"""Skies: light from top to horizon, sun and moon, stars, clouds, and what falls out of them."""

import random
from dataclasses import dataclass

from sandbox.seedream.painting.colours import Light, mix


@dataclass(frozen=True, slots=True)
class Frame:
    """The sheet in painter's units (its shorter side is 1000), the horizon, and how far a set has come (0 to 1)."""

    width: float
    height: float
    horizon: float
    progress: float = 0.5
    fine: bool = True

    def many(self, number: int) -> int:
        """Fewer small things on small sheets, where nobody sees them."""
        return number if self.fine else number // 4


def gradient(key: str, *colours: str) -> str:
    """A gradient from top to bottom."""
    step = 1 / (len(colours) - 1)
    stops = "".join(f'<stop offset="{at * step:.2f}" stop-color="{colour}"/>' for at, colour in enumerate(colours))
    return f'<linearGradient id="{key}" x2="0" y2="1">{stops}</linearGradient>'


def glow(key: str, colour: str, strength: float = 0.9) -> str:
    """A soft round light."""
    return (
        f'<radialGradient id="{key}"><stop offset="0" stop-color="{colour}" stop-opacity="{strength}"/>'
        f'<stop offset=".35" stop-color="{colour}" stop-opacity="{strength * 0.35:.2f}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
    )


def sky(frame: Frame, light: Light, time: str, dice: random.Random) -> str:
    """Everything above the horizon."""
    parts = [f"<defs>{gradient('sky', *light.sky)}{glow('glow', light.disc)}</defs>"]
    bottom = frame.height if time == "space" else frame.horizon + 100  # the ground covers the rest
    parts.append(f'<path d="M0 0H{frame.width:.0f}V{bottom:.0f}H0Z" fill="url(#sky)"/>')
    if time in {"night", "space", "neon", "sunset"}:
        parts.append(stars(frame, dice, 90 if time != "sunset" else 24))
    if time == "space":
        parts.append(_nebula(frame, dice))
    if time not in {"rain", "storm", "space", "fog"}:
        parts.append(_disc(frame, light, time, dice))
    if time == "storm":
        parts.append(_lightning(frame, dice))
    if time not in {"space", "night", "neon"}:
        parts.append(_clouds(frame, light, dice, 5 if time in {"rain", "storm", "snow"} else 3))
    return "".join(parts)


def dots(places: list[tuple[float, float]], width: float, colour: str = "#fff", opacity: float = 1) -> str:
    """Round dots, cheaply: lines of no length with round ends."""
    path = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in places)
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
        f'stroke-opacity="{opacity}" fill="none"/>'
    )


def stars(frame: Frame, dice: random.Random, number: int) -> str:
    """Stars of three sizes."""
    reach = frame.horizon
    return "".join(
        dots(
            [(dice.random() * frame.width, dice.random() ** 1.3 * reach) for _ in range(frame.many(share))],
            width,
            "#fff8e0",
            0.9,
        )
        for share, width in ((number, 3.0), (number // 3, 5.0), (number // 8, 8.0))
    )


def moon(x: float, y: float, radius: float, light: str = "#f6f1d8") -> str:
    """A moon with its glow and a few craters; the glow needs `glow("glow", …)`."""
    crater = mix(light, "#9aa0b8", 0.35)
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius * 3:.0f}" fill="url(#glow)" fill-opacity=".55"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{light}"/>'
        f'<circle cx="{x - radius * 0.3:.0f}" cy="{y - radius * 0.2:.0f}" r="{radius * 0.24:.0f}" fill="{crater}"/>'
        f'<circle cx="{x + radius * 0.35:.0f}" cy="{y + radius * 0.3:.0f}" r="{radius * 0.17:.0f}" fill="{crater}"/>'
        f'<circle cx="{x + radius * 0.2:.0f}" cy="{y - radius * 0.5:.0f}" r="{radius * 0.1:.0f}" fill="{crater}"/>'
    )


def _disc(frame: Frame, light: Light, time: str, dice: random.Random) -> str:
    """Sun or moon, which wanders along its arc from one picture of a set to the next."""
    start = 0.2 + 0.6 * dice.random()
    along = start if frame.progress == 0.5 else 0.14 + 0.72 * frame.progress
    high = 1 - (2 * along - 1) ** 2
    x, radius = frame.width * along, 74.0
    if time in {"sunset", "dawn", "neon"}:
        y, radius = frame.horizon - 40 - 150 * high, 104.0
        if time == "sunset" and frame.progress != 0.5:
            y = frame.horizon * (0.42 + 0.6 * frame.progress)
    else:
        y = frame.horizon * (0.5 - 0.3 * high)
    if time == "night":
        return moon(x, y, 66, light.disc)
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius * 2.2:.0f}" fill="url(#glow)"/>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{light.disc}"/>'
    )


def _clouds(frame: Frame, light: Light, dice: random.Random, number: int) -> str:
    colour = mix("#ffffff", light.sky[1], 0.35) if not light.dark else mix(light.sky[1], light.sky[2], 0.45)
    parts = []
    for _ in range(frame.many(number) + 1):
        x = dice.random() * frame.width + 120 * (frame.progress - 0.5)
        y, size = frame.horizon * (0.1 + 0.5 * dice.random()), 0.7 + 0.9 * dice.random()
        parts.append(
            f'<path transform="translate({x:.0f} {y:.0f}) scale({size:.2f})" d="M-130 30C-170 30 -170 -14 -124 -12'
            f'C-120 -52 -56 -62 -40 -26C-20 -70 60 -66 66 -18C100 -34 140 -4 116 30Z"/>'
        )
    return f'<g fill="{colour}" fill-opacity=".72">{"".join(parts)}</g>'


def _nebula(frame: Frame, dice: random.Random) -> str:
    parts = [f"<defs>{glow('pinkish', '#c85ad0', 0.5)}{glow('bluish', '#3f7de0', 0.5)}</defs>"]
    for key in ("pinkish", "bluish", "pinkish"):
        x, y = dice.random() * frame.width, dice.random() * frame.height
        parts.append(f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="520" ry="330" fill="url(#{key})"/>')
    return "".join(parts)


def _lightning(frame: Frame, dice: random.Random) -> str:
    x = frame.width * (0.2 + 0.6 * dice.random())
    return (
        f'<path transform="translate({x:.0f} 0)" fill="#fdf6cf" fill-opacity=".95" d="M0 0L-46 210L-8 200L-70 '
        f"420L-50 424L40 170"
        f'L4 180L46 0Z"/>'
    )


def falling(frame: Frame, what: str, dice: random.Random) -> str:
    """Rain or snow over everything."""
    if what == "snow":
        return "".join(
            dots(
                [(dice.random() * frame.width, dice.random() * frame.height) for _ in range(frame.many(n))],
                size,
                "#fff",
                0.9,
            )
            for n, size in ((90, 7.0), (50, 12.0), (20, 19.0))
        )
    path = "".join(
        f"M{dice.random() * frame.width * 1.1:.0f} {dice.random() * frame.height:.0f}l-14 58"
        for _ in range(frame.many(130))
    )
    return f'<path d="{path}" stroke="#e6f0f6" stroke-width="3.4" stroke-linecap="round" stroke-opacity=".5"/>'
