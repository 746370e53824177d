"""Uploads: within the limit, with as much quality and size as the limit allows, and never with less than told."""

from math import log10
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from PIL import Image, ImageChops, ImageStat

from bot.images.errors import BadPicture, Reason
from bot.images.fit import JPEG, fit
from bot.images.look import look
from bot.images.orders import Fitted, Target
from bot.images.pixels import hold, open_picture
from sandbox import pictures


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def grainy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """8 MB of PNG that a JPEG of the best quality needs 2.6 MB for."""
    path = tmp_path_factory.mktemp("large") / "grainy.png"
    pictures.scene(2048, 1536, noise=60).save(path, compress_level=1)
    return path


def save(folder: Path, data: bytes) -> Path:
    path = folder.parent / "sent"
    path.write_bytes(data)
    return path


def psnr(one: Path, other: Path) -> float:
    """How near two pictures are, in decibels, the second brought to the size of the first."""
    with Image.open(one) as first, Image.open(other) as second:
        difference = ImageChops.difference(first.convert("RGB"), second.convert("RGB").resize(first.size))
    error = sum(value * value for value in ImageStat.Stat(difference).rms) / 3
    return 99.0 if error == 0 else 10 * log10(255 * 255 / error)


def check(fitted: Fitted, limit: int) -> None:
    assert fitted.length == fitted.path.stat().st_size <= limit
    with Image.open(fitted.path) as opened:
        opened.load()
        assert opened.size == (fitted.width, fitted.height)
        assert Image.MIME[opened.format or ""] == fitted.media_type


def test_a_picture_that_fits_is_left_alone(folder: Path) -> None:
    path = save(folder, pictures.png())
    assert fit(path, folder, Target(path.stat().st_size)).path == path


def test_one_byte_over_the_limit_is_encoded_once_with_the_best_quality(folder: Path) -> None:
    path = save(folder, pictures.encoded(pictures.scene(noise=30), "PNG"))
    fitted = fit(path, folder, Target(path.stat().st_size - 1))
    assert (fitted.quality, fitted.how, fitted.media_type) == (95, ("jpeg",), "image/jpeg")
    check(fitted, path.stat().st_size - 1)
    assert psnr(fitted.path, path) > 36


@pytest.mark.parametrize("limit", [10 * 1024 * 1024, 8_000_000, 2_000_000, 1_000_000, 200_000, 20_000])
def test_every_limit_is_kept_and_the_picture_is_still_the_same(grainy: Path, folder: Path, limit: int) -> None:
    fitted = fit(grainy, folder, Target(limit))
    check(fitted, limit)
    assert abs(fitted.width / fitted.height - 2048 / 1536) < 0.02
    assert fitted.length > limit * 0.6 or fitted.quality in {None, 95}
    assert psnr(fitted.path, grainy) > (30 if "smaller" not in fitted.how else 20)


@pytest.mark.parametrize("share", [0.95, 0.8, 0.6, 0.5])
def test_the_predicted_quality_is_the_highest_that_fits_or_one_less(grainy: Path, folder: Path, share: float) -> None:
    image = hold(open_picture(grainy, look(grainy, 10**8)), folder)
    limit = int(JPEG.size(image, 95) * share)
    best = max(quality for quality in range(80, 96) if JPEG.size(image, quality) + JPEG.overhead <= limit)
    fitted = fit(grainy, folder, Target(limit))
    assert fitted.quality in {best, best - 1}
    assert fitted.how == ("jpeg",)


def test_a_prediction_that_was_too_low_is_corrected(folder: Path) -> None:
    grain = Image.effect_noise((2000, 2000), 120).convert("RGB")
    blocks = 2000 // JPEG.rows
    for band in range(24):  # flat exactly where the sample is taken
        grain.paste(
            (90, 90, 90), (0, int(blocks * (band + 0.5) / 24) * 8, 2000, int(blocks * (band + 0.5) / 24) * 8 + 8)
        )
    path = save(folder, pictures.encoded(grain, "PNG"))
    fitted = fit(path, folder, Target(600_000))
    check(fitted, 600_000)


