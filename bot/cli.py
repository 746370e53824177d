"""The `seedream-bot` command."""

import asyncio
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Unpack

import click

from bot import __version__, log
from bot.app import load_catalogue
from bot.config import PROVIDERS, Settings, SettingsError, load, manual
from bot.seedream.catalogue import CatalogueError
from bot.seedream.models import ImageRequest
from bot.terminal.generate import Asked, Order
from bot.terminal.models import table
from bot.terminal.run import run


class BadSettings(click.ClickException):
    """Settings that cannot be used: every problem on a line of its own, and exit code 2."""

    exit_code = 2

    def __init__(self, error: SettingsError) -> None:
        super().__init__("some settings cannot be used:\n" + "\n".join(f"  {problem}" for problem in error.problems))


class BadSettingsAtStart(BadSettings):
    """The same where a supervisor looks at the exit code, as in bot.terminal.endings, which takes long to load."""

    exit_code = 78


def read_settings(env_file: Path, bad: type[BadSettings] = BadSettings) -> Settings:
    """The settings of this run; warnings go to standard error."""
    try:
        settings = load(env_file, os.environ)
    except SettingsError as error:
        _warn(error.warnings)
        raise bad(error) from None
    _warn(settings.warnings)
    log.setup(settings.log_level, settings.log_format, settings.secrets())
    return settings


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".env"),
    show_default=True,
    help="Where settings are read from, besides the environment.",
)
@click.version_option(__version__, prog_name="seedream-bot")
@click.pass_context
def cli(context: click.Context, env_file: Path) -> None:
    """Pictures from words and pictures, with ByteDance's Seedream models."""
    context.obj = env_file


@cli.command("settings")
@click.option("--example", "form", flag_value="example", help="Print .env.example.")
@click.option("--markdown", "form", flag_value="markdown", help="Print docs/settings.md.")
@click.option("--check", "form", flag_value="check", default=True, help="Check the settings (this is the default).")
@click.pass_obj
def settings_command(env_file: Path, form: str) -> None:
    """Check the settings, or print what there is to set."""
    if form == "example":
        click.echo(manual.example(), nl=False)
    elif form == "markdown":
        click.echo(manual.markdown(), nl=False)
    else:
        settings = read_settings(env_file)
        providers = ", ".join(settings.route) or "none (no provider has a key)"
        click.echo(f"The settings are fine. Providers, in order: {providers}.")


@cli.command("models")
@click.pass_obj
def models_command(env_file: Path) -> None:
    """List the models: their names, what they can do, what they cost."""
    settings = read_settings(env_file)
    try:
        catalogue = load_catalogue(settings)
    except CatalogueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(table(catalogue, settings.route or PROVIDERS))


@cli.command("generate", short_help="Draw a picture and write it to a file.")
@click.argument("prompt")
@click.option("-i", "--image", "images", multiple=True, help="A picture to work from, a file or link; repeatable.")
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="The file, or the folder, to write to.")
@click.option("-m", "--model", help="A name, an alias or an id; see `seedream-bot models`.")
@click.option("--size", help="A preset (1K, 2K, 4K) or pixels (2048x1024).")
@click.option("--ratio", help="The shape, 16:9 for example.")
@click.option("-n", "--count", "max_images", type=int, help="A connected set of at most so many pictures.")
@click.option("--format", "output_format", help="png or jpeg, where the model lets one choose.")
@click.option("--provider", help="Ask only this provider.")
@click.option("--transparent", "background", flag_value="transparent", help="Leave the background out.")
@click.option("--layers", is_flag=True, help="Take one picture apart into layers.")
@click.option("--web-search", is_flag=True, help="Let the model look things up first.")
@click.option("--optimize", "optimize_prompt", help="How the prompt is improved: standard or fast.")
@click.option("--seed", type=int, help="The same seed gives the same picture (3.0 models).")
@click.option("--guidance", "guidance_scale", type=float, help="How closely to follow the prompt (3.0 models).")
@click.option("--watermark", is_flag=True, help="Let the provider put its watermark in.")
@click.option("--b64", "response_format", flag_value="b64_json", default="url", help="Pictures inside the answer.")
@click.option("--stream/--no-stream", default=None, help="Take a set's pictures one by one; by default if possible.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but the names of the files.")
@click.pass_obj
def generate_command(
    env_file: Path,
    prompt: str,
    images: tuple[str, ...],
    out: Path | None,
    model: str | None,
    provider: str | None,
    quiet: bool,
    **asked: Unpack[Asked],
) -> None:
    """Draw a picture and write it to a file, whose name goes to standard output."""
    settings = read_settings(env_file)
    request = ImageRequest(model or settings.default_model, prompt, **asked)
    order = Order(request, images, out)
    try:
        sys.exit(asyncio.run(run(order, settings, only=provider, quiet=quiet)))
    except KeyboardInterrupt:
        raise click.ClickException("stopped waiting; what was sent already may still be charged") from None


