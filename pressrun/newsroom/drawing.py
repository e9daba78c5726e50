"""A sheet to draw small posters on, in flat colours: shapes, land, stars."""

import io
import math
from collections.abc import Iterable
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 640

FINER = 2
"""It is drawn so many times larger, for smooth edges."""

INK, NIGHT, BLUE, SEA, MIST, SNOW = "#10182b", "#1c2b4d", "#33496f", "#1f6273", "#8fb6bd", "#eef3f1"
RED, OCHRE, LAMP, PAPER, GREEN, MOSS = (
    "#cf4328",
    "#e0a043",
    "#ffe2a0",
    "#f6e9cf",
    "#3e7d57",
    "#265a48",
)

Points = Iterable[tuple[float, float]]


class Sheet:
    """A drawing under way, under a sky that goes from *top* to *bottom*."""

    def __init__(self, top: str, bottom: str, number: int) -> None:
        size = FINER * WIDTH, FINER * HEIGHT
        mask = Image.linear_gradient("L").resize(size)
        upper, lower = (Image.new("RGB", size, colour) for colour in (top, bottom))
        self._image = Image.composite(lower, upper, mask)
        self._pen = ImageDraw.Draw(self._image)
        self.chance = Random(number)  # noqa: S311 - the same number, the same picture

    def png(self) -> bytes:
        """The drawing as a PNG."""
        stream = io.BytesIO()
        self._image.reduce(FINER).save(stream, "PNG")
        return stream.getvalue()

    def shape(self, points: Points, colour: str) -> None:
        """Fill a polygon."""
        self._pen.polygon([(FINER * x, FINER * y) for x, y in points], colour)

    def box(self, x: float, y: float, wide: float, high: float, colour: str, soft: int = 0) -> None:
        """Fill a rectangle, its corners rounded by *soft*."""
        corners = [FINER * side for side in (x, y, x + wide, y + high)]
        self._pen.rounded_rectangle(corners, FINER * soft, colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """Fill a circle."""
        self._pen.ellipse(
            [FINER * s for s in (x - radius, y - radius, x + radius, y + radius)], colour
        )

    def line(self, points: Points, colour: str, wide: float) -> None:
        """Draw a line with round ends."""
        points = list(points)
        fine = [(FINER * x, FINER * y) for x, y in points]
        self._pen.line(fine, colour, round(FINER * wide), "curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, wide / 2, colour)

    def land(self, y: float, high: float, colour: str, waves: float = 2.0) -> None:
        """Hills or waves around *y*, and all below them."""
        start, pace = self.chance.uniform(0, math.tau), math.tau * waves / WIDTH
        edge = [
            (x, y + high * (math.sin(start + pace * x) + 0.4 * math.sin(start + 2.3 * pace * x)))
            for x in range(0, WIDTH + 8, 8)
        ]
        self.shape([*edge, (WIDTH, HEIGHT), (0, HEIGHT)], colour)

    def stars(self, count: int, below: float) -> None:
        """Strew stars over the sky down to *below*."""
        for _ in range(count):
            x, y = self.chance.uniform(0, WIDTH), self.chance.uniform(0, below)
            self.disc(x, y, self.chance.choice((1, 1.4, 2.2)), SNOW)


def turn(first: float = 0.0, last: float = math.tau) -> list[float]:
    """Angles from *first* to *last* in forty steps."""
    return [first + (last - first) * step / 40 for step in range(41)]
