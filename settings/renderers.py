"""How the files of an edition are made."""

from pydantic import Field

from settings.tables import Group, Plugins


class PngSettings(Group):
    """The renderer `png`: pictures for a phone."""

    width_px: int = Field(1080, ge=320, le=2160, description="Width of a picture.")
    max_height_px: int = Field(
        8000,
        ge=640,
        le=30_240,
        description="Greatest height of a picture, 2 to 14 times the width; a longer edition "
        "becomes several.",
    )


class Renderers(Plugins):
    """`[renderers.NAME]`: options of renderers."""

    png: PngSettings = PngSettings()
