"""`seedream-bot invite`: the links that bring the bot to a server or to a person, with exactly what it needs."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click

from bot.config import Settings
from bot.config.survey import survey
from bot.ui.inspection import open_inspection
from bot.ui.invitation import NEEDED, REASONS, account_of, title, to_person, to_server
from bot.ui.rest import NoDiscord, Unwelcome


def run(env_file: Path, environ: Mapping[str, str]) -> str:
    """The links and the reasons, in words. Nothing but DISCORD_TOKEN has to be set."""
    surveyed = survey(env_file, environ)
    if problem := surveyed.problem("DISCORD_TOKEN"):
        raise click.ClickException(str(problem))
    token = surveyed.settings.discord_token
    if token is None:
        raise click.ClickException(
            "DISCORD_TOKEN is not set: copy it from the Bot page of https://discord.com/developers/applications"
        )
    application, doubt = asyncio.run(_application(surveyed.settings, token.get_secret_value()))
    return f"{text(application)}\n{doubt}" if doubt else text(application)


def text(application: int) -> str:
    """The links for this application, and why it asks for what it asks for."""
    widest = max(len(title(name)) for name in REASONS)
    reasons = "\n".join(f"  {title(name):<{widest}}  {why}" for name, why in REASONS.items())
    return (
        f"Bring the bot to a server (you need the permission Manage Server there):\n  {to_server(application)}\n\n"
        f"Use its commands everywhere yourself:\n  {to_person(application)}\n\n"
        f"It asks for these permissions ({NEEDED.value}), and for no privileged intent:\n{reasons}"
    )


async def _application(settings: Settings, token: str) -> tuple[int, str]:
    """The application's id, and what is to be said about it."""
    async with open_inspection(settings) as inspection:
        try:
            await inspection.log_in(token)
        except Unwelcome as error:
            raise click.ClickException(str(error)) from None
        except NoDiscord as error:
            return account_of(token), f"Not verified: {error}."
        app = inspection.application()
    if app.code_grant:
        fix = "switch off Requires OAuth2 Code Grant on the Bot page of https://discord.com/developers/applications"
        return app.id, f"These links will not work as it is set up: {fix}."
    return app.id, ""
