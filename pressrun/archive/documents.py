"""Documents that a person may read: indented JSON with a schema version."""

import logging
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pressrun.archive.files import Files
from pressrun.errors import ArchiveError

logger = logging.getLogger(__name__)
AnyModel = TypeVar("AnyModel", bound=BaseModel)
SCHEMA_VERSION = 1


class _Versioned(BaseModel):
    """Any document, before it is read as one."""

    model_config = ConfigDict(extra="ignore")

    schema_version: int


def written(value: BaseModel) -> bytes:
    """*value* as it stands in its file."""
    return value.model_dump_json(indent=2).encode() + b"\n"


def document(files: Files, key: str, kind: type[AnyModel]) -> AnyModel | None:
    """The document at *key*; None when it is absent or damaged, which is logged.

    Raises:
        ArchiveError: it has another schema than this Pressrun's.
    """
    data = files.read(key)
    if data is None:
        return None
    try:
        version = _Versioned.model_validate_json(data).schema_version
        if version != SCHEMA_VERSION:
            raise ArchiveError(
                f"{files.address(key)}: has schema {version}; this Pressrun reads "
                f"{SCHEMA_VERSION}: use the Pressrun that wrote it, or a later one"
            )
        return kind.model_validate_json(data)
    except ValidationError as exc:
        logger.warning("%s is damaged: %s", files.address(key), exc.errors()[0]["msg"])
        return None
