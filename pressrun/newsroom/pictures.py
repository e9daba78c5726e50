"""The newsroom's pictures: small posters in flat colours, drawn from a scene and a number.

Places are pixels of the finished picture. What matters stands in the middle: pages cut pictures.
"""

from collections.abc import Callable
from typing import Literal

from pressrun.newsroom.drawing import PAPER, Sheet
from pressrun.newsroom.scenes_land import dishes, metro, movable, rail
from pressrun.newsroom.scenes_water import ferry, ice, lantern, ranch

Scene = Literal["metro", "type", "ranch", "ferry", "ice", "dishes", "lantern", "rail"]

SCENES: dict[Scene, tuple[str, str, Callable[[Sheet], None]]] = {
    "metro": ("#0f1936", "#4b5f8c", metro),
    "type": (PAPER, "#eedcb6", movable),
    "ranch": ("#efb78f", PAPER, ranch),
    "ferry": ("#f0c79c", "#f9efdc", ferry),
    "ice": ("#b5d0dc", "#f7ecdc", ice),
    "dishes": ("#121a42", "#d98a66", dishes),
    "lantern": ("#0d1730", "#34566b", lantern),
    "rail": ("#efc58f", "#faf0da", rail),
}
"""By scene: the sky's colours, from top to bottom, and what stands before it."""


def draw_picture(scene: Scene, number: int) -> bytes:
    """*scene* as a PNG of 960 x 640 pixels; *number* varies what is left to chance."""
    top, bottom, draw = SCENES[scene]
    sheet = Sheet(top, bottom, number)
    draw(sheet)
    return sheet.png()
