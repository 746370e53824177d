"""A fault of Discord that lasts, on one way or on all: another way is found, or the picture waits, or is kept."""

from pathlib import Path

import pytest

from bot.app import DELIVERIES
from sandbox.discord.faults import MEANINGS
from tests.e2e.labs import BRISK, at_once, of, open_inside
from tests.e2e.stage import Stage
from tests.e2e.trials import LONG, Lab

FAULTS = [*MEANINGS, "D29:middle", "D30:middle"]
BARRED = {f"D{number}" for number in (*range(15, 20), 21, 22, *range(24, 28))}
ASKS_FOR_PATIENCE = {"D1", "D2", "D3"}  # what else passes leaves it open what has become of an edit
LIKE_ANOTHER = {"D2", "D4", "D7", "D9", "D10", "D11", "D12", "D13", "D30", "D30:middle"}  # in everything that lasts
LASTING = [fault for fault in FAULTS if fault not in LIKE_ANOTHER and fault != "D33"]
FOR_EVER = 10**9


async def on_the_best_way_for_ever(lab: Lab, fault: str) -> None:
    """The interaction's own way does not work any more: our message is edited by its id, at once unless Discord asks
    for patience."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    trial.fail(fault, f"PATCH {trial.token}", FOR_EVER)
    trial.draw()
    if fault in ASKS_FOR_PATIENCE:
        await trial.laid_aside()
        await lab.later()
    if fault == "D20":
        job = await trial.ended()
        assert job.delivery is not None
        assert job.delivery.kept == (0,)
    else:
        assert (await trial.brought()).delivery.way == "answer"  # type: ignore[union-attr]
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


PLACES = {"way": on_the_best_way_for_ever, "everywhere": everywhere_until_it_passes}
CASES = {f"{place}-{fault}": of(meet, fault) for place, meet in PLACES.items() for fault in LASTING}


@pytest.mark.timeout(2 * LONG)
async def test_faults_that_last_are_survived(tmp_path: Path) -> None:
    async with open_inside(tmp_path) as lab:
        await at_once(lab, CASES)


async def test_as_many_deliveries_as_there_are_places_hang_and_others_are_served_meanwhile(stage: Stage) -> None:
    """On neither way does Discord ever answer them; what hangs gives its place to whoever waits."""
    people = [
        stage.discord.person(f"p{number}", stage.guild, stage.discord.channel(stage.guild, f"room-{number}"))
        for number in range(DELIVERIES)
    ]
    async with stage.playing(patience=BRISK, PARALLEL_JOBS="20"):
        replies = [await person.slash("imagine", prompt="a cat [[slow:100]]") for person in people]
        await stage.discord.until(lambda: len(stage.seedream.calls) == DELIVERIES, LONG)
        for person, reply in zip(people, replies, strict=True):
            for place in (reply.interaction.token, f"/channels/{person.channel.id}/messages"):
                stage.discord.fail("D32", FOR_EVER, place)
        hanging = len(stage.discord.calls("PATCH"))
        stage.gates.open(100)
        await stage.discord.until(lambda: len(stage.discord.calls("PATCH")) >= hanging + DELIVERIES, LONG)
        reply = await stage.ada.slash("imagine", prompt="a dog")
        await reply.until(lambda message: message.files, LONG)
        assert not any(reply.files for reply in replies)
        for person, reply in zip(people, replies, strict=True):
            stage.discord.recover(reply.interaction.token)
            stage.discord.recover(f"/channels/{person.channel.id}/messages")
        for reply in replies:
            await reply.until(lambda message: message.files, LONG)
    assert len(stage.seedream.calls) == DELIVERIES + 1
