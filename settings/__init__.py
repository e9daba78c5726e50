"""Typed settings: command line over `PRESSRUN_*` over `pressrun.toml`."""

from settings.groups import (
    LENGTHS,
    EmbeddedSettings,
    Engines,
    FetchSettings,
    OllamaSettings,
    PaperSettings,
    Renderers,
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
    "Renderers",
    "Settings",
    "SinaSettings",
    "Sources",
    "SummariseSettings",
    "load_settings",
]
