"""Where Discord is: the one place that changes the addresses that discord.py keeps for the whole process."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.config import Settings


@contextmanager
def aimed(settings: Settings) -> Iterator[None]:
    """REST, gateway and avatars as the settings say, until the end of the context."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    Route.BASE = settings.discord_api_base
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)
    if settings.discord_cdn_hosts:
        Asset.BASE = _cdn(settings.discord_cdn_hosts[0], settings.discord_api_base)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before


def _cdn(host: str, api: str) -> str:
    """A host with a port is one of a pretend Discord, and speaks as its REST interface does."""
    return f"{urlsplit(api).scheme if ':' in host else 'https'}://{host}"
