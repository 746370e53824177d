"""How `run` and `worker` end when they cannot go on: one line, a code that tells supervisors what helps, no hurry."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NoReturn

import click

from bot.config import Settings
from bot.seedream.catalogue import CatalogueError
from bot.store.errors import InUse, StoreError, Unusable
from bot.terminal.words import KEYS
from bot.ui.rest import NoDiscord, NoToken, Unwelcome
from bot.web.errors import NoServer

TROUBLE = 1  # the same again may work: a supervisor should start it again
MISCONFIGURED = 78  # EX_CONFIG of sysexits.h: it will not, until somebody changes something


class Misconfigured(click.ClickException):
    """Something that a person has to change. When Discord has said so, the end comes after a while.

    A supervisor that starts the bot again whatever its exit code would otherwise knock at Discord's door every few
    seconds; Discord counts that, and takes the token away in the end. At a terminal somebody is reading: no pause.
    """

    exit_code = MISCONFIGURED

    def __init__(self, message: str, pause: float = 0.0) -> None:
        super().__init__(message)
        self._pause = pause

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line, then wait."""
        super().show(file)
        if self._pause and not sys.stderr.isatty():
            click.echo(f"This ends in {self._pause:.0f} s, lest a restart ask Discord again at once.", err=True)
            _wait(self._pause)


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """What keeps the bot from working becomes the end of the command."""
    if not settings.route:
        raise Misconfigured(f"no provider has a key · set one of {', '.join(KEYS.values())}, in .env for example")
    try:
        yield
    except Unwelcome as error:
        raise Misconfigured(str(error), settings.refused_pause_seconds) from None
    except (NoToken, CatalogueError) as error:
        raise Misconfigured(str(error)) from None
    except StoreError as error:
        if isinstance(error, Unusable) and not isinstance(error, InUse):
            raise Misconfigured(str(error)) from None
        raise click.ClickException(str(error)) from None
    except NoServer as error:
        if error.passing:
            raise click.ClickException(str(error)) from None
        raise Misconfigured(str(error)) from None
    except NoDiscord as error:
        raise click.ClickException(str(error)) from None


def _wait(seconds: float) -> None:
    """Until then, or until somebody stops it."""

    def stop(*_: object) -> NoReturn:
        sys.exit(MISCONFIGURED)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    time.sleep(seconds)
