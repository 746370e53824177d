"""A figure: what a subject looks like, in a box 200 wide and 200 high that stands on its foot in the middle."""

from dataclasses import dataclass

from sandbox.seedream.painting.colours import Light, mix

WINDOW = "#86b3c6"  # by day, and known again when a reference is made night


@dataclass(frozen=True, slots=True)
class Figure:
    """Shapes with {main}, {dark}, {light}, {lamp} and {line} for colours, and where such a thing belongs."""

    shapes: str
    colour: str
    words: tuple[str, ...]
    place: str = "ground"  # ground, sky, water or over (above the first subject)
    size: float = 0.5  # of the shorter side of the picture
    home: str = ""  # the ground that goes with it when the prompt names none

    def painted(self, light: Light, colour: str = "") -> str:
        """The shapes in their colours, as they look in a light."""
        main = light.on(colour or self.colour, 0.45)
        return self.shapes.format(
            main=main,
            dark=mix(main, "#14121f", 0.38),
            light=mix(main, "#fffaf0", 0.62),
            pale=light.on("#f7f1e4", 0.45),
            line=mix(main, "#14121f", 0.75),
            lamp="#ffd873" if light.dark else WINDOW,
        )
