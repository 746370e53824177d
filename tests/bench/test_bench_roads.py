"""Every road brings every byte, and a road that loses one is found out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bench.bodies import Wish
from bench.cases import CASES, NAIVE, OURS, Case, quick
from bench.client import Order, run
from bench.naive import Naive
from bench.road import Stub, login
from bench.verify import Bent, verify

SMALL = Wish(n=2, size=50_000, keep=1)


@pytest.mark.parametrize("b64", [0, 1])
@pytest.mark.parametrize("mode", [NAIVE, OURS])
async def test_a_road_brings_every_byte(stub: Stub, tmp_path: Path, mode: str, b64: int) -> None:
    case = Case("whole", "verify", (mode,), replace(SMALL, b64=b64), 1)
    figures = await run(Order(case, mode, stub, tmp_path))
    assert figures.count == 6


class Careless(Naive):
    """Loses the last byte of what it downloads."""

    async def read(self, link: str) -> bytes:
        return (await super().read(link))[:-1]


class Forgetful(Naive):
    """Sends only the first reference."""

    async def refer(self, links: Sequence[str]) -> None:
        await super().refer(links[:1])


@pytest.mark.parametrize("kind", [Careless, Forgetful])
async def test_a_road_that_loses_something_is_found_out(stub: Stub, kind: type[Naive]) -> None:
    async with login(stub.discord(Wish(keep=1))) as messages, aiohttp.ClientSession() as session:
        with pytest.raises(Bent):
            await verify(kind(session, messages, stub.api(SMALL)), stub, SMALL)


@pytest.mark.parametrize("mode", [NAIVE, OURS])
@pytest.mark.parametrize("act", ["transfer", "hold", "generate", "refer"])
async def test_every_act_is_counted(stub: Stub, tmp_path: Path, act: str, mode: str) -> None:
    case = Case(act, act, (mode,), Wish(n=2, size=20_000), 3, 3, tick=0.001)
    figures = await run(Order(case, mode, stub, tmp_path))
    assert (figures.count, figures.bytes) == (3, 120_000)
    assert len(figures.took) == 3
    assert figures.wall > 0
    assert {"cpu", "peak", "growth", "took_p50"} <= figures.plain().keys()


@pytest.mark.parametrize("mode", [NAIVE, OURS])
@pytest.mark.parametrize("act", ["encode", "shrink"])
async def test_encoding_is_counted_and_leaves_the_photo_alone(stub: Stub, photo: Path, act: str, mode: str) -> None:
    figures = await run(Order(Case(act, act, (mode,), Wish(), 2, tick=0.001), mode, stub, photo))
    assert figures.count == 2
    assert photo.exists()


async def test_an_unknown_act_is_an_error(stub: Stub, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="dance"):
        await run(Order(Case("x", "dance", (NAIVE,), Wish(size=1000), 1), NAIVE, stub, tmp_path))


def test_an_order_survives_the_way_to_its_process() -> None:
    for case in CASES:
        order = Order(quick(case), OURS, Stub("http://127.0.0.1:1"), Path("/photo.png"))
        assert Order.read(str(order)) == order


def test_a_quick_case_is_never_larger() -> None:
    for case in CASES:
        small = quick(case)
        assert small.jobs <= case.jobs
        assert small.wish.size <= case.wish.size
        assert small.at_once <= small.jobs
