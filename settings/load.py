"""Settings from pressrun.toml, the environment and the command line, in rising precedence."""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from pressrun.errors import SettingsError
from pressrun.models import PAPER_NAME
from settings.engines import Engines, SummariseSettings
from settings.operating import AlertSettings, MetricsSettings
from settings.paper import PaperSettings
from settings.renderers import Renderers
from settings.sources import FetchSettings, Sources
from settings.tables import underscored

PREFIX = "PRESSRUN_"
FILE_VARIABLE = "PRESSRUN_CONFIG"
DEFAULT_FILE = "pressrun.toml"
PLUGINS = ("sources", "engines", "renderers")
"""The settings that are tables of plug-ins."""


class Settings(BaseSettings):
    """All of Pressrun's settings. Build with `load_settings`, once, at the edge."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    archive: str = Field(
        "archive",
        min_length=1,
        description="Folder of the archive, or an fsspec address such as s3://bucket/pressrun.",
    )
    archive_options: dict[str, SecretStr] = Field(
        {},
        description="What the archive's address needs besides, by fsspec's names: key, secret, "
        "endpoint_url, ...; `secret:NAME` is read from the Prefect Secret block of that name, "
        "`env:NAME` from the environment.",
    )
    lease_s: float = Field(
        60,
        ge=10,
        le=3600,
        description="How long an edition stays reserved after the last sign of life of the run "
        "that prints it; clocks of the machines must agree to within a third of it.",
    )
    site_url: HttpUrl | None = Field(
        None,
        description="Where readers find the archive's site, such as https://news.example.org/; "
        "runs link to it.",
    )
    engine: str = Field(
        "auto",
        description="Engine by name; auto: ollama when it answers and has the model, else "
        "embedded when it is installed.",
    )
    prefect: Literal["auto", "active", "temporary"] = Field(
        "auto",
        description="Which Prefect server runs a digest: the profile's when it is on loopback "
        "and answers, else a temporary one (auto); the profile's wherever it is (active); always "
        "a temporary one (temporary).",
    )
    papers: dict[str, PaperSettings] = Field(
        default_factory=lambda: {"daily": PaperSettings()},
        description="Papers by name; the paper `daily` is built in.",
    )
    fetch: FetchSettings = Field(FetchSettings(), description="How pages are fetched.")
    alerts: AlertSettings = Field(
        AlertSettings(), description="Who is told when a run ends otherwise than it should."
    )
    metrics: MetricsSettings = Field(MetricsSettings(), description="The end point for Prometheus.")
    summarise: SummariseSettings = Field(
        SummariseSettings(), description="How articles are summarised."
    )
    sources: Sources = Field(Sources(), description="Options of sources.")
    engines: Engines = Field(Engines(), description="Options of engines.")
    renderers: Renderers = Field(Renderers(), description="Options of renderers.")

    @field_validator("papers")
    @classmethod
    def _names(cls, papers: dict[str, PaperSettings]) -> dict[str, PaperSettings]:
        for name in papers:
            if not PAPER_NAME.match(name):
                raise ValueError(
                    f"{name!r} cannot name a paper; use small letters, digits and hyphens"
                )
        papers.setdefault("daily", PaperSettings())
        return papers

    def paper(self, name: str) -> PaperSettings:
        """The paper called *name*.

        Raises:
            SettingsError: there is none; the message lists those there are.
        """
        try:
            return self.papers[name]
        except KeyError:
            raise SettingsError(
                f"no paper is called {name!r}{_near(name, self.papers)} (papers: "
                f"{', '.join(sorted(self.papers))}; for a new one add [papers.{name}] to "
                f"{DEFAULT_FILE})"
            ) from None


def load_settings(
    overrides: Mapping[str, Any] | None = None, *, file: Path | None = None
) -> Settings:
    """Settings with *overrides* on top, a nested mapping of what the command line says.

    Overrides change papers and add none. *file* defaults to the path in `PRESSRUN_CONFIG`, else
    `pressrun.toml` in the working folder, when it is there.

    Raises:
        SettingsError: the file cannot be read, a key is unknown or a value out of bounds.
    """
    path, table = _read_file(file)
    table, overrides = _one_spelling(table), _one_spelling(overrides or {})
    _refuse_unknown_variables()

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, table)

    try:
        settings = Layered(**overrides)
        for name in settings.papers.keys() & overrides.get("papers", {}):
            Layered().paper(name)  # a misspelt one would be a new paper
        return settings
    except ValidationError as exc:
        lines = [_explain(fault, path) for fault in exc.errors()]
        raise SettingsError("\n".join(lines)) from exc
    except ValueError as exc:  # an environment variable that should be JSON and is not
        raise SettingsError(
            f"environment: {exc}; write a list or a table as JSON: "
            """PRESSRUN_PAPERS__DAILY__FORMATS='["html", "pdf"]'"""
        ) from exc


def _read_file(file: Path | None) -> tuple[Path | None, dict[str, Any]]:
    named = file or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    path = named or Path(DEFAULT_FILE)
    try:
        with path.open("rb") as stream:
            return path, tomllib.load(stream)
    except FileNotFoundError as exc:
        if named:
            raise SettingsError(
                f"{path}: no such file; correct --config or {FILE_VARIABLE}, or make it"
            ) from exc
        return None, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path}: not valid TOML: {exc}; correct it there") from exc
    except OSError as exc:
        raise SettingsError(f"{path}: cannot be read: {exc.strerror or exc}") from exc


def _one_spelling(layer: Mapping[str, Any]) -> dict[str, Any]:
    """*layer* with plug-ins named as the environment names them, so that the layers merge."""
    return {
        key: underscored(value) if key in PLUGINS and isinstance(value, Mapping) else value
        for key, value in layer.items()
    }


def _refuse_unknown_variables() -> None:
    """An unknown `PRESSRUN_*` variable is an error: pydantic-settings would ignore it."""
    known = {name.upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        # pydantic-settings reads them in any case.
        upper = variable.upper()
        if not upper.startswith(PREFIX) or upper == FILE_VARIABLE:
            continue
        first = upper.removeprefix(PREFIX).split("__")[0]
        if first not in known:
            raise SettingsError(
                f"environment variable {variable}: no such setting"
                f"{_near(first, known, prefix=PREFIX)}"
            )


def _explain(fault: Any, path: Path | None) -> str:
    loc = list(map(str, fault["loc"]))
    if len(loc) > 1 and loc[0] in PLUGINS:
        loc[1] = loc[1].replace("_", "-")
    where = ".".join(loc)
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = set(_keys_at(fault["loc"][:-1]))
        message = f"no such setting{_near(str(fault['loc'][-1]), known)}"
    elif fault["type"] != "value_error" and not _is_secret(fault["loc"]):
        message = f"{message} (given: {fault['input']!r})"
    origin = "the environment or the command line"
    return f"{where}: {message} [{f'{path}, ' if path else ''}{origin}]"


def _is_secret(loc: tuple[int | str, ...]) -> bool:
    """Whether what stands at *loc* is shown to no one."""
    model: Any = Settings
    for part in loc:
        field = getattr(model, "model_fields", {}).get(part)
        if field and "SecretStr" in str(field.annotation):
            return True
        if field:
            model = PaperSettings if part == "papers" else field.annotation
    return len(loc) > 1 and _has_secrets(model)


def _has_secrets(model: Any) -> bool:
    """Whether *model* is a table with secrets in it."""
    return (
        isinstance(model, type)
        and issubclass(model, BaseModel)
        and any(
            "SecretStr" in str(field.annotation) or _has_secrets(field.annotation)
            for field in model.model_fields.values()
        )
    )


def _keys_at(loc: tuple[int | str, ...]) -> Iterator[str]:
    """Known keys of the table at *loc*."""
    model: Any = Settings
    for part in loc:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return
        field = model.model_fields.get(str(part))
        if field is None:
            model = PaperSettings if model is Settings else None
            continue
        model = PaperSettings if part == "papers" else field.annotation
        if part == "papers":
            # the next part is a paper's name
            yield from PaperSettings.model_fields
            return
    if isinstance(model, type) and issubclass(model, BaseModel):
        yield from model.model_fields


def _near(name: str, known: Any, prefix: str = "") -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {prefix}{close[0]}?" if close else ""
