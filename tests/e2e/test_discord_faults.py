"""Whatever fault Discord shows, wherever it shows it: one picture, paid once, brought once, or kept and told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
import pytest_asyncio

from sandbox.discord import NoAnswer
from sandbox.discord.faults import MEANINGS
from tests.e2e.trials import Lab, at_once

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAULTS = [*MEANINGS, "D29:middle", "D30:middle"]
DONE = [f"D{number}:done" for number in (*range(6, 14), 29, 30, 32)] + ["D31"]  # only the answer fails
NOBODY_WAITS = {f"D{number}" for number in (*range(14, 28), 33)}  # an ack that is refused so is of no use any more
PASSING = {f"D{number}" for number in (*range(1, 14), 28, 29, 30, 31, 32)} | {"D29:middle", "D30:middle"}
BARRED = {f"D{number}" for number in (*range(15, 20), 21, 22, *range(24, 28))}
LATER = {"D5", "D14", "D23", "D28"}  # a minute, or an hour
LIKE_ANOTHER = {"D2", "D4", "D7", "D9", "D10", "D11", "D12", "D13", "D30", "D30:middle"}  # in everything that lasts
LASTING = [fault for fault in FAULTS if fault not in LIKE_ANOTHER and fault != "D33"]
FOR_EVER = 10**9


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


async def on_the_best_way_for_ever(lab: Lab, fault: str) -> None:
    """The interaction's own way does not work any more: our message is edited by its id, now or when there is no
    other way left."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    trial.fail(fault, f"PATCH {trial.token}", FOR_EVER)
    trial.draw()
    if fault in PASSING:
        await trial.laid_aside()
        await lab.later()
    if fault == "D20":
        job = await trial.ended()
        assert job.delivery is not None
        assert job.delivery.kept == (0,)
    else:
        assert (await trial.brought()).delivery.way == "answer"  # type: ignore[union-attr]
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
    if fault in BARRED:
        assert (await trial.kept()).delivery.way == "kept"  # type: ignore[union-attr]
    elif fault == "D20":
        job = await trial.ended()
        assert job.delivery is not None
        assert job.delivery.kept == (0,)
    else:
        assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]
    await trial.works()


async def everywhere_until_it_passes(lab: Lab, fault: str) -> None:
    """Nothing gets through for a while; what is no passing trouble keeps the picture for later."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    for place in (trial.token, trial.room):
        trial.fail(fault, place, FOR_EVER)
    trial.draw()
    if fault in BARRED or fault == "D20":
        await trial.kept()
    else:
        await trial.laid_aside()
        for place in (trial.token, trial.room):
            lab.stage.discord.recover(place)
        await lab.later()
        await trial.brought()
    await trial.works()


PLACES: Mapping[str, tuple[Callable[[Lab, str], Awaitable[None]], list[str]]] = {
    "ack": (at_the_ack, [*MEANINGS, *DONE]),
    "progress": (at_progress, [*FAULTS, *DONE]),
    "delivery": (at_the_delivery, [*FAULTS, *DONE]),
    "way": (on_the_best_way_for_ever, LASTING),
    "message": (where_a_new_message_is_posted, [*(fault for fault in FAULTS if fault != "D33"), *DONE]),
    "everywhere": (everywhere_until_it_passes, LASTING),
}
Meeting = Callable[[Lab, str], Awaitable[None]]


def of(meet: Meeting, fault: str) -> Callable[[Lab], Awaitable[None]]:
    async def trial(lab: Lab) -> None:
        await meet(lab, fault)

    return trial


CASES = {
    f"{place}-{fault}": of(meet, fault) for place, (meet, faults) in PLACES.items() for fault in dict.fromkeys(faults)
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trials(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    async with at_once(request, tmp_path_factory.mktemp("lab"), CASES) as tasks:
        yield tasks


@pytest.mark.parametrize("name", CASES)
async def test_a_fault_is_survived(name: str, trials: Mapping[str, asyncio.Task[None]]) -> None:
    await trials[name]
