"""What panels are made of: texts, buttons and selects that hold no state but their custom_ids, and forms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.ui.abilities import RATIOS
from bot.ui.buttons import JobButton, Sign
from bot.ui.modals import LIFE, LONGEST_TITLE, submitted
from bot.ui.settings.fields import LISTS, ON_OFF, Field, Kind, Row
from bot.ui.settings.standing import Found, Standing
from bot.ui.settings.values import Speaker, languages, typed
from bot.words import sentence

MOST_OPTIONS = 25  # of a select
_LONGEST_LABEL = 80
_LONGEST_ABOUT = 100
_LONGEST_LINE = 100
LONGEST_WORDS = 4000

PLACES = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]
_LOGS = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread]

_CHANGE = sentence("Change")
_CHOOSE = sentence("Choose …")
_ADD = sentence("Add …")
_TAKE_OUT = sentence("Remove …")
_ANOTHER = sentence("Another …")
_RESET = sentence("Reset to default")
_BACK = sentence("Back")
_EMPTY = sentence("Empty: {usual}")
_HINTS = {
    Kind.COUNT: sentence("Empty: {usual} · 0: {none}"),
    Kind.SECONDS: sentence("Empty: {usual} · 0: {none}"),
    Kind.MONEY: sentence("In US dollars · empty: {usual} · 0: {none}"),
}
_ONE_PER_LINE = sentence("One per line, or with commas between them.")

Piece = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from."""

    models: Sequence[str]
    sizes: Sequence[str]


class Maker:
    """Makes the pieces of one panel: `verb` and `number` begin every custom_id in it."""

    def __init__(self, speaker: Speaker, offered: Offered, verb: str, number: int) -> None:
        self.speaker = speaker
        self.words = speaker.words
        self._offered = offered
        self._verb = verb
        self._number = number

    def sign(self, *rest: object) -> Sign:
        """What a press on something is to say."""
        return Sign(self._verb, self._number, ".".join(map(str, rest)))

    def button(self, label: str, *rest: object, danger: bool = False, disabled: bool = False) -> JobButton:
        """A button, with its label said already."""
        style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.secondary
        made = discord.ui.Button[Any](
            label=label[:_LONGEST_LABEL], custom_id=str(self.sign(*rest)), style=style, disabled=disabled
        )
        return JobButton(made)

    def row(self, standing: Standing, row: Row, *rest: object) -> Piece:
        """A row of a page: what holds, where it comes from, and a button to change it; `rest` follows its name."""
        say = self.words.say
        found = [(field, standing.find(field.name)) for field in row.fields]
        lines = [f"**{say(row.title)}**"]
        if len(found) == 1:
            lines.append(self._holds(*found[0]))
        else:
            lines += [
                say("{option}: {value}", option=say(field.title), value=self._holds(field, each))
                for field, each in found
            ]
        action = "ask" if row.is_form else "one"
        button = self.button(say(_CHANGE), action, row.name, *rest)
        return discord.ui.Section("\n".join(lines), accessory=button)

    def _holds(self, field: Field, found: Found) -> str:
        return f"{self.speaker.value(field, found.value)} · *{self.words.say(found.source.value)}*"

    def one(self, field: Field, found: Found) -> Iterable[Piece]:
        """Everything about one value that is picked: what it is for, what holds, and what there is to choose from."""
        say, sp = self.words.say, self.speaker
        text = f"## {say(field.title)}\n{say(field.about)}\n\n{sp.value(field, found.value, 200)[:2000]}"
        yield discord.ui.TextDisplay(f"{text} · *{say(found.source.value)}*")
        if field.kind is not Kind.WORDS:
            yield discord.ui.ActionRow(JobButton(self._select(field, found)))
        yield discord.ui.ActionRow(*self._beside(field, found))

    def _beside(self, field: Field, found: Found) -> Iterable[Piece]:
        say, unset = self.words.say, found.own is None
        if field.kind is Kind.WORDS:
            yield self.button(say(_ADD), "add", field.name)
            yield self.button(say(_TAKE_OUT), "cut", field.name, disabled=unset)
        if field.kind in {Kind.RATIO, Kind.MODEL, Kind.MODELS}:
            yield self.button(say(_ANOTHER), "add", field.name)
        yield self.button(say(_RESET), "none", field.name, disabled=unset)
        yield self.button(say(_BACK), "back", field.name)

    def _select(self, field: Field, found: Found) -> discord.ui.Item[Any]:
        own = found.own if isinstance(found.own, list | tuple) else () if found.own is None else (found.own,)
        many = field.kind in LISTS
        looks: dict[str, Any] = {
            "custom_id": str(self.sign("pick", field.name)),
            "placeholder": self.words.say(_CHOOSE),
            "min_values": 0 if many else 1,
        }
        if field.kind is Kind.ROLES:
            chosen = [discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.role) for each in own]
            return discord.ui.RoleSelect(max_values=MOST_OPTIONS, default_values=chosen[:MOST_OPTIONS], **looks)
        if field.kind in {Kind.CHANNELS, Kind.CHANNEL}:
            chosen = [discord.SelectDefaultValue(id=each, type=discord.SelectDefaultValueType.channel) for each in own]
            return discord.ui.ChannelSelect(
                max_values=MOST_OPTIONS if many else 1,
                default_values=chosen[:MOST_OPTIONS],
                channel_types=PLACES if many else _LOGS,
                **looks,
            )
        marked = {"on" if each is True else "off" if each is False else str(each) for each in own}
        options = [
            discord.SelectOption(label=label[:_LONGEST_LINE], value=value, default=value in marked)
            for label, value in self._options(field, [str(each) for each in own])
        ]
        return discord.ui.Select(options=options, max_values=len(options) if many else 1, **looks)

    def _options(self, field: Field, own: Sequence[str]) -> list[tuple[str, str]]:
        """What there is to choose from, and what is chosen although it is not there any more."""
        say, speaker = self.words.say, self.speaker
        match field.kind:
            case Kind.SWITCH:
                return [(say(label), value) for value, label in ON_OFF]
            case Kind.CHOICE:
                return [(say(label), value) for value, label in field.choices]
            case Kind.LANGUAGE:
                return languages()
            case Kind.MODEL | Kind.MODELS:
                every = dict.fromkeys((*self._offered.models, *own))
                return [(speaker.model(each).strip("`"), each) for each in every][:MOST_OPTIONS]
            case Kind.SIZE | Kind.SIZES:
                return [(each, each) for each in dict.fromkeys((*self._offered.sizes, *own))][:MOST_OPTIONS]
            case _:
                return [(each, each) for each in dict.fromkeys((*RATIOS, *own))][:MOST_OPTIONS]

    def form(self, row: Row, standing: Standing, *rest: object) -> "SettingsForm":
        """The form for a row, with what is set at this very level filled in."""
        say = self.words.say
        form = SettingsForm(self.sign("ask", row.name, *rest), say(row.title))
        for field in row.fields:
            found = standing.find(field.name)
            usual = self.speaker.value(field, found.otherwise)
            hint = say(_HINTS.get(field.kind, _EMPTY), usual=usual, none=say(field.none) if field.none else "")
            title = row.title if len(row.fields) == 1 else field.title
            form.field(field.name, say(title), hint, typed(field, found.own))
        return form

    def words_form(self, action: str, field: Field) -> "SettingsForm":
        """The form for words to be added to a list or taken out of it, or for something that is not in the select."""
        say = self.words.say
        form = SettingsForm(self.sign(action, field.name), say(field.title))
        many = field.kind in LISTS or field.kind is Kind.WORDS
        hint = say(_ONE_PER_LINE) if many else say(field.about)
        form.field(field.name, say(_TAKE_OUT if action == "cut" else _ADD if many else _ANOTHER), hint, "", many)
        return form


