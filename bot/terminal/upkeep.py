"""`seedream-bot migrate`, `backup` and `restore`: what is done to the database now and then, in words for people."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.config import Settings
from bot.store import upkeep
from bot.store.errors import StoreError

T = TypeVar("T")


def migrate(settings: Settings) -> str:
    """Bring the database up to date; says what was done."""
    return _done(upkeep.migrate(_url(settings), settings.data_dir))


def backup(settings: Settings, target: Path | None) -> str:
    """Copy the database; says which file that is."""
    return str(_done(upkeep.backup(_url(settings), settings.data_dir, target)))


def restore(settings: Settings, source: Path) -> str:
    """Fill an empty database from a copy; says what was done."""
    return _done(upkeep.restore(source, _url(settings), settings.data_dir))


def _url(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except StoreError as error:
        raise click.ClickException(str(error)) from None
