"""The fields of a flow's form: what Prefect's UI offers for each, and its server refuses.

A parameter is one of these types, or `Annotated` of one and a `titled`; its line of help is in the
flow's docstring, under `Args`. Choices are of the plug-ins that are installed, and of the papers
that the settings have, where and when the deployment is registered: after a change, register again.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, StringConstraints, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from pressrun import plugins
from pressrun.errors import SettingsError
from pressrun.models import PAPER_NAME, Refresh
from settings import load_settings


def titled(title: str) -> FieldInfo:
    """What puts *title* above a field, in place of the parameter's name.

    Prefect sets the name as every parameter's title; only what is extra comes after it.
    """
    info: FieldInfo = Field(json_schema_extra={"title": title})
    return info


class _Plain(dict[str, Any]):
    """A JSON schema that takes no default of null.

    The form would submit the null, and the server, which allows null where a field may be left
    out and the schema has no default, would refuse it.
    """

    def __setitem__(self, key: str, value: Any) -> None:
        if (key, value) != ("default", None):
            super().__setitem__(key, value)


class _Empty:
    """Shows a field that may be None as its type alone; empty, a run has no such parameter.

    As pydantic has it, with null as one of two types, the form begins with a toggle between them.
    """

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        [given] = [kind for kind in handler(core_schema)["anyOf"] if kind.get("type") != "null"]
        return _Plain(given)


class _Choice:
    """Offers the *names*, asked for whenever a schema is made; no names: any text."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        schema = handler(core_schema)
        names = list(self._names())
        return {**schema, "enum": names} if names else schema


def _papers() -> tuple[str, ...]:
    try:
        return tuple(sorted(load_settings().papers))
    except SettingsError:  # the run itself fails of it, with the message
        return ()


def _engines() -> tuple[str, ...]:
    return ("auto", *plugins.known("engines"))


def _formats() -> tuple[str, ...]:
    return tuple(plugins.known("renderers"))


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Day = date
"""A calendar, to be filled in."""
DayOrEmpty = Annotated[date | None, _Empty()]
"""A calendar that may stay empty."""
PaperName = Annotated[str, Field(pattern=PAPER_NAME.pattern), _Choice(_papers)]
"""A choice of the papers."""
PaperOrEmpty = Annotated[PaperName | None, _Empty()]
Limit = Annotated[int, Field(ge=1, le=200)]
"""As `PaperSettings.limit` has it."""
LimitOrEmpty = Annotated[Limit | None, _Empty()]
EngineOrEmpty = Annotated[Annotated[str, _Choice(_engines)] | None, _Empty()]
"""A choice of the engines."""
FormatsOrEmpty = Annotated[list[Annotated[str, _Choice(_formats)]] | None, _Empty()]
"""Choices of the renderers."""
TextOrEmpty = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None, _Empty()
]
"""One line of text."""
Every = Annotated[int, Field(ge=1, le=366)]
"""Days from one date of a backfill to the next."""
RefreshOrEmpty = Annotated[
    Annotated[Refresh, WithJsonSchema({"type": "string", "enum": list(Refresh)})] | None, _Empty()
]
"""A choice of what is made anew."""
Concurrency = Annotated[int, Field(ge=1, le=16)]
"""Editions that are printed at once."""
Processes = Annotated[int, Field(ge=1, le=64)]
"""Runs that share a backfill, each on a worker of its own."""
MomentOrEmpty = Annotated[Annotated[datetime, AfterValidator(_in_utc)] | None, _Empty()]
"""A calendar with a clock that may stay empty."""