class SettingsForm(discord.ui.Modal):
    """A form whose custom_id says what it is about; what is sent in it is read from the interaction."""

    def __init__(self, sign: Sign, title: str) -> None:
        super().__init__(title=title[:LONGEST_TITLE], custom_id=str(sign), timeout=LIFE)

    def field(self, name: str, label: str, hint: str, before: str, paragraph: bool = False) -> None:
        """Put in a field."""
        style = discord.TextStyle.paragraph if paragraph else discord.TextStyle.short
        most = LONGEST_WORDS if paragraph else _LONGEST_LINE
        written: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=style, custom_id=name, default=before[:most] or None, required=paragraph, max_length=most
        )
        label, hint = label[:LONGEST_TITLE], hint[:_LONGEST_ABOUT]
        self.add_item(discord.ui.Label(text=label, description=hint, component=written))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand it on, as a button does."""
        await submitted(interaction)


def panel(pieces: Iterable[Piece], note: str = "") -> discord.ui.LayoutView:
    """A panel of these pieces, made anew for each message; the note is what has just happened."""
    told = [discord.ui.TextDisplay[Any](note[:1500])] if note else []
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container(*told, *pieces))
    return view


def select(sign: Sign, options: Sequence[tuple[str, str]], chosen: str, placeholder: str) -> Piece:
    """A select of words, with one of them chosen, in a row of its own."""
    made = [
        discord.SelectOption(label=label[:_LONGEST_LINE], value=value, default=value == chosen)
        for label, value in options
    ]
    return discord.ui.ActionRow(
        JobButton(discord.ui.Select(custom_id=str(sign), placeholder=placeholder, options=made))
    )
