"""Layers through the one door: always asked for first, reserved at their most, settled by what came."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.content import InMemory
from bot.seedream.models import ImageRequest, Reference
from bot.studio.exporting import exported
from bot.studio.job import Amount, Job, Result, State, Who
from bot.studio.limits import Allowance, Barrier, Limits, Refusal
from bot.studio.policy import NeedsConfirmation, Why
from bot.studio.results import height_of, in_order
from bot.studio.studio import Studio, Terms, Ticket
from sandbox.pictures import encoded
from sandbox.pictures import scene as drawn
from tests.studio.booking import used
from tests.studio.scene import Scene
from tests.studio.setting import SERVER, lay_down

ANNA = Who(1, SERVER)
PHOTO = Reference(InMemory(encoded(drawn(640, 512), "PNG")), None, "image/png", 640, 512)
FLASH = ImageRequest("seedream-5.0-flash", references=(PHOTO,), layers=True, output_format="png")


async def ask(scene: Scene, request: ImageRequest = FLASH, **door: Any) -> Any:
    return await scene.studio.submit(request, scene.origin(), ANNA, verb="layers", whose=(ANNA.user,), **door)


async def layered(scene: Scene, prompt: str = "") -> Job:
    """Layers that were asked for and said yes to, when their job is over."""
    ticket = await ask(scene, replace(FLASH, prompt=prompt), confirmed=True)
    assert isinstance(ticket, Ticket), ticket
    job = await scene.until(ticket.job)
    assert await scene.audit() == []
    return job


async def test_nothing_is_kept_of_the_question_and_the_most_is_reserved_after_it(scene: Scene) -> None:
    before = await used(scene.database, ANNA)
    assert await ask(scene) == NeedsConfirmation(306_000, 17, Why.LAYERS)
    assert await used(scene.database, ANNA) == before
    await lay_down(scene.database, SERVER, confirm_cost=1)
    assert await ask(scene) == NeedsConfirmation(306_000, 17, Why.LAYERS)
    ticket = await ask(scene, confirmed=True)
    assert isinstance(ticket, Ticket)
    assert (ticket.job.images, ticket.job.reserved) == (17, Amount(17, 306_000))


async def test_what_has_come_is_paid_and_the_rest_comes_back(scene: Scene) -> None:
    await scene.start()
    job = await layered(scene)
    assert (job.state, job.settled) == (State.SETTLED, Amount(4, 72_000))
    assert [height_of(picture) for picture in in_order(job.pictures)] == [0, 1, 2, 3]
    told = job.pictures[1].layer
    assert told is not None
    assert (told["name"], told["box"].keys()) == ("layer 1", {"absolute", "normalized"})
    assert scene.messenger.delivered[0][2] is None


async def test_missing_layers_are_given_back_as_of_a_set(scene: Scene) -> None:
    await scene.start()
    job = await layered(scene, "[[fail:2]]")
    assert job.settled == Amount(3, 54_000)
    _, pictures, missing = scene.messenger.delivered[0]
    assert len(pictures) == 3
    assert missing is not None
    assert missing.error == "Refused"


async def test_a_refusal_costs_nothing(scene: Scene) -> None:
    await scene.start()
    job = await layered(scene, "[[refuse]]")
    assert (job.state, job.settled) == (State.REFUSED, Amount())


@pytest.mark.parametrize("verb", ["again", "vary", "edit", "upscale"])
async def test_what_goes_on_from_layers(scene: Scene, verb: str) -> None:
    await scene.start()
    job = await layered(scene)
    plan = await scene.studio.plan(job.id, ANNA, verb, "the fox" if verb in {"vary", "edit"} else None)
    if verb == "upscale":
        assert isinstance(plan, Refusal)
        assert plan.barrier is Barrier.REQUEST
        return
    assert isinstance(plan, ImageRequest)
    assert plan.layers is (verb != "edit")
    (reference,) = plan.references
    if verb == "edit":  # of the lowest
        assert (reference.url, reference.width) == (job.pictures[0].url, 1152)
        assert isinstance(await scene.studio.edit(job.id, "at night", scene.origin(), ANNA), Ticket)
    else:
        again = await scene.studio.submit(plan, scene.origin(), ANNA)
        assert again == NeedsConfirmation(306_000, 17, Why.LAYERS)


async def test_the_lowest_is_found_wherever_it_came(scene: Scene) -> None:
    heights: list[Any] = [2, 0, None, 1]
    pictures = [Result(index, layer={"z_index": height}) for index, height in enumerate(heights)]
    assert [picture.index for picture in in_order(pictures)] == [1, 3, 0, 2]


async def test_who_may_not_have_so_many_is_told_what_kind_of_wish_it_was(scene: Scene) -> None:
    limits = Limits(user=Allowance(images_per_hour=30))
    strict = Studio(scene.database, scene.seedream, scene.home, scene.tariff, Terms(limits))
    most = replace(FLASH, model="seedream-5.5")
    refused = await strict.submit(most, scene.origin(), ANNA)
    assert isinstance(refused, Refusal)
    assert (refused.barrier, refused.wanted, refused.facts["kind"]) == (Barrier.IMAGES, 100, "layers")
    assert isinstance(await strict.submit(FLASH, scene.origin(), ANNA), NeedsConfirmation)
    await lay_down(scene.database, SERVER, most_images=5)
    refused = await strict.submit(FLASH, scene.origin(), ANNA)
    assert isinstance(refused, Refusal)
    assert (refused.barrier, refused.facts["kind"]) == (Barrier.COUNT, "layers")


async def test_of_a_model_that_nobody_knows_the_most_of_all_is_reserved(scene: Scene) -> None:
    assert await ask(scene, replace(FLASH, model="ep-20260101-abc")) == NeedsConfirmation(None, 100, Why.LAYERS)


async def test_a_dry_run_takes_the_picture_for_the_persons_own(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, references="own")
    found = await scene.studio.diagnose(scene.origin(), ANNA, FLASH)
    assert found.refusal is None
    assert found.confirmation == NeedsConfirmation(306_000, 17, Why.LAYERS)
    await lay_down(scene.database, SERVER, references="off")
    found = await scene.studio.diagnose(scene.origin(), ANNA, FLASH)
    assert found.refusal is not None
    assert found.refusal.barrier is Barrier.REFERENCES


async def test_a_copy_of_all_data_tells_what_is_known_of_layers(scene: Scene) -> None:
    await scene.start()
    await layered(scene)
    async with exported(scene.database, scene.home, ANNA.user) as export:
        told = b"".join(_read(path) for path in export.paths)
    assert b"what lies 1 above the base" in told


def _read(path: Path) -> bytes:
    with zipfile.ZipFile(path) as found:
        return b"".join(found.read(name) for name in found.namelist())
