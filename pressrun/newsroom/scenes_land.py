"""Pictures of what is on land: trains, type, telescopes."""

import math

from pressrun.newsroom.drawing import (
    BLUE,
    GREEN,
    HEIGHT,
    INK,
    LAMP,
    MIST,
    MOSS,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    SNOW,
    WIDTH,
    Sheet,
    turn,
)

TYPE = {
    "𠮷": "5155 3373 1595 3777 3739 7779 3979",
    "田": "2282 2888 2228 8288 2585 5258",
    "山": "2428 8488 2888 5158",
    "中": "2383 2686 2326 8386 5159",
    "王": "2282 2585 1898 5258",
    "木": "1494 5159 5427 5487",
    "三": "2282 3575 1898",
    "工": "2282 1898 5258",
}
"""Strokes on a grid of ten: "2282" goes from (2, 2) to (8, 2)."""


def metro(sheet: Sheet) -> None:
    """A lit train on its viaduct before the sleeping city."""
    sheet.stars(60, 300)
    sheet.disc(650, 130, 56, LAMP)
    for colour, wide, least in ((BLUE, 84, 150), (NIGHT, 62, 40)):
        for x in range(-20, WIDTH, wide + 6):
            high = least + sheet.chance.uniform(0, 170)
            sheet.box(x, 450 - high, wide, high, colour)
            for at in range(16, int(high) - 20, 26):
                for side in range(10, wide - 14, 18):
                    if sheet.chance.random() < 0.22:
                        sheet.box(x + side, 450 - high + at, 8, 12, OCHRE)
    _rails(sheet, 470, INK)
    _train(sheet, SNOW, RED, LAMP)


def rail(sheet: Sheet) -> None:
    """A green train of old in the mountains."""
    sheet.disc(610, 150, 60, RED)
    sheet.land(260, 60, "#b9cfae", 1.4)
    sheet.land(330, 46, "#7fae8a", 2)
    sheet.land(420, 30, GREEN, 1.2)
    _rails(sheet, 470, MOSS)
    _train(sheet, "#2c6b4a", OCHRE, PAPER)
    for step in range(5):
        sheet.land(560 + 20 * step, 7, (OCHRE, "#c98f3c")[step % 2], 1.1)


def _rails(sheet: Sheet, y: float, colour: str) -> None:
    sheet.box(0, y, WIDTH, 26, colour)
    for x in range(60, WIDTH, 210):
        sheet.shape([(x - 34, y), (x + 34, y), (x + 16, HEIGHT), (x - 16, HEIGHT)], colour)


def _train(sheet: Sheet, body: str, stripe: str, light: str) -> None:
    for x in (-170, 150, 470):
        sheet.box(x, 372, 312, 92, body, 14)
        sheet.box(x, 436, 312, 12, stripe)
        for window in range(5):
            sheet.box(x + 18 + 58 * window, 392, 44, 30, light, 5)
        for wheel in (50, 90, 222, 262):
            sheet.disc(x + wheel, 464, 10, INK)
    sheet.shape([(770, 372), (800, 374), (846, 436), (846, 464), (770, 464)], body)
    sheet.shape([(790, 388), (800, 390), (824, 424), (790, 424)], light)
    sheet.box(770, 436, 76, 12, stripe)


def movable(sheet: Sheet) -> None:
    """A case of movable type, and the one character that was missing."""
    for x in range(-136, WIDTH, 156):
        for y in range(16, HEIGHT, 156):
            sheet.box(x, y, 140, 140, sheet.chance.choice(("#ead6ad", "#e2c898", "#d8ba84")), 10)
            _strokes(sheet, TYPE[sheet.chance.choice("田山中王木三工")], x, y, 14, "#b8925a")
    sheet.box(324, 164, 312, 312, "#a8321c", 18)
    sheet.box(324, 158, 312, 308, RED, 18)
    _strokes(sheet, TYPE["𠮷"], 330, 162, 30, PAPER)


def _strokes(sheet: Sheet, strokes: str, x: float, y: float, grid: float, colour: str) -> None:
    for a, b, c, d in (map(int, stroke) for stroke in strokes.split()):
        ends = [(x + grid * a, y + grid * b), (x + grid * c, y + grid * d)]
        sheet.line(ends, colour, 0.8 * grid)


def dishes(sheet: Sheet) -> None:
    """Radio telescopes that listen to a star."""
    sheet.stars(110, 420)
    for radius in range(150, 30, -30):
        ring = [(660 + radius * math.cos(a), 120 + radius * math.sin(a)) for a in turn()]
        sheet.line(ring, "#6a6f96", 2.5)
    sheet.disc(660, 120, 17, LAMP)
    sheet.land(396, 22, "#4b3d5e", 1.2)
    for x, y, size in ((800, 400, 46), (660, 388, 60), (190, 384, 66)):
        _dish(sheet, x, y, size)
    sheet.land(450, 14, "#2a3350", 1.1)
    _dish(sheet, 430, 352, 150)
    sheet.land(530, 12, INK, 1.6)


def _dish(sheet: Sheet, x: float, y: float, size: float) -> None:
    tilt = math.atan2(120 - y, 660 - x)

    def at(ahead: float, aside: float) -> tuple[float, float]:
        c, s = size * math.cos(tilt), size * math.sin(tilt)
        return x + ahead * c - aside * s, y + ahead * s + aside * c

    foot = y + 1.3 * size
    top = [(x - 0.1 * size, y), (x + 0.1 * size, y)]
    sheet.shape([*top, (x + 0.4 * size, foot), (x - 0.4 * size, foot)], BLUE)
    half = turn(math.pi / 2, 3 * math.pi / 2)
    sheet.shape([at(0.5 * math.cos(a) + 0.1, math.sin(a)) for a in half], MIST)
    sheet.shape([at(0.16 * math.cos(a) + 0.1, math.sin(a)) for a in turn()], SNOW)
    sheet.line([at(0.1, -0.9), at(0.75, 0), at(0.1, 0.9)], INK, size / 36)
    sheet.disc(*at(0.75, 0), size / 14, RED)
