"""The plan of docs/architecture.md holds: directions, doors, limits; and each rule is shown to bite."""

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bot", "cogs", "sandbox", "bench", "tests")
GUESTS = ("sandbox", "bench", "tests")  # they may import anything, and nobody imports them

# The first entry that a module's name begins with tells its layer.
LAYERS = (
    (6, ("bot.__main__", "bot.cli", "bot.terminal", "bot.doctor")),
    (5, ("bot.app",)),
    (4, ("cogs",)),
    (3, ("bot.ui", "bot.web")),
    (2, ("bot.studio",)),
    (1, ("bot.seedream", "bot.images", "bot.store", "bot.words")),
    (0, ("bot.config", "bot.log", "bot.redact")),
)
DOORS = {
    "discord": ("bot.ui", "cogs", "bot.app"),
    "aiohttp": ("bot.seedream.transport", "bot.images.fetch", "bot.web", "bot.app", "bot.ui.upload", "bot.ui.skew"),
    "sqlalchemy": ("bot.store", "bot.studio"),
    "alembic": ("bot.store",),
    "asyncpg": ("bot.store",),
    "PIL": ("bot.images",),
    "pillow_heif": ("bot.images",),
    "pygal": ("bot.images.plotter",),
    "pyvips": ("bot.images",),
    "prometheus_client": ("bot.web",),
    "click": ("bot.__main__", "bot.cli", "bot.terminal"),
}
FOUNDATION_MAY_USE = ("pydantic", "pydantic_core", "pydantic_settings", "dotenv")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager", "handler"}


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, its place, its tree."""

    name: str
    path: Path
    tree: ast.Module
    lines: int


def modules(root: Path, *folders: str) -> list[Module]:
    found = []
    for folder in folders or FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path.relative_to(root), ast.parse(text), len(text.splitlines())))
    return found


def imports(module: Module, known: set[str]) -> Iterator[str]:
    """Every module that this one imports, wherever the statement stands; `from a import b` is a.b where that is one."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else str(node.module)


def within(name: str, places: tuple[str, ...]) -> str | None:
    return next((place for place in places if name == place or name.startswith(place + ".")), None)


def room(name: str) -> tuple[int, str] | None:
    """The layer of a module and the part of it that it belongs to."""
    for layer, places in LAYERS:
        if place := within(name, places):
            return layer, name if layer == 4 else place
    return None


def directions(root: Path) -> list[str]:
    faults = []
    everything = modules(root)
    known = {module.name for module in everything}
    for module in everything:
        here = room(module.name)
        if module.name.split(".")[0] in GUESTS or module.name in {"bot", "cogs"}:
            continue
        if here is None:
            faults.append(f"{module.path} belongs to no layer")
            continue
        for target in imports(module, known):
            if target.split(".")[0] in GUESTS:
                faults.append(f"{module.path} imports {target}, which nobody does")
            there = room(target)
            if there and not _may(here, there):
                faults.append(f"{module.path} (layer {here[0]}) imports {target} (layer {there[0]})")
    return faults


def _may(here: tuple[int, str], there: tuple[int, str]) -> bool:
    if here[0] == there[0]:
        return here[1] == there[1] or here[0] in {0, 6}
    if here[0] == 1 or (here[0] == 4 and there[1] == "bot.web") or there[0] == 4:
        return False
    return here[0] > there[0]


def doors(root: Path) -> list[str]:
    faults = []
    for module in modules(root, "bot", "cogs"):
        for target in imports(module, set()):
            package = target.split(".")[0]
            if package in DOORS and not within(module.name, DOORS[package]):
                faults.append(f"{module.path} imports {package}, which has its door elsewhere")
    return faults


def cycles(root: Path) -> list[str]:
    everything = modules(root)
    known = {module.name for module in everything}
    graph = {module.name: {name for name in imports(module, known) if name in known} for module in everything}
    clean: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> list[str]:
        if name in way:
            return [" → ".join((*way[way.index(name) :], name))]
        if name in clean:
            return []
        faults = [fault for target in sorted(graph[name]) for fault in visit(target, (*way, name))]
        clean.add(name)
        return faults

    return [fault for name in sorted(graph) for fault in visit(name, ())]


