"""Telling what a file is by its first bytes."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.images.sniff import HEAD, Kind, sniff


def saved(name: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(file, name, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PNG", Kind.PNG), ("JPEG", Kind.JPEG), ("WEBP", Kind.WEBP), ("GIF", Kind.GIF), ("BMP", Kind.BMP),
        ("TIFF", Kind.TIFF), ("AVIF", Kind.AVIF), ("ICO", Kind.ICO), ("JPEG2000", Kind.JP2), ("EPS", Kind.EPS),
        ("PDF", Kind.PDF),
    ],
)  # fmt: skip
def test_what_a_real_file_is(name: str, kind: Kind) -> None:
    data = saved(name)
    assert sniff(data) is kind
    assert sniff(data[:HEAD]) is kind
    assert kind.is_picture == (name not in {"EPS", "PDF"})


def box(major: bytes, *compatible: bytes) -> bytes:
    body = major + bytes(4) + b"".join(compatible)
    return (len(body) + 8).to_bytes(4, "big") + b"ftyp" + body + bytes(100)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (box(b"heic", b"mif1"), Kind.HEIC),
        (box(b"mif1", b"mif1", b"heic"), Kind.HEIC),
        (box(b"mif1", b"avif"), Kind.AVIF),
        (box(b"avis", b"msf1"), Kind.AVIF),
        (box(b"mif1"), Kind.HEIF),
        (box(b"isom", b"mp42"), Kind.MP4),
        (box(b"isom", b"avif"), Kind.MP4),
        (b"\0\0\0\x18ftypheic", Kind.HEIC),
        (b"\x1a\x45\xdf\xa3", Kind.WEBM),
        (b"\xff\x0a\x00", Kind.JXL),
        (b"8BPS\0\1", Kind.PSD),
        (b"\xc5\xd0\xd3\xc6", Kind.EPS),
        (b"PK\x03\x04", Kind.ZIP),
        (b"\x1f\x8b\x08\x00", Kind.GZIP),
        (b"II+\x00\x08\0", Kind.TIFF),
        (b"<!doctype html><p>", Kind.HTML),
        (b"\n  <HTML lang=en>", Kind.HTML),
        (b"<!-- a <svg> page --><!-- --><html>", Kind.HTML),
        (b"<!--" + b"x" * 9000, Kind.HTML),
        ("\ufeff<html>".encode("utf-16-le"), Kind.HTML),
        ("\ufeff<html>".encode(), Kind.HTML),
        (b"<title>Just a moment", Kind.HTML),
        (b"<?xml version='1.0'?><html xmlns='x'>", Kind.HTML),
        (b"<?xml version='1.0'?><!-- x --><Error><Code>AccessDenied", Kind.XML),
        (b"<Error><title>", Kind.XML),
        (b"<?xml?>", Kind.XML),
        (b"<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'>\n<svg>", Kind.SVG),
        (b"<svg:svg xmlns:svg='x'><svg:title>", Kind.SVG),
        (b"<svg><title>html</title>", Kind.SVG),
        (b'{"error":', Kind.JSON),
        (b'\xef\xbb\xbf { "a": 1}', Kind.JSON),
        (b"{}", Kind.JSON),
        (b"[1]", Kind.JSON),
        (b"[\n]", Kind.JSON),
        (b"[true]", Kind.JSON),
        (b"", None),
        (b"BM", None),
        (b"BM hello, this is a text", None),
        (b"GIF88a", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"< 5 apples", None),
        (b"{not json}", None),
        (b"Access denied.", None),
        (b"\0\0\1\0\0\0", None),
        (b"\x89PNG\r\n\x1a\r", None),
        (b"\xff\xd8", None),
    ],
)
def test_what_a_beginning_is(head: bytes, kind: Kind | None) -> None:
    assert sniff(head) is kind


def test_every_kind_has_names_of_its_own() -> None:
    assert len({kind.media_type for kind in Kind}) == len({kind.extension for kind in Kind}) == len(Kind)
    assert all(kind.media_type.startswith("image/") for kind in Kind if kind.is_picture)


@given(st.binary(max_size=200) | st.text(alphabet='<>!-? \n{}[]"svghtmlRIFF\0', max_size=200).map(str.encode))
def test_no_bytes_confuse_it(head: bytes) -> None:
    kind = sniff(head)
    assert kind is None or isinstance(kind, Kind)
