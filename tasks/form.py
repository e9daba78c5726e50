"""The fields of a flow's form: what Prefect's UI offers for each, and its server refuses.

Choices are of the plug-ins that are installed where the deployment is registered: after another
one is installed, register it again.
"""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from pressrun import plugins
from pressrun.models import PAPER_NAME


def _choices(group: plugins.Group, *others: str) -> Callable[[dict[str, Any]], None]:
    """Adds the names of the installed plug-ins of *group*, after *others*, to a JSON schema."""

    def add(schema: dict[str, Any]) -> None:
        schema["enum"] = [*others, *plugins.known(group)]

    return add


PaperName = Annotated[str, Field(pattern=PAPER_NAME.pattern)]
Limit = Annotated[int, Field(ge=1, le=200)]
"""As `PaperSettings.limit` has it."""
EngineName = Annotated[str, Field(json_schema_extra=_choices("engines", "auto"))]
FormatName = Annotated[str, Field(json_schema_extra=_choices("renderers"))]
Text = Annotated[str, Field(min_length=1)]
