"""The panel of `/settings server`: its pages for the whole server and for single channels, and the limits by role."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import discord

from bot.ui.buttons import JobButton
from bot.ui.settings.fields import TIER, Page, Row, pages_of
from bot.ui.settings.layout import PLACES, Maker, Piece, panel, select
from bot.ui.settings.standing import OfServer
from bot.words import sentence

LISTED = 7  # roles or channels that have a button of their own
# Discord's own page about who may use which command where.
PERMISSIONS = "https://support.discord.com/hc/en-us/articles/4644915651095-Command-Permissions"

_INTEGRATIONS = sentence(
    "Who can see and use which command, and in which channels, is set in Discord itself: "
    "**Server Settings → Integrations → {bot}**. What is set here holds on top of that, also for mentions, replies "
    "and buttons, which Discord's settings do not cover."
)
_HOW = sentence("How it works")
_WHOLE = sentence("For the whole server")
_ONE = sentence("Only for {channel}; whatever is not set here is as for the whole server")


@dataclass(frozen=True, slots=True)
class ServerPanel:
    """Draws the pages, each with what holds now."""

    maker: Maker
    standing: OfServer
    bot: str

    def page(self, page: Page, note: str = "", elsewhere: str = "") -> discord.ui.LayoutView:
        """A page of rows; `elsewhere` is what is set at Discord itself, in words."""
        if page.name == "tiers":
            return panel([*self._head(page), *self._tiers(), *self._foot(page)], note)
        if page.name == "places":
            return panel([*self._head(page), *self._places(), *self._foot(page)], note)
        rows = [self.maker.row(self.standing, row) for row in page.rows]
        return panel([*self._head(page), *rows, *self._elsewhere(page, elsewhere), *self._foot(page)], note)

    def one(self, page: Page, row: Row, note: str = "") -> discord.ui.LayoutView:
        """Everything about one value of a page."""
        field = row.fields[0]
        pieces = self.maker.one(field, self.standing.find(field.name))
        return panel([self._where(), *pieces, *self._foot(page)], note)

    def tier(self, role: int, note: str = "") -> discord.ui.LayoutView:
        """The limits of those who have a role."""
        say, maker = self.maker.words.say, self.maker
        standing = replace(self.standing, role=role)
        rows = [maker.row(standing, row, role) for row in TIER.rows]
        buttons = (
            maker.button(say("Remove"), "drop", role, danger=True, disabled=role not in standing.rules.tiers),
            maker.button(say("Back"), "open", "tiers"),
        )
        title = f"## {say(TIER.title)}\n<@&{role}>\n-# {say(TIER.about)}"
        return panel([discord.ui.TextDisplay(title), *rows, discord.ui.ActionRow(*buttons)], note)

    def _head(self, page: Page) -> Iterator[Piece]:
        say = self.maker.words.say
        yield self._where(f"## {say(page.title)}\n", f"\n{say(page.about)}" if page.about else "")

    def _where(self, title: str = "", about: str = "") -> Piece:
        say, place = self.maker.words.say, self.standing.place
        where = say(_ONE, channel=f"<#{place}>") if place else say(_WHOLE)
        return discord.ui.TextDisplay(f"{title}-# {where}{about}")

    def _foot(self, page: Page) -> Iterator[Piece]:
        say, maker, place = self.maker.words.say, self.maker, self.standing.place
        options = [(say(each.title), each.name) for each in pages_of(place)]
        yield discord.ui.Separator()
        yield select(maker.sign("go"), options, page.name, say("Other pages"))
        if place:
            unset = not self.standing.rules.places.get(place)
            yield discord.ui.ActionRow(
                maker.button(say("Whole server"), "whole"),
                maker.button(say("Remove this override"), "forget", danger=True, disabled=unset),
            )

    def _elsewhere(self, page: Page, told: str) -> Iterator[Piece]:
        """What Discord itself offers, and what has been made of it."""
        if page.name == "who" and not self.standing.place:
            link = discord.ui.Button[discord.ui.LayoutView](label=self.maker.words.say(_HOW), url=PERMISSIONS)
            yield discord.ui.Section(self.maker.words.say(_INTEGRATIONS, bot=self.bot), accessory=link)
            if told:
                yield discord.ui.TextDisplay(told)

    def _tiers(self) -> Iterator[Piece]:
        say, tiers = self.maker.words.say, self.standing.rules.tiers
        about = say("Members with a role can have limits of their own. Those with several get the best value of each.")
        yield discord.ui.TextDisplay(about)
        yield from self._list("tier", ((role, f"<@&{role}>", len(tier.values)) for role, tier in tiers.items()))
        picker = discord.ui.RoleSelect[discord.ui.LayoutView](
            custom_id=str(self.maker.sign("role")), placeholder=say("Choose a role …")
        )
        yield discord.ui.ActionRow(JobButton(picker))

    def _places(self) -> Iterator[Piece]:
        say, places = self.maker.words.say, self.standing.rules.places
        yield discord.ui.TextDisplay(
            say("A channel can have settings of its own. They hold in its threads too, unless a thread has its own.")
        )
        yield from self._list("at", ((place, f"<#{place}>", len(values)) for place, values in places.items()))
        picker = discord.ui.ChannelSelect[discord.ui.LayoutView](
            custom_id=str(self.maker.sign("place")), placeholder=say("Choose a channel …"), channel_types=PLACES
        )
        yield discord.ui.ActionRow(JobButton(picker))

    def _list(self, action: str, found: Iterable[tuple[int, str, int]]) -> Iterator[Piece]:
        """Those that have values of their own; the newest are those that are looked for."""
        words, every = self.maker.words, list(found)
        for number, name, count in every[-LISTED:]:
            told = words.plural("{count} own value", "{count} own values", count)
            button = self.maker.button(words.say("Change"), action, number)
            yield discord.ui.Section(f"{name}\n{told}", accessory=button)
        if (more := len(every) - LISTED) > 0:
            yield discord.ui.TextDisplay(words.plural("… and {count} more", "… and {count} more", more))
