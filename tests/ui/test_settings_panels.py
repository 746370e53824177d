"""The settings panels in every language: within Discord's limits, of stateless parts alone, and readable values."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

import discord
import pytest
from discord.ui.view import ViewStore
from hypothesis import given
from hypothesis import strategies as some

from bot.seedream.catalogue import Catalogue
from bot.studio.checks import BadPreference
from bot.studio.limits import Allowance, Limits
from bot.studio.preferences import IN_PERSON, IN_PLACE, IN_SERVER, IN_TIER, Person
from bot.studio.rules import Rules, Tier
from bot.ui.buttons import ITEMS, LONGEST_ID, JobButton, Sign
from bot.ui.integrations import CHANNEL, ROLE, USER, Command, Overrides
from bot.ui.settings.elsewhere import told
from bot.ui.settings.fields import FIELDS, MINE, PAGES, TIER, WRITTEN, Kind, pages_of
from bot.ui.settings.layout import Maker, Offered, SettingsForm, panel
from bot.ui.settings.server import ServerPanel
from bot.ui.settings.standing import OfPerson, OfServer, Operator
from bot.ui.settings.values import TONGUES, Speaker, read, several, typed
from bot.words import LANGUAGES, PSEUDO, Words

CATALOGUE = Catalogue.load()
OPERATOR = Operator(Limits(user=Allowance(images_per_hour=30)), "seedream-4.5")
ID = 2**63 - 1  # the longest that there is
MANY = tuple(range(ID - 200, ID))
FULL = Rules(
    values={"server_cost_per_day": 10**13, "cooldown": 30.0},
    tiers={role: Tier("", {"weight": 2.5, "user_images_per_hour": 10**7}) for role in MANY},
    paused=True,
    models=tuple(f"ep-{number}-{'x' * 80}" for number in range(100)),
    sizes=("1K", "2K", "4K"),
    roles=MANY,
    denied_roles=MANY,
    channels=MANY,
    denied_channels=MANY,
    blocked_words=tuple(f"{number} {'w' * 90}" for number in range(500)),
    audit_channel=ID,
    language="zh-CN",
    default_ratio="21:9",
    places={place: {"models": ["seedream-4.0"], "blocked_words": ["a b"]} for place in MANY},
)
CROWD = {(kind, number): bool(number % 2) for kind in (ROLE, USER, CHANNEL) for number in MANY[-33:]}
CROWDED = Overrides(ID, CROWD, {Command(f"{name} {'x' * 20}"[:32], name > "m"): CROWD for name in ascii_lowercase})
NEEDED = discord.Permissions(manage_guild=True, manage_messages=True)
LOCALES = [*LANGUAGES, PSEUDO]


def maker(words: Words, verb: str = "settings", number: int = 0) -> Maker:
    offered = Offered([*CATALOGUE.models], ["1K", "2K", "4K"])
    return Maker(Speaker(words, CATALOGUE), offered, verb, number)


def every_view(words: Words) -> Iterator[discord.ui.LayoutView]:
    for rules in (Rules(), FULL):
        for place in (0, MANY[0]):
            shown = ServerPanel(maker(words, number=place), OfServer(OPERATOR, rules, place, MANY[1]), "b" * 32)
            for page in pages_of(place):
                yield shown.page(page, "n" * 5000, told(words, CROWDED, {Command("admin"): NEEDED}))
                yield from (shown.one(page, row, "note") for row in page.rows if not row.is_form)
            yield shown.tier(MANY[0], "note")
    mine = maker(words, "mine")
    standing = OfPerson(OPERATOR, Person("seedream-4.0", "16:9", "2K", "spoiler", "fr", True, True), FULL)
    yield panel([mine.row(standing, row) for row in MINE.rows], "n" * 5000)
    yield from (panel(mine.one(row.fields[0], standing.find(row.name))) for row in MINE.rows)


def every_form(words: Words) -> Iterator[SettingsForm]:
    for rules in (Rules(), FULL):
        made, standing = maker(words, number=ID), OfServer(OPERATOR, rules)
        forms = [row for page in PAGES for row in page.rows if row.is_form]
        yield from (made.form(row, standing) for row in forms)
        yield from (made.form(row, OfServer(OPERATOR, rules, role=ID), ID) for row in TIER.rows)
    for action in ("add", "cut"):
        yield from (made.words_form(action, FIELDS[name]) for name in ("blocked_words", "models", "default_ratio"))


def flat(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from flat(part.get("components", []))
        yield from flat([part[name] for name in ("accessory", "component") if name in part])


@pytest.mark.parametrize("locale", LOCALES)
async def test_panels_keep_discords_limits_however_much_is_set(locale: str) -> None:
    for view in every_view(Words(locale)):
        told: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
        parts = list(flat(told))
        assert len(parts) <= 40
        assert sum(len(part.get("content", "")) for part in parts) <= 4000
        assert all(len(part["content"]) > 0 for part in parts if part["type"] == 10)
        ids = [part["custom_id"] for part in parts if "custom_id" in part]
        assert len(set(ids)) == len(ids)
        assert all(len(each) <= LONGEST_ID and Sign.read(each) for each in ids)
        assert all(0 < len(part["label"]) <= 80 for part in parts if part["type"] == 2)
        for part in (part for part in parts if part["type"] in {3, 6, 8}):
            options = part.get("options", [])
            assert part["max_values"] <= (len(options) if part["type"] == 3 else 25)
            assert len(options) <= 25
            assert len({option["value"] for option in options}) == len(options)
            assert all(0 < len(option["label"]) <= 100 and len(option["value"]) <= 100 for option in options)
            assert sum(option.get("default", False) for option in options) <= part["max_values"]
            assert len(part.get("default_values", [])) <= part["max_values"]


@pytest.mark.parametrize("locale", LOCALES)
async def test_forms_keep_discords_limits(locale: str) -> None:
    for form in every_form(Words(locale)):
        told = form.to_dict()
        assert 0 < len(told["title"]) <= 45
        assert len(told["custom_id"]) <= LONGEST_ID
        assert 0 < len(told["components"]) <= 5
        for label in told["components"]:
            assert 0 < len(label["label"]) <= 45
            assert len(label["description"]) <= 100
        assert form.timeout is not None


async def test_panels_leave_nothing_behind_in_discord_py() -> None:
    client = discord.Client(intents=discord.Intents.none())
    store = ViewStore(client._connection)
    store.add_dynamic_items(*ITEMS)
    for message, view in enumerate(every_view(Words()), 1000):
        store.add_view(view, message)
        view.stop()
        store.remove_view(view)
    assert list(store._dynamic_items.values()) == [JobButton]
    assert store._views == {}
    assert store._synced_message_views == {}


def test_everything_that_can_be_set_is_in_a_panel_and_nothing_else() -> None:
    of_server = {field.name for page in PAGES for row in page.rows for field in row.fields}
    of_place = {field.name for page in pages_of(1) for row in page.rows for field in row.fields}
    of_tier = {field.name for row in TIER.rows for field in row.fields}
    assert of_server == set(IN_SERVER) - {"pause_reason"}  # `/admin pause` asks for it
    assert of_place == set(IN_PLACE)
    assert of_tier == set(IN_TIER) - {"name"}  # a role has its name already
    assert {field.name for row in MINE.rows for field in row.fields} == set(IN_PERSON)
    assert set(TONGUES) == set(LANGUAGES)


@given(some.integers(0, 10**13), some.sampled_from([field for field in FIELDS.values() if field.kind in WRITTEN]))
def test_what_stands_in_a_form_is_read_as_it_was(value: int, field: Any) -> None:
    whole = value if field.kind is Kind.MONEY else value % 10**12
    assert read(field, typed(field, whole)) == whole
    assert read(field, typed(field, None)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12_500_000),
        ("$ 12,50", 12_500_000),
        ("１２", 12_000_000),
        ("0.000001", 1),
        ("US$3", 3_000_000),
        ("7 USD", 7_000_000),
    ],
)
def test_money_is_read_as_people_write_it(text: str, value: int) -> None:
    assert read(FIELDS["user_cost_per_day"], text) == value


@pytest.mark.parametrize("text", ["1,000", "-1", "1e3", "€5", "12.3456789", "1.2.3", "$", "NaN", "½", "٣"])
def test_what_is_no_money_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BadPreference, match="is not an amount of money"):
        read(FIELDS["user_cost_per_day"], text)


def test_a_list_is_read_however_it_is_parted() -> None:
    assert several(" a b \n c，d、e;f ,, c") == ["a b", "c", "d", "e", "f"]
