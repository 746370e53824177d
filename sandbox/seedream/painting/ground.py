"""Grounds: what lies below the horizon, and what stands on it far away."""

import random
from collections.abc import Callable

from sandbox.seedream.painting.colours import Light, mix
from sandbox.seedream.painting.figures import WINDOW
from sandbox.seedream.painting.sky import Frame, dots, gradient


def ground(kind: str, frame: Frame, light: Light, dice: random.Random) -> str:
    """The ground of that name."""
    return _GROUNDS[kind](frame, light, dice)


def snow_cover(frame: Frame, light: Light, dice: random.Random) -> str:
    """Snow that lies where the subjects stand."""
    return f'<path d="{_ridge(frame, frame.horizon + 130, 50, dice)}" fill="{light.on("#f4f8fc", 0.6)}"/>'


def _ridge(frame: Frame, level: float, height: float, dice: random.Random, *, sharp: bool = False) -> str:
    """A line of hills or peaks from side to side, closed at the bottom."""
    steps = 7
    tops = [
        level - height * (0.35 + 0.65 * dice.random()) * (1 if at % 2 or not sharp else 0.35) for at in range(steps + 1)
    ]
    step = frame.width / steps
    if sharp:
        line = "".join(f"L{at * step:.0f} {top:.0f}" for at, top in enumerate(tops))
        return f"M0 {frame.height:.0f}{line}L{frame.width:.0f} {frame.height:.0f}Z"
    line = f"L0 {tops[0]:.0f}"
    for at in range(steps):
        middle = (at + 0.5) * step
        line += f"C{middle:.0f} {tops[at]:.0f} {middle:.0f} {tops[at + 1]:.0f} {(at + 1) * step:.0f} {tops[at + 1]:.0f}"
    return f"M0 {frame.height:.0f}{line}L{frame.width:.0f} {frame.height:.0f}Z"


def _plain(frame: Frame, top: str, bottom: str, *, at: float | None = None) -> str:
    level = frame.horizon if at is None else at
    return (
        f"<defs>{gradient('plain', top, bottom)}</defs>"
        f'<path d="M0 {level:.0f}H{frame.width:.0f}V{frame.height:.0f}H0Z" fill="url(#plain)"/>'
    )


def _meadow(frame: Frame, light: Light, dice: random.Random) -> str:
    far, near = light.on("#8fbf7a"), light.on("#4f9450")
    blossoms = [
        (dice.random() * frame.width, frame.horizon + 60 + dice.random() * (frame.height - frame.horizon))
        for _ in range(frame.many(40))
    ]
    return (
        f'<path d="{_ridge(frame, frame.horizon + 20, 150, dice)}" fill="{mix(far, light.sky[2], 0.4)}"/>'
        f'<path d="{_ridge(frame, frame.horizon + 50, 90, dice)}" fill="{far}"/>'
        f'<path d="{_ridge(frame, frame.horizon + 90, 60, dice)}" fill="{near}"/>'
        + dots(blossoms, 9, light.on("#fbe7a1", 0.6), 0.8)
    )


def _snowfield(frame: Frame, light: Light, dice: random.Random) -> str:
    white = light.on("#f4f8fc", 0.6)
    return (
        f'<path d="{_ridge(frame, frame.horizon + 10, 170, dice)}" fill="{mix(white, light.sky[0], 0.45)}"/>'
        + _pines(frame, light.on("#5f7f86"), dice, 16, frame.horizon + 30, 120)
        + f'<path d="{_ridge(frame, frame.horizon + 60, 80, dice)}" fill="{mix(white, light.sky[0], 0.16)}"/>'
        f'<path d="{_ridge(frame, frame.horizon + 120, 60, dice)}" fill="{white}"/>'
    )


def _mountains(frame: Frame, light: Light, dice: random.Random) -> str:
    far, near = mix(light.on("#7f93b5"), light.sky[2], 0.35), light.on("#566a8c")
    parts = []
    for level, height, colour in ((frame.horizon, 360, far), (frame.horizon + 40, 280, near)):
        state = dice.getstate()
        parts.append(f'<path d="{_ridge(frame, level, height, dice, sharp=True)}" fill="{colour}"/>')
        dice.setstate(state)
        parts.append(_caps(frame, level, height, dice, light.on("#ffffff", 0.5)))
    meadow = light.on("#5f8f62")
    return (
        "".join(parts)
        + _pines(frame, light.on("#3c6350"), dice, 18, frame.horizon + 70, 110)
        + f'<path d="{_ridge(frame, frame.horizon + 100, 60, dice)}" fill="{meadow}"/>'
    )


