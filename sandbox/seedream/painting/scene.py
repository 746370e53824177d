"""Composes a scene: sky, ground, and the subjects where such things belong."""

import random

from sandbox.seedream.painting.colours import LIGHTS, Light, mix
from sandbox.seedream.painting.ground import ground, snow_cover
from sandbox.seedream.painting.reading import Idea, Subject
from sandbox.seedream.painting.sky import Frame, falling, glow, sky

OPEN_GROUNDS = ("meadow", "mountains", "sea", "forest", "desert")
OPEN_TIMES = ("day", "day", "sunset", "dawn", "night")


def scene(idea: Idea, size: tuple[int, int], dice: random.Random, progress: float, *, alone: bool = False) -> str:
    """The scene as SVG of that size; `alone` leaves away everything but the subjects."""
    width, height = size
    unit = min(size) / 1000
    fine = min(size) > 400
    kind = _ground(idea, dice)
    level = 0.62 if kind != "underwater" else 0.4
    frame = Frame(width / unit, height / unit, height / unit * level, progress, fine)
    time = _time(idea, kind, dice)
    light = LIGHTS[time]
    back = "" if alone else sky(frame, light, time, dice) + ground(kind, frame, light, dice)
    if idea.falling == "snow" and kind in {"forest", "mountains", "city", "desert"} and not alone:
        back += snow_cover(frame, light, dice)
    front = "" if alone else _front(idea, frame, light, time, dice)
    if idea.manner == "poster" and not alone:
        back += _rays(frame, light)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {frame.width:.1f} '
        f'{frame.height:.1f}">{back}{_subjects(idea, frame, light, kind, dice)}{front}</svg>'
    )


def _ground(idea: Idea, dice: random.Random) -> str:
    choice = dice.choice(OPEN_GROUNDS)
    kind = idea.ground or next((one.figure.home for one in idea.subjects if one.figure.home), "")
    if not kind:
        kind = {"space": "space", "neon": "city"}.get(idea.time, "")
    if kind == "sea" and any(one.figure.place == "ground" and one.name != "lighthouse" for one in idea.subjects[:1]):
        return "beach"
    if kind in {"", "meadow", "snowfield"} and idea.falling == "snow":
        return "snowfield"
    if not kind and idea.time in {"rain", "storm"}:
        return "city"
    return kind or ("meadow" if idea.subjects else choice)


def _time(idea: Idea, kind: str, dice: random.Random) -> str:
    choice = dice.choice(OPEN_TIMES)
    if idea.time in LIGHTS:
        return idea.time
    if kind in {"space", "moon"}:
        return "space"
    return "day" if idea.subjects or idea.ground else choice


def _subjects(idea: Idea, frame: Frame, light: Light, kind: str, dice: random.Random) -> str:
    """The first subject large and near the middle, the others beside it and smaller; an umbrella over the first."""
    named = [subject for subject in idea.subjects if subject.figure.place != "over"]
    over = [subject for subject in idea.subjects if subject.figure.place == "over"]
    if not named:
        named, over = over, []
    everyone = [subject for subject in named for _ in range(subject.number)][:5]
    parts: list[tuple[float, str]] = []
    middle = 0.5 + 0.08 * (dice.random() - 0.5) + 0.34 * (frame.progress - 0.5)
    for place, subject in enumerate(everyone):
        off = 0.0 if not place else (0.3 + 0.05 * dice.random()) * (1 if place % 2 else -1) * (1 + place // 3 * 0.35)
        x = frame.width * (middle + off)
        y, scale = _stand(subject, frame, kind, place)
        parts.append((y, _placed(subject, light, x, y, scale)))
        if place == 0:
            parts += [(y - 0.1, _placed(cover, light, x + 22 * scale, y - 58 * scale, scale * 1.12)) for cover in over]
    return "".join(shapes for _, shapes in sorted(parts, key=lambda part: part[0]))


def _stand(subject: Subject, frame: Frame, kind: str, place: int) -> tuple[float, float]:
    """Where the foot of a subject stands, and how large it is drawn."""
    figure = subject.figure
    scale = figure.size * 5 * (1.0 if not place else 0.62)
    bottom = frame.height - 90
    if kind in {"space", "underwater"} or figure.place == "sky":
        share = 0.66 if kind == "space" or figure.size > 0.42 else 0.5
        if kind == "underwater":
            share = 0.72
        lift = (0.5 - abs(frame.progress - 0.5)) * 90 if frame.progress != 0.5 else 45
        return frame.height * (share - 0.1 * (place % 3)) - lift + 100 * scale * 0.4, scale
    if figure.place == "water" and kind == "sea":
        return frame.horizon + (frame.height - frame.horizon) * (0.42 if not place else 0.25), scale
    if kind == "road":
        return frame.horizon + 110 + (150 if not place else 40), scale
    return min(bottom, frame.horizon + (frame.height - frame.horizon) * (0.72 if not place else 0.5)), scale


def _placed(subject: Subject, light: Light, x: float, y: float, scale: float) -> str:
    figure = subject.figure
    shadow = ""
    if figure.place in {"ground", "over"}:
        shadow = f'<ellipse rx="92" ry="11" fill="{mix(light.tone, "#14121f", 0.6)}" fill-opacity=".28"/>'
    return (
        f'<g transform="translate({x:.0f} {y:.0f}) '
        f'scale({scale:.2f})">{shadow}{figure.painted(light, subject.colour)}</g>'
    )


def _front(idea: Idea, frame: Frame, light: Light, time: str, dice: random.Random) -> str:
    parts = ""
    if idea.falling:
        parts += falling(frame, idea.falling, dice)
    if time == "fog":
        parts += f'<path d="M0 0H{frame.width:.0f}V{frame.height:.0f}H0Z" fill="{light.sky[1]}" fill-opacity=".35"/>'
    if time == "neon":
        x, y = frame.width / 2, frame.horizon
        parts += f"<defs>{glow('neon', '#ff3fc0', 0.4)}</defs>"
        parts += f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="380" ry="190" fill="url(#neon)"/>'
    return parts


def _rays(frame: Frame, light: Light) -> str:
    """The rays of an old travel poster behind the subject."""
    x, y = frame.width / 2, frame.horizon
    path = "".join(f"M{x:.0f} {y:.0f}L{x + dx} {y - 1400:.0f}h160Z" for dx in range(-1500, 1500, 330))
    return f'<path d="{path}" fill="{light.disc}" fill-opacity=".18"/>'
