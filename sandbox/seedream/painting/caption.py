"""The slim line at the bottom that says which model drew, from which seed, and which picture of how many it is."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, ImageOps

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=16)
def font(size: int) -> Font:
    """Pillow's own font, so that pictures are the same on every machine."""
    return ImageFont.load_default(max(8, size))


def caption(picture: Image.Image, text: str, digest: bytes, *, again: bool = False) -> None:
    """Write the line onto an RGBA picture, with six specks of colour that no other order has.

    `again` hides the line of a reference under what stands above it.
    """
    unit = min(picture.size)
    height = max(12, unit // 26)
    place = (0, picture.height - height)
    if again:
        above = picture.crop((0, picture.height - 2 * height, picture.width, picture.height - height))
        picture.paste(ImageOps.flip(above), place)
    strip = picture.crop((*place, *picture.size))
    strip = Image.alpha_composite(strip, Image.new("RGBA", strip.size, (12, 12, 20, 120)))
    brush = ImageDraw.Draw(strip)
    brush.text((unit // 50, height / 2), _known(text), fill="#f4f1ea", font=font(round(height * 0.56)), anchor="lm")
    speck = height // 3
    for at in range(6):
        left = strip.width - unit // 50 - (6 - at) * (speck + speck // 2)
        brush.rectangle((left, speck, left + speck, 2 * speck), fill=tuple(digest[at * 3 : at * 3 + 3]))
    picture.paste(strip, place)


def mark(picture: Image.Image) -> None:
    """The watermark that some orders ask for."""
    unit = min(picture.size)
    ImageDraw.Draw(picture).text(
        (picture.width - unit // 40, unit // 40), "AI generated", fill="#ffffffc0", font=font(unit // 32), anchor="ra"
    )


def _known(text: str) -> str:
    """Only letters that the font has: a box says nothing."""
    return "".join(letter for letter in text if letter.isascii() or letter in "·é").strip()
