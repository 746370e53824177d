"""What stands on buttons, in lists, in forms and in panels has room there, in every language, and is never cut."""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest
from bot.ui import abilities, buttons, modals
from bot.ui.buttons import JobButton, Sign, usage_view
from bot.ui.modals import LONGEST_TITLE, MOST_REASON, PromptForm, ReasonForm
from bot.ui.spending import VIEWS
from bot.words import LANGUAGES, Words
from tests.ui.test_settings_panels import every_form, every_view
from tests.words.collecting import ROOT, vocabulary

CATALOGUE = Catalogue.load()
REQUESTS = (None, ImageRequest("seedream-4.5", "a cat"), ImageRequest("seedream-5.0-pro", "", layers=True))
UNDER_PICTURES = 32  # Discord takes 80, but a row of buttons with so much on them is broken into lines
LONG = 45  # what is shorter than the smallest of Discord's limits is not cut
# Discord's limits for what people read, by the kind of the component and the field.
BUTTON, SELECTS, INPUT, LABEL = 2, (3, 5, 6, 7, 8), 4, 18
LIMITS: Mapping[tuple[int, str], int] = {
    (BUTTON, "label"): 80,
    **{(kind, "placeholder"): 150 for kind in SELECTS},
    (INPUT, "label"): 45,
    (INPUT, "placeholder"): 100,
    (LABEL, "label"): 45,
    (LABEL, "description"): 100,
}
OPTION = {"label": 100, "description": 100}
# Where something is made that has such a limit: a new place needs a test here.
MADE = {"Button", "Select", "RoleSelect", "ChannelSelect", "UserSelect", "MentionableSelect", "SelectOption"}
MADE |= {"TextInput", "Label", "Modal", "Choice", "SettingsForm", "PromptForm", "ReasonForm"}
PLACES = {
    "bot/ui/abilities.py",
    "bot/ui/buttons.py",
    "bot/ui/modals.py",
    "bot/ui/options.py",
    "bot/ui/settings/layout.py",
    "bot/ui/settings/server.py",
    # These open forms of the modals, or name choices by what somebody has written, or by what the vocabulary holds.
    "bot/ui/desk.py",
    "bot/ui/forms.py",
    "cogs/admin.py",
    "cogs/history.py",
    "cogs/menus.py",
    "cogs/usage.py",
}


class Ear(Words):
    """Remembers all that it has said: what is shown has to be the whole of it."""

    def __init__(self, locale: str = "en", stretch: int = 1) -> None:
        super().__init__(locale)
        self.said: set[str] = set()
        self._stretch = stretch

    def say(self, sentence: str, /, **facts: object) -> str:
        return self._keep(super().say(sentence, **facts))

    def plural(self, one: str, many: str, count: int, /, **facts: object) -> str:
        return self._keep(super().plural(one, many, count, **facts))

    def name(self, name: str) -> str:
        return self._keep(super().name(name))

    def cut(self, text: str) -> bool:
        """Whether there was more of it."""
        if len(text) < LONG or text in self.said:
            return False
        return text.endswith("…") or any(whole.startswith(text) for whole in self.said)

    def _keep(self, text: str) -> str:
        self.said.add(text * self._stretch)
        return text * self._stretch


def flat(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from flat(
            [*part.get("components", []), *(part[name] for name in ("accessory", "component") if name in part)]
        )


def read(parts: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """What people read in components, each with what there is room for."""
    for part in flat(parts):
        yield from (
            (part[field], most) for (kind, field), most in LIMITS.items() if part["type"] == kind and part.get(field)
        )
        for option in part.get("options", []):
            yield from ((option[field], most) for field, most in OPTION.items() if option.get(field))


def of_form(form: Any) -> Iterator[tuple[str, int]]:
    told = form.to_dict()
    yield told["title"], LONGEST_TITLE
    yield from read(told["components"])


def job_buttons(words: Words) -> Iterator[tuple[str, int]]:
    """Of every verb that has a label."""
    for verb, (_, label) in buttons._LABELS.items():
        if label:
            yield JobButton.of(Sign(verb, 1), words).item.to_component_dict()["label"], UNDER_PICTURES
    yield f"{words.say('Cancel')} #{10**9}", UNDER_PICTURES
    yield words.say("What it came from"), 80


def used(words: Words) -> Iterator[tuple[str, int]]:
    views = [(name, words.say(label)) for name, label in VIEWS.items()]
    for theme in ("dark", "light"):
        yield from read(usage_view(words, 1, ("images", 30, theme), views).to_components())


def forms(words: Words) -> Iterator[tuple[str, int]]:
    """Every form of pictures, of reports and of `/admin`."""
    for verb in modals._ASKS:
        if verb in MOST_REASON:
            yield from of_form(ReasonForm(Sign(verb, 1), words))
            continue
        for request in REQUESTS:
            yield from of_form(PromptForm(Sign(verb, 1), words, "a cat", request))


def settings_forms(words: Words) -> Iterator[tuple[str, int]]:
    for form in every_form(words):
        yield from of_form(form)


def panels(words: Words) -> Iterator[tuple[str, int]]:
    for view in every_view(words):
        yield from read(view.to_components())  # type: ignore[no-untyped-call]


def commands(words: Words) -> Iterator[tuple[str, int]]:
    """Descriptions, choices and menus, and the models that are suggested while somebody types."""
    found = vocabulary()
    yield from ((words.say(text), 100) for text in found.described)
    yield from ((words.say(text), 32) for text in found.menus)
    yield from ((words.name(name), 32) for name in found.names)
    yield from ((each.name, 100) for each in abilities.models(words, CATALOGUE, CATALOGUE.models, ""))


SHOWN: tuple[Callable[[Words], Iterator[tuple[str, int]]], ...] = (
    job_buttons,
    used,
    forms,
    settings_forms,
    panels,
    commands,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", SHOWN)
async def test_everything_has_room_and_nothing_is_cut(
    shown: Callable[[Words], Iterator[tuple[str, int]]], language: str
) -> None:
    words = Ear(language)
    texts = list(shown(words))
    assert texts
    assert {text: most for text, most in texts if not 1 <= len(text) <= most or words.cut(text)} == {}


@pytest.mark.parametrize("shown", SHOWN)
async def test_what_is_too_long_would_be_found(shown: Callable[[Words], Iterator[tuple[str, int]]]) -> None:
    words = Ear(stretch=50)
    assert any(words.cut(text) or len(text) > most for text, most in shown(words))


def test_whatever_has_such_a_limit_is_made_where_it_is_measured() -> None:
    found = set()
    for folder in ("bot/ui", "cogs"):
        for path in (ROOT / folder).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
            if any(_called(call) in MADE for call in calls):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == PLACES


def _called(call: ast.Call) -> str:
    """What is made by a call, also of a class with brackets: `Button[Any](…)`."""
    made = call.func.value if isinstance(call.func, ast.Subscript) else call.func
    return made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
