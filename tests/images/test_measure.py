"""Reading headers: real files, odd files, and files made to harm."""

import io
import struct
import time
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.images.header import PATIENCE, Header, Source, Unreadable
from bot.images.measure import looks_complete, measure, measure_file
from bot.images.sniff import Kind
from tests.images.raw_server import chunk, png

pillow_heif.register_heif_opener()
RGB = Image.effect_noise((60, 40), 50).convert("RGB")
RGBA = RGB.convert("RGBA")
RGBA.putalpha(Image.linear_gradient("L").resize(RGB.size))


def saved(picture: Image.Image, name: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def exif(orientation: int) -> Image.Exif:
    found = Image.Exif()
    found[274] = orientation
    found[305] = "a name long enough to stand elsewhere"
    return found


def frames(name: str) -> bytes:
    return saved(RGB, name, save_all=True, append_images=[RGB.rotate(90), RGB.rotate(180)], loop=0)


def boxed(name: bytes, *parts: bytes) -> bytes:
    return struct.pack(">I", 8 + sum(map(len, parts))) + name + b"".join(parts)


def known(data: bytes, tmp_path: Path) -> Header:
    """The header, found in memory and on disk alike."""
    path = tmp_path / "picture"
    path.write_bytes(data)
    header = measure(data)
    assert header is not None
    assert measure_file(path) == header
    return header


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_a_plain_picture_is_measured(name: str, tmp_path: Path) -> None:
    header = known(saved(RGB, name), tmp_path)
    assert header.kind.extension == {"HEIF": "heic", "JPEG": "jpg"}.get(name, name.lower())
    assert (header.width, header.height, header.pixels) == (60, 40, 2400)
    assert header.shown == (60, 40)
    assert (header.animated, header.alpha, header.depth, header.cmyk) == (False, False, 8, False)


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF", "BMP"])
def test_transparency_is_seen(name: str, tmp_path: Path) -> None:
    assert known(saved(RGBA, name), tmp_path).alpha


def test_a_transparent_colour_is_seen(tmp_path: Path) -> None:
    for name in ("GIF", "PNG"):
        picture = RGB.convert("P")
        assert known(saved(picture, name, transparency=picture.getpixel((0, 0))), tmp_path).alpha


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("picture", [RGB, RGBA])
def test_each_form_of_webp_is_measured(lossless: bool, picture: Image.Image, tmp_path: Path) -> None:
    header = known(saved(picture, "WEBP", lossless=lossless), tmp_path)
    assert header.shown == (60, 40)
    assert header.alpha == (picture is RGBA)


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP", "AVIF"])
def test_moving_pictures_are_seen(name: str, tmp_path: Path) -> None:
    header = known(frames(name), tmp_path)
    assert header.animated
    assert header.shown == (60, 40)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_read(name: str, orientation: int, tmp_path: Path) -> None:
    header = known(saved(RGB, name, exif=exif(orientation)), tmp_path)
    assert header.orientation == orientation
    assert header.shown == ((40, 60) if orientation >= 5 else (60, 40))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_senseless_orientation_is_none(orientation: int) -> None:
    header = measure(saved(RGB, "JPEG", exif=exif(orientation)))
    assert header
    assert header.orientation == 1


def test_tiff_tells_its_orientation_in_both_byte_orders() -> None:
    header = measure(saved(RGB, "TIFF", tiffinfo={274: 6}))
    assert header
    assert header.shown == (40, 60)
    entries = [(256, 4, 1, 7), (257, 3, 1, 5 << 16), (274, 3, 1, 8 << 16), (262, 3, 1, 5 << 16)]
    data = b"MM\0*" + struct.pack(">IH", 8, len(entries)) + b"".join(struct.pack(">HHII", *entry) for entry in entries)
    assert measure(data) == Header(Kind.TIFF, 7, 5, orientation=8, alpha=False, depth=1, cmyk=True)
    assert measure(data[:30]) is None


def test_depth_and_cmyk_are_read() -> None:
    for header in (measure(saved(RGB.convert("CMYK"), name)) for name in ("JPEG", "TIFF")):
        assert header
        assert header.cmyk
    deep = measure(saved(RGB.convert("I;16"), "PNG"))
    assert deep
    assert deep.depth == 16


def test_old_and_upside_down_bitmaps_are_measured() -> None:
    old = b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 7, 5, 1, 24)
    assert measure(old) == Header(Kind.BMP, 7, 5, alpha=False, depth=8)
    down = b"BM" + bytes(12) + struct.pack("<IiiHH", 40, 7, -5, 1, 32)
    assert measure(down) == Header(Kind.BMP, 7, 5, alpha=True, depth=8)


def test_a_hostile_size_is_reported_as_claimed() -> None:
    for width, height in ((0, 0), (2**31 - 1, 2**31 - 1), (20_000, 20_000), (1, 100_000)):
        header = measure(png(width, height))
        assert header
        assert (header.width, header.height) == (width, height)