def lengths(root: Path) -> list[str]:
    faults = []
    for module in modules(root):
        limit = 250 if module.name.startswith("cogs.") else 400
        if module.lines > limit:
            faults.append(f"{module.path} has {module.lines} lines, more than {limit}")
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > 60:
                faults.append(f"{module.path}: {node.name} has {length} lines, more than 60")
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            count = sum(argument.arg not in {"self", "cls"} for argument in every)
            if count > 8:
                faults.append(f"{module.path}: {node.name} has {count} parameters, more than 8")
    return faults


def docstrings(root: Path) -> list[str]:
    faults = []
    for module in modules(root):
        first = (ast.get_docstring(module.tree) or "").split("\n\n")[0].strip()
        if not first.endswith((".", "?", "!")):
            faults.append(f"{module.path} does not begin with a sentence that says what it is")
    return faults


def manners(root: Path) -> list[str]:
    """No TYPE_CHECKING, no import inside a function or class, no relative import, no vague file name."""
    faults = []
    for module in modules(root):
        if VAGUE_NAMES & set(module.name.split(".")):
            faults.append(f"{module.path} has a name that says nothing")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name | ast.Attribute | ast.alias) and "TYPE_CHECKING" in _names(node):
                faults.append(f"{module.path}: TYPE_CHECKING")
            if isinstance(node, ast.ImportFrom) and node.level:
                faults.append(f"{module.path}:{node.lineno}: a relative import")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = (part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom))
                faults += [f"{module.path}:{part.lineno}: an import inside {node.name}" for part in inner]
    return faults


def _names(node: ast.Name | ast.Attribute | ast.alias) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else node.name


def foundation(root: Path) -> list[str]:
    """Layer 0 stands on the standard library and pydantic alone."""
    faults = []
    for module in modules(root, "bot"):
        place = room(module.name)
        if place is None or place[0] != 0:
            continue
        for target in imports(module, set()):
            package = target.split(".")[0]
            if package not in {*sys.stdlib_module_names, "bot", *FOUNDATION_MAY_USE}:
                faults.append(f"{module.path} imports {package}")
    return faults


RULES = (directions, doors, cycles, lengths, docstrings, manners, foundation)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


