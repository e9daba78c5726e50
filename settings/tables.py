"""What a table of settings is: one of ours, or the tables of plug-ins by name."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator


class Group(BaseModel):
    """A table of settings: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def underscored(tables: Mapping[str, Any]) -> dict[str, Any]:
    """*tables* of plug-ins with underscores for the hyphens of their names."""
    return {str(name).replace("-", "_"): table for name, table in tables.items()}


class Plugins(BaseModel):
    """Tables of plug-ins by name; those of plug-ins that are not ours pass as they are.

    A hyphen in a plug-in's name is an underscore here, as it is in an environment variable:
    `[sources.sina-roll]` and `PRESSRUN_SOURCES__SINA_ROLL__...` are one table.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, tables: Any) -> Any:
        return underscored(tables) if isinstance(tables, Mapping) else tables

    @model_validator(mode="after")
    def _tables(self) -> Self:
        for name, table in (self.model_extra or {}).items():
            if not isinstance(table, Mapping):
                raise ValueError(f"{name} is no table of options; write {name} = {{key = value}}")
        return self

    def options(self, name: str) -> dict[str, Any]:
        """The table of plug-in *name*, as keyword arguments; empty when there is none."""
        # Not by getattr alone: pydantic's models have methods called "json" and "copy".
        table = dict(self).get(name.replace("-", "_"))
        if isinstance(table, BaseModel):
            return table.model_dump()
        return dict(table or {})
