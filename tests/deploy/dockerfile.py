"""A Dockerfile, read and carried out in a plain folder: what is absolute in it begins there instead.

It stands in for a container engine where there is none. It knows the instructions that ours has, and no other.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OURS = re.compile(r"(?<![\w./])/(app|data|home)\b")  # folders of the image that the steps speak of
NETWORK = ("PIP_", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass
class Image:
    """What the last stage leaves: a folder, and how to start what is in it."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what was asked of commands that are only pretended

    def place(self, path: str) -> Path:
        """Where a path of the image really is."""
        return Path(self.text(path)) if OURS.match(path) else self.root / path.lstrip("/")

    def text(self, text: str) -> str:
        """The same for every path in a text."""
        return OURS.sub(rf"{self.root}/\1", text)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each with its words, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    for line in filter(str.strip, joined.splitlines()):
        word, _, rest = line.strip().partition(" ")
        yield word.upper(), rest.strip()


class Builder:
    """Carries out the steps one by one. `python` is what the image's own interpreter would be."""

    def __init__(self, context: Path, folder: Path, python: Path) -> None:
        self._context = context
        self._folder = folder
        self._python = python
        self._taken = _taken(context)
        self._stages: dict[str, Path] = {}
        self._image = Image(folder / "image")
        self._name = ""
        self._tools = folder / "tools"

    def build(self) -> Image:
        """All stages; raises CalledProcessError with what a step said."""
        subprocess.run([sys.executable, "-m", "venv", self._tools], check=True, capture_output=True)
        (self._folder / "pretended").mkdir()
        self._pretend("useradd")
        fonts = self._folder / "image/usr/share/fonts/truetype/wqy"
        self._pretend("apt-get", f"mkdir -p {fonts} && touch {fonts}/wqy-microhei.ttc")
        if os.geteuid():
            self._pretend("install", 'for last; do :; done; mkdir -p "$last"')
        for word, rest in instructions((self._context / "Dockerfile").read_text()):
            getattr(self, f"_{word.lower()}")(rest)
        told = self._folder / "told"
        self._image.told = told.read_text().splitlines() if told.exists() else []
        return self._image

    def _from(self, rest: str) -> None:
        """Every stage has the same place, so that what is absolute in its files stays right."""
        if self._name:
            self._stages[self._name] = self._image.root.rename(self._folder / self._name)
        self._image = Image(self._folder / "image")
        self._image.root.mkdir()
        self._name = rest.partition(" AS ")[2] or "last"

    def _env(self, rest: str) -> None:
        for pair in shlex.split(rest):
            name, _, value = pair.partition("=")
            value = value.replace("/usr/local/bin/python3", str(self._python))
            before = self._image.env.get(name, "/usr/bin:/bin" if name == "PATH" else "")
            self._image.env[name] = self._image.text(value).replace(f"${name}", before)

    def _workdir(self, rest: str) -> None:
        self._image.folder = rest
        self._image.place(rest).mkdir(parents=True, exist_ok=True)

    def _copy(self, rest: str) -> None:
        words = shlex.split(rest)
        *sources, target = (word for word in words if not word.startswith("--"))
        origin = next((word.partition("=")[2] for word in words if word.startswith("--from=")), "")
        place = self._image.place(self._image.folder) / target if not target.startswith("/") else None
        for source in sources:
            whence = self._stages[origin] / source.lstrip("/") if origin else self._from_context(source)
            whither = place or self._image.place(target)
            if whence.is_dir():
                shutil.copytree(whence, whither, symlinks=True, dirs_exist_ok=True, ignore=_ignored(origin))
            else:
                shutil.copy(whence, whither)

    def _from_context(self, source: str) -> Path:
        assert source in self._taken, f".dockerignore leaves {source} out, which the Dockerfile copies"
        return self._context / source

    def _run(self, rest: str) -> None:
        network = {name: value for name, value in os.environ.items() if name.upper().startswith(NETWORK)}
        own = {name: value for name, value in self._image.env.items() if name != "UV_NO_CACHE"}  # it would only cost
        path = f"{self._folder / 'pretended'}:{self._tools / 'bin'}:{own.get('PATH', '/usr/bin:/bin')}"
        subprocess.run(
            ["sh", "-ec", self._image.text(rest)],
            cwd=self._image.place(self._image.folder),
            env={"HOME": os.environ.get("HOME", "/"), **network, **own, "PATH": path},
            check=True,
            capture_output=True,
            text=True,
        )

    def _pretend(self, command: str, does: str = "") -> None:
        """A command that would change this machine, or that only root may use: it is written down."""
        script = self._folder / "pretended" / command
        script.write_text(f'#!/bin/sh\necho "{command} $*" >> {self._folder}/told\n{does}\n')
        script.chmod(0o755)

    def _user(self, rest: str) -> None:
        self._image.user = rest

    def _entrypoint(self, rest: str) -> None:
        self._image.entrypoint = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self._image.command = json.loads(rest)

    def _healthcheck(self, rest: str) -> None:
        self._image.health = json.loads(rest.partition(" CMD ")[2])

    def _volume(self, rest: str) -> None:
        assert self._image.place(rest).is_dir(), "a volume that its user owns has to be there before"

    def _stopsignal(self, rest: str) -> None:
        assert rest == "SIGTERM"


def _taken(context: Path) -> set[str]:
    """What .dockerignore lets in, of a file that leaves out everything and names what comes in."""
    lines = (context / ".dockerignore").read_text().splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    assert rules[0] == "*"
    return {rule[1:] for rule in rules if rule.startswith("!")}


def _ignored(origin: str) -> Callable[[Any, list[str]], set[str]] | None:
    return None if origin else shutil.ignore_patterns("__pycache__", "*.py[cod]")


def environment(image: Image, more: Mapping[str, str]) -> dict[str, str]:
    """What a container of this image starts with; its user has no home."""
    return {"HOME": str(image.place("/home/seedream")), **image.env, **more}
