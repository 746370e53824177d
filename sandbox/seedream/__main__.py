"""Runs the pretend server by itself: python -m sandbox.seedream --port 8787 --pace 2."""

import asyncio
from contextlib import suppress

import click

from sandbox.seedream.models import PROVIDERS
from sandbox.seedream.server import PretendSeedream

KEYS = {
    "ark": "ARK_API_KEY",
    "byteplus": "BYTEPLUS_API_KEY",
    "acedata": "ACEDATA_API_KEY",
    "gateway": "GATEWAY_API_KEY",
}


def settings(pretend: PretendSeedream, provider: str) -> str:
    """The settings with which the bot uses the pretend server as this provider, in one line for a shell."""
    key = KEYS.get(provider, f"{provider.upper()}_KEY")
    return (
        f"{key}={pretend.key} {provider.upper()}_BASE_URL={pretend.base_url(provider)} OUTBOUND_ALLOW={pretend.address}"
    )


async def serve(port: int, pace: float) -> None:
    """Serve until interrupted."""
    async with PretendSeedream(port=port, pace=pace) as pretend:
        for provider in PROVIDERS:
            click.echo(settings(pretend, provider))
        await asyncio.Event().wait()


@click.command()
@click.option("--port", default=8787, show_default=True, help="0 takes any free one.")
@click.option("--pace", default=1.0, show_default=True, help="Seconds that one picture takes.")
def main(port: int, pace: float) -> None:
    """Pretend to be all five Seedream gateways."""
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port, pace))


if __name__ == "__main__":
    main()