TOP = '"""One sentence."""\n'
PLANTED = [
    (directions, "bot/seedream/a.py", "from bot.images import fetch", "(layer 1) imports bot.images.fetch (layer 1)"),
    (directions, "bot/images/a.py", "import bot.config", "imports bot.config (layer 0)"),
    (directions, "bot/studio/a.py", "def f():\n    from bot.ui import upload", "imports bot.ui.upload (layer 3)"),
    (directions, "bot/ui/a.py", "import bot.web.health", "imports bot.web.health (layer 3)"),
    (directions, "bot/config/settings.py", "import bot.seedream.models", "imports bot.seedream.models (layer 1)"),
    (directions, "bot/app.py", "from cogs import imagine", "imports cogs (layer 4)"),
    (directions, "bot/app.py", "import bot.cli", "imports bot.cli (layer 6)"),
    (directions, "bot/cli.py", "import cogs.edit", "imports cogs.edit (layer 4)"),
    (directions, "cogs/a.py", "import cogs.edit", "imports cogs.edit (layer 4)"),
    (directions, "cogs/a.py", "import bot.web", "imports bot.web (layer 3)"),
    (directions, "bot/cli.py", "import sandbox.seedream", "imports sandbox.seedream, which nobody does"),
    (directions, "bot/seedream/a.py", "from tests import x", "imports tests, which nobody does"),
    (directions, "bot/attic.py", "", "belongs to no layer"),
    (doors, "bot/studio/a.py", "import aiohttp.web", "imports aiohttp, which has its door elsewhere"),
    (doors, "bot/seedream/client.py", "def f():\n    from aiohttp import ClientError", "imports aiohttp"),
    (doors, "bot/studio/a.py", "import discord", "imports discord"),
    (doors, "bot/ui/a.py", "from sqlalchemy import text", "imports sqlalchemy"),
    (doors, "bot/ui/a.py", "from PIL import Image", "imports PIL"),
    (doors, "bot/seedream/a.py", "import pyvips", "imports pyvips"),
    (doors, "bot/studio/a.py", "import click", "imports click"),
    (
        cycles,
        "bot/seedream/a.py",
        "import bot.seedream.models",
        "bot.seedream.models → bot.seedream.a → bot.seedream.models",
    ),
    (lengths, "bot/seedream/a.py", "#\n" * 400, "has 401 lines, more than 400"),
    (lengths, "cogs/a.py", "#\n" * 250, "has 251 lines, more than 250"),
    (lengths, "tests/a.py", "#\n" * 400, "has 401 lines, more than 400"),
    (lengths, "bot/seedream/a.py", "async def f():\n" + "    0\n" * 60, "f has 61 lines, more than 60"),
    (lengths, "bot/seedream/a.py", "def f(a, b, c, d, e, /, f, *, g, h, i): ...", "f has 9 parameters, more than 8"),
    (docstrings, "sandbox/a.py", None, "does not begin with a sentence"),
    (docstrings, "tests/a.py", '"""no sentence"""', "does not begin with a sentence"),
    (manners, "bot/ui/a.py", "from typing import TYPE_CHECKING", "TYPE_CHECKING"),
    (manners, "bot/ui/a.py", "import typing\nif typing.TYPE_CHECKING: ...", "TYPE_CHECKING"),
    (manners, "bot/ui/a.py", "from typing import TYPE_CHECKING as T\nif T: ...", "TYPE_CHECKING"),
    (manners, "bot/ui/a.py", "from . import upload", "a relative import"),
    (manners, "tests/a.py", "def f():\n    import os", "an import inside f"),
    (manners, "bot/ui/a.py", "class C:\n    import os", "an import inside C"),
    (manners, "bot/ui/utils.py", "", "has a name that says nothing"),
    (foundation, "bot/log.py", "import orjson", "imports orjson"),
]
SOUND = {
    "bot/__init__.py": "",
    "bot/config/settings.py": "import os\nimport pydantic\nimport bot.config.values",
    "bot/config/values.py": "import json",
    "bot/seedream/transport.py": "import aiohttp\nimport bot.seedream.b",
    "bot/seedream/b.py": "import json",
    "bot/seedream/models.py": "import bot.seedream.b",
    "bot/images/fetch.py": "import aiohttp",
    "bot/studio/job.py": "import sqlalchemy\nimport bot.seedream.models\nfrom bot import config",
    "bot/ui/upload.py": "import aiohttp, discord\nimport bot.studio.job",
    "bot/web/health.py": "from bot.studio import job",
    "bot/app.py": "import bot.web.health, bot.ui.upload, aiohttp",
    "bot/cli.py": "import click, bot.app",
    "bot/__main__.py": "import bot.cli",
    "cogs/edit.py": "import discord, bot.ui.upload",
    "sandbox/a.py": "import aiohttp, discord, bot.app, cogs.edit",
}


def plant(root: Path, path: str, text: str | None) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("" if text is None else text if text.startswith('"""') else TOP + text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_tree_is_not_blamed(rule: Callable[[Path], list[str]], tmp_path: Path) -> None:
    for path, text in SOUND.items():
        plant(tmp_path, path, text)
    assert rule(tmp_path) == []


@pytest.mark.parametrize(("rule", "path", "text", "said"), PLANTED)
def test_a_planted_fault_is_found(
    rule: Callable[[Path], list[str]], path: str, text: str | None, said: str, tmp_path: Path
) -> None:
    for sound, content in SOUND.items():
        plant(tmp_path, sound, content)
    if rule is cycles:
        plant(tmp_path, "bot/seedream/models.py", "def f():\n    import bot.seedream.a")
    plant(tmp_path, path, text)
    (fault, *_) = rule(tmp_path)
    assert said in fault
    assert path.split("/")[-1].removesuffix(".py") in fault
