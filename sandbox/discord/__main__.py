"""Runs the pretend Discord by itself: python -m sandbox.discord --port 8788."""

import asyncio
from contextlib import suppress

import click

from sandbox.discord.server import PretendDiscord


def settings(discord: PretendDiscord) -> str:
    """The settings with which a bot connects to it, in one line for a shell."""
    return (
        f"DISCORD_TOKEN={discord.token} DISCORD_API_BASE={discord.api_base}"
        f" DISCORD_GATEWAY_URL={discord.gateway_url} DISCORD_CDN_HOSTS={','.join(discord.cdn_hosts)}"
    )


async def serve(port: int) -> None:
    """Serve a guild with one channel until interrupted."""
    async with PretendDiscord(port=port, window=5.0) as discord:
        discord.channel(discord.guild("Test"), "general")
        click.echo(settings(discord))
        await asyncio.Event().wait()


@click.command()
@click.option("--port", default=8788, show_default=True, help="0 takes any free one.")
def main(port: int) -> None:
    """Pretend to be Discord."""
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port))


if __name__ == "__main__":
    main()