def _caps(frame: Frame, level: float, height: float, dice: random.Random, colour: str) -> str:
    """Snow on the peaks of the ridge that the same dice made."""
    step, path = frame.width / 7, ""
    tops = [level - height * (0.35 + 0.65 * dice.random()) * (1 if at % 2 else 0.35) for at in range(8)]
    for at in range(1, 8, 2):
        x, top = at * step, tops[at]
        left, right = 0.3 * (tops[at - 1] - top), 0.3 * (tops[min(7, at + 1)] - top)
        path += f"M{x:.0f} {top:.0f}l{step * 0.3:.0f} {right:.0f}l{-step * 0.14:.0f} -14l{-step * 0.12:.0f} 34"
        path += f"l{-step * 0.14:.0f} -30L{x - 0.3 * step:.0f} {top + left:.0f}Z"
    return f'<path d="{path}" fill="{colour}"/>'


def _pines(frame: Frame, colour: str, dice: random.Random, number: int, level: float, height: float) -> str:
    path = ""
    for _ in range(frame.many(number) + 4):
        x, tall = dice.random() * frame.width, height * (0.6 + 0.6 * dice.random())
        path += f"M{x:.0f} {level - tall:.0f}l{tall * 0.3:.0f} {tall + 20:.0f}h{-tall * 0.6:.0f}Z"
    return f'<path d="{path}" fill="{colour}"/>'


def _sea(frame: Frame, light: Light, dice: random.Random) -> str:
    waves = ""
    for _ in range(frame.many(34)):
        depth = dice.random()
        x, y = dice.random() * frame.width, frame.horizon + 14 + depth * (frame.height - frame.horizon)
        length = 30 + 90 * depth
        waves += f"M{x:.0f} {y:.0f}q{length / 2:.0f} {-6 - 8 * depth:.0f} {length:.0f} 0"
    shine = mix(light.disc, light.sky[2], 0.3)
    return (
        _plain(frame, mix(light.on("#4a9cc0"), light.sky[2], 0.45), light.on("#155a80"))
        + f'<path d="{waves}" fill="none" stroke="{shine}" stroke-width="5" stroke-opacity=".5"/>'
    )


def _beach(frame: Frame, light: Light, dice: random.Random) -> str:
    sand, level = light.on("#ecd3a0"), frame.horizon + (frame.height - frame.horizon) * 0.45
    return (
        _sea(frame, light, dice)
        + f'<path d="{_ridge(frame, level, 50, dice)}" fill="{light.on("#ffffff", 0.6)}" fill-opacity=".8"/>'
        + f'<path d="{_ridge(frame, level + 34, 50, dice)}" fill="{sand}"/>'
    )


def _underwater(frame: Frame, light: Light, dice: random.Random) -> str:
    weed = "".join(
        f"M{dice.random() * frame.width:.0f} {frame.height:.0f}c-40 -80 40 -120 0 {-200 - 160 * dice.random():.0f}"
        for _ in range(9)
    )
    bubbles = [(dice.random() * frame.width, dice.random() * frame.height) for _ in range(frame.many(30))]
    return (
        f"<defs>{gradient('plain', light.on('#7fd6e0'), light.on('#1f86b0'), light.on('#0b3b66'))}</defs>"
        f'<path d="M0 0H{frame.width:.0f}V{frame.height:.0f}H0Z" fill="url(#plain)"/>'
        f'<path d="M{frame.width * 0.2:.0f} 0l-160 900h180l60 -900ZM{frame.width * 0.6:.0f} 0l-40 900h240l-120 -900Z" '
        f'fill="#fff" fill-opacity=".1"/><path d="{_ridge(frame, frame.height - 20, 130, dice)}" '
        f'fill="{light.on("#d9c48f")}"/>'
        f'<path d="{weed}" fill="none" stroke="{light.on("#2f8a63")}" stroke-width="24" '
        f'stroke-linecap="round" stroke-opacity=".85"/>' + dots(bubbles, 14, "#ffffff", 0.35)
    )


def _city(frame: Frame, light: Light, dice: random.Random) -> str:
    parts = []
    for level, tall, colour in (
        (frame.horizon + 40, 430, mix(light.on("#8fa0b8"), light.sky[2], 0.4)),
        (frame.horizon + 70, 330, light.on("#5d6b85")),
    ):
        x, path, windows = 0.0, "", ""
        while x < frame.width:
            wide, high = 70 + 80 * dice.random(), tall * (0.4 + 0.6 * dice.random())
            path += f"M{x:.0f} {level:.0f}v{-high:.0f}h{wide:.0f}V{level:.0f}Z"
            for _ in range(frame.many(12)):
                column, row = dice.randrange(max(1, int(wide / 22) - 1)), dice.randrange(max(1, int(high / 34) - 1))
                windows += f"M{x + 14 + column * 22:.0f} {level - high + 18 + row * 34:.0f}h11v17h-11Z"
            x += wide + 6 * dice.random()
        lamp = "#ffd873" if light.dark else WINDOW
        parts.append(f'<path d="{path}" fill="{colour}"/><path d="{windows}" fill="{lamp}" fill-opacity=".85"/>')
    return "".join(parts) + _street(frame, light)


