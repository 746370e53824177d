"""A request comes to a preset, however its size is said; and pictures of nobody known could be anybody's."""

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest, Reference
from bot.studio.wishes import wish_of

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize(
    ("request_", "size"),
    [
        (ImageRequest("4.5"), "2K"),
        (ImageRequest("4.5", size="4k"), "4K"),
        (ImageRequest("4.5", ratio="16:9"), "2K"),
        (ImageRequest("4.5", size="2560x1440"), "2K"),
        (ImageRequest("4.5", size="3024x1296"), "2K"),
        (ImageRequest("4.5", size="4096x4096"), "4K"),
        (ImageRequest("4.0", size="1024x1024"), "1K"),
        (ImageRequest("4.0", size="9000x9000"), "4K"),
        (ImageRequest("3.0-t2i", size="1024x1024"), "1K"),
        (ImageRequest("seededit-3.0-i2i"), None),
        (ImageRequest("5.0-pro", layers=True), None),
        (ImageRequest("5.0-pro", layers=True, size="1k"), "1K"),
        (ImageRequest("5.0-pro", layers=True, references=(Reference(width=640, height=512),)), "1K"),
        (ImageRequest("5.0-pro", layers=True, references=(Reference(width=1600, height=1400),)), "1.5K"),
        (ImageRequest("5.0-pro", layers=True, references=(Reference(width=6000, height=6000),)), "2K"),
        (ImageRequest("ep-1", layers=True, references=(Reference(width=2000, height=2000),)), "2K"),
        (ImageRequest("ep-1", size="2k"), "2K"),
        (ImageRequest("ep-1", size="2048x2048"), "2K"),
        (ImageRequest("ep-1", size="huge"), None),
        (ImageRequest("ep-1"), None),
    ],
)
def test_a_request_comes_to_a_preset(request_: ImageRequest, size: str | None) -> None:
    assert wish_of(CATALOGUE, request_, 1).size == size


def test_pictures_of_nobody_known_are_nobodys() -> None:
    two = ImageRequest("4.5", references=(Reference(url="a"), Reference(url="b")))
    assert wish_of(CATALOGUE, two, 1).whose == (None, None)
    assert wish_of(CATALOGUE, two, 1, (5,)).whose == (5, None)
    assert wish_of(CATALOGUE, two, 1, (5, 6, 7)).whose == (5, 6)
    assert wish_of(CATALOGUE, ImageRequest("4.5"), 1, (5,)).whose == ()
    assert (wish_of(CATALOGUE, two, 3).model, wish_of(CATALOGUE, two, 3).images) == ("seedream-4.5", 3)
