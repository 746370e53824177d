"""What stands on buttons, in lists and in forms has room there, in every language."""

import pytest

from bot.ui.buttons import JobButton, Sign
from bot.ui.modals import LONGEST_TITLE, PromptForm
from bot.ui.settings.fields import FIELDS, MINE, PAGES, TIER, Field, Kind
from bot.words import LANGUAGES, Words

VERBS = ["again", "vary", "edit", "upscale", "delete", "more", "cancel", "retry", "draft", "go", "dm", "info"]
VERBS += ["spoiler", "show", "unpin"]
LABEL = 32  # Discord takes 80, but a row of buttons with so much on them is broken into lines
LINE = HINT = 100
ROWS = [row for page in (*PAGES, TIER, MINE) for row in page.rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_button_has_a_short_label(language: str, verb: str) -> None:
    label = JobButton.of(Sign(verb, 1), Words(language)).item.to_component_dict()["label"]
    assert 1 <= len(label) <= LABEL


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["vary", "edit", "retry", "draft", "change"])
def test_nothing_in_a_form_is_cut_off(language: str, verb: str) -> None:
    form = PromptForm(Sign(verb, 1), Words(language)).to_dict()
    assert len(form["title"]) < LONGEST_TITLE  # as much as that would be a title that has been cut
    assert all(len(part["label"]) < LONGEST_TITLE for part in form["components"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_settings_fit_where_they_stand(language: str) -> None:
    words = Words(language)
    limits = {page.title: LINE for page in (*PAGES, TIER, MINE)}
    limits |= {row.title: LONGEST_TITLE for row in ROWS} | {field.title: LONGEST_TITLE for field in FIELDS.values()}
    limits |= {label: LINE for field in FIELDS.values() for _, label in field.choices}
    limits |= {field.about: HINT for field in FIELDS.values() if _is_hint(field)}
    assert {text: words.say(text) for text, most in limits.items() if len(words.say(text)) > most} == {}


def _is_hint(field: Field) -> bool:
    """Whether what it is for is said in a form, too."""
    return field.kind in {Kind.RATIO, Kind.MODEL}
