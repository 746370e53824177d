"""The event parser: every cut of every documented stream, the standard's odd corners, and its cost."""

import random
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.errors import BadReply
from bot.seedream.sse import LINE_COST, EventParser

Events = list[tuple[str, str]]


def parse(pieces: Iterable[bytes], cap: int = 2**20) -> Events:
    parser = EventParser(cap)
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [(event.name, event.data) for event in events + parser.close()]


def bytewise(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    borders = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(borders)]


def test_every_documented_stream_is_the_same_wherever_it_is_cut(facts: dict[str, Any]) -> None:
    examples = facts["stream_examples"]
    assert len(examples) >= 8
    for example in examples.values():
        for ending in ("\n", "\r\n", "\r"):
            data = example["sse"].replace("\n", ending).encode()
            whole = parse([data])
            assert whole
            assert parse(bytewise(data)) == whole
            for place in range(len(data)):
                assert parse([data[:place], data[place:]]) == whole
            for seed in range(20):
                places = random.Random(seed).choices(range(len(data) + 1), k=seed)
                assert parse(cut(data, places)) == whole


def reference(data: bytes) -> Events:
    """The standard's algorithm, on all of the text at once."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    events: Events = []
    name, lines = "", list[str]()
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            events += [(name, "\n".join(lines))] if lines else []
            name, lines = "", []
        elif field == "data":
            lines.append(value)
        elif field == "event":
            name = value
    return events


PARTS = [b"data", b"event", b"id", b"retry", b":", b": ", b"\r", b"\n", b"\r\n", b"a", b"\xc3\xa9", b"\xff", b" ", b"{"]


@given(st.lists(st.sampled_from(PARTS), max_size=40).map(b"".join), st.lists(st.integers(0, 200), max_size=8))
def test_any_bytes_in_any_pieces_give_what_the_standard_says(data: bytes, places: list[int]) -> None:
    assert parse(cut(data, places)) == parse(bytewise(data)) == reference(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfdata: bom\n\n", [("", "bom")]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata: two\n\n", []),
        (b": keep-alive\n\n:\n\n: more\r\r", []),
        (b"data: a\ndata:b\ndata\ndata:  c\n\n", [("", "a\nb\n\n c")]),
        (b"data\n\n", [("", "")]),
        (b"event: lonely\n\ndata: x\n\n", [("", "x")]),
        (b"event: first\nevent: last\ndata: x\n\n", [("last", "x")]),
        (b"id: 7\nretry: 10\nfoo: bar\ndatax: y\n Data: z\n\n", []),
        (b"data: \xff\xc3\n\n", [("", "\ufffd\ufffd")]),
        (b"event: e\ndata: whole but for its blank line\n", [("e", "whole but for its blank line")]),
        (b'data: {"cut', [("", '{"cut')]),
        (b"event: no data", []),
        (b"", []),
    ],
)
def test_the_corners_of_the_standard(data: bytes, expected: Events) -> None:
    assert parse([data]) == parse(bytewise(data)) == expected


def test_events_come_as_soon_as_they_are_complete() -> None:
    parser = EventParser()
    assert parser.feed(b"data: x\r\n\r") != []
    assert parser.feed(b"\n") == []
    assert parser.feed(b"data: y\n") == []
    assert parser.feed(b"\n") != []


def test_one_event_may_not_exceed_the_cap_but_many_may() -> None:
    long = b"data: " + b"x" * 900 + b"\n\n"
    assert len(parse([long] * 50, cap=1000)) == 50
    with pytest.raises(BadReply, match="one event of the stream is longer than 1000 bytes"):
        parse([b"data: " + b"x" * 400 + b"\n"] * 3, cap=1000)
    with pytest.raises(BadReply):
        parse([b"x" * 400] * 3, cap=1000)


def test_keep_alives_never_reach_the_cap_and_empty_lines_of_data_do() -> None:
    assert parse([b": " + b"k" * 500 + b"\n"] * 100, cap=1000) == []
    with pytest.raises(BadReply):
        parse([b"data\n" * 1000 + b"data: x"], cap=1000 * LINE_COST)


def test_a_line_of_64_mib_is_copied_a_fixed_number_of_times() -> None:
    piece, count = bytes([65]) * 65536, 1024
    parser = EventParser()
    parser.feed(b"data: ")
    copied = 0
    tracemalloc.start()
    try:
        for _ in range(count):
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            assert parser.feed(piece) == []
            copied += tracemalloc.get_traced_memory()[1] - before
        tracemalloc.reset_peak()
        (event,) = parser.feed(b"\n\n")
        copied += tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(event.data) == len(piece) * count
    assert copied < 6 * len(event.data)  # `buffer += piece` copies 500 times as much as the line is long
