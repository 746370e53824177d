"""Asks a provider something of which nothing can come, to hear whether it knows the key: nothing is drawn or paid."""

from dataclasses import dataclass

from bot.seedream.errors import SeedreamError
from bot.seedream.providers.base import Call, Provider
from bot.seedream.reply import read_json
from bot.seedream.transport import Transport

NOBODY = "00000000-0000-0000-0000-000000000000"
_PATIENCE = 15.0  # seconds


@dataclass(frozen=True, slots=True)
class Heard:
    """What it has answered; no error means that it has accepted what nobody should accept."""

    status: int
    error: SeedreamError | None


async def knock(provider: Provider, transport: Transport) -> Heard:
    """Where jobs are tasks, the question after one that does not exist; elsewhere an order without model and prompt,
    both of which every provider documents as required. Raises SeedreamError when there is no answer."""
    call = provider.poll(NOBODY) if provider.tasks else Call(provider.path, {}, paid=False)
    return await _ask(provider, transport, call)


async def ask_for_model(provider: Provider, transport: Transport, model: str) -> Heard:
    """An order for this id without a prompt, which is required too. Raises SeedreamError when there is no answer."""
    return await _ask(provider, transport, Call(provider.path, {"model": model}, paid=False))


async def _ask(provider: Provider, transport: Transport, call: Call) -> Heard:
    async with transport.send(
        call, url=provider.url(call.path), key=provider.key, provider=provider.name, total=_PATIENCE
    ) as reply:
        answer = provider.read(reply.status, reply.headers, await read_json(reply))
    return Heard(reply.status, answer.error)