@cli.command("run")
@click.pass_obj
def run_command(env_file: Path) -> None:
    """Be at Discord and draw, until stopped (SIGTERM or Ctrl-C).

    At a terminal it asks for the token and for a provider's key when there are none, and writes them into .env.
    """
    settings = read_settings(env_file, BadSettingsAtStart)
    if settings.discord_token is None or not settings.route:
        _part("setup").run(env_file, settings)
        settings = read_settings(env_file, BadSettingsAtStart)
    _part("serve").run(settings)


@cli.command("worker")
@click.pass_obj
def worker_command(env_file: Path) -> None:
    """Work on the queue until stopped (SIGTERM or Ctrl-C)."""
    _part("worker").run(read_settings(env_file, BadSettingsAtStart))


@cli.command("health", short_help="Ask the bot on this machine whether it lives.")
@click.option("--ready", is_flag=True, help="Ask whether it can do its work, too.")
@click.pass_obj
def health_command(env_file: Path, ready: bool) -> None:
    """Ask the bot on this machine, at HTTP_PORT, whether it lives; without a port, only look at the settings."""
    click.echo(_part("health").ask(read_settings(env_file), ready=ready))


@cli.command("migrate", short_help="Bring the database up to date now.")
@click.pass_obj
def migrate_command(env_file: Path) -> None:
    """Bring the database up to date now, after a backup. Every start does it too."""
    click.echo(_part("upkeep").migrate(read_settings(env_file)))


@cli.command("backup", short_help="Copy the database into a file.")
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup_command(env_file: Path, target: Path | None) -> None:
    """Copy the database into a file, also while the bot works; by default into backups in DATA_DIR."""
    click.echo(_part("upkeep").backup(read_settings(env_file), target))


@cli.command("restore", short_help="Fill an empty database from a backup.")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def restore_command(env_file: Path, source: Path) -> None:
    """Fill an empty database from a backup, of either kind of database."""
    click.echo(_part("upkeep").restore(read_settings(env_file), source))


@cli.command("doctor", short_help="Find out what keeps the bot from working.")
@click.option("--json", "as_json", is_flag=True, help="For machines: id, title, state, found and fix of each check.")
@click.pass_obj
def doctor_command(env_file: Path, as_json: bool) -> None:
    """Find out what keeps the bot from working, and what mends it. Nothing is changed, and nothing is spent.

    The exit code is 0 if it can work, 2 if settings have to be corrected, and 1 if something else is broken.
    """
    sys.exit(_part("doctor").run(env_file, os.environ, as_json=as_json))


@cli.command("invite", short_help="Print the link that brings the bot to a server.")
@click.pass_obj
def invite_command(env_file: Path) -> None:
    """Print the link that brings the bot to a server, with exactly the permissions that it needs."""
    click.echo(_part("invite").run(env_file, os.environ))


def _part(name: str) -> ModuleType:
    """A part that takes long to load: discord.py and Alembic are needed by nothing else here."""
    return importlib.import_module(f"bot.terminal.{name}")


@cli.command(
    "bench",
    short_help="Measure CPU, memory and latency on this machine.",
    context_settings={"ignore_unknown_options": True},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def bench_command(words: tuple[str, ...]) -> None:
    """Measure this bot against naive ways on this machine: `bench pipeline --help`."""
    sys.exit(importlib.import_module("bench.__main__").main(words))


@cli.command(
    "sandbox",
    short_help="Try the bot in a browser, with a pretend Discord.",
    context_settings={"ignore_unknown_options": True},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def sandbox_command(env_file: Path, words: tuple[str, ...]) -> None:
    """Try the bot in a browser, with a pretend Discord: `sandbox --help`."""
    importlib.import_module("sandbox.page.__main__").main(words, env_file)
