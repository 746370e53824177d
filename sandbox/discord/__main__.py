"""Runs the pretend Discord by itself: python -m sandbox.discord --port 8788."""

import asyncio
from contextlib import suppress

import click

from sandbox.discord.server import PretendDiscord


async def serve(port: int) -> None:
    """Serve a guild with one channel until interrupted."""
    async with PretendDiscord(port=port, window=5.0) as discord:
        discord.channel(discord.guild("Test"), "general")
        click.echo(" ".join(f"{name}={value}" for name, value in discord.environment.items()))
        await asyncio.Event().wait()


@click.command()
@click.option("--port", default=8788, show_default=True, help="0 takes any free one.")
def main(port: int) -> None:
    """Pretend to be Discord."""
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port))


if __name__ == "__main__":
    main()
