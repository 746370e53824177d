"""References: what is accepted, what is changed on the way, and what is refused for which reason."""

import io
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them
from PIL import Image

from bot.images.errors import BadPicture, Reason
from bot.images.normalise import normalise
from bot.images.orders import Normalised, Rules
from bot.images.pixels import lock_down
from sandbox import pictures
from sandbox.pictures import CORNERS, PLACE, SENT

ACCEPTED = {
    "good.png": (),
    "nearly.png": ("end",),
    "text-bomb.png": ("metadata",),
    "text-bombs.png": ("metadata",),
    "profile-bomb.png": ("metadata",),
    "moving.gif": ("format", "animation"),
    "moving.png": ("animation",),
    "cmyk.jpg": ("colours",),
    "grey16.png": ("colours",),
    "turned.jpg": ("rotation",),
    "archive.png": ("tail",),
    "good.webp": (),
    "good.avif": ("format",),
    "good.tiff": ("format",),
    "good.bmp": ("format",),
}
REFUSED = {
    "empty.png": Reason.EMPTY,
    "page.png": Reason.NOT_A_PICTURE,
    "error.png": Reason.NOT_A_PICTURE,
    "drawing.svg": Reason.UNSUPPORTED,
    "half.jpg": Reason.TRUNCATED,
    "half.png": Reason.TRUNCATED,
    "large.png": Reason.TOO_MANY_PIXELS,
    "bomb.png": Reason.TOO_MANY_PIXELS,
    "claim.png": Reason.TOO_MANY_PIXELS,
    "nothing.png": Reason.TOO_SMALL,
    "icon.ico": Reason.UNSUPPORTED,
    "good.eps": Reason.UNSUPPORTED,
    "good.jp2": Reason.UNSUPPORTED,
    "thread.png": Reason.TOO_SMALL,
}


