"""Everything that can be set in a panel: what it is called, what it is for, how it is chosen, on which page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.studio.preferences import IN_PLACE
from bot.studio.rules import ALWAYS, ANYONE, FREE, OFF, OWN
from bot.words import sentence


class Kind(Enum):
    """How a value is chosen and shown."""

    SWITCH = "switch"
    CHOICE = "choice"
    MODEL = "model"
    MODELS = "models"
    SIZE = "size"
    SIZES = "sizes"
    RATIO = "ratio"
    LANGUAGE = "language"
    ROLES = "roles"
    CHANNELS = "channels"
    CHANNEL = "channel"
    WORDS = "words"
    COUNT = "count"
    MONEY = "money"
    SECONDS = "seconds"
    SHARE = "share"
    NAME = "name"


# These are written into a form; everything else is picked from a list, or has a form of its own.
WRITTEN = frozenset({Kind.COUNT, Kind.MONEY, Kind.SECONDS, Kind.SHARE, Kind.NAME})
LISTS = frozenset({Kind.MODELS, Kind.SIZES, Kind.ROLES, Kind.CHANNELS})


@dataclass(frozen=True, slots=True)
class Field:
    """One value: its name as it is kept, what it is called, and what is said where it is not set (`none`)."""

    name: str
    title: str
    kind: Kind
    about: str = ""
    none: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What is shown and changed together: one value that is picked, or up to five that are written into one form."""

    name: str
    title: str
    fields: tuple[Field, ...]
    about: str = ""

    @property
    def is_form(self) -> bool:
        """Whether its values are written."""
        return self.fields[0].kind in WRITTEN


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that belong together."""

    name: str
    title: str
    rows: tuple[Row, ...]
    about: str = ""


_ALL = sentence("all")
_NO_LIMIT = sentence("no limit")
_PERIODS = {"hour": sentence("Per hour"), "day": sentence("Per day"), "month": sentence("Per month")}
ON_OFF = (("on", sentence("On")), ("off", sentence("Off")))
SIGHT = (
    ("public", sentence("Everybody here")),
    ("private", sentence("Only me")),
    ("spoiler", sentence("Hidden behind a spoiler")),
)


def _row(field: Field) -> Row:
    return Row(field.name, field.title, (field,), field.about)


def _periods(name: str, title: str, kind: Kind, about: str) -> Row:
    fields = (Field(f"{name}_per_{period}", said, kind, none=_NO_LIMIT) for period, said in _PERIODS.items())
    return Row(name, title, tuple(fields), about)


_PAUSED = Field(
    "paused",
    sentence("Pause"),
    Kind.SWITCH,
    sentence("While it is on, no new requests are taken. What is in the queue already is still made."),
)
_ROLES = Field(
    "roles",
    sentence("Allowed roles"),
    Kind.ROLES,
    sentence("Only members with one of these roles may ask for pictures."),
    sentence("everyone"),
)
_DENIED_ROLES = Field(
    "denied_roles",
    sentence("Denied roles"),
    Kind.ROLES,
    sentence("Members with one of these roles may not ask for pictures, whatever other roles they have."),
    sentence("no roles"),
)
_CHANNELS = Field(
    "channels",
    sentence("Allowed channels"),
    Kind.CHANNELS,
    sentence("Pictures are made in these channels and their threads only."),
    _ALL,
)
_DENIED_CHANNELS = Field(
    "denied_channels",
    sentence("Denied channels"),
    Kind.CHANNELS,
    sentence("No pictures in these channels and their threads."),
    sentence("no channels"),
)
_MODELS = Field(
    "models",
    sentence("Allowed models"),
    Kind.MODELS,
    sentence("Members can use these models only."),
    _ALL,
)
_SIZES = Field(
    "sizes",
    sentence("Allowed sizes"),
    Kind.SIZES,
    sentence("Sizes in pixels count as the next larger one of these."),
    _ALL,
)
_MOST_IMAGES = Field("most_images", sentence("Pictures per request"), Kind.COUNT, none=_NO_LIMIT)
_REFERENCES = Field(
    "references",
    sentence("Reference pictures"),
    Kind.CHOICE,
    sentence("Whose pictures may be edited or used as a reference."),
    choices=(
        (ANYONE, sentence("Anyone's")),
        (OWN, sentence("Only their own")),
        (OFF, sentence("None")),
    ),
)
_AGE = Field(
    "age_restricted_only",
    sentence("Age-restricted channels only"),
    Kind.SWITCH,
    sentence("Pictures are made only where Discord asks members for their age."),
)
_SPOILER = Field(
    "spoiler",
    sentence("Spoilers"),
    Kind.CHOICE,
    sentence("Whether public pictures are hidden until somebody clicks them."),
    choices=((FREE, sentence("Everybody decides for themselves")), (ALWAYS, sentence("Always hidden"))),
)
_BLOCKED_WORDS = Field(
    "blocked_words",
    sentence("Blocked words"),
    Kind.WORDS,
    sentence(
        "Prompts with one of these words are refused, however it is spelled. Members are not told which word it was."
    ),
    sentence("no words"),
)
_AUDIT_CHANNEL = Field(
    "audit_channel",
    sentence("Audit log channel"),
    Kind.CHANNEL,
    sentence("What moderators change is posted there too. The bot must be able to post in it."),
    sentence("no channel"),
)
_LANGUAGE = Field(
    "language",
    sentence("Language"),
    Kind.LANGUAGE,
    sentence("The language of answers that everybody sees. Members can choose their own with `/settings me`."),
    sentence("same as in Discord"),
)
_DEFAULT_MODEL = Field(
    "default_model", sentence("Default model"), Kind.MODEL, sentence("Used when a request does not name one.")
)
_DEFAULT_RATIO = Field(
    "default_ratio",
    sentence("Default ratio"),
    Kind.RATIO,
    sentence("The shape of new pictures. Edited pictures keep theirs."),
    sentence("up to the model"),
)
_DEFAULT_SIZE = Field(
    "default_size",
    sentence("Default size"),
    Kind.SIZE,
    sentence("Used where the model has this size."),
    sentence("up to the model"),
)
_DEFAULT_VISIBILITY = Field(
    "default_visibility",
    sentence("Default visibility"),
    Kind.CHOICE,
    sentence("Who sees the answer when a request does not say it."),
    choices=SIGHT,
)
_AT_ONCE = Field("at_once", sentence("Jobs at the same time"), Kind.COUNT, none=_NO_LIMIT)
_WAITING = Field("waiting", sentence("Jobs waiting in the queue"), Kind.COUNT, none=_NO_LIMIT)
_COOLDOWN = Field("cooldown", sentence("Seconds between requests"), Kind.SECONDS, none=sentence("no pause"))
_WEIGHT = Field("weight", sentence("Share of the queue"), Kind.SHARE)
_SERVER_AT_ONCE = Field("server_at_once", sentence("Jobs at the same time"), Kind.COUNT, none=_NO_LIMIT)
_CONFIRM = Row(
    "confirm",
    sentence("Ask first"),
    (
        Field("confirm_cost", sentence("When it may cost more than"), Kind.MONEY, none=sentence("do not ask")),
        Field("confirm_images", sentence("When it is more pictures than"), Kind.COUNT, none=sentence("do not ask")),
    ),
    sentence("The price is shown, and the member has to say yes."),
)
_USER_IMAGES = _periods("user_images", sentence("Pictures per member"), Kind.COUNT, "")
_USER_COST = _periods("user_cost", sentence("Money per member"), Kind.MONEY, "")
_PACE = Row("pace", sentence("Pace per member"), (_AT_ONCE, _WAITING, _COOLDOWN))

PAGES: tuple[Page, ...] = (
    Page(
        "who",
        sentence("Who and where"),
        tuple(map(_row, (_PAUSED, _ROLES, _DENIED_ROLES, _CHANNELS, _DENIED_CHANNELS))),
    ),
    Page(
        "models",
        sentence("Models and sizes"),
        (_row(_MODELS), _row(_SIZES), Row("most_images", _MOST_IMAGES.title, (_MOST_IMAGES,))),
    ),
    Page("limits", sentence("Limits per member"), (_USER_IMAGES, _USER_COST, _PACE)),
    Page("tiers", sentence("Limits by role"), ()),
    Page(
        "budget",
        sentence("Server budget"),
        (
            _periods("server_cost", sentence("Budget in money"), Kind.MONEY, ""),
            _periods("server_images", sentence("Budget in pictures"), Kind.COUNT, ""),
            Row("server_at_once", sentence("Jobs at the same time on the server"), (_SERVER_AT_ONCE,)),
            _CONFIRM,
        ),
        sentence(
            "At 80%, and at 100%, where the bot stops, the audit log channel is told; without one, the owner of the "
            "server in a direct message."
        ),
    ),
    Page(
        "references",
        sentence("References and consent"),
        (_row(_REFERENCES),),
        sentence("Whoever does not want their pictures used by others can say so for themselves; that always holds."),
    ),
    Page("safety", sentence("Safety"), tuple(map(_row, (_AGE, _SPOILER, _BLOCKED_WORDS)))),
    Page("log", sentence("Audit log and language"), tuple(map(_row, (_AUDIT_CHANNEL, _LANGUAGE)))),
    Page(
        "defaults",
        sentence("Defaults"),
        tuple(map(_row, (_DEFAULT_MODEL, _DEFAULT_RATIO, _DEFAULT_SIZE, _DEFAULT_VISIBILITY))),
        sentence("Members can choose their own with `/settings me`."),
    ),
    Page("places", sentence("Channel overrides"), ()),
)
TIER = Page(
    "tiers",
    sentence("Limits by role"),
    (
        _USER_IMAGES,
        _USER_COST,
        Row("tier", sentence("Pace and queue"), (_AT_ONCE, _WAITING, _COOLDOWN, _WEIGHT)),
    ),
    sentence("Members with several of these roles get the best value of each."),
)
MINE = Page(
    "me",
    sentence("Your settings"),
    tuple(
        map(
            _row,
            (
                Field("model", sentence("Model"), Kind.MODEL, _DEFAULT_MODEL.about),
                Field("ratio", sentence("Ratio"), Kind.RATIO, _DEFAULT_RATIO.about, _DEFAULT_RATIO.none),
                Field("size", sentence("Size"), Kind.SIZE, _DEFAULT_SIZE.about, _DEFAULT_SIZE.none),
                Field("visibility", sentence("Visibility"), Kind.CHOICE, _DEFAULT_VISIBILITY.about, choices=SIGHT),
                Field(
                    "language",
                    sentence("Language"),
                    Kind.LANGUAGE,
                    sentence("The language in which the bot answers you."),
                    sentence("same as your Discord"),
                ),
                Field(
                    "dm_when_done",
                    sentence("DM when done"),
                    Kind.SWITCH,
                    sentence("When your pictures are done you get a direct message with a link to them."),
                ),
                Field(
                    "ping_when_done",
                    sentence("Ping when done"),
                    Kind.SWITCH,
                    sentence("When your pictures are done the bot mentions you below them."),
                ),
            ),
        )
    ),
    sentence("They apply in every server and in direct messages, as far as a server allows."),
)


def pages_of(place: int) -> Iterator[Page]:
    """The pages for the whole server, or, for a channel, those with what a channel may set."""
    for page in PAGES:
        if not place:
            yield page
        elif rows := tuple(_of_places(page)):
            yield Page(page.name, page.title, rows, page.about if page.name != "budget" else "")


def _of_places(page: Page) -> Iterator[Row]:
    for row in page.rows:
        if kept := tuple(field for field in row.fields if field.name in IN_PLACE):
            yield Row(row.name, row.title, kept, row.about)


def page_of(name: str, place: int) -> Page | None:
    """A page by its name."""
    return next((page for page in pages_of(place) if page.name == name), None)


def row_of(name: str, pages: tuple[Page, ...]) -> tuple[Page, Row] | None:
    """A row by its name, and the page that it is on."""
    return next(((page, row) for page in pages for row in page.rows if row.name == name), None)


FIELDS: Mapping[str, Field] = {
    field.name: field for page in (*PAGES, TIER, MINE) for row in page.rows for field in row.fields
}