def test_a_quality_range_of_ones_own_is_respected(grainy: Path, folder: Path) -> None:
    fitted = fit(grainy, folder, Target(500_000, best=70, worst=60))
    assert 60 <= (fitted.quality or 0) <= 70


@pytest.mark.parametrize("limit", [400_000, 100_000, 20_000])
def test_what_shows_through_still_does(folder: Path, limit: int) -> None:
    path = save(folder, pictures.encoded(pictures.see_through(1200, 800, noise=60), "PNG"))
    fitted = fit(path, folder, Target(limit))
    check(fitted, limit)
    assert fitted.media_type == "image/webp"
    with Image.open(fitted.path) as opened:
        assert opened.mode == "RGBA"
        assert sum(opened.getchannel("A").histogram()[:20]) > 100


def test_alpha_that_is_opaque_everywhere_does_not_stop_a_jpeg(folder: Path) -> None:
    path = save(folder, pictures.encoded(pictures.scene(noise=60).convert("RGBA"), "PNG"))
    assert fit(path, folder, Target(60_000)).media_type == "image/jpeg"


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_that_is_too_long_becomes_its_first_frame_and_says_so(folder: Path, form: str) -> None:
    path = save(folder, pictures.animation(form))
    untouched = fit(path, folder, Target(path.stat().st_size))
    assert untouched.path == path
    fitted = fit(path, folder, Target(5_000))
    check(fitted, 5_000)
    assert fitted.how[0] == "first frame"
    assert (fitted.width, fitted.height) == (64, 48)


def test_a_long_jpeg_is_encoded_again_and_turned_upright(folder: Path) -> None:
    path = save(folder, pictures.encoded(pictures.scene(noise=60), "JPEG", quality=98, exif=pictures.secret_exif(6)))
    fitted = fit(path, folder, Target(40_000))
    check(fitted, 40_000)
    assert (fitted.width, fitted.height) == (240, 320)


def test_a_picture_held_on_disk_fits_as_well(folder: Path) -> None:
    path = save(folder, pictures.blank_png(9_500, 3_000))
    fitted = fit(path, folder, Target(5_000, best=81))
    check(fitted, 5_000)


def test_what_cannot_fit_is_refused(folder: Path) -> None:
    path = save(folder, pictures.encoded(pictures.scene(noise=60), "PNG"))
    with pytest.raises(BadPicture) as caught:
        fit(path, folder, Target(500))
    assert caught.value.reason is Reason.CANNOT_FIT


@pytest.mark.parametrize(
    ("name", "reason"),
    [("half.png", Reason.TRUNCATED), ("half.jpg", Reason.TRUNCATED), ("bomb.png", Reason.TOO_MANY_PIXELS)],
)
def test_a_bad_file_over_the_limit_is_refused(folder: Path, name: str, reason: Reason) -> None:
    with pytest.raises(BadPicture) as caught:
        fit(pictures.build(folder.parent, name), folder, Target(1_000))
    assert caught.value.reason is reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(width=664, height=40, noise=0, alpha=False, limit=3_000)
@example(width=64, height=837, noise=56, alpha=False, limit=3_001)
@given(
    width=some.integers(16, 900),
    height=some.integers(16, 900),
    noise=some.integers(0, 120),
    alpha=some.booleans(),
    limit=some.integers(3_000, 300_000),
)
def test_whatever_comes_the_limit_holds(
    folder: Path, width: int, height: int, noise: int, alpha: bool, limit: int
) -> None:
    draw = pictures.see_through if alpha else pictures.scene
    path = save(folder, pictures.encoded(draw(width, height, noise=noise), "PNG"))
    try:
        check(fit(path, folder, Target(limit)), limit)
    except BadPicture as error:
        assert error.reason is Reason.CANNOT_FIT  # noqa: PT017 - only this one refusal is allowed
        assert min(width, height) < 40