@pytest.fixture(scope="module", autouse=True)
def _as_in_the_decoder() -> Iterator[None]:
    lock_down()
    yield
    pyvips.block_untrusted_set(False)  # other tests of this process may read what a decoder may not
    pyvips.operation_block_set("VipsForeignLoad", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


def send(folder: Path, data: bytes, name: str = "sent", rules: Rules | None = None) -> Normalised:
    path = folder.parent / name
    path.write_bytes(data)
    return normalise(path, folder, rules or Rules())


def refuse(folder: Path, data: bytes, rules: Rules | None = None) -> BadPicture:
    with pytest.raises(BadPicture) as caught:
        send(folder, data, rules=rules)
    return caught.value


def corners(path: Path) -> list[tuple[int, ...]]:
    with Image.open(path) as picture:
        right, bottom = picture.width - 4, picture.height - 4
        plain = picture.convert("RGB")
        spots = ((3, 3), (right, 3), (3, bottom), (right, bottom))
        found = [plain.getpixel(spot) for spot in spots]
    return [pixel for pixel in found if isinstance(pixel, tuple)]


def assert_near(found: list[tuple[int, ...]], expected: list[tuple[int, int, int]]) -> None:
    worst = max(abs(a - b) for one, other in zip(found, expected, strict=True) for a, b in zip(one, other, strict=True))
    assert worst <= 12, (found, expected)


def test_every_file_of_the_list_has_an_expected_outcome() -> None:
    assert len(SENT) == 29
    assert set(SENT) == set(ACCEPTED) | set(REFUSED)


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_accepted_file_becomes_a_picture_that_every_provider_takes(folder: Path, name: str) -> None:
    made = normalise(pictures.build(folder.parent, name), folder, Rules())
    assert made.changed == ACCEPTED[name]
    assert made.length == made.path.stat().st_size
    with Image.open(made.path, formats=("PNG", "JPEG", "WEBP")) as opened:
        opened.load()
        assert Image.MIME[opened.format or ""] == made.media_type
        assert opened.size == (made.width, made.height)
        assert opened.mode in {"RGB", "L"}
        assert not getattr(opened, "is_animated", False)
    if not made.changed:
        assert made.path == folder.parent / name


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_says_why(folder: Path, name: str) -> None:
    with pytest.raises(BadPicture) as caught:
        normalise(pictures.build(folder.parent, name), folder, Rules())
    assert caught.value.reason is REFUSED[name]
    assert not list(folder.glob("*.png"))


def test_a_bomb_is_refused_by_its_numbers(folder: Path) -> None:
    error = refuse(folder, pictures.blank_png(13_000, 13_000))
    assert (error.limit, error.found) == (100_000_000, 169_000_000)


def test_a_picture_with_too_many_pixels_is_made_smaller(folder: Path) -> None:
    made = send(folder, pictures.blank_png(8_000, 6_000))
    assert made.width * made.height <= 36_000_000
    assert made.width * made.height > 35_000_000
    assert made.changed == ("size",)


def test_a_side_limit_is_kept(folder: Path) -> None:
    made = send(folder, pictures.png(), rules=Rules(max_side=100))
    assert (made.width, made.height) == (100, 75)


@pytest.mark.parametrize(("width", "height"), [(15, 241), (241, 15)])
def test_a_picture_longer_than_sixteen_times_its_width_is_refused(folder: Path, width: int, height: int) -> None:
    error = refuse(folder, pictures.encoded(pictures.scene(width, height), "PNG"))
    assert error.reason is Reason.TOO_NARROW


@pytest.mark.parametrize(("width", "height"), [(15, 240), (15, 15)])
def test_the_narrowest_and_smallest_allowed_picture_passes(folder: Path, width: int, height: int) -> None:
    assert send(folder, pictures.encoded(pictures.scene(width, height), "PNG")).changed == ()


def test_a_side_of_fourteen_pixels_is_refused(folder: Path) -> None:
    assert refuse(folder, pictures.encoded(pictures.scene(14, 100), "PNG")).reason is Reason.TOO_SMALL


@pytest.mark.parametrize(("spare", "changed"), [(0, ()), (-1, ("length",))])
def test_one_byte_over_the_limit_is_too_much(folder: Path, spare: int, changed: tuple[str, ...]) -> None:
    data = pictures.encoded(pictures.scene(noise=80), "PNG")
    made = send(folder, data, rules=Rules(max_bytes=len(data) + spare))
    assert made.changed == changed
    assert made.length <= len(data) + spare


def test_metadata_do_not_count_against_the_limit(folder: Path) -> None:
    data = pictures.png()
    padded = pictures.with_chunks(data, pictures.chunk(b"tEXt", b"Comment\0" + b"x" * 5000))
    made = send(folder, padded, rules=Rules(max_bytes=len(data)))
    assert made.changed == ("metadata",)
    assert made.path.read_bytes() == data


def test_a_wrong_extension_does_not_matter(folder: Path) -> None:
    made = send(folder, pictures.jpeg(), "picture.png")
    assert (made.media_type, made.changed) == ("image/jpeg", ())


def test_orientation_six_is_turned_by_a_quarter(folder: Path) -> None:
    made = send(folder, pictures.jpeg(exif=pictures.secret_exif(6)))
    top_left, top_right, bottom_left, bottom_right = CORNERS
    assert (made.width, made.height) == (240, 320)
    assert_near(corners(made.path), [bottom_left, top_left, bottom_right, top_right])


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_a_turned_picture_of_another_format_is_turned_too(folder: Path, form: str) -> None:
    data = pictures.encoded(pictures.scene(), form, exif=pictures.secret_exif(3), quality=95)
    made = send(folder, data)
    assert (made.width, made.height) == (320, 240)
    assert_near(corners(made.path), list(reversed(CORNERS)))
    assert PLACE not in made.path.read_bytes()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_place_of_a_photo_goes_and_its_pixels_stay(folder: Path, form: str) -> None:
    data = pictures.encoded(pictures.scene(), form, exif=pictures.secret_exif(), quality=90)
    assert PLACE in data
    made = send(folder, data)
    written = made.path.read_bytes()
    assert made.changed == ("metadata",)
    assert PLACE not in written
    assert b"Exif" not in written
    with Image.open(made.path) as clean, Image.open(io.BytesIO(data)) as dirty:
        assert clean.tobytes() == dirty.tobytes()
        assert not clean.getexif()


def test_a_jpeg_keeps_profile_and_colour_transform_and_loses_comments_and_previews(folder: Path) -> None:
    profile = b"a profile" * 20
    data = pictures.jpeg(icc_profile=profile, comment=PLACE, progressive=True)
    preview = b"\xff\xe0" + struct.pack(">H", 2 + 5 + 60) + b"JFXX\0" + bytes(60)
    made = send(folder, data[:2] + preview + data[2:] + b"\0" * 30 + data)
    written = made.path.read_bytes()
    assert made.changed == ("metadata", "tail")
    assert PLACE not in written
    assert b"JFXX" not in written
    with Image.open(made.path) as opened:
        assert opened.info["icc_profile"] == profile


def test_filling_between_the_parts_of_a_jpeg_is_fine(folder: Path) -> None:
    data = pictures.jpeg()
    assert send(folder, data[:2] + b"\xff\xff" + data[2:]).changed == ()


def test_a_jpeg_without_its_end_mark_is_mended(folder: Path) -> None:
    made = send(folder, pictures.jpeg()[:-2])
    assert (made.changed, made.media_type) == (("end",), "image/jpeg")


@pytest.mark.parametrize("end", [3, 30, 170])
def test_a_jpeg_that_ends_in_its_head_is_refused(folder: Path, end: int) -> None:
    assert refuse(folder, pictures.jpeg()[:end]).reason in {Reason.TRUNCATED, Reason.UNDECODABLE}


def test_a_webp_keeps_its_profile_and_loses_what_is_appended(folder: Path) -> None:
    made = send(folder, pictures.webp(icc_profile=b"a profile", exif=pictures.secret_exif(), xmp=PLACE) + b"PK\x03\x04")
    assert made.changed == ("metadata", "tail")
    with Image.open(made.path) as opened:
        opened.load()
        assert opened.info["icc_profile"] == b"a profile"
    assert len(made.path.read_bytes()) == 8 + struct.unpack("<I", made.path.read_bytes()[4:8])[0]


def test_half_a_webp_is_refused(folder: Path) -> None:
    assert refuse(folder, pictures.webp()[:4000]).reason is Reason.TRUNCATED


def test_a_webp_chunk_longer_than_its_file_is_refused(folder: Path) -> None:
    data = pictures.webp(exif=pictures.secret_exif())
    at = data.index(b"EXIF")
    broken = data[: at + 4] + struct.pack("<I", 1 << 30) + data[at + 8 :]
    assert refuse(folder, broken).reason is Reason.UNDECODABLE


def test_an_animated_webp_becomes_its_first_frame(folder: Path) -> None:
    made = send(folder, pictures.animation("WEBP", 3))
    assert made.changed == ("animation",)
    assert (made.width, made.height) == (64, 48)


def test_a_damaged_png_is_refused_without_decoding(folder: Path) -> None:
    data = bytearray(pictures.png())
    data[len(data) // 2] ^= 0xFF
    assert refuse(folder, bytes(data)).reason is Reason.UNDECODABLE


def test_damaged_pixels_are_refused_when_they_are_decoded(folder: Path) -> None:
    rubbish = pictures.chunk(b"IDAT", zlib.compress(b"short"))
    data = pictures.blank_png(64, 64, rows=False)
    at = data.index(b"IDAT") - 4
    broken = data[:at] + rubbish + data[-12:]
    assert refuse(folder, broken, Rules(max_side=32)).reason in {Reason.UNDECODABLE, Reason.TRUNCATED}


def test_a_broken_profile_is_left_out_and_a_sane_one_stays(folder: Path) -> None:
    sane = pictures.chunk(b"iCCP", b"x\0\0" + zlib.compress(b"a profile"))
    assert send(folder, pictures.with_chunks(pictures.png(), sane)).changed == ()
    broken = pictures.chunk(b"iCCP", b"x\0\0rubbish")
    assert send(folder, pictures.with_chunks(pictures.png(), broken)).changed == ("metadata",)


def test_a_see_through_picture_stays_see_through(folder: Path) -> None:
    made = send(folder, pictures.encoded(pictures.see_through(), "TIFF"))
    assert made.media_type == "image/png"
    with Image.open(made.path) as opened:
        assert sum(opened.getchannel("A").histogram()[:20]) > 100


def test_a_see_through_picture_that_is_too_long_becomes_a_webp(folder: Path) -> None:
    data = pictures.encoded(pictures.see_through(noise=90), "TIFF")
    made = send(folder, data, rules=Rules(max_bytes=60_000))
    assert made.media_type == "image/webp"
    assert made.length <= 60_000


def test_a_picture_far_too_long_gets_smaller_as_well(folder: Path) -> None:
    made = send(folder, pictures.encoded(pictures.scene(noise=90), "PNG"), rules=Rules(max_bytes=9_000))
    assert made.changed == ("length", "size")
    assert made.length <= 9_000


def test_heic_needs_the_extra_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = heic(folder)
    assert send(folder, data).changed == ("format",)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    error = refuse(folder, data)
    assert error.reason is Reason.UNSUPPORTED
    assert "heif" in str(error)


def heic(folder: Path) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.from_pillow(pictures.scene()).save(folder / "x.heic")
    return (folder / "x.heic").read_bytes()
