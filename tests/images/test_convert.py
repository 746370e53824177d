"""Conversions: the format that a file name promises, with the pixels and the holes of the original."""

from pathlib import Path

import pytest
from PIL import Image

from bot.images.convert import convert
from bot.images.errors import BadPicture
from bot.images.orders import Format
from sandbox import pictures

FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("clear", [True, False])
def test_a_picture_becomes_what_was_asked_for(tmp_path: Path, form: str, clear: bool) -> None:
    path = tmp_path / "sent"
    path.write_bytes(pictures.encoded(pictures.see_through() if clear else pictures.scene(), "TIFF"))
    made = convert(path, tmp_path, Format(FORMATS[form]))
    with Image.open(made.path) as opened:
        assert (opened.format, opened.size, made.changed) == (form, (320, 240), ("format",))
        assert opened.has_transparency_data == (clear and form != "JPEG")
        if clear and form == "JPEG":  # what was open is white now, not black
            assert not sum(opened.convert("L").crop((150, 110, 160, 120)).histogram()[:200])
    assert made.length == made.path.stat().st_size


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_of_that_format_stays_byte_for_byte(tmp_path: Path, form: str) -> None:
    path = tmp_path / "sent"
    path.write_bytes(pictures.encoded(pictures.scene(), form))
    made = convert(path, tmp_path, Format(FORMATS[form]))
    assert (made.path, made.changed) == (path, ())


@pytest.mark.parametrize("name", ["half.png", "bomb.png", "page.png"])
def test_a_bad_picture_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadPicture):
        convert(pictures.build(tmp_path, name), tmp_path, Format("image/jpeg"))
