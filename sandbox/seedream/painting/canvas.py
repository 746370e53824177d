"""Vector shapes become pixels."""

import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them
from PIL import Image


def rendered(svg: str) -> Image.Image:
    """The SVG as an RGBA picture."""
    drawn = pyvips.Image.svgload_buffer(svg.encode())
    return Image.frombuffer("RGBA", (drawn.width, drawn.height), drawn.write_to_memory(), "raw", "RGBA", 0, 1)
