"""What people meet when Discord shows a fault, wherever it shows it."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from sandbox.discord import NoAnswer
from sandbox.discord.faults import MEANINGS
from tests.e2e.labs import of
from tests.e2e.trials import Lab

EVERY = [*MEANINGS, "D29:middle", "D30:middle"]
DONE = [f"D{number}:done" for number in (*range(6, 14), 29, 30, 32)] + ["D31"]  # only the answer fails
NOBODY_WAITS = {f"D{number}" for number in (*range(14, 28), 33)}  # an ack that is refused so is of no use any more
BARRED = {f"D{number}" for number in (*range(15, 20), 21, 22, *range(24, 28))}
LATER = {"D5", "D14", "D23", "D28"}  # a minute, or an hour


async def at_the_ack(lab: Lab, fault: str) -> None:
    """The first answer fails."""
    trial = lab.trial()
    lab.when_asked(trial.person, lambda token: trial.fail(fault, f"POST {token}"))
    if fault in NOBODY_WAITS:
        with pytest.raises(NoAnswer):
            await trial.ask()
        await trial.nothing()
    else:
        await trial.ask()
        assert (await trial.brought()).delivery.way == "original"  # type: ignore[union-attr]
    await trial.works()


async def at_progress(lab: Lab, fault: str) -> None:
    """What is told on the way fails."""
    trial = lab.trial()
    lab.when_asked(trial.person, lambda token: trial.fail(fault, f"PATCH {token}"))
    await trial.ask(gated=True)
    await trial.until(lambda: trial.met(fault))
    await trial.until(lambda: trial.calls)
    trial.draw()
    await trial.brought()
    await trial.works()


async def at_the_delivery(lab: Lab, fault: str) -> None:
    """The pictures meet it, once, on their best way."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    trial.fail(fault, f"PATCH {trial.token}")
    trial.draw()
    if fault == "D20":  # a picture of so few bytes is not made smaller
        job = await trial.ended()
        assert job.delivery is not None
        assert job.delivery.delivered + job.delivery.kept == (0,)
        assert trial.reply is not None
        assert job.delivery.delivered or f"`/show {job.id}`" in trial.reply.text
    else:
        await trial.brought()
    assert trial.met(fault)
    await trial.works()


async def where_a_new_message_is_posted(lab: Lab, fault: str) -> None:
    """Somebody has deleted our message; the new one meets it."""
    trial = lab.trial()
    reply = await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.delete(reply.message)
    trial.fail(fault, f"POST {trial.room}")
    trial.draw()
    if fault in LATER:
        await trial.laid_aside()
        await lab.later()
    if fault in BARRED - {"D25"}:  # without the person's words AutoMod lets it pass
        assert (await trial.kept()).delivery.way == "kept"  # type: ignore[union-attr]
    elif fault == "D20":
        job = await trial.ended()
        assert job.delivery is not None
        assert job.delivery.kept == (0,)
    else:
        assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]
    await trial.works()


PLACES: Mapping[str, tuple[Callable[[Lab, str], Awaitable[None]], list[str]]] = {
    "ack": (at_the_ack, [*MEANINGS, *DONE]),
    "progress": (at_progress, [*EVERY, *DONE]),
    "delivery": (at_the_delivery, [*EVERY, *DONE]),
    "message": (where_a_new_message_is_posted, [*(fault for fault in EVERY if fault != "D33"), *DONE]),
}
FAULTS = {
    f"{place}-{fault}": of(meet, fault) for place, (meet, faults) in PLACES.items() for fault in dict.fromkeys(faults)
}
