"""Buttons under messages. They hold no state but their custom_id, `sd:<verb>:<job>`, so that they work for ever: after
a restart, in another process, on old messages.

A view never mixes them with ordinary items, and is made anew for each message: discord.py forgets the buttons of the
whole process otherwise.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.studio.job import Job
from bot.words import Words, sentence

PRESSED = "seedream_press"  # the event that a press becomes; its listener gets the interaction
USAGE_DAYS = (7, 30, 90)
LONGEST_ID = 100  # characters of a custom_id
LONGEST_SEARCH = 80  # so that it goes into one
_LARGEST = 2**63 - 1  # what a database counts up to
_ID = re.compile(r"sd:([a-z]{1,16}):([0-9]{1,19})(?::(.*))?", re.DOTALL | re.ASCII)

Fresh = Callable[[], discord.ui.View]
Chosen = tuple[str, int, str]  # what is shown of what was used: the view, the days, the theme

_LABELS = {
    "again": ("🔁", sentence("Again")),
    "vary": ("✏️", sentence("Vary")),
    "edit": ("🖌️", sentence("Edit")),
    "upscale": ("🔍", sentence("Upscale")),
    "star": ("⭐", ""),
    "delete": ("🗑️", sentence("Delete")),
    "more": ("", sentence("More …")),
    "cancel": ("", sentence("Cancel")),
    "retry": ("✏️", sentence("Edit & retry")),
    "draft": ("✏️", sentence("Edit & retry")),
    "go": ("✅", sentence("Go ahead")),
    "no": ("", sentence("Cancel")),
    "dm": ("✉️", sentence("Send to me")),
    "info": ("ℹ️", sentence("Info")),
    "spoiler": ("🫥", sentence("Hide as spoiler")),
    "show": ("🖼️", sentence("Show")),
    "unpin": ("📌", sentence("Clear")),
    "forget": ("🗑️", sentence("Forget me")),
    "report": ("🚩", sentence("Report")),
    "reports": ("🚩", sentence("Open reports")),
    "remove": ("🗑️", sentence("Delete picture")),
    "ban": ("⛔", sentence("Block person")),
    "dismiss": ("", sentence("Dismiss")),
    "revoke": ("", sentence("Take it back")),
}
_STYLES = {
    "delete": discord.ButtonStyle.danger,
    "remove": discord.ButtonStyle.danger,
    "ban": discord.ButtonStyle.danger,
    "retry": discord.ButtonStyle.primary,
    "go": discord.ButtonStyle.primary,
    "forget": discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """What a custom_id says: what to do, to which job (or with which number), and more words where there are some."""

    verb: str
    number: int
    rest: str = ""

    def __str__(self) -> str:
        return f"sd:{self.verb}:{self.number}" + (f":{self.rest}" if self.rest else "")

    @classmethod
    def read(cls, custom_id: object) -> Self | None:
        """The way back, None for whatever is not of our making."""
        if not isinstance(custom_id, str) or len(custom_id) > LONGEST_ID:
            return None
        found = _ID.fullmatch(custom_id)
        if found is None or int(found[2]) > _LARGEST:
            return None
        return cls(found[1], int(found[2]), found[3] or "")


class JobButton(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"(?s)sd:.*"):
    """Any of our buttons, and the selects of panels. Whoever listens to PRESSED does what it says."""

    @classmethod
    def of(cls, sign: Sign, words: Words, label: str | None = None, *, disabled: bool = False) -> Self:
        """The button of a sign, with its usual label unless another is given."""
        emoji, usual = _LABELS.get(sign.verb, ("", ""))
        return cls(
            discord.ui.Button(
                custom_id=str(sign),
                label=(label or (words.say(usual) if usual else None)),
                emoji=emoji or None,
                style=_STYLES.get(sign.verb, discord.ButtonStyle.secondary),
                disabled=disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button again, as it is on the message that was pressed."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand it on: what goes wrong there meets the client's own hook for errors, not discord.py's log."""
        interaction.client.dispatch(PRESSED, interaction)


ITEMS: Sequence[type[discord.ui.DynamicItem[Any]]] = (JobButton,)


def result_view(job: Job) -> discord.ui.View:
    """Under finished pictures; layers are as large as the picture was that they are of."""
    larger = () if job.request.get("layers") else ("upscale",)
    return _view(job, ("again", "vary", "edit", *larger), ("star", "delete", "more"))


def progress_view(job: Job) -> discord.ui.View:
    """While it works."""
    return _view(job, ("cancel",))


def bad_news_view(job: Job) -> discord.ui.View:
    """When there are no pictures: the same again, or with other words."""
    return _view(job, ("retry",))


def refusal_view(number: int, locale: str) -> discord.ui.View:
    """When a request was not accepted: `number` is what its draft is kept under."""
    return _rows([JobButton.of(Sign("draft", number), Words(locale))])


