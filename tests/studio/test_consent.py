"""The door asks again: a picture that could be used once may not be used for ever."""

import pytest

from bot.seedream.content import InMemory
from bot.seedream.models import ImageRequest, Reference
from bot.studio import consent
from bot.studio.job import Who
from bot.studio.limits import Barrier, Refusal
from bot.studio.studio import Ticket
from sandbox.pictures import png
from tests.studio.scene import Scene

MIA, BEN, KIM = 11, 12, 13


@pytest.fixture
def picture() -> Reference:
    return Reference(InMemory(png(width=64, height=64)), None, "image/png", 64, 64)


async def refuse(scene: Scene, person: int, *, others: bool = True) -> None:
    await scene.database.write(lambda tx: consent.refuse(tx, person, others=others))


async def test_what_was_made_from_a_picture_is_not_made_again_after_a_no(scene: Scene, picture: Reference) -> None:
    request = ImageRequest("seedream-4.5", "a cat", references=(picture,))
    first = await scene.studio.submit(request, scene.origin(), Who(BEN), whose=(MIA,))
    assert isinstance(first, Ticket)
    await refuse(scene, MIA)
    again = await scene.studio.again(first.job.id, scene.origin(), Who(BEN))
    assert again == Refusal(Barrier.CONSENT, facts={"users": (MIA,)})
    own = await scene.studio.submit(request, scene.origin(), Who(MIA), whose=(MIA,))
    assert isinstance(own, Ticket)
    await refuse(scene, MIA, others=False)
    assert isinstance(await scene.studio.again(first.job.id, scene.origin(), Who(BEN)), Ticket)


async def test_everybody_who_says_no_is_named(scene: Scene, picture: Reference) -> None:
    for person in (MIA, KIM):
        await refuse(scene, person)
    request = ImageRequest("seedream-4.5", "a cat", references=(picture,) * 3)
    answer = await scene.studio.submit(request, scene.origin(), Who(BEN), whose=(KIM, MIA, None))
    assert answer == Refusal(Barrier.CONSENT, facts={"users": (MIA, KIM)})
    assert await scene.audit() == []
