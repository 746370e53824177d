"""Where discord.py looks for Discord, and that it looks there no longer than it was told to."""

from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config import load
from bot.ui.aim import aimed


def places() -> tuple[str, str, str]:
    return Route.BASE, str(DiscordWebSocket.DEFAULT_GATEWAY), Asset.BASE


def test_without_settings_everything_is_where_discord_is() -> None:
    before = places()
    with aimed(load(None, {})):
        assert places() == before
        assert Asset.BASE == "https://cdn.discordapp.com"
    assert places() == before


def test_settings_lead_elsewhere_until_the_end() -> None:
    before = places()
    given = {
        "DISCORD_API_BASE": "http://127.0.0.1:81/api/v10",
        "DISCORD_GATEWAY_URL": "ws://127.0.0.1:82",
        "DISCORD_CDN_HOSTS": "127.0.0.1:83,127.0.0.1:84",
    }
    with aimed(load(None, given)):
        assert places() == ("http://127.0.0.1:81/api/v10", "ws://127.0.0.1:82", "http://127.0.0.1:83")
    assert places() == before
