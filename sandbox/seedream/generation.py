"""The work itself: looks at the references, draws one picture after the other, stores it, and bills it."""

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from sandbox.seedream.dialects import Item, Layer
from sandbox.seedream.drawing import Plan, draw, encode
from sandbox.seedream.ledger import Call
from sandbox.seedream.magic import Words
from sandbox.seedream.problems import REFUSED_PICTURE, REFUSED_WORDS, Problem
from sandbox.seedream.references import Seen
from sandbox.seedream.rules import Order
from sandbox.seedream.storage import Storage, Stored

Sleep = Callable[[float], Awaitable[None]]
Linker = Callable[[Order, Stored], str]
Wrapper = Callable[[Order, str], str]


@dataclass(slots=True)
class Easel:
    """Where pictures are drawn: how fast, how large, from which seed."""

    storage: Storage
    link: Linker
    wrap: Wrapper
    clock: Callable[[], float] = time.time
    sleep: Sleep = asyncio.sleep
    pace: float = 0.0
    scale: float = 1.0
    seed: int = 0

    async def pictures(self, order: Order, seen: list[Seen], words: Words, call: Call) -> AsyncIterator[Item]:
        """Draw what was ordered, one by one; `call` is billed for every picture that was really drawn."""
        if words.slow:
            await self.sleep(words.slow)
        if order.layers:
            async for made in self._layers(order, seen, call, words):
                yield made
            return
        count = order.count if words.count is None else max(0, min(words.count, order.count))
        for index in range(count):
            await self.sleep(self.pace)
            if index in words.failing:
                yield Item(index, problem=Problem(REFUSED_PICTURE, REFUSED_WORDS))
                continue
            made = await self._one(order, seen, index, count)
            call.billed += 1
            yield made

    async def _one(self, order: Order, seen: list[Seen], index: int, count: int) -> Item:
        first = (seen[0].width, seen[0].height) if seen else None
        plan = self._plan(order, order.pixels(first), index, count)
        data = await asyncio.to_thread(_render, plan, seen, order.output_format)
        return self.finish(order, Item(index, plan.width, plan.height, order.output_format), data)

    def _plan(self, order: Order, size: tuple[int, int], index: int, count: int) -> Plan:
        return Plan(
            *size,
            prompt=order.prompt,
            model=order.name,
            seed=order.seed if order.seed >= 0 else self.seed,
            index=index,
            count=count,
            transparent=order.transparent,
            watermark=order.watermark,
            scale=self.scale,
        )

    def finish(self, order: Order, made: Item, data: bytes) -> Item:
        """Put a drawn picture where the order wants it: into the reply, or behind a link."""
        if order.b64:
            b64, url = self.wrap(order, base64.b64encode(data).decode()), ""
        else:
            b64, url = "", self.link(order, self.storage.put(data, made.output_format))
        return Item(made.index, made.width, made.height, made.output_format, url, b64, made.layer)

    async def _layers(self, order: Order, seen: list[Seen], call: Call, words: Words) -> AsyncIterator[Item]:
        """The base picture and three layers, or nothing at all: a decomposition does not come in parts. The magic word
        count:N makes it N pictures in all, fail:N withholds the Nth as no provider is known to."""
        width, height = order.pixels((seen[0].width, seen[0].height))
        boxes = [
            (width // 8, height // 8, width * 5 // 8, height // 2),
            (width // 4, height // 3, width * 3 // 4, height * 3 // 4),
            (width // 2, height // 2, width * 7 // 8, height * 7 // 8),
        ]
        count = len(boxes) if words.count is None else max(0, min(words.count - 1, order.model.layers))
        boxes = [boxes[number % len(boxes)] for number in range(count)]
        places = [Layer(0)] + [
            Layer(number, box, f"layer {number}", f"what lies {number} above the base")
            for number, box in enumerate(boxes, start=1)
        ]
        withheld = Problem(REFUSED_PICTURE, REFUSED_WORDS)
        made = [
            Item(place.z_index, problem=withheld)
            if place.z_index in words.failing
            else await self._layer(order, seen, place, (width, height), len(places))
            for place in places
        ]
        call.billed += sum(one.problem is None for one in made)
        for one in made:
            yield one

    async def _layer(self, order: Order, seen: list[Seen], place: Layer, whole: tuple[int, int], count: int) -> Item:
        await self.sleep(self.pace)
        left, top, right, bottom = place.box or (0, 0, *whole)
        output_format = "png" if place.z_index else order.output_format
        plan = self._plan(order, (right - left, bottom - top), place.z_index, count)
        if place.z_index:
            plan = replace(plan, prompt=_element(order.prompt, place.z_index), transparent=True)
        data = await asyncio.to_thread(_render, plan, [] if place.z_index else seen, output_format)
        return self.finish(order, Item(place.z_index, plan.width, plan.height, output_format, layer=place), data)


def _render(plan: Plan, seen: list[Seen], output_format: str) -> bytes:
    return encode(draw(plan, seen), output_format)


def _element(prompt: str, number: int) -> str:
    """What is on a layer: one of the things that were named."""
    named = [part for part in re.split(r",|\band\b", prompt) if part.strip()] or ["a star"]
    return named[(number - 1) % len(named)]
