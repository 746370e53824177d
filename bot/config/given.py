"""Collects what was given for each setting: from the environment, the .env file and the files of secrets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.config import envfile
from bot.config.values import nearest

_LARGEST_SECRET_FILE = 65536


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used: where it stands, what is wrong, and what mends it."""

    name: str
    what: str
    fix: str
    where: str = ""

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        return f"{self.name or 'Settings'}{where}: {self.what}. Fix: {self.fix}."


@dataclass(slots=True)
class Given:
    """Texts by setting, where each comes from, and what was wrong on the way."""

    texts: dict[str, str] = field(default_factory=dict, repr=False)
    sources: dict[str, str] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def collect(
    env_file: Path | None, environ: Mapping[str, str], known: Collection[str], secret: Collection[str]
) -> Given:
    """The environment wins over the file; an empty text counts as not given."""
    given = Given()
    names = [*known, *(f"{name}_FILE" for name in secret)]
    if env_file is not None:
        _from_file(env_file, names, given)
    for name, text in environ.items():
        if name in names and text.strip():
            given.texts[name] = text
            given.sources[name] = ""
        elif name not in names and (meant := nearest(name, names, cutoff=0.9)):
            given.warnings.append(f"{name} is not a setting of this bot; did you mean {meant}?")
    for name in secret:
        if path := given.texts.pop(f"{name}_FILE", ""):
            _from_secret_file(name, Path(path.strip()).expanduser(), given)
    return given


def _from_file(path: Path, names: Collection[str], given: Given) -> None:
    found = envfile.read(path)
    for slip in found.errors:
        where = f"{path.name}, line {slip.line}" if slip.line else path.name
        if slip.name and slip.name not in names:
            given.warnings.append(f"{slip.name} ({where}): {slip.what}. Fix: {slip.fix}.")
        else:
            given.errors.append(Problem(slip.name, slip.what, slip.fix, where))
    for slip in found.warnings:
        given.warnings.append(f"{slip.name} ({path.name}, line {slip.line}): {slip.what}. Fix: {slip.fix}.")
    for name, text in found.values.items():
        where = f"{path.name}, line {found.lines[name]}"
        if name not in names:
            meant = nearest(name.upper(), names, cutoff=0.7)
            hint = f"did you mean {meant}?" if meant else "is the name spelled right?"
            given.warnings.append(f"{name} ({where}): is not a setting of this bot; {hint}")
        elif text.strip():
            given.texts[name] = text
            given.sources[name] = where


def _from_secret_file(name: str, path: Path, given: Given) -> None:
    if name in given.texts:
        del given.texts[name]
        given.errors.append(Problem(name, f"is given twice, also as {name}_FILE", "keep one of the two"))
        return
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_SECRET_FILE + 1)
    except OSError as error:
        why = f"the file cannot be read ({error.strerror})"
        given.errors.append(
            Problem(f"{name}_FILE", why, "name a file with nothing but the secret, readable by this user")
        )
        return
    text = data.decode(envfile.encoding_of(data), errors="replace").strip()
    if not text or len(data) > _LARGEST_SECRET_FILE:
        why = "the file is empty" if not text else "the file is far too large"
        given.errors.append(Problem(f"{name}_FILE", why, "put the secret into it, and nothing else"))
        return
    given.texts[name] = text
    given.sources[name] = f"file named by {name}_FILE"
