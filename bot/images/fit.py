"""Makes a picture fit an upload limit: as it is, else one encode at the best quality that fits, else smaller."""

from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them

from bot.images.errors import BadPicture, Reason
from bot.images.look import look
from bot.images.measure import Header
from bot.images.orders import Fitted, Target
from bot.images.pixels import decoding, hold, open_picture
from bot.images.sniff import Kind

_BANDS = 24  # strips of the picture that are encoded to predict the whole
_MARGIN = 0.985  # a prediction may be this much too low
_ROUNDS = 12
_SMALLEST = 16  # pixels; a picture that does not fit then never will
# A JPEG of quality 95 needs at least this many bits per sample less than a PNG of the same picture. Noise of each
# channel by itself is the worst case; anything that channels have in common makes the JPEG smaller still.
_PNG_TO_JPEG_95 = 2.25


@dataclass(frozen=True, slots=True)
class Codec:
    """A way to write a picture with a quality: `rows` is how high one row of its blocks is."""

    kind: Kind
    rows: int
    overhead: int
    options: dict[str, object]

    def size(self, image: pyvips.Image, quality: int) -> int:
        """How many bytes the picture itself takes, without the file's head."""
        save = getattr(image, f"{self.kind.name.lower()}save_buffer")
        return max(1, len(save(Q=quality, keep="none", **self.options)) - self.overhead)

    def write(self, image: pyvips.Image, path: Path, quality: int) -> int:
        """Write the file and tell its length."""
        getattr(image, f"{self.kind.name.lower()}save")(str(path), Q=quality, keep="icc", **self.options)
        return path.stat().st_size


JPEG = Codec(Kind.JPEG, 8, 623, {"subsample_mode": "off"})
WEBP = Codec(Kind.WEBP, 16, 30, {"effort": 2, "smart_subsample": True})


def fit(path: Path, folder: Path, target: Target) -> Fitted:
    """The picture within the limit, in `folder` if it had to be changed; BadPicture if that cannot be done."""
    header = look(path, target.bomb_pixels)
    length = path.stat().st_size
    if length <= target.limit:
        return Fitted(path, header.kind.media_type, *header.shown, length)
    with decoding(path):
        file = folder / "fit.jpg"
        if _will_fit(header, length, target):
            image = open_picture(path, header)
            size = image.width, image.height
            written = JPEG.write(image, file, target.best)
            if written <= target.limit:
                return Fitted(file, Kind.JPEG.media_type, *size, written, target.best, ("jpeg",))
        image = without_empty_alpha(hold(open_picture(path, header), folder))
        fitted = squeeze(image, folder, target)
    return fitted if not header.animated else _still(fitted)


def _still(fitted: Fitted) -> Fitted:
    how = ("first frame", *fitted.how)
    return Fitted(fitted.path, fitted.media_type, fitted.width, fitted.height, fitted.length, fitted.quality, how)


def _will_fit(header: Header, length: int, target: Target) -> bool:
    """Whether the best JPEG fits for certain, going by the length of the PNG: then one streamed pass is enough."""
    plain = header.kind is Kind.PNG and header.alpha is False and header.depth == 8 and target.best <= 95
    return plain and length - header.pixels * 3 * _PNG_TO_JPEG_95 / 8 <= target.limit * _MARGIN


def without_empty_alpha(image: pyvips.Image) -> pyvips.Image:
    """The same picture, its alpha channel left out if it is opaque everywhere."""
    if not image.hasalpha():
        return image
    alpha = image.bands - 1
    return image if image[alpha].min() < 255 else image.extract_band(0, n=alpha)


def squeeze(image: pyvips.Image, folder: Path, target: Target) -> Fitted:
    """Encode a held picture so that it fits, with as much quality, and then as much size, as the limit allows."""
    codec = WEBP if image.hasalpha() else JPEG
    file = folder / f"fit.{codec.kind.extension}"
    whole, doubt = image, 1.0
    how: tuple[str, ...] = (codec.kind.name.lower(),)
    for _ in range(_ROUNDS):
        quality, expected = _predict(codec, image, target, doubt)
        if expected <= target.limit:
            length = codec.write(image, file, quality)
            if length <= target.limit:
                return Fitted(file, codec.kind.media_type, image.width, image.height, length, quality, how)
            doubt *= length / expected  # the strips were not like the rest
            continue
        least = _SMALLEST / min(whole.width, whole.height)
        if min(image.width, image.height) <= _SMALLEST:
            break
        scale = max(least, image.width / whole.width * min(0.95, 0.9 * sqrt(target.limit / expected)))
        image = whole  # lets go of the last try before the next one is made
        image = hold(whole.resize(scale), folder)
        how = (codec.kind.name.lower(), "smaller")
    raise BadPicture(Reason.CANNOT_FIT, f"{whole.width} × {whole.height}", limit=target.limit)


def _predict(codec: Codec, image: pyvips.Image, target: Target, doubt: float) -> tuple[int, float]:
    """The highest quality that should fit and the length to expect; the length tells if even the worst does not."""
    sample = _sample(codec, image)
    share = image.height / sample.height * doubt
    low, high = target.worst, target.best
    while low < high:
        middle = (low + high + 1) // 2
        if codec.size(sample, middle) * share + codec.overhead <= target.limit * _MARGIN:
            low = middle
        else:
            high = middle - 1
    return low, codec.size(sample, low) * share + codec.overhead


def _sample(codec: Codec, image: pyvips.Image) -> pyvips.Image:
    """Strips from all over the picture, cut where the codec cuts its blocks, one below the other."""
    blocks = image.height // codec.rows
    if blocks <= 2 * _BANDS:
        return image
    tops = [int(blocks * (band + 0.5) / _BANDS) * codec.rows for band in range(_BANDS)]
    strips = [image.crop(0, top, image.width, codec.rows) for top in tops]
    return pyvips.Image.arrayjoin(strips, across=1).copy_memory()
