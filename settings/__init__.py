"""Typed settings: command line over `PRESSRUN_*` over `pressrun.toml`."""

from settings.engines import EmbeddedSettings, Engines, OllamaSettings, SummariseSettings
from settings.load import Settings, load_settings
from settings.operating import AlertSettings, MetricsSettings
from settings.paper import CATEGORIES, LENGTHS, PaperSettings
from settings.renderers import PngSettings, Renderers
from settings.sources import FetchSettings, SinaRollSettings, SinaSettings, Sources
from settings.tables import Plugins

__all__ = [
    "CATEGORIES",
    "LENGTHS",
    "AlertSettings",
    "EmbeddedSettings",
    "Engines",
    "FetchSettings",
    "MetricsSettings",
    "OllamaSettings",
    "PaperSettings",
    "Plugins",
    "PngSettings",
    "Renderers",
    "Settings",
    "SinaRollSettings",
    "SinaSettings",
    "Sources",
    "SummariseSettings",
    "load_settings",
]
