"""How the files of an edition are made."""

from typing import Literal, Self

from pydantic import Field, model_validator

from settings.tables import Group, Plugins

WEBP_MAX_PX = 16_383
"""No side of a WebP picture is longer."""


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
    format: Literal["png", "webp"] = Field(
        "png", description="Kind of file: png, or webp, which is smaller and not shown everywhere."
    )

    @model_validator(mode="after")
    def _not_too_high(self) -> Self:
        if self.format == "webp" and self.max_height_px > WEBP_MAX_PX:
            raise ValueError(
                f"a WebP picture is {WEBP_MAX_PX} px high at most; lower max_height_px or set "
                "format to png"
            )
        return self


class Renderers(Plugins):
    """`[renderers.NAME]`: options of renderers."""

    png: PngSettings = PngSettings()
