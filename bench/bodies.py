"""The bodies that travel: pictures of exact size, answers that link to them or hold them."""

import functools
import json
import random
import struct
import time
import zlib
from dataclasses import dataclass

import pybase64

MB = 1_000_000
DIFFERENT = 4  # pictures of one size; further numbers repeat them
SIDE = 2048


@functools.cache
def picture(size: int, number: int) -> bytes:
    """A body that starts like a PNG of 2048 × 2048 and goes on as noise; the same in every process."""
    number %= DIFFERENT
    head = struct.pack(">4sIIBBBBB", b"IHDR", SIDE, SIDE, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return start + random.Random(f"{size} {number}").randbytes(size - len(start))


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address of the stub asks for, written as the first segment of its path: `n=4,size=2000000`.

    `n` pictures of `size` bytes, `b64` in the answer or behind links, after `delay` seconds; uploads `stall` seconds
    before they are read; `rate` in bytes per second, both ways; `keep` remembers an upload's body.
    """

    n: int = 1
    size: int = 2 * MB
    b64: int = 0
    delay: float = 0.0
    stall: float = 0.0
    rate: int = 0
    keep: int = 0

    @classmethod
    def read(cls, segment: str) -> "Wish":
        """The opposite of `str`; raises ValueError."""
        pairs = (pair.partition("=") for pair in segment.split(",") if pair != "-")
        given = {name: float(value) if name in ("delay", "stall") else int(value) for name, _, value in pairs}
        if unknown := set(given) - set(cls.__slots__):
            raise ValueError(f"the stub does not know {', '.join(sorted(unknown))}")
        return cls(**given)  # type: ignore[arg-type]  # the two floats are floats, see above

    def __str__(self) -> str:
        given = {name: getattr(self, name) for name in self.__slots__}
        different = [f"{name}={value}" for name, value in given.items() if value != getattr(_PLAIN, name)]
        return ",".join(different) or "-"


_PLAIN = Wish()


@functools.lru_cache(maxsize=16)
def answer(origin: str, n: int, size: int, b64: int) -> bytes:
    """A finished generation in the words of the API; links lead to `origin`."""
    head = json.dumps({"model": "doubao-seedream-4-0-250828", "created": int(time.time())})[:-1]
    shape = f'"size": "{SIDE}x{SIDE}"'
    if b64:
        held = (b'{"b64_json": "' + pybase64.b64encode(picture(size, k)) + b'", ' for k in range(n))
    else:
        held = (f'{{"url": "{origin}/p/{size}/{k}.png?X-Tos-Signature=0f1e2d", '.encode() for k in range(n))
    pictures = b", ".join(start + shape.encode() + b"}" for start in held)
    usage = json.dumps({"generated_images": n, "output_tokens": 16384 * n, "total_tokens": 16384 * n})
    return b"".join((head.encode(), b', "data": [', pictures, b'], "usage": ', usage.encode(), b"}"))
