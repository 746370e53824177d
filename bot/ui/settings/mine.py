"""The panel of `/settings me`: what somebody chooses for themselves, and what pressing something in it does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.studio.checks import BadPreference
from bot.studio.rules import Rules
from bot.ui.house import House
from bot.ui.modals import written
from bot.ui.options import offered
from bot.ui.places import origin_of, who_of
from bot.ui.press import Press
from bot.ui.settings.answers import ask_by, chosen, is_panel, listed, meant, mistake, show
from bot.ui.settings.fields import MINE, Kind, Row
from bot.ui.settings.layout import Maker, Offered, panel
from bot.ui.settings.standing import OfPerson, Operator
from bot.ui.settings.told import told
from bot.ui.settings.values import Speaker

PERSON = "mine"  # the verb of its custom_ids
_ROWS: Mapping[str, Row] = {row.name: row for row in MINE.rows}


@dataclass(frozen=True, slots=True)
class Look:
    """One press in somebody's own panel, and what holds for them."""

    press: Press
    maker: Maker
    standing: OfPerson

    def everything(self, note: str = "") -> discord.ui.LayoutView:
        """All of it."""
        say = self.maker.words.say
        head: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(f"## {say(MINE.title)}\n-# {say(MINE.about)}")
        return panel([head, *(self.maker.row(self.standing, row) for row in MINE.rows)], note)

    def one(self, row: Row, note: str = "") -> discord.ui.LayoutView:
        """One value."""
        return panel(self.maker.one(row.fields[0], self.standing.find(row.name)), note)


Does = Callable[[Look, Row], Awaitable[bool]]


class PersonDesk:
    """Opens somebody's own panel, and does what is pressed in it: always for who presses."""

    def __init__(self, house: House, default_model: str) -> None:
        self._house = house
        self._operator = Operator(house.office.limits, default_model)
        self._does: Mapping[str, Does] = {
            "one": self._one,
            "back": self._back,
            "pick": self._pick,
            "none": self._none,
            "add": self._add,
        }

    async def open(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the command."""
        look = await self._look(Press(interaction))
        await show(look.press, look.everything())

    async def pressed(self, press: Press) -> None:
        """Do what was pressed; whatever is no part of a panel of ours does nothing."""
        action, _, name = press.sign.rest.partition(".")
        does, row = self._does.get(action), _ROWS.get(name)
        if does is None or row is None or not is_panel(press) or not await does(await self._look(press), row):
            await press.stale()

    async def _look(self, press: Press) -> Look:
        interaction = press.interaction
        who, origin = who_of(interaction), origin_of(interaction, None)
        person = await self._house.office.person(who.user)
        rules = await self._house.office.rules(who.server) if who.server is not None else Rules()
        choices = Offered(offered(self._house), self._house.office.offer.sizes())
        speaker = Speaker(press.words, self._house.workshop.seedream.catalogue)
        standing = OfPerson(self._operator, person, rules.at(origin.within, origin.channel))
        return Look(press, Maker(speaker, choices, PERSON, 0), standing)

    async def _one(self, look: Look, row: Row) -> bool:
        await show(look.press, look.one(row))
        return True

    async def _back(self, look: Look, _: Row) -> bool:
        await show(look.press, look.everything())
        return True

    async def _pick(self, look: Look, row: Row) -> bool:
        values = chosen(look.press)
        return bool(values) and await self._set(look, row, meant(row.fields[0], values))

    async def _none(self, look: Look, row: Row) -> bool:
        return await self._set(look, row, None)

    async def _add(self, look: Look, row: Row) -> bool:
        """Something that is not in the select is written."""
        field = row.fields[0]
        if field.kind not in {Kind.MODEL, Kind.RATIO}:
            return False
        if not look.press.is_form:
            await ask_by(look.press, look.maker.words_form("add", field))
            return True
        values = written(look.press.interaction)
        if values is None or field.name not in values:
            return False
        return await self._set(look, row, listed(field, (), values[field.name], gone=False))

    async def _set(self, look: Look, row: Row, value: Any) -> bool:
        user = look.press.user
        try:
            done = await self._house.office.change_person(user, {row.name: value})
        except BadPreference as error:
            await show(look.press, look.one(row, mistake(look.maker, error, [row])))
            return True
        standing = replace(look.standing, person=await self._house.office.person(user))
        note = told(look.maker.speaker, [row], done, look.standing, standing)
        await show(look.press, replace(look, standing=standing).one(row, note))
        return True