def confirm_view(number: int, locale: str) -> discord.ui.View:
    """When a request has to be confirmed: `number` is what its draft is kept under."""
    return _rows([JobButton.of(Sign(verb, number), Words(locale)) for verb in ("go", "draft", "no")])


def more_view(job: Job, words: Words, links: Iterable[tuple[str, str]] = ()) -> discord.ui.View:
    """What is not asked for every day, and where things are: label and address of each link."""
    verbs = ("dm", "info", "spoiler", "report")
    buttons: list[discord.ui.Item[Any]] = [JobButton.of(Sign(verb, job.id), words) for verb in verbs]
    return _rows(buttons, [discord.ui.Button(label=label, url=url) for label, url in links])


def info_view(job: Job, words: Words) -> discord.ui.View:
    """Under what is known of a picture."""
    verbs = ("again", "vary", "edit") if job.delivery is not None else ("again", "retry")
    return _rows([JobButton.of(Sign(verb, job.id), words) for verb in verbs])


def history_view(jobs: Iterable[Job], words: Words, number: int, of: int, search: str = "") -> discord.ui.View:
    """Under a page of jobs: one button to bring each here, and those to the pages before and after it."""
    shown = [JobButton.of(Sign("show", job.id), words, f"#{job.id}") for job in jobs]
    return _rows(shown, _turning("page", words, number, of, search[:LONGEST_SEARCH]))


def signs_view(signs: Sequence[Sign], words: Words) -> discord.ui.View:
    """A row of buttons."""
    return _rows([JobButton.of(sign, words) for sign in signs])


def pages_view(signs: Sequence[Sign], words: Words, page: Sign, of: int) -> discord.ui.View:
    """A row of buttons under a page, and those to the pages before and after it: `page` is what leads to this one."""
    return _rows([JobButton.of(sign, words) for sign in signs], _turning(page.verb, words, page.number, of, page.rest))


def queue_view(jobs: Iterable[Job], words: Words) -> discord.ui.View:
    """Under one's jobs under way: one button to cancel each."""
    label = words.say("Cancel")
    buttons = [JobButton.of(Sign("cancel", job.id), words, f"{label} #{job.id}") for job in jobs]
    return _rows(*(buttons[start : start + 5] for start in range(0, len(buttons), 5)))


def pins_view(words: Words) -> discord.ui.View:
    """Under what is said of pictures at hand."""
    return _rows([JobButton.of(Sign("unpin", 0), words)])


def forget_view(user: int, words: Words) -> discord.ui.View:
    """Under the question whether somebody wants to be forgotten."""
    return _rows([JobButton.of(Sign("forget", user), words)])


def usage_view(words: Words, place: int, chosen: Chosen, views: Sequence[tuple[str, str]]) -> discord.ui.View:
    """Under what was used: other views of it, by name and label, other spans, the other theme."""
    view, days, theme = chosen
    other = "light" if theme == "dark" else "dark"

    def button(kind: str, rest: Chosen, label: str) -> JobButton:
        # What is shown already cannot be pressed, and no two buttons of a message may be the same.
        sign = Sign("usage", place, f"{kind}.{rest[0]}.{rest[1]}.{rest[2]}")
        return JobButton.of(sign, words, label, disabled=rest == chosen)

    spans = [
        button("span", (view, span, theme), words.plural("{count} day", "{count} days", span)) for span in USAGE_DAYS
    ]
    switch = button("theme", (view, days, other), words.say("Light") if other == "light" else words.say("Dark"))
    return _rows([button("view", (name, days, theme), label) for name, label in views], [*spans, switch])


def fresh(make: Callable[[Job], discord.ui.View], job: Job) -> Fresh:
    """The same view, new each time: a view object belongs to one message."""
    return lambda: make(job)


def _turning(verb: str, words: Words, number: int, of: int, rest: str) -> list[discord.ui.Item[Any]]:
    """To the pages before and after this one."""
    if of == 1:
        return []
    before, after = Sign(verb, max(1, number - 1), rest), Sign(verb, min(of, number + 1), rest)
    back = JobButton.of(before, words, "◀", disabled=number <= 1)
    # Two buttons of one message may not have the same custom_id, not even when one of them cannot be pressed.
    on = JobButton.of(after if after != before else Sign(verb, number + 1, rest), words, "▶", disabled=number >= of)
    return [back, on]


def _view(job: Job, *rows: Sequence[str]) -> discord.ui.View:
    words = Words(job.origin.locale)
    return _rows(*([JobButton.of(Sign(verb, job.id), words) for verb in row] for row in rows))


def _rows(*rows: Sequence[discord.ui.Item[Any]]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(filter(None, rows)):
        for item in row:
            item.row = number
            view.add_item(item)
    return view
