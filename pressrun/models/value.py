"""What every value is made of."""

import re
from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

PAPER_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
"""What a paper may be called: it names folders, runs and addresses."""


class Value(BaseModel):
    """What crosses a step: frozen, and without room for unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
