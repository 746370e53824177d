"""What pressing something in a panel does. Nothing is remembered: what is meant stands in the custom_id, what holds in
the database, and who presses is asked anew each time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.studio.checks import BadPreference
from bot.studio.job import Who
from bot.studio.limits import Refusal
from bot.ui.house import House
from bot.ui.modals import written
from bot.ui.options import offered
from bot.ui.places import who_of
from bot.ui.press import Press
from bot.ui.settings.answers import ask_by, chosen, is_panel, listed, meant, mistake, show
from bot.ui.settings.elsewhere import Elsewhere
from bot.ui.settings.fields import LISTS, TIER, Field, Kind, Page, Row, page_of, pages_of, row_of
from bot.ui.settings.layout import Maker, Offered
from bot.ui.settings.server import ServerPanel
from bot.ui.settings.standing import OfServer, Operator
from bot.ui.settings.told import told
from bot.ui.settings.values import Speaker, read
from bot.words import Words, sentence

SERVER = "settings"  # the verb of its custom_ids
_LARGEST = 2**63 - 1
_MEMBERS = sentence(
    "This panel is for those who may manage this server. What you can choose for yourself is in `/settings me`."
)
_NOWHERE = sentence("There is no server here whose settings could be changed. Your own are in `/settings me`.")
_MUTE = sentence("I cannot post in {channel} yet: allow me **View Channel** and **Send Messages** there.")

Does = Callable[["Visit", Sequence[str]], Awaitable[bool]]


class Visit:
    """One press in the server panel, by somebody who may."""

    def __init__(self, press: Press, who: Who, maker: Maker, standing: OfServer, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere
        self.press = press
        self.who = who
        self.maker = maker
        self.standing = standing

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages that there are at this place."""
        return tuple(pages_of(self.standing.place))

    @property
    def chosen(self) -> list[str]:
        """What was chosen in a select."""
        return chosen(self.press)

    @property
    def panel(self) -> ServerPanel:
        """The panel as things stand."""
        return panel_of(self.press.interaction, self.maker, self.standing)

    async def show(self, page: Page, note: str = "") -> None:
        """Answer with a page, as things stand."""
        elsewhere = ""
        if page.name == "who" and not self.standing.place:
            elsewhere = await self.elsewhere.told(self.press.words, self.who.server or 0)
        await show(self.press, self.panel.page(page, note, elsewhere))

    def picked(self, name: str) -> tuple[Page, Row, Field] | None:
        """A value that is chosen, not written, by its name."""
        found = row_of(name, self.pages)
        return (*found, found[1].fields[0]) if found and not found[1].is_form else None


