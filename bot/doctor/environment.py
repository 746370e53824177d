"""Checks of where the bot runs: its settings and their file, versions, the port."""

import os
import platform
import socket
import sqlite3
import stat
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bot import __version__
from bot.config import envfile
from bot.config.survey import Survey
from bot.doctor.check import Check, Finding, aside, fail, fine, warn
from bot.store.sqlite import OLDEST
from bot.terminal.health import answers

_PYTHON = (3, 11)


class Environment:
    """Looks at files and settings."""

    def __init__(self, env_file: Path, survey: Survey) -> None:
        self._file = env_file
        self._survey = survey

    def checks(self) -> list[Check]:
        """All of them."""
        return [
            Check("env-file", "Settings file", lambda: aside(self.file)),
            Check("env-mode", "Who may read it", lambda: aside(self.mode)),
            Check("settings", "Settings", self.settings),
            Check("unknown-settings", "Unknown settings", self.unknown),
        ]

    def later_checks(self) -> list[Check]:
        """Those that people read last."""
        return [
            Check("http-port", "HTTP port", lambda: aside(self.port)),
            Check("version", "Versions", self.versions),
        ]

    def file(self) -> Finding:
        """Whether .env can be read, and how it is written."""
        name = self._file.name
        if not self._file.exists():
            if self._survey.settings.discord_token:
                return fine(f"there is no {name}: everything comes from the environment")
            return warn(f"there is no {name}", "run `seedream-bot run` in a terminal: it asks for what it needs")
        found = envfile.read(self._file)
        if found.errors:
            slip = found.errors[0]
            line = f"line {slip.line}: " if slip.line else ""
            more = f", and {len(found.errors) - 1} more" if len(found.errors) > 1 else ""
            return fail(f"{name}: {line}{f'{slip.name} ' if slip.name else ''}{slip.what}{more}", slip.fix)
        encoding = envfile.encoding_of(self._file.read_bytes()).upper().replace("-SIG", "")
        return fine(f"{name} has {len(found.values)} settings, {encoding}")

    def mode(self) -> Finding:
        """Whether others on the machine can read the secrets in .env."""
        if not self._file.exists() or os.name != "posix":
            return fine("nobody else: there is no file" if os.name == "posix" else "Windows: see the file's properties")
        mode = stat.S_IMODE(self._file.stat().st_mode)
        if not stat.S_ISREG(self._file.stat().st_mode) or not mode & 0o077:
            return fine(f"nobody else (mode {mode:o})")
        return warn(f"others on this machine can read the secrets in it (mode {mode:o})", f"chmod 600 {self._file}")

    async def settings(self) -> Finding:
        """Whether all can be used."""
        problems = self._survey.problems
        if not problems:
            return fine("all can be used")
        said = "; ".join(str(problem).partition(" Fix: ")[0].rstrip(".") for problem in problems)
        return fail(said, "; ".join(f"{problem.name or self._file.name}: {problem.fix}" for problem in problems))

    async def unknown(self) -> Finding:
        """Names that mean nothing, and other things that are probably not meant."""
        if not self._survey.warnings:
            return fine("none")
        return warn("; ".join(self._survey.warnings), "correct or remove them; docs/settings.md has all names")

    def port(self) -> Finding:
        """Whether health and metrics can listen where they should."""
        settings = self._survey.settings
        if not settings.http_port:
            if settings.public_url:
                return warn("off, though PUBLIC_URL is set: no callback can arrive", "set HTTP_PORT, 8080 for example")
            return fine("off")
        place = f"{settings.http_host}:{settings.http_port}"
        try:
            with socket.create_server((settings.http_host, settings.http_port)):
                return fine(f"{place} is free")
        except OSError as error:
            if answers(settings):
                return fine(f"{place} is taken, by a bot that is running")
            fix = (
                "stop the program that has it, or set another HTTP_PORT; HTTP_HOST has to be an address of this machine"
            )
            return fail(f"{place} cannot be listened at ({error.strerror})", fix)

    async def versions(self) -> Finding:
        """What runs here."""
        return judged(tuple(map(int, platform.python_version_tuple()[:2])), sqlite3.sqlite_version_info)


def judged(python: Sequence[int], sqlite: Sequence[int]) -> Finding:
    """Whether these versions do."""
    names = ("python", platform.python_version()), ("sqlite", sqlite3.sqlite_version)
    said = ", ".join(f"{name} {number}" for name, number in (*names, ("discord.py", version("discord.py"))))
    said = f"seedream-bot {__version__}, {said}"
    if tuple(python) < _PYTHON:
        return fail(said, f"install Python {'.'.join(map(str, _PYTHON))} or newer")
    if tuple(sqlite[:2]) < OLDEST:
        return fail(said, "use a newer Python, which comes with a newer SQLite, or PostgreSQL (DATABASE_URL)")
    return fine(said)
