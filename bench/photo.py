"""A large picture that compresses like a photo: gradients, texture, edges and a little grain."""

import sys
from pathlib import Path

import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them

SIDE = 4096


def draw(path: Path, side: int = SIDE, grain: float = 1.7) -> None:
    """Write it as PNG; 4096² come to about 24 MB, more than Discord takes."""
    place = pyvips.Image.xyz(side, side)
    bands = []
    for band, (slope, cell) in enumerate(((0.020, 256), (0.012, 384), (0.008, 512))):
        slow = place[band % 2] * slope + place[1 - band % 2] * slope / 2
        texture = pyvips.Image.perlin(side, side, cell_size=cell, seed=band) * 60
        fine = pyvips.Image.perlin(side, side, cell_size=16, seed=band + 9) * 12
        noise = pyvips.Image.gaussnoise(side, side, sigma=grain, mean=0, seed=band)
        bands.append(slow + texture + fine + noise + 70)
    edges = (place[0] // 97 + place[1] // 131) % 7 == 0
    image = bands[0].bandjoin(bands[1:])
    edges.ifthenelse(image * 0.6 + 20, image).cast("uchar").copy(interpretation="srgb").pngsave(
        str(path), compression=3, filter="paeth"
    )


if __name__ == "__main__":
    draw(Path(sys.argv[1]), int(sys.argv[2]))
