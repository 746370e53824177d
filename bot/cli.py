"""The `seedream-bot` command."""

import os
from pathlib import Path

import click

from bot import __version__, manual
from bot.config import Settings, SettingsError, load


class BadSettings(click.ClickException):
    """Settings that cannot be used: every problem on a line of its own, and exit code 2."""

    exit_code = 2

    def __init__(self, error: SettingsError) -> None:
        super().__init__("some settings cannot be used:\n" + "\n".join(f"  {problem}" for problem in error.problems))


def read_settings(env_file: Path) -> Settings:
    """The settings of this run; warnings go to standard error."""
    try:
        settings = load(env_file, os.environ)
    except SettingsError as error:
        raise BadSettings(error) from None
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return settings


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
