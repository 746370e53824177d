"""Lifting pictures: the same as parsing everything at once, wherever the stream is cut and whatever it talks about."""

import base64
import json
import os
import random
import stat
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.seedream.lift import FileSink, Lifter


@dataclass
class Kept:
    """A sink that remembers."""

    data: bytearray = field(default_factory=bytearray)
    end: str = "open"

    def write(self, data: bytes) -> None:
        assert self.end == "open"
        self.data += data

    def close(self) -> None:
        assert self.end == "open"
        self.end = "closed"

    def fail(self, reason: str) -> None:
        assert self.end == "open"
        self.end = reason


def lift(pieces: Iterable[bytes], *, cap: int = 2**20) -> tuple[bytes, list[tuple[bytes, str]]]:
    """What is left of the stream, and each picture with its end."""
    sinks: list[Kept] = []

    def sink(number: int) -> Kept:
        assert number == len(sinks)
        sinks.append(Kept())
        return sinks[-1]

    lifter = Lifter(sink, cap=cap)
    text = b"".join([lifter.feed(piece) for piece in pieces])
    lifter.close()
    lifter.close()
    return text, [(bytes(kept.data), kept.end) for kept in sinks]


def cut(data: bytes, chance: random.Random) -> list[bytes]:
    if chance.random() < 0.3:
        return [data[at : at + 1] for at in range(len(data))]
    borders = [0, *sorted(chance.choices(range(len(data) + 1), k=chance.randrange(12))), len(data)]
    return [data[start:end] for start, end in pairwise(borders)]


# --- against the naive way

TRICKY = [
    '"b64_json":"AAAA"',
    '{"b64_json": "AAAA"}',
    '\\"b64_json\\":\\"AAAA\\"',
    '"b64_json',
    'b64_json"',
    "b64_json",
    ':"',
    "\\",
    '"',
    "\\\\",
    "AAAA",
    "ünïcode ✓",
    "\n\r\t\0",
    "data:image/png;base64,AAAA",
]
words = st.lists(st.sampled_from(TRICKY), max_size=3).map("".join)
keys = st.sampled_from(["xb64_json", "b64_jsonx", "B64_JSON", "url", '"b64_json', 'b64_json"', "\\b64_json", "data"])
pictures = st.binary(min_size=1, max_size=60).map(lambda data: {"b64_json": base64.b64encode(data).decode()})
leaves = words | st.none() | st.integers() | st.booleans() | pictures | st.just({"b64_json": None})
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
)


def naive(value: object, found: list[bytes]) -> object:
    if isinstance(value, list):
        return [naive(item, found) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("b64_json"), str):
        found.append(base64.b64decode(value["b64_json"]))
        return {"b64_json": len(found) - 1}
    return {key: naive(item, found) for key, item in value.items()}


def written(document: object, chance: random.Random) -> bytes:
    """JSON in one of the accents that servers speak."""
    text = json.dumps(
        document,
        ensure_ascii=chance.random() < 0.5,
        indent=chance.choice([None, None, 2, "\t"]),
        separators=chance.choice([(",", ":"), (", ", ": "), (" ,\r\n", " \t: \n  ")]),
    )
    if chance.random() < 0.3:
        text = text.replace("/", "\\/")
    if chance.random() < 0.3:
        text = text.replace("+", "\\u002B").replace("=", "\\u003d")
    return text.encode()


@settings(max_examples=1500, deadline=None)
@given(documents, st.randoms(use_true_random=False))
def test_any_json_in_any_pieces_equals_the_naive_parse(document: object, chance: random.Random) -> None:
    text = written(document, chance)
    found: list[bytes] = []
    expected = naive(json.loads(text), found)
    rest, lifted = lift(cut(text, chance))
    assert json.loads(rest) == expected
    assert lifted == [(data, "closed") for data in found]


@pytest.mark.parametrize("escaped", [False, True])
def test_a_real_picture_in_a_stream_survives_every_cut(escaped: bool) -> None:
    data = random.Random(1).randbytes(100)
    value = base64.b64encode(data)
    if escaped:
        value = value.replace(b"/", b"\\/").replace(b"+", b"\\u002b")
    text = b'event: x\ndata: {"i":0,"b64_json" : "' + value + b'","size":"1x1"}\n\n'
    for place in range(len(text)):
        rest, lifted = lift([text[:place], text[place:]])
        assert rest == b'event: x\ndata: {"i":0,"b64_json" : 0,"size":"1x1"}\n\n'
        assert lifted == [(data, "closed")]


# --- odd values


