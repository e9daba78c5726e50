"""Where things lie in the archive: pure functions from values to keys.

A key is a relative path of plain parts joined by "/", as an object store has them. Every part
is made here from a checked value, so that no name from outside leads out of the archive.
"""

import hashlib
import json
import re
from datetime import date
from typing import Literal

from pydantic import BaseModel

from pressrun.errors import ArchiveError
from pressrun.models import PAPER_NAME

ARCHIVE = "archive.json"
ARCHIVE_LEASE = "migration.json"
LEASE = "lease.json"
STORE = "store"
EDITIONS = "editions"
SITE = "site"
SITE_INDEX = f"{SITE}/index.json"
SITE_PAGE = f"{SITE}/index.html"
SITE_FEED = f"{SITE}/feed.xml"
SITE_SEARCH = f"{SITE}/search.html"
SITE_TYPE = f"{SITE}/type.woff2"
"""A Chinese font, for readers whose system has none."""
PAGE = "index.html"
"""Name of an edition's page."""
PLAN = "plan.json"
MANIFEST = "edition.json"
PUBLIC_MANIFEST = "public.json"
"""The edition for readers. In the site, where the manifest is not, it has the manifest's name."""
LARGEST_NAME = 100
"""Longest name of a rendition, in characters: every file system of today takes it."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RENDITION = re.compile(rf"[a-z0-9][a-z0-9.-]{{0,{LARGEST_NAME - 1}}}")
_STORED = re.compile(rf"{STORE}/[a-z]+/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})\.(?:gz|json|jpg)")
_REVISION = re.compile(r"r(\d{4,9})")
_SITE_PART = re.compile(r"(\d{4})(?:\.html|(?:-(\d\d))?\.json)")


def sha256_of(data: bytes) -> str:
    """The hash that names *data* in the store, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value: BaseModel) -> str:
    """SHA-256 of the value's canonical JSON: keys sorted, no white space, ASCII."""
    plain = value.model_dump(mode="json")
    return sha256_of(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode("ascii"))


def blob(kind: Literal["lists", "pages"], sha256: str) -> str:
    """Key of the bytes called *sha256*; two letters of it make a folder of at most 1/256."""
    if not _SHA256.fullmatch(sha256):
        raise ArchiveError(f"{sha256!r} names nothing in the store; give 64 hexadecimal digits")
    return f"store/{kind}/{sha256[:2]}/{sha256}.gz"


def record(
    kind: Literal["fetches", "articles", "summaries", "overviews", "pictures"], key: BaseModel
) -> str:
    """Key of the work record for *key*."""
    name = digest(key)
    return f"store/{kind}/{name[:2]}/{name}.json"


def image(sha256: str) -> str:
    """Key of the picture called *sha256*, which is a JPEG."""
    if not _SHA256.fullmatch(sha256):
        raise ArchiveError(f"{sha256!r} names nothing in the store; give 64 hexadecimal digits")
    return f"{STORE}/images/{sha256[:2]}/{sha256}.jpg"


def stored_name(key: str) -> str | None:
    """The SHA-256 that a file of the store is called by; None for any other key."""
    found = _STORED.fullmatch(key)
    return found[2] if found else None


def paper_folder(paper: str) -> str:
    """Folder of a paper's editions.

    Raises:
        ArchiveError: the name cannot name a paper.
    """
    return f"{EDITIONS}/{_paper(paper)}"


def edition_folder(paper: str, day: date) -> str:
    """Folder of one edition, with its revisions, its pointer and its lease."""
    return f"{paper_folder(paper)}/{_day(day)}"


def pointer(paper: str, day: date) -> str:
    """Key of the file that names the current revision."""
    return f"{edition_folder(paper, day)}/current.json"


def lease(paper: str, day: date) -> str:
    """Key of the file that says who is printing the edition."""
    return f"{edition_folder(paper, day)}/{LEASE}"


def edition_of_lease(key: str) -> tuple[str, date] | None:
    """The paper and date whose lease *key* is; None for any other key."""
    match key.split("/"):
        case [folder, paper, name, file] if (folder, file) == (EDITIONS, LEASE) and is_paper(paper):
            day = day_of(name)
            return (paper, day) if day else None
    return None


def revision_folder(paper: str, day: date, revision: int) -> str:
    """Folder of one printing: r0001, r0002, ..."""
    return f"{edition_folder(paper, day)}/r{revision:04d}"


def site_folder(paper: str, day: date) -> str:
    """Public folder of an edition."""
    return f"{SITE}/{_paper(paper)}/{_day(day)}"


def site_year(paper: str, year: int) -> str:
    """Key of what the site shows of a paper's year."""
    return f"{SITE}/{_paper(paper)}/{year:04d}.json"


def site_year_page(paper: str, year: int) -> str:
    """Key of the calendar of a paper's year."""
    return f"{SITE}/{_paper(paper)}/{year:04d}.html"


def site_month(paper: str, year: int, month: int) -> str:
    """Key of the text of a paper's month, which is searched."""
    return f"{SITE}/{_paper(paper)}/{year:04d}-{month:02d}.json"


def site_feed(paper: str, kind: Literal["xml", "json"]) -> str:
    """Key of a paper's feed: Atom or JSON Feed."""
    return f"{SITE}/{_paper(paper)}/feed.{kind}"


def site_part(name: str) -> tuple[int, int | None] | None:
    """The year, or year and month, that a name such as "2026-03.json" is of; None for others."""
    found = _SITE_PART.fullmatch(name)
    return (int(found[1]), int(found[2]) if found[2] else None) if found else None


def rendition_name(name: str) -> str:
    """*name*, when a rendition may have it beside the plan and the manifest.

    Raises:
        ArchiveError: it is reserved, too long, or not plain.
    """
    if name in (PLAN, MANIFEST) or not _RENDITION.fullmatch(name):
        raise ArchiveError(
            f"{name!r} cannot name a rendition; use small letters, digits, '.' and '-', at most "
            f"{LARGEST_NAME} characters, other than {PLAN} and {MANIFEST}"
        )
    return name


def shown_name(name: str) -> str:
    """What the rendition *name* is called in the site."""
    return MANIFEST if name == PUBLIC_MANIFEST else name


def revision_number(name: str) -> int | None:
    """3 for the folder name "r0003"; None for any other name."""
    found = _REVISION.fullmatch(name)
    return int(found[1]) if found else None


def is_paper(name: str) -> bool:
    """Whether a folder of this name is a paper's."""
    return PAPER_NAME.fullmatch(name) is not None


def day_of(name: str) -> date | None:
    """The date that a folder name such as "2026-11-21" stands for; None for any other name."""
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return None
    return day if day.isoformat() == name else None


def _paper(name: str) -> str:
    if not is_paper(name):
        raise ArchiveError(f"{name!r} cannot name a paper; use small letters, digits and hyphens")
    return name


def _day(day: date) -> str:
    return day.isoformat()[:10]  # a datetime is a date, too
