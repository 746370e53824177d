"""The first `seedream-bot run`: asks for what is missing, tries it where it is for, and writes it into .env."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from pydantic import SecretStr

from bot import log
from bot.config import PROVIDERS, Settings, credentials, key_field, values, writing
from bot.config.survey import Survey
from bot.config.values import BadValue
from bot.doctor.check import Finding, Skipped, State, warn
from bot.doctor.providers import KEYS, AtProviders
from bot.seedream.providers import PROVIDERS as KINDS
from bot.seedream.transport import Transport
from bot.terminal import invite
from bot.terminal.endings import Misconfigured
from bot.ui.inspection import open_inspection
from bot.ui.invitation import account_of
from bot.ui.rest import NoDiscord, Unwelcome

_AT_DISCORD = """
{number}. The bot's token
   a. Open https://discord.com/developers/applications and choose New Application.
   b. On its page Bot choose Reset Token, and copy what appears.
   c. Leave the privileged intents off: none is needed.
"""
_AT_PROVIDERS = """
{number}. A key of somebody who draws (docs/providers.md compares them)
"""
_BOTH_WAYS = "put it into {file} or the environment, or run `seedream-bot run` in a terminal, which asks for it"


def run(env_file: Path, settings: Settings) -> None:
    """Ask for the token, the provider and its key, whichever are missing, and write what was given into the file."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or (env_file.exists() and not env_file.is_file()):
        raise Misconfigured(_missing(env_file, settings))
    log.setup("CRITICAL")  # what libraries have to say would stand between the questions
    try:
        given, application = _asked(settings)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
        raise click.ClickException("stopped; nothing was written") from None
    try:
        written = writing.add(env_file, given)
    except OSError as error:
        raise Misconfigured(f"{env_file} cannot be written ({error.strerror}): do that by hand") from None
    click.echo(f"\nWritten into {env_file}, which only you can read: {', '.join(written)}.\n")
    if application:
        click.echo(f"{invite.text(application)}\n")
    click.echo("The bot starts now; Ctrl-C stops it. `seedream-bot doctor` helps when something does not work.\n")


def _missing(env_file: Path, settings: Settings) -> str:
    said = []
    if settings.discord_token is None:
        said.append("DISCORD_TOKEN is not set")
    if not settings.route:
        said.append(f"no provider has a key · set one of {', '.join(KEYS.values())}")
    return f"{'; '.join(said)} · {_BOTH_WAYS.format(file=env_file.name)}"


def _asked(settings: Settings) -> tuple[dict[str, str], int]:
    """What was given, by the settings' names; and the application, if it is new."""
    click.echo("Something is missing. What you give is tried, and written at the end; Ctrl-C leaves all as it is.")
    given: dict[str, str] = {}
    number, application = 1, 0
    if settings.discord_token is None:
        click.echo(_AT_DISCORD.format(number=number))
        given["DISCORD_TOKEN"], application = _token(settings)
        number += 1
    if not settings.route:
        click.echo(_AT_PROVIDERS.format(number=number))
        given |= _provider(settings)
    return given, application


def _token(settings: Settings) -> tuple[str, int]:
    while True:
        token = _secret("   Token (it does not show)", credentials.discord_token)
        try:
            bot, application = asyncio.run(_at_discord(settings, token))
        except Unwelcome:
            _say(State.FAIL, "Discord does not accept it: copy it again (Reset Token makes a new one)")
            continue
        except NoDiscord as error:
            _say(State.WARN, str(error))
            if click.confirm("   Take it without a check?"):
                return token, account_of(token)
            continue
        _say(State.OK, f"this is {bot}")
        return token, application


async def _at_discord(settings: Settings, token: str) -> tuple[str, int]:
    async with open_inspection(settings) as inspection:
        await inspection.log_in(token)
        app = inspection.application()
        return app.bot, app.id


def _provider(settings: Settings) -> dict[str, str]:
    names = settings.providers or PROVIDERS
    for number, name in enumerate(names, 1):
        click.echo(f"   {number}  {name:<9} {KINDS[name].title}")
    while True:
        chosen = _choice(names)
        given = {}
        if not settings.base_url(chosen):
            address = _checked("   Its address, without /v1", lambda text: _address(text, settings), hide=False)
            given[f"{chosen.upper()}_BASE_URL"] = address
        key = _secret(f"   Key of {chosen} (it does not show)", credentials.api_key)
        given[KEYS[chosen]] = key
        changed: dict[str, str | SecretStr] = {key_field(chosen): SecretStr(key)}
        changed |= {name.lower(): text for name, text in given.items() if name != KEYS[chosen]}
        finding = asyncio.run(_at_provider(chosen, settings.model_copy(update=changed)))
        _say(finding.state, finding.found, finding.fix)
        if finding.state is State.OK or click.confirm("   Take it all the same?"):
            return given


async def _at_provider(name: str, settings: Settings) -> Finding:
    async with Transport() as transport:
        try:
            return await AtProviders(Survey(settings, [], []), transport).key(name)
        except Skipped as error:
            return warn(str(error), "")


def _choice(names: Sequence[str]) -> str:
    while True:
        said = str(click.prompt(f"   Which one (1 to {len(names)})")).strip().lower()
        if said in names:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(names):
            return names[int(said) - 1]


def _address(text: str, settings: Settings) -> str:
    return values.base_url(text, KINDS["gateway"].path, settings.outbound_allow)


def _secret(question: str, check: Callable[[str], str]) -> str:
    return _checked(question, check, hide=True)


def _checked(question: str, check: Callable[[str], str], *, hide: bool) -> str:
    """An answer that has the right form."""
    while True:
        try:
            return check(str(click.prompt(question, hide_input=hide)))
        except BadValue as error:
            _say(State.FAIL, f"this {error.what}", error.fix)


def _say(state: State, found: str, fix: str = "") -> None:
    marks = {State.OK: "fine", State.WARN: "hm", State.FAIL: "no"}
    click.echo(f"   {marks.get(state, 'hm')}: {found}{f' · {fix}' if fix else ''}")