@pytest.mark.parametrize(
    ("value", "data", "end"),
    [
        (b"QUJD", b"ABC", "closed"),
        (b"QUI=", b"AB", "closed"),
        (b"QUI", b"AB", "closed"),
        (b"QQ==", b"A", "closed"),
        (b"QUJD\\nQUJD\\r\\n", b"ABCABC", "closed"),
        (b"data:image/png;base64,QUJD", b"ABC", "closed"),
        (b"data:image\\/png;base64,QUJD", b"ABC", "closed"),
        (b"data", b"\x75\xab\x5a", "closed"),
        (b"dat", b"\x75\xab", "closed"),
        (b"data:", b"", "not base64"),
        (b"data:image/png;base64,", b"", "empty"),
        (b"data:" + b"x" * 200 + b",QUJD", b"", "not base64"),
        (b"", b"", "empty"),
        (b"Q", b"", "not base64"),
        (b"QQ==QUJD", b"", "not base64"),
        (b"QU D", b"", "not base64"),
        (b"QU-_", b"", "not base64"),
        (b"QU\\\\D", b"", "not base64"),
        (b"QUJD\\\\/QUJ", b"", "not base64"),
        (b"QUJ\\u4e2dD", b"", "not base64"),
        (b"QUJ\\bD", b"", "not base64"),
        (b'QU\\"JD', b"", "not base64"),
        (b"https://example.org/a.png", b"", "not base64"),
        (b"\xff\xfe\xfd\xfc", b"", "not base64"),
    ],
)
def test_every_value_becomes_its_number_and_tells_its_sink_how_it_ended(value: bytes, data: bytes, end: str) -> None:
    text = b'{"a":"b","b64_json":"' + value + b'","c":["d"],"b64_json":"QUJD"}'
    for pieces in ([text], [text[at : at + 1] for at in range(len(text))]):
        rest, (first, second) = lift(pieces)
        assert rest == b'{"a":"b","b64_json":0,"c":["d"],"b64_json":1}'
        assert first[1] == end
        assert first[0] == data or end == "not base64"
        assert second == (b"ABC", "closed")


@pytest.mark.parametrize(
    "text",
    [
        b'{"b64_json":null}',
        b'{"b64_json" : 7}',
        b'{"b64_json":["AAAA"]}',
        b'["b64_json","AAAA"]',
        b'{"xb64_json":"AAAA","b64_jsonx":"AAAA"}',
        b'{"prompt":"say \\"b64_json\\":\\"AAAA\\""}',
        b'{"say \\"b64_json":"AAAA"}',
        b'"b64_json',
        b"",
        b'{"b64_json"',
        b'{"b64_json":  ',
    ],
)
def test_what_is_no_picture_passes_untouched(text: bytes) -> None:
    for pieces in ([text], [text[at : at + 1] for at in range(len(text))]):
        assert lift(pieces) == (text, [])


@pytest.mark.parametrize("value", [b"", b"QUJ", b"QUJDQUJD", b"QUJD\\", b"QUJD\\u00", b"data:image"])
def test_a_value_that_the_stream_cuts_off_fails(value: bytes) -> None:
    rest, [(_, end)] = lift([b'{"b64_json":"' + value])
    assert rest == b'{"b64_json":0'
    assert end == "cut off"


def test_a_picture_over_the_cap_fails_alone() -> None:
    text = b'{"b64_json":"' + b"QUJD" * 1000 + b'"},{"b64_json":"QUJD"}'
    rest, [large, small] = lift([text[at : at + 50] for at in range(0, len(text), 50)], cap=100)
    assert rest == b'{"b64_json":0},{"b64_json":1}'
    assert large[1] == "too large"
    assert len(large[0]) <= 100
    assert small == (b"ABC", "closed")


def test_memory_is_that_of_one_piece() -> None:
    piece = b"QUJD" * 16384
    lifter = Lifter(lambda _: Dropped())
    lifter.feed(b'{"b64_json":"')
    tracemalloc.start()
    try:
        for _ in range(300):
            assert lifter.feed(piece) == b""
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(piece)


class Dropped(FileSink):
    def __init__(self) -> None:
        super().__init__(Path())

    def write(self, data: bytes) -> None:
        """Forget it."""


# --- files


def test_a_picture_lands_in_a_file_for_its_owner_only(
    lifter: Callable[..., Lifter], sinks: list[FileSink], tmp_path: Path
) -> None:
    assert lifter().feed(b'{"b64_json":"QUJD"}') == b'{"b64_json":0}'
    path = sinks[0].path
    assert path is not None
    assert path.parent == tmp_path
    assert path.read_bytes() == b"ABC"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", [b"QUJD!!!!", b"QUJD" * 100, b"QUJD"])
def test_nothing_stays_of_a_picture_that_failed(
    lifter: Callable[..., Lifter], sinks: list[FileSink], tmp_path: Path, text: bytes
) -> None:
    lifting = lifter(cap=200)
    lifting.feed(b'{"b64_json":"QUJDQUJD')
    assert len(list(tmp_path.iterdir())) == 1
    lifting.feed(text)
    lifting.close()
    assert (sinks[0].path, list(tmp_path.iterdir())) == (None, [])
    assert sinks[0].failure in {"not base64", "too large", "cut off"}


def test_a_folder_that_is_gone_fails_the_picture_and_not_the_stream(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "gone")
    lifter = Lifter(lambda _: sink)
    assert lifter.feed(b'{"b64_json":"QUJDQUJD') + lifter.feed(b'QUJD"}') == b'{"b64_json":0}'
    assert (sink.path, sink.failure) == (None, "cannot be written to disk: No such file or directory")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to offer")
def test_a_full_disk_fails_the_picture(tmp_path: Path) -> None:
    sink = FileSink(tmp_path, gather=1)
    sink.write(b"x")
    (file,) = tmp_path.iterdir()
    full = os.open("/dev/full", os.O_WRONLY)
    opened = next(link for link in Path("/proc/self/fd").iterdir() if _target(link) == file)
    os.dup2(full, int(opened.name))
    os.close(full)
    sink.write(b"y")
    sink.close()
    assert (sink.path, sink.failure) == (None, "cannot be written to disk: No space left on device")
    assert list(tmp_path.iterdir()) == []


def _target(link: Path) -> Path | None:
    try:
        return link.readlink()
    except FileNotFoundError:  # the descriptor that listed the folder
        return None