class ServerDesk:
    """Opens the panel of a server, and does what is pressed in it."""

    def __init__(self, house: House, default_model: str, elsewhere: Elsewhere) -> None:
        self._house = house
        self._elsewhere = elsewhere
        self._operator = Operator(house.office.limits, default_model)
        self._does: Mapping[str, Does] = {
            "go": self._go,
            "open": self._open,
            "place": self._place,
            "at": self._at,
            "whole": self._whole,
            "forget": self._forget,
            "role": self._role,
            "tier": self._tier,
            "drop": self._drop,
            "one": self._one,
            "back": self._back,
            "pick": self._pick,
            "none": self._none,
            "add": self._add,
            "cut": self._cut,
            "ask": self._ask,
        }

    async def open(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the command with the first page."""
        press = Press(interaction)
        visit = await self._visit(press, 0)
        if visit is not None:
            await visit.show(visit.pages[0])

    async def pressed(self, press: Press) -> None:
        """Do what was pressed; whatever is no part of a panel of ours does nothing."""
        does = self._does.get(press.sign.rest.partition(".")[0])
        if does is None or not is_panel(press):
            await press.stale()
            return
        visit = await self._visit(press, press.sign.number)
        if visit is not None and not await does(visit, press.sign.rest.split(".")[1:]):
            await press.stale()

    async def _visit(self, press: Press, place: int) -> Visit | None:
        """Who presses, and what holds; None, and it is said why, for those who may not."""
        interaction = press.interaction
        who = who_of(interaction)
        if who.server is None or interaction.guild is None:
            await press.say(press.words.say(_NOWHERE))
            return None
        if not who.moderator:
            await press.say(press.words.say(_MEMBERS))
            return None
        rules = await self._house.office.rules(who.server)
        known = interaction.guild.get_channel_or_thread(place)
        if place and known is None and place not in rules.places:
            await press.stale()
            return None
        within = known.parent_id if isinstance(known, discord.Thread) else None
        standing = OfServer(self._operator, rules, place, within)
        return Visit(press, who, self._maker(press.words, place), standing, self._elsewhere)

    def _maker(self, words: Words, place: int) -> Maker:
        catalogue = self._house.workshop.seedream.catalogue
        choices = Offered(offered(self._house), self._house.office.offer.sizes())
        return Maker(Speaker(words, catalogue), choices, SERVER, place)

    # Turning pages

    async def _go(self, visit: Visit, _: Sequence[str]) -> bool:
        return await self._open(visit, visit.chosen)

    async def _open(self, visit: Visit, names: Sequence[str]) -> bool:
        page = page_of(names[0], visit.standing.place) if len(names) == 1 else None
        if page is not None:
            await visit.show(page)
        return page is not None

    async def _place(self, visit: Visit, _: Sequence[str]) -> bool:
        return await self._at(visit, visit.chosen)

    async def _at(self, visit: Visit, numbers: Sequence[str]) -> bool:
        """A channel of this server, or one that it had: nothing is kept for those of others."""
        place, guild = _number(numbers), visit.press.interaction.guild
        if place is None or guild is None:
            return False
        channel = guild.get_channel_or_thread(place)
        if channel is None and place not in visit.standing.rules.places:
            return False
        within = channel.parent_id if isinstance(channel, discord.Thread) else None
        there = _elsewhere(visit, self._maker(visit.press.words, place), place, within)
        await there.show(there.pages[0])
        return True

    async def _whole(self, visit: Visit, _: Sequence[str]) -> bool:
        there = _elsewhere(visit, self._maker(visit.press.words, 0), 0, None)
        return await self._open(there, ["places"])

    async def _role(self, visit: Visit, _: Sequence[str]) -> bool:
        return await self._tier(visit, visit.chosen)

    async def _tier(self, visit: Visit, numbers: Sequence[str]) -> bool:
        role = _number(numbers)
        if role is None or not _is_role(visit, role):
            return False
        await show(visit.press, visit.panel.tier(role))
        return True

    async def _one(self, visit: Visit, names: Sequence[str]) -> bool:
        found = visit.picked(names[0]) if len(names) == 1 else None
        if found is not None:
            await show(visit.press, visit.panel.one(*found[:2]))
        return found is not None

    async def _back(self, visit: Visit, names: Sequence[str]) -> bool:
        found = visit.picked(names[0]) if len(names) == 1 else None
        return found is not None and await self._open(visit, [found[0].name])

    # Changing values

    async def _pick(self, visit: Visit, names: Sequence[str]) -> bool:
        found = visit.picked(names[0]) if len(names) == 1 else None
        if found is None or found[2].kind is Kind.WORDS or (not visit.chosen and found[2].kind not in LISTS):
            return False
        await self._set(visit, found, meant(found[2], visit.chosen))
        return True

    async def _none(self, visit: Visit, names: Sequence[str]) -> bool:
        found = visit.picked(names[0]) if len(names) == 1 else None
        if found is not None:
            await self._set(visit, found, None)
        return found is not None

    async def _add(self, visit: Visit, names: Sequence[str]) -> bool:
        return await self._by_words(visit, names, "add")

    async def _cut(self, visit: Visit, names: Sequence[str]) -> bool:
        return await self._by_words(visit, names, "cut")

    async def _by_words(self, visit: Visit, names: Sequence[str], action: str) -> bool:
        """Words are added to a list or taken out of it, or something is written that is not in a select."""
        found = visit.picked(names[0]) if len(names) == 1 else None
        if found is None or found[2].kind not in {Kind.WORDS, Kind.MODELS, Kind.MODEL, Kind.RATIO}:
            return False
        field = found[2]
        if not visit.press.is_form:
            await ask_by(visit.press, visit.maker.words_form(action, field))
            return True
        values = written(visit.press.interaction)
        if values is None or field.name not in values:
            return False
        own = visit.standing.find(field.name).own or ()
        await self._set(visit, found, listed(field, own, values[field.name], gone=action == "cut"))
        return True

    async def _ask(self, visit: Visit, names: Sequence[str]) -> bool:
        """A form is opened, or comes back."""
        role = _number(names[1:]) if len(names) == 2 else 0
        pages = (TIER,) if role else visit.pages
        found = row_of(names[0], pages) if 1 <= len(names) <= 2 else None
        if found is None or role is None or not found[1].is_form or (role and not _is_role(visit, role)):
            return False
        page, row = found
        visit.standing = replace(visit.standing, role=role)
        if not visit.press.is_form:
            await ask_by(visit.press, visit.maker.form(row, visit.standing, *filter(None, (role,))))
            return True
        values = written(visit.press.interaction)
        if values is None or set(values) != {field.name for field in row.fields}:
            return False
        try:
            changes = {field.name: read(field, values[field.name]) for field in row.fields}
        except BadPreference as error:
            note = mistake(visit.maker, error, [row])
        else:
            note = await self._change(visit, [row], changes)
        if role:
            await show(visit.press, visit.panel.tier(role, note))
        else:
            await visit.show(page, note)
        return True

    async def _set(self, visit: Visit, picked: tuple[Page, Row, Field], value: Any) -> None:
        """Change one value, and show it as it is now."""
        page, row, field = picked
        note = await self._change(visit, [row], {field.name: value})
        if field.kind is Kind.CHANNEL and value is not None and _is_mute(visit, value):
            note += "\n⚠️ " + visit.maker.words.say(_MUTE, channel=f"<#{int(value)}>")
        await show(visit.press, visit.panel.one(page, row, note))

    async def _forget(self, visit: Visit, _: Sequence[str]) -> bool:
        """Everything that a channel has of its own."""
        if not visit.standing.place:
            return False
        rows = [row for page in visit.pages for row in page.rows]
        note = await self._apply(visit, rows, {"places": {visit.standing.place: None}})
        guild = visit.press.interaction.guild
        if guild is None or guild.get_channel_or_thread(visit.standing.place) is None:  # nothing leads there any more
            visit = _elsewhere(visit, self._maker(visit.press.words, 0), 0, None)
        await visit.show(visit.pages[0], note)
        return True

    async def _drop(self, visit: Visit, numbers: Sequence[str]) -> bool:
        """Everything that a role has of its own."""
        role = _number(numbers)
        if role is None or role not in visit.standing.rules.tiers:
            return False
        visit.standing = replace(visit.standing, role=role)
        note = await self._apply(visit, TIER.rows, {"tiers": {role: None}})
        await show(visit.press, visit.panel.tier(role, note))
        return True

    async def _change(self, visit: Visit, rows: Sequence[Row], changes: Mapping[str, Any]) -> str:
        """Change values at the level that is looked at. A channel or a role that has none left is not listed."""
        rules, place, role = visit.standing.rules, visit.standing.place, visit.standing.role
        if role:
            tier = rules.tiers.get(role)
            return await self._apply(visit, rows, {"tiers": {role: _left(tier.values if tier else {}, changes)}})
        if place:
            return await self._apply(visit, rows, {"places": {place: _left(rules.places.get(place, {}), changes)}})
        return await self._apply(visit, rows, changes)

    async def _apply(self, visit: Visit, rows: Sequence[Row], changes: Mapping[str, Any]) -> str:
        """Change it, and look at what holds now; what has come of it, in words."""
        try:
            done = await self._house.office.change(visit.who, changes)
        except BadPreference as error:
            return mistake(visit.maker, error, rows)
        if isinstance(done, Refusal):
            return visit.maker.words.say(_MEMBERS)
        before, now = visit.standing, await self._house.office.rules(visit.who.server or 0)
        visit.standing = replace(before, rules=now)
        return told(visit.maker.speaker, rows, done, before, visit.standing)


def panel_of(interaction: discord.Interaction[Any], maker: Maker, standing: OfServer) -> ServerPanel:
    """The panel of a server, which names the bot as it is called there."""
    me = interaction.guild.me if interaction.guild else None
    return ServerPanel(maker, standing, me.display_name if me else maker.words.say("the bot"))


def _elsewhere(visit: Visit, maker: Maker, place: int, within: int | None) -> Visit:
    return Visit(visit.press, visit.who, maker, replace(visit.standing, place=place, within=within), visit.elsewhere)


def _number(given: Sequence[str]) -> int | None:
    """The id of a role or a channel."""
    text = given[0] if len(given) == 1 else ""
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) <= _LARGEST else None


def _is_role(visit: Visit, role: int) -> bool:
    """A role of this server, or one that it had."""
    guild = visit.press.interaction.guild
    return role in visit.standing.rules.tiers or (guild is not None and guild.get_role(role) is not None)


def _left(own: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The changes, or None where nothing is left with them."""
    return changes if any(value is not None for value in {**own, **changes}.values()) else None


def _is_mute(visit: Visit, channel: Any) -> bool:
    """Whether the bot cannot post in a channel that it is to post in."""
    guild = visit.press.interaction.guild
    found = guild.get_channel_or_thread(int(channel)) if guild else None
    if guild is None or found is None or guild.me is None:
        return False
    may = found.permissions_for(guild.me)
    return not (may.view_channel and may.send_messages)