def test_exif_that_is_announced_and_missing_turns_nothing() -> None:
    for rest in (b"", b"VP8 \3\0\0\0abc\0", b"EXIF\4\0\0\0oops"):
        header = measure(b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\6\0\0\4\0\0" + rest)
        assert header == Header(Kind.WEBP, 7, 5, alpha=False, depth=8)


def test_a_beginning_is_enough() -> None:
    header = measure(png(5, 4, extra=chunk(b"acTL", struct.pack(">II", 2, 0)))[:60])
    assert header
    assert header.animated
    for data in (saved(RGB, "JPEG")[:700], saved(RGB, "GIF")[:20], saved(RGB, "WEBP")[:40]):
        assert measure(data)


def test_one_frame_does_not_move() -> None:
    header = measure(png(extra=chunk(b"acTL", struct.pack(">II", 1, 0))))
    assert header
    assert not header.animated


def test_a_cut_gif_that_says_it_loops_is_taken_for_moving() -> None:
    header = measure(frames("GIF")[:1000])
    assert header
    assert header.animated


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


SOF = segment(0xC2, struct.pack(">BHHB", 8, 5, 7, 3) + bytes(9))


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xff\xff\xff",
        b"\xff\x01\xff\xd0",
        b"\0\0",
        segment(0xE1, b"Exif\0\0") + segment(0xE1, b"http://ns.adobe.com/xap/1.0/"),
        segment(0xE1, b""),
        segment(0xC4, bytes(20)),
        segment(0xE2, bytes(65_000)) * 5,
        b"\xff\xe0\0\0",
    ],
)
def test_jpeg_segments_are_passed_over(before: bytes) -> None:
    assert measure(b"\xff\xd8\xff\xe0\0\2" + before + SOF) == Header(Kind.JPEG, 7, 5, alpha=False, depth=8)


def test_exif_does_not_reach_beyond_its_segment(tmp_path: Path) -> None:
    turned = b"Exif\0\0MM\0*" + struct.pack(">IHHHII", 8, 1, 274, 3, 1, 6 << 16)
    assert known(b"\xff\xd8" + segment(0xE1, turned) + SOF, tmp_path).orientation == 6
    assert known(b"\xff\xd8" + segment(0xE1, b"") + turned + SOF, tmp_path).orientation == 1


def test_the_first_exif_counts() -> None:
    first, second = (saved(RGB, "JPEG", exif=exif(orientation)) for orientation in (6, 3))
    blocks = [data[data.index(b"\xff\xe1") : data.index(b"\xff\xdb")] for data in (first, second)]
    header = measure(b"\xff\xd8" + blocks[0] + blocks[1] + SOF)
    assert header
    assert header.orientation == 6


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html>",
        saved(RGB, "ICO"),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\0\2\xff\xd9" + SOF,
        b"\xff\xd8\xff\xda\0\2" + SOF,
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rCgBI" + bytes(40),
        b"GIF89a\1",
        b"RIFF\0\0\0\0WEBPVP8 " + bytes(30),
        b"RIFF\0\0\0\0WEBPVP8L" + bytes(30),
        b"RIFF\0\0\0\0WEBPVP9 " + bytes(30),
        b"II*\0\xff\xff\xff\xff",
        b"II+\0\x08\0\0\0",
        b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\4meta",
        b"\0\0\0\x18ftypavif" + bytes(12) + boxed(b"meta", bytes(4), boxed(b"iprp", boxed(b"ipma", b"1"))),
        b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\0meta\0\0\0\0",
        b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\1meta" + b"\xff" * 8,
    ],
)
def test_what_has_no_header_has_no_size(data: bytes) -> None:
    assert measure(data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xe0\0\2" * 300_000,
        b"\xff\xd8\xff" + b"\0" * 1_000_000,
        png()[:33] + chunk(b"tEXt", b"") * 100_000,
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08" + bytes(9) + b"XXXX\0\0\0\0" * 100_000,
        b"GIF89a\1\0\1\0\0\0\0" + b"\x21\xff\1a\0" * 200_000,
        b"GIF89a\1\0\1\0\0\0\0\x21\xff" + b"\1a" * 500_000,
        b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\x08free" * 100_000,
    ],
)
def test_a_header_without_end_costs_little(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "endless"
    path.write_bytes(data)
    start = time.process_time()
    measure_file(path)
    assert time.process_time() - start < 1.0  # some hundredths as a rule


def test_patience_ends() -> None:
    source = Source(lambda at, size: b"x" * size)
    for _ in range(PATIENCE):
        source.some(0, 1)
    with pytest.raises(Unreadable):
        source.some(0, 1)


SAMPLES = [saved(RGB, name) for name in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")]
SAMPLES += [frames("GIF"), frames("WEBP"), saved(RGB, "JPEG", exif=exif(6)), saved(RGBA, "AVIF", exif=exif(5))]


@settings(max_examples=400)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=12),
    st.integers(0, 20_000),
)
def test_no_damage_makes_it_stumble(sample: bytes, damage: list[tuple[int, int]], length: int) -> None:
    data = bytearray(sample)
    for at, value in damage:
        data[at % len(data)] = value
    header = measure(bytes(data[:length]))
    assert header is None or 1 <= header.orientation <= 8


