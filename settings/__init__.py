"""Typed settings: command line over `PRESSRUN_*` over `pressrun.toml`."""

from settings.groups import (
    LENGTHS,
    EmbeddedSettings,
    Engines,
    FetchSettings,
    OllamaSettings,
    PaperSettings,
    PngSettings,
    Renderers,
    SinaRollSettings,
    SinaSettings,
    Sources,
    SummariseSettings,
)
from settings.load import Settings, load_settings

__all__ = [
    "LENGTHS",
    "EmbeddedSettings",
    "Engines",
    "FetchSettings",
    "OllamaSettings",
    "PaperSettings",
    "PngSettings",
    "Renderers",
    "Settings",
    "SinaRollSettings",
    "SinaSettings",
    "Sources",
    "SummariseSettings",
    "load_settings",
]
