"""The site's data files, each changed only if nobody else did meanwhile."""

import logging
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pressrun.archive import layout
from pressrun.archive.entries import SCHEMA, Month, SiteIndex, Year
from pressrun.archive.files import Files

logger = logging.getLogger(__name__)
AnyShard = TypeVar("AnyShard", Month, SiteIndex, Year)


class Shards:
    """What the site's data files hold; None where one is absent, damaged, or of another schema."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._said: set[str] = set()

    def index(self) -> tuple[bytes | None, SiteIndex | None]:
        """`site/index.json`, as bytes for a `swap`, and as what it says."""
        return self._read(layout.SITE_INDEX, SiteIndex)

    def year(self, paper: str, year: int) -> Year | None:
        """What the site shows of a paper's year."""
        return self._read(layout.site_year(paper, year), Year)[1]

    def month(
        self, paper: str, year: int, month: int, worth: Callable[[bytes], bool] | None = None
    ) -> Month | None:
        """The text of a paper's month; None, too, when its bytes are not *worth* taking apart."""
        return self._read(layout.site_month(paper, year, month), Month, worth)[1]

    def change_year(self, paper: str, year: int, change: Callable[[Year], Year]) -> Year:
        """Puts `change(it)` in place of a year; *change* may be called several times."""
        return self._change(layout.site_year(paper, year), Year, change)

    def change_month(
        self, paper: str, year: int, month: int, change: Callable[[Month], Month]
    ) -> Month:
        """Puts `change(it)` in place of a month; *change* may be called several times."""
        return self._change(layout.site_month(paper, year, month), Month, change)

    def swap_index(self, raw: bytes | None, index: SiteIndex) -> bool:
        """Puts *index* where *raw* was read, and tells whether that was still there."""
        return self._files.swap(layout.SITE_INDEX, raw, _bytes(index))

    def _change(
        self, key: str, kind: type[AnyShard], change: Callable[[AnyShard], AnyShard]
    ) -> AnyShard:
        while True:
            raw, known = self._read(key, kind)
            changed = change(known or kind())
            if changed == known or self._files.swap(key, raw, _bytes(changed)):
                return changed

    def _read(
        self, key: str, kind: type[AnyShard], worth: Callable[[bytes], bool] | None = None
    ) -> tuple[bytes | None, AnyShard | None]:
        raw = self._files.read(key)
        if raw is None or (worth and not worth(raw)):
            return raw, None
        try:
            return raw, kind.model_validate_json(raw)
        except ValidationError:
            if key not in self._said:
                self._said.add(key)
                address, fault = self._files.address(key), _fault(raw)
                logger.warning("%s: %s; the site is made anew, of the editions", address, fault)
            return raw, None


class _Versioned(BaseModel):
    schema_version: int


def _fault(raw: bytes) -> str:
    try:
        version = _Versioned.model_validate_json(raw).schema_version
    except ValidationError:
        return "is damaged"
    if version == SCHEMA:
        return "is damaged"
    return f"is of {'an earlier' if version < SCHEMA else 'a later'} Pressrun"


def _bytes(value: BaseModel) -> bytes:
    return value.model_dump_json().encode() + b"\n"