@given(st.sampled_from([sample[:24] for sample in SAMPLES]), st.binary(max_size=300))
def test_no_bytes_behind_a_good_beginning_make_it_stumble(start: bytes, rest: bytes) -> None:
    header = measure(start + rest)
    assert header is None or header.width >= 0


def heif(*properties: bytes, owner: int = 1, primary: bytes = b"\0\0\0\0\0\1", wide: bool = False) -> bytes:
    """A HEIF header: the properties, all of them belonging to the item `owner`."""
    places = range(1, len(properties) + 1)
    if wide:
        owned = struct.pack(">IIIB", 1 << 24 | 1, 1, owner, len(places)) + struct.pack(f">{len(places)}H", *places)
    else:
        owned = struct.pack(">IIHB", 0, 1, owner, len(places)) + bytes(places)
    items = boxed(b"iprp", boxed(b"ipco", *properties), boxed(b"ipma", owned))
    return boxed(b"ftyp", b"heic", bytes(4)) + boxed(b"meta", bytes(4), boxed(b"pitm", primary), items)


SIZE = boxed(b"ispe", struct.pack(">III", 0, 64, 48))


def test_the_primary_item_decides() -> None:
    small = boxed(b"ispe", struct.pack(">III", 0, 5, 4))
    for data in (heif(SIZE), heif(SIZE, small), heif(SIZE, wide=True), heif(SIZE, owner=2)):
        assert measure(data) == Header(Kind.HEIC, 64, 48, alpha=False)
    wide = heif(SIZE, owner=70_000, wide=True, primary=b"\1\0\0\0" + struct.pack(">I", 70_000))
    assert measure(wide) == Header(Kind.HEIC, 64, 48, alpha=False)
    assert measure(heif(boxed(b"irot", b"\1"))) is None


@pytest.mark.parametrize(("turn", "mirror"), [(b"\1", b"\0"), (b"\3", b"\1"), (b"\1", b"\1"), (b"\3", None)])
def test_a_quarter_turn_swaps_the_sides(turn: bytes, mirror: bytes | None) -> None:
    header = measure(heif(SIZE, boxed(b"irot", turn), *([boxed(b"imir", mirror)] if mirror else [])))
    assert header
    assert header.shown == (48, 64)


def test_the_clean_aperture_crops_but_never_widens() -> None:
    crops = {(61, 1, 80, 2): (61, 40), (900, 1, 900, 1): (64, 48), (1, 0, 1, 0): (64, 48)}
    for crop, size in crops.items():
        header = measure(heif(SIZE, boxed(b"clap", struct.pack(">8I", *crop, 0, 1, 0, 1))))
        assert header
        assert (header.width, header.height) == size


MARKED = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF", "HEIF"]


@pytest.mark.parametrize("name", MARKED)
def test_a_cut_file_looks_incomplete(name: str, tmp_path: Path) -> None:
    data = saved(RGB, name)
    path = tmp_path / "picture"
    path.write_bytes(data)
    assert looks_complete(path)
    for length in (len(data) // 2, len(data) - 20, len(data) - 2, 20, 0):
        path.write_bytes(data[:length])
        assert not looks_complete(path), length


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_foreign_tail_does_not_make_a_file_incomplete(name: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(saved(RGB, name) + b"PK\x03\x04" + bytes(1000))
    assert looks_complete(path)


def test_a_preview_does_not_make_a_cut_jpeg_complete(tmp_path: Path) -> None:
    preview = segment(0xE1, b"Exif\0\0" + saved(RGB.resize((6, 4)), "JPEG"))
    whole = saved(RGB, "JPEG")
    path = tmp_path / "picture"
    path.write_bytes(whole[:2] + preview + whole[2:-2])
    assert not looks_complete(path)
    path.write_bytes(b"\xff\xd8" + segment(0xE0, b"") * (PATIENCE + 1))
    assert not looks_complete(path)


def test_a_format_without_an_end_mark_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    for data in (saved(RGB, "TIFF")[:100], b"unknown", b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\0mdat"):
        path.write_bytes(data)
        assert looks_complete(path)
    path.write_bytes(b"\0\0\0\x18ftypavif" + bytes(12) + b"\0\0\0\1mdat" + struct.pack(">Q", 20) + b"1234")
    assert looks_complete(path)
