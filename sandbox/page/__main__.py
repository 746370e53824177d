"""`seedream-bot sandbox`: the real bot between a pretend Discord and a pretend Seedream, in a browser."""

import asyncio
import os
import signal
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from bot.config import PROVIDERS, Settings, SettingsError, key_field, load
from sandbox.page.server import open_page
from sandbox.page.stage import Plan, open_stage

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # a terminal that is closed says the last


async def serve(plan: Plan, port: int, *, browse: bool) -> None:
    """Serve until a signal comes."""
    stop = asyncio.Event()
    for name in SIGNALS:
        with suppress(NotImplementedError, AttributeError):  # Windows has only Ctrl-C
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop.set)
    async with open_stage(plan) as stage, open_page(stage, port) as address:
        click.echo(f"The sandbox is at {address} (Ctrl-C ends it).")
        if not plan.pretend:
            click.echo(f"Pictures come from {plan.provider} with your key: they cost money.")
        await stage.performer.start()
        if browse:
            await asyncio.to_thread(webbrowser.open, address)
        await stop.wait()
        click.echo("Ending …")


def real(env_file: Path, provider: str) -> Plan:
    """A plan with a real provider, by the key in .env or the environment, within the limits that stand there."""
    try:
        settings = load(env_file, os.environ)
    except SettingsError as error:
        raise click.ClickException(f"some settings cannot be used:\n{error}") from None
    field = key_field(provider)
    if not settings.key(provider):
        name = field.upper()
        raise click.ClickException(
            f"{name} is not set · put {name}=… into {env_file}, or leave --provider out: then nothing is needed"
        )
    kept = {name: str(getattr(settings, name)) for name in _limits()}
    kept |= {field: settings.key(provider), f"{provider}_base_url": settings.base_url(provider)}
    kept["outbound_allow"] = ",".join(map(str, settings.outbound_allow))
    given = {name.upper(): value for name, value in kept.items()}
    return Plan(provider, pretend=False, settings=given, secrets=settings.secrets())


def _limits() -> list[str]:
    """The settings that keep pictures and money within bounds."""
    found = []
    for name, about in Settings.model_fields.items():
        extra = about.json_schema_extra
        if isinstance(extra, dict) and extra.get("section") == "Limits":
            found.append(name)
    return found


@click.command("sandbox")
@click.option("--port", default=8765, show_default=True, help="The page's port; the next free one if it is taken.")
@click.option("--provider", type=click.Choice(PROVIDERS), help="Use this provider with your own key. This costs money.")
@click.option("--pace", default=2.0, show_default=True, help="Seconds that a pretend picture takes.")
@click.option("--open/--no-open", "browse", default=None, help="Open the page in a browser.")
@click.pass_obj
def command(env_file: Path | None, port: int, provider: str | None, pace: float, browse: bool | None) -> None:
    """Try the bot in a browser: a pretend Discord and a pretend Seedream, no account, no key, no cost."""
    plan = real(env_file or Path(".env"), provider) if provider else Plan(pace=pace)
    shown = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt")
    try:
        asyncio.run(serve(plan, port, browse=shown if browse is None else browse))
    except OSError as error:
        raise click.ClickException(f"the page cannot be served: {error.strerror or error}") from None


def main(words: Sequence[str], env_file: Path) -> None:
    """Run the command with these words."""
    command.main(args=list(words), prog_name="seedream-bot sandbox", obj=env_file)


if __name__ == "__main__":
    command()