def _street(frame: Frame, light: Light) -> str:
    return (
        _plain(frame, light.on("#8c8f99"), light.on("#5b5e6a"), at=frame.horizon + 70)
        + f'<path d="M0 {frame.horizon + 70:.0f}h{frame.width:.0f}v16H0Z" fill="{light.on("#c9c7c0")}"/>'
    )


def _road(frame: Frame, light: Light, dice: random.Random) -> str:
    level = frame.horizon + 110
    dashes = "".join(f"M{x} {level + 110:.0f}h90v12h-90Z" for x in range(-40, int(frame.width), 190))
    return (
        _meadow(frame, light, dice)
        + f'<path d="M0 {level:.0f}h{frame.width:.0f}v210H0Z" fill="{light.on("#5a5d68")}"/>'
        + f'<path d="{dashes}" fill="{light.on("#f3e9c8")}"/>'
    )


def _forest(frame: Frame, light: Light, dice: random.Random) -> str:
    green = light.on("#3f7a4f")
    layers = "".join(
        _pines(frame, mix(green, light.sky[2], fade), dice, number, frame.horizon + drop, height)
        for fade, number, drop, height in ((0.6, 26, 20, 300), (0.35, 20, 50, 390), (0.1, 9, 90, 470))
    )
    return layers + f'<path d="{_ridge(frame, frame.horizon + 110, 60, dice)}" fill="{mix(green, "#1d2b20", 0.15)}"/>'


def _desert(frame: Frame, light: Light, dice: random.Random) -> str:
    sand = light.on("#e2b36b")
    return "".join(
        f'<path d="{_ridge(frame, frame.horizon + drop, height, dice)}" fill="{mix(sand, other, share)}"/>'
        for drop, height, other, share in (
            (10, 120, light.sky[2], 0.4),
            (60, 110, "#a8683a", 0.12),
            (130, 90, "#a8683a", 0.3),
        )
    )


def _moon(frame: Frame, light: Light, dice: random.Random) -> str:
    craters = "".join(
        f'<ellipse cx="{dice.random() * frame.width:.0f}" cy="{frame.horizon + 110 + 200 * dice.random():.0f}" '
        f'rx="{40 + 60 * dice.random():.0f}" ry="16" fill="{light.on("#6f6a80")}"/>'
        for _ in range(6)
    )
    return f'<path d="{_ridge(frame, frame.horizon + 70, 70, dice)}" fill="{light.on("#a7a2b5")}"/>{craters}'


def _room(frame: Frame, light: Light, dice: random.Random) -> str:
    x = frame.width * (0.1 + 0.12 * dice.random())
    glass = mix(light.sky[0], light.sky[1], 0.5)
    wall = light.on("#e8d8bf", 0.7)
    return (
        f'<path d="M0 0H{frame.width:.0f}V{frame.height:.0f}H0Z" fill="{wall}"/>'
        f'<rect x="{x:.0f}" y="110" width="300" height="380" rx="10" fill="{light.on("#fbf5ea", 0.4)}"/>'
        f'<rect x="{x + 22:.0f}" y="132" width="256" height="336" fill="{glass}"/>'
        f'<circle cx="{x + 190:.0f}" cy="220" r="38" fill="{light.disc}"/>'
        f'<path d="M{x + 150:.0f} 132v336M{x + 22:.0f} 300h256" stroke="{light.on("#fbf5ea", 0.4)}" stroke-width="14"/>'
        + _plain(frame, light.on("#b07c4f", 0.7), light.on("#7d5233", 0.8), at=frame.horizon)
        + f'<path d="M0 {frame.horizon:.0f}h{frame.width:.0f}v12H0Z" fill="{light.on("#d8a673", 0.6)}"/>'
    )


def _space(frame: Frame, light: Light, dice: random.Random) -> str:
    x, radius = frame.width * (0.2 + 0.6 * dice.random()), 620.0
    return (
        f"<defs>{gradient('plain', '#6a8fd0', '#1b2a5c')}</defs>"
        f'<circle cx="{x:.0f}" cy="{frame.height + radius * 0.62:.0f}" r="{radius:.0f}" fill="url(#plain)"/>'
    )


_GROUNDS: dict[str, Callable[[Frame, Light, random.Random], str]] = {
    "meadow": _meadow,
    "snowfield": _snowfield,
    "mountains": _mountains,
    "sea": _sea,
    "beach": _beach,
    "underwater": _underwater,
    "city": _city,
    "road": _road,
    "forest": _forest,
    "desert": _desert,
    "moon": _moon,
    "room": _room,
    "space": _space,
}
