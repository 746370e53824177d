"""Opens pictures for work: first frame, upright, eight bits, sRGB with or without alpha. Runs in the decoder only."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them
from PIL import Image, ImageOps

from bot.images.errors import BadPicture, Reason
from bot.images.measure import Header, looks_complete
from bot.images.sniff import Kind

_HEIF = frozenset({Kind.HEIC, Kind.HEIF})
_LOADERS = {Kind.PNG: "Png", Kind.JPEG: "Jpeg", Kind.WEBP: "Webp", Kind.GIF: "Nsgif", Kind.TIFF: "Tiff"}
_IN_MEMORY = 80_000_000  # a decoded picture of more bytes waits on disk


def lock_down() -> None:
    """One thread, no cache, and no loaders but the five that are used; for the whole process."""
    pyvips.cache_set_max(0)
    pyvips.concurrency_set(1)
    pyvips.block_untrusted_set(True)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for name in (*_LOADERS.values(), "Vips"):
        pyvips.operation_block_set(f"VipsForeignLoad{name}", False)


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turns what the codecs raise into BadPicture."""
    try:
        yield
    except (pyvips.Error, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk, not the picture
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise BadPicture(Reason.UNDECODABLE if looks_complete(path) else Reason.TRUNCATED, said[-1][:200]) from error


def open_picture(path: Path, header: Header) -> pyvips.Image:
    """The picture ready for work; it can be read once only, from top to bottom: `hold` it to read it more often."""
    if header.kind not in _LOADERS:
        return _to_srgb(_with_pillow(path, header))
    loader = getattr(pyvips.Image, f"{_LOADERS[header.kind].lower().removeprefix('ns')}load")
    image = loader(str(path), access="sequential" if header.orientation == 1 else "random", fail_on="error")
    if header.orientation != 1:
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", header.orientation)
        image = image.autorot()
    return _to_srgb(image)


def open_cut(path: Path, folder: Path, header: Header) -> pyvips.Image:
    """A picture whose file ends too early, if no pixel is missing: only the end mark or the last checksum."""
    if header.kind is not Kind.JPEG:
        return _to_srgb(_with_pillow(path, header))
    mended = folder / "mended.jpg"
    mended.write_bytes(path.read_bytes() + b"\xff\xd9")
    return _to_srgb(pyvips.Image.jpegload(str(mended), fail_on="warning"))


def hold(image: pyvips.Image, folder: Path) -> pyvips.Image:
    """Decode once, to read many times anywhere: in memory, or on disk where that would be too much."""
    if image.width * image.height * image.bands <= _IN_MEMORY:
        return image.copy_memory()
    file = folder / f"held-{image.width}x{image.height}.v"
    image.write_to_file(str(file))
    return pyvips.Image.new_from_file(str(file))


def _with_pillow(path: Path, header: Header) -> pyvips.Image:
    if header.kind in _HEIF:
        _learn_heif(header.kind)
    with Image.open(path, formats=("HEIF",) if header.kind in _HEIF else (header.kind.name,)) as opened:
        if opened.width * opened.height > max(header.pixels, 1):
            raise BadPicture(Reason.UNDECODABLE, "its header and its content tell different sizes")
        upright = ImageOps.exif_transpose(opened)
        drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    return pyvips.Image.new_from_memory(
        drawn.tobytes(), drawn.width, drawn.height, len(drawn.getbands()), "uchar"
    ).copy(interpretation="srgb")


def _learn_heif(kind: Kind) -> None:
    """The one format that needs an extra, which is loaded when the first such picture comes."""
    try:
        import_module("pillow_heif").register_heif_opener(thumbnails=False)
    except ImportError as error:
        advice = "send it as JPEG or PNG (whoever runs the bot can install its 'heif' extra)"
        raise BadPicture(Reason.UNSUPPORTED, f"{kind.title}; {advice}") from error


def _to_srgb(image: pyvips.Image) -> pyvips.Image:
    """Eight bits of red, green, blue and perhaps alpha. A profile stays only where it still describes the pixels."""
    if image.interpretation == "srgb" and image.format == "uchar":
        return image
    if image.interpretation == "cmyk":
        image = image.icc_transform("srgb", embedded=True, input_profile="cmyk")
    if image.interpretation != "srgb" or image.format != "uchar":
        image = image.colourspace("srgb")
    image = image.copy()
    if image.get_typeof("icc-profile-data"):
        image.remove("icc-profile-data")
    return image
