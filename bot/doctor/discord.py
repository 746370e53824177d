"""Checks of Discord's side: the token, the application, the commands, and what the bot is allowed where."""

import asyncio
from collections.abc import Sequence

from bot.config.survey import Survey
from bot.doctor.check import Check, Finding, Skipped, fail, fine, warn
from bot.doctor.storage import look
from bot.store.address import read as read_address
from bot.store.database import Transaction
from bot.store.errors import StoreError
from bot.ui.commands import known
from bot.ui.inspection import TROUBLES, Inspection, Place
from bot.ui.invitation import account_of, to_server
from bot.ui.rest import NoDiscord, Unwelcome

_PORTAL = "https://discord.com/developers/applications"
_BOT_PAGE = f"copy the token from the Bot page of {_PORTAL} (Reset Token) into DISCORD_TOKEN"
_NETWORK = "look at the network, a proxy or firewall, and DISCORD_API_BASE; https://discordstatus.com"
_TOLERABLE, _TOO_MUCH = 10.0, 60.0  # seconds: the bot looks for its messages by time, a minute more or less
_FEW = 50  # sessions
_SHOWN = 3  # names


class AtDiscord:
    """Asks Discord, which is logged in at once for all of them."""

    def __init__(self, survey: Survey, inspection: Inspection) -> None:
        self._survey = survey
        self._look = inspection
        token = survey.settings.discord_token
        self._token = token.get_secret_value() if token else ""
        self._login: asyncio.Task[None] | None = None

    def checks(self) -> list[Check]:
        """All of them."""
        return [
            Check("token", "Token", self.token),
            Check("discord", "Discord", self.discord),
            Check("application", "Application", self.application),
            Check("intents", "Intents", self.intents),
            Check("gateway", "Gateway", self.gateway),
            Check("commands", "Commands", self.commands),
            Check("servers", "Permissions", self.servers),
            Check("channels", "Channels", self.channels),
            Check("clock", "Clock", self.clock),
        ]

    async def leave(self) -> None:
        """Wait for Discord no longer."""
        if self._login is not None:
            self._login.cancel()
            await asyncio.wait({self._login})

    async def token(self) -> Finding:
        """Whether there is one, and whether it looks like one."""
        if problem := self._survey.problem("DISCORD_TOKEN"):
            return fail(f"it {problem.what}" if problem.name == "DISCORD_TOKEN" else problem.what, problem.fix)
        if not self._token:
            return fail("DISCORD_TOKEN is not set", f"{_BOT_PAGE}, or run `seedream-bot run`, which asks for it")
        return fine(f"it is one, of the bot {account_of(self._token)}")

    async def discord(self) -> Finding:
        """Whether Discord can be reached and accepts the token."""
        if not self._token:
            raise Skipped("there is no token that could be used")
        try:
            await self._logged_in()
        except Unwelcome:
            return fail("Discord does not accept the token", _BOT_PAGE)
        except NoDiscord as error:
            return fail(str(error).partition(";")[0], _NETWORK)
        return fine(f"Discord can be reached, and knows the bot as {self._look.application().bot}")

    async def application(self) -> Finding:
        """Whether it is set up so that people can invite it and take it along."""
        await self._entered()
        app = self._look.application()
        if app.code_grant:
            fix = f"switch off Requires OAuth2 Code Grant on the Bot page of {_PORTAL}"
            return fail(f"{app.id}: nobody can invite the bot, because a code grant is required", fix)
        if not app.for_people:
            fix = f"switch on User Install on the Installation page of {_PORTAL}"
            return warn(f"{app.id}: it works in servers, but nobody can install it for themselves", fix)
        whom = "anybody" if app.public else "its owner alone (it is not public)"
        return fine(f"{app.id}, can be invited by {whom}")

    async def intents(self) -> Finding:
        """Whether Discord allows those that the bot asks for."""
        await self._entered()
        return judged_intents(self._look.lacking_intents())

    async def gateway(self) -> Finding:
        """Whether it can be reached, and how often the bot may still come."""
        await self._entered()
        try:
            sessions = await self._look.sessions()
            greeted = await self._look.hello(self._survey.settings.discord_gateway_url)
        except TROUBLES as error:
            return fail(f"it cannot be reached: {error}", f"let wss:// out; {_NETWORK} and DISCORD_GATEWAY_URL")
        if not greeted:
            return fail("what answers there is not Discord's gateway", "look at DISCORD_GATEWAY_URL, or a proxy")
        said = (
            f"it greets; {sessions.left} of {sessions.total} sessions left today, {_counted(sessions.shards, 'shard')}"
        )
        if sessions.left < _FEW:
            return warn(said, "find out what makes the bot come back so often: at 0 Discord takes the token away")
        own = self._survey.settings.shards
        if own and own.count < sessions.shards:
            return warn(f"{said} asked for, SHARDS says {own.count}", f"raise it to {sessions.shards} in all processes")
        return fine(said)

    async def commands(self) -> Finding:
        """Whether Discord knows those of this release."""
        await self._entered()
        try:
            commands = await self._look.commands()
        except TROUBLES as error:
            raise Skipped(str(error)) from None
        if len(commands.missing) == commands.count:
            return warn("Discord does not know any yet", "start `seedream-bot run`: it brings them to Discord")
        if commands.missing:
            names = ", ".join(f"/{name}" if name.islower() else name for name in commands.missing)
            return fail(f"Discord does not know {names}", "start `seedream-bot run`: it brings them to Discord")
        sent = await self._sent()
        if sent and sent != commands.mark:
            return warn("Discord has those of another release", "start `seedream-bot run`: it brings the new ones")
        return fine(f"Discord knows all {commands.count}")

    async def _sent(self) -> str:
        """The mark of what a start has sent last; empty where that is not known."""
        url = self._survey.settings.database_url
        application = self._look.application().id

        def work(tx: Transaction) -> str:
            return known(tx, application)

        try:
            place = read_address(url.get_secret_value() if url else "", self._survey.settings.data_dir)
            return await look(place, work) or ""
        except StoreError:
            return ""

    async def servers(self) -> Finding:
        """Whether it is in any, with the permissions that it needs."""
        await self._entered()
        try:
            servers = await self._look.servers()
        except TROUBLES as error:
            raise Skipped(str(error)) from None
        link = to_server(self._look.application().id)
        if not servers:
            return warn("the bot is in no server", f"invite it: {link}")
        lacking = [server for server in servers if server.missing]
        if not lacking:
            return fine(f"all that are needed, in {_counted(len(servers), 'server')}")
        said = f"something is missing in {len(lacking)} of {_counted(len(servers), 'server')}: {_places(lacking)}"
        return warn(said, f"give the bot's role there what is missing, or invite it again: {link}")

    async def channels(self) -> Finding:
        """Whether it can speak where it is."""
        await self._entered()
        try:
            channels = await self._look.channels()
        except TROUBLES as error:
            raise Skipped(str(error)) from None
        if not channels.servers:
            raise Skipped("the bot is in no server")
        where = f"{_counted(channels.open, 'text channel')} of {_counted(channels.servers, 'server')}"
        fix = "look at the permissions of the channel and its category for the bot's role"
        if channels.shut:
            names = ", ".join(map(_clean, channels.shut[:_SHOWN]))
            return fail(f"it can bring pictures to {where}, to none of {names}", fix)
        if channels.barred:
            said = f"it can bring pictures to {where}, not to {len(channels.barred)} that it sees"
            return warn(f"{said}: {_places(channels.barred)}", f"if it should: {fix}")
        return fine(f"it can bring pictures to {where}")

    async def clock(self) -> Finding:
        """Whether this machine's is right."""
        await self._entered()
        try:
            skew = await self._look.skew()
        except TROUBLES as error:
            raise Skipped(str(error)) from None
        if skew is None:
            raise Skipped("Discord does not say what time it is")
        direction = "ahead of" if skew > 0 else "behind"
        said = f"{abs(skew):.0f} s {direction} Discord's"
        fix = "let the system set its clock (timedatectl set-ntp true)"
        if abs(skew) > _TOO_MUCH:
            return fail(said, fix)
        return warn(said, fix) if abs(skew) > _TOLERABLE else fine("right")

    async def _entered(self) -> None:
        try:
            if self._token:
                return await self._logged_in()
        except NoDiscord:
            raise Skipped("the bot cannot log in") from None
        raise Skipped("there is no token that could be used")

    async def _logged_in(self) -> None:
        """Once for all; who is tired of waiting leaves the others to it."""
        if self._login is None:
            self._login = asyncio.ensure_future(self._look.log_in(self._token))
        await asyncio.shield(self._login)


def judged_intents(lacking: Sequence[str]) -> Finding:
    """Whether the bot is let in without these."""
    if lacking:
        fix = f"switch it on under Privileged Gateway Intents on the Bot page of {_PORTAL}"
        return fail(f"not switched on: {', '.join(lacking)}", fix)
    return fine("allowed; no privileged one is needed")


def _places(places: Sequence[Place]) -> str:
    more = f", and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return "; ".join(f"{_clean(place.name)}: {', '.join(place.missing)}" for place in places[:_SHOWN]) + more


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _clean(name: str) -> str:
    """A name that strangers have chosen, without anything that could move a terminal's cursor."""
    return "".join(letter for letter in name if letter.isprintable())[:60]
