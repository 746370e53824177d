"""`seedream-bot health`: asks the bot on this machine whether it lives, for supervisors that can run a command."""

import http.client
import json

import click

from bot.config import Settings

PATIENCE = 5.0  # seconds
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what is listened on, and where to ask

_NO_ANSWER = (OSError, http.client.HTTPException, ValueError, LookupError, AttributeError)  # or none of a bot's


def ask(settings: Settings, *, ready: bool) -> str:
    """What it says, in words; raises ClickException when it does not live, or is not ready if that is asked."""
    if not settings.http_port:
        return "The settings are fine. HTTP_PORT is not set, so there is nobody to ask for more."
    host, port = _EVERYWHERE.get(settings.http_host, settings.http_host), settings.http_port
    path = "/ready" if ready else "/health"
    try:
        status, parts = _get(host, port, path)
    except _NO_ANSWER as error:
        raise click.ClickException(
            f"nobody answers at http://{host}:{port}{path} ({error or type(error).__name__}) · does the bot run here, "
            "with this HTTP_PORT?"
        ) from None
    if status != http.client.OK:
        raise click.ClickException(parts)
    return parts


def answers(settings: Settings) -> bool:
    """Whether it is a bot that listens at HTTP_PORT, however it feels."""
    try:
        _get(_EVERYWHERE.get(settings.http_host, settings.http_host), settings.http_port, "/health")
    except _NO_ANSWER:
        return False
    return True


def _get(host: str, port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        parts = json.loads(reply.read(65_536))["parts"]
        return reply.status, "\n".join(f"{name}: {part['says']}" for name, part in parts.items())
    finally:
        connection.close()
