"""Pictures of what is on the water: a farm in the sea, ferries, a river that breaks up."""

import math

from pressrun.newsroom.drawing import (
    BLUE,
    GREEN,
    HEIGHT,
    INK,
    LAMP,
    MIST,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    SEA,
    SNOW,
    WIDTH,
    Sheet,
    turn,
)


def ranch(sheet: Sheet) -> None:
    """A boat at sunrise above a forest of kelp and the fish that came back."""
    sheet.disc(600, 215, 66, RED)
    sheet.land(270, 16, "#d9a98a", 1.3)
    for step, colour in enumerate(("#3b8a93", "#2a7482", "#1e5d70", "#164a5f")):
        sheet.land(310 + 86 * step, 7, colour, 3)
    sheet.shape([(330, 258), (606, 248), (566, 312), (376, 312)], NIGHT)
    sheet.shape([(346, 282), (588, 276), (580, 288), (354, 292)], RED)
    sheet.box(388, 206, 92, 52, SNOW, 6)
    for window in (404, 440):
        sheet.box(window, 218, 22, 20, SEA, 3)
    sheet.line([(520, 252), (520, 150), (600, 246)], NIGHT, 5)
    for root in range(20, WIDTH, 74):
        high, lean = sheet.chance.uniform(110, 235), sheet.chance.uniform(0, 6)
        stem = [(root + 12 * math.sin(lean + y / 30), HEIGHT - y) for y in range(0, int(high), 6)]
        sheet.line(stem, GREEN, 7)
        for place, (at, y) in enumerate(stem[3::4]):
            side = 34 if place % 2 else -34
            sheet.shape([(at, y), (at + side, y - 22), (at + side * 0.6, y - 2)], "#5d9c63")
    for _ in range(20):
        along, deep = sheet.chance.uniform(200, 800), sheet.chance.uniform(370, 520)
        _fish(sheet, along, deep, sheet.chance.uniform(16, 26))


def _fish(sheet: Sheet, x: float, y: float, size: float) -> None:
    body = [(x + size * math.cos(a), y + 0.4 * size * math.sin(a)) for a in turn()]
    sheet.shape(body, LAMP)
    tail = [(x - 0.8 * size, y), (x - 1.5 * size, y - 0.5 * size), (x - 1.5 * size, y + 0.5 * size)]
    sheet.shape(tail, OCHRE)


def ferry(sheet: Sheet) -> None:
    """An electric ferry in a harbour town that can hear its gulls."""
    sheet.land(300, 36, "#a9c3b6", 1)
    for x in range(-10, WIDTH, 66):
        high = sheet.chance.uniform(60, 130)
        sheet.box(x, 400 - high, 60, high, sheet.chance.choice((RED, OCHRE, SNOW, MIST, "#d98c6a")))
        sheet.shape([(x - 4, 400 - high), (x + 30, 368 - high), (x + 64, 400 - high)], BLUE)
        for window in (12, 36):
            sheet.box(x + window, 420 - high, 12, 18, NIGHT)
    sheet.land(400, 3, "#3b8a93", 5)
    sheet.box(390, 292, 180, 52, SNOW, 8)
    sheet.box(404, 304, 152, 22, NIGHT, 4)
    sheet.box(274, 340, 412, 70, SNOW, 10)
    for x in range(292, 670, 48):
        sheet.box(x, 356, 32, 26, SEA, 5)
    sheet.shape([(180, 404), (780, 404), (722, 490), (238, 490)], NIGHT)
    sheet.shape([(188, 416), (772, 416), (765, 428), (195, 428)], SNOW)
    bolt = [(492, 434), (456, 466), (478, 466), (466, 488), (504, 454), (482, 454)]
    sheet.shape(bolt, LAMP)
    for step, colour in enumerate(("#2a7482", SEA, "#164a5f")):
        sheet.land(486 + 48 * step, 6, colour, 5)
    for x, y, wing in ((250, 150, 34), (330, 105, 24), (640, 130, 38), (720, 190, 26)):
        sheet.line([(x - wing, y - 12), (x - wing / 3, y - 14), (x, y)], NIGHT, 5)
        sheet.line([(x, y), (x + wing / 3, y - 14), (x + wing, y - 12)], NIGHT, 5)


def ice(sheet: Sheet) -> None:
    """A river that breaks up, and the hut of those who watch it."""
    sheet.disc(330, 130, 52, LAMP)
    peaks = [(0, 300), (130, 170), (250, 270), (420, 120), (560, 260), (740, 150), (960, 300)]
    sheet.shape([*peaks, (960, 400), (0, 400)], "#9fbcc9")
    sheet.land(310, 10, SNOW, 1.2)
    river = [
        (y, 430 + 90 * math.sin((y - 300) / 70), (y - 296) ** 1.22) for y in range(306, 650, 6)
    ]
    left = [(middle - wide * 0.42, y) for y, middle, wide in river]
    right = [(middle + wide * 0.62, y) for y, middle, wide in river]
    sheet.shape([*left, *reversed(right)], "#24607a")
    free = 318.0
    for y, middle, wide in river:
        if y < free:
            continue
        free = y + 0.1 * wide
        for place in (-0.26, -0.02, 0.22, 0.44):
            x = middle + wide * (place + sheet.chance.uniform(-0.03, 0.03))
            _floe(sheet, x, y, 3 + wide * sheet.chance.uniform(0.07, 0.11))
    sheet.box(690, 282, 84, 56, PAPER)
    sheet.box(722, 300, 22, 38, BLUE)
    sheet.shape([(676, 284), (732, 240), (788, 284)], RED)


def _floe(sheet: Sheet, x: float, y: float, size: float) -> None:
    ring = [(a, size * sheet.chance.uniform(0.75, 1.15)) for a in turn()[:-4:6]]
    for below, colour in ((size * 0.12, MIST), (0.0, SNOW)):
        sheet.shape(
            [(x + r * math.cos(a), y + below + 0.3 * r * math.sin(a)) for a, r in ring], colour
        )


def lantern(sheet: Sheet) -> None:
    """A ferryman who keeps his lamp lit."""
    sheet.stars(70, 260)
    sheet.land(290, 44, "#213c58", 1.3)
    sheet.land(370, 26, "#182f49", 1.7)
    for radius, colour in ((150, "#2f4257"), (104, "#665a4c"), (64, "#b58a4a"), (34, LAMP)):
        sheet.disc(600, 330, radius, colour)
    sheet.land(440, 3, "#123049", 4)
    for step in range(9):
        wide = 150 * 0.86**step * sheet.chance.uniform(0.7, 1.1)
        sheet.box(600 - wide / 2, 462 + 19 * step, wide, 7, OCHRE, 3)
    hull = [(270, 398), (350, 428), (560, 430), (660, 388), (610, 462), (330, 466)]
    sheet.shape(hull, INK)
    sheet.line([(560, 430), (560, 268), (600, 276), (600, 312)], INK, 6)
    sheet.box(584, 310, 32, 44, RED, 7)
    sheet.box(592, 318, 16, 26, LAMP, 4)
    sheet.shape([(400, 430), (412, 300), (446, 292), (470, 318), (466, 430)], INK)
    sheet.disc(440, 276, 20, INK)
    sheet.shape([(392, 272), (440, 232), (490, 272)], INK)
    sheet.line([(450, 330), (500, 350), (512, 300)], INK, 13)
    sheet.line([(540, 180), (470, 560)], INK, 6)
