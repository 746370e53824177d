"""The settings as far as they can be used: for those who look at everything, and do not stop at the first mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.config.given import Problem, collect
from bot.config.settings import PROVIDERS, SECRETS, Settings, checked, key_field

_KEYS = {f"{name}_base_url": key_field(name) for name in PROVIDERS}


@dataclass(frozen=True, slots=True)
class Survey:
    """What is fine, what is not, and what is probably not meant. What is not fine has its default in `settings`."""

    settings: Settings
    problems: Sequence[Problem]
    warnings: Sequence[str]

    def problem(self, name: str) -> Problem | None:
        """What is wrong with this setting, if anything is."""
        return next((problem for problem in self.problems if problem.name.removesuffix("_FILE") == name), None)


def survey(env_file: Path, environ: Mapping[str, str]) -> Survey:
    """Read .env and environment (which wins); never raises for what stands there."""
    names = {name.upper(): name for name in Settings.model_fields}
    given = collect(env_file, environ, names, [name.upper() for name in SECRETS])
    texts = {names[name]: text for name, text in given.texts.items()}
    problems = list(given.errors)
    while True:
        settings, wrong = checked(texts, given)
        if settings is not None:
            return Survey(settings, problems, given.warnings)
        problems += wrong
        bad = {problem.name.lower() for problem in wrong}
        bad |= {_KEYS[name] for name in bad & _KEYS.keys()}  # an address that is missing goes with its key
        texts = {name: text for name, text in texts.items() if name not in bad}
