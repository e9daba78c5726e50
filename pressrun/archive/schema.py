"""The archive's schema: its version in `archive.json`, and the way from an older one to this.

A change of what lies where, or of what a document means, raises `SCHEMA_VERSION` and adds to
`MIGRATIONS`. A migration is run again from its beginning when it was killed: it must not mind.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from pressrun.archive import layout
from pressrun.archive.documents import SCHEMA_VERSION
from pressrun.archive.files import ELSEWHERE, Files
from pressrun.archive.lease import Lease, live_leases
from pressrun.errors import ArchiveError, EditionBusy

Migration = Callable[[Files], None]

MIGRATIONS: Final[Mapping[int, Migration]] = {}
"""By the version that each begins at, and leaves as one higher. None yet: 1 is the first."""


def version(files: Files) -> int | None:
    """The archive's schema; None where there is no archive.

    Raises:
        ArchiveError: `archive.json` does not say.
    """
    raw = files.read(layout.ARCHIVE)
    if raw is None:
        return None
    try:
        return _Schema.model_validate_json(raw).schema_version
    except ValidationError as exc:
        raise ArchiveError(
            f"{files.address(layout.ARCHIVE)}: does not say which schema the archive has; if this "
            f'is an archive of Pressrun, write {{"schema_version":{SCHEMA_VERSION}}} into it, else '
            "name another folder with --archive or PRESSRUN_ARCHIVE"
        ) from exc


def found(files: Files) -> None:
    """Make the place an archive of this Pressrun's schema, unless another process does.

    Raises:
        ArchiveError: the place writes in spite of a condition, so that no lease would hold.
    """
    first = _text(SCHEMA_VERSION)
    made = files.swap(layout.ARCHIVE, None, first)
    if made and files.swap(layout.ARCHIVE, None, first):
        raise ArchiveError(
            f"{files.address('')}: this store ignores conditions on a put (If-None-Match), and two "
            f"machines could print one edition; use a store that has them, {ELSEWHERE}"
        )


def refusal(files: Files, found: int) -> str:
    """Why an archive of schema *found* is not opened, and what to do."""
    says = (
        f"{files.address(layout.ARCHIVE)}: the archive has schema {found}; this Pressrun reads "
        f"{SCHEMA_VERSION}: "
    )
    if found < SCHEMA_VERSION:
        return f"{says}stop what prints into it, make a copy, and run pressrun archive migrate"
    return f"{says}use the Pressrun that wrote it, or a later one, {ELSEWHERE}"


def migrate(
    files: Files,
    *,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    target: int = SCHEMA_VERSION,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[int, ...]:
    """Bring the archive to schema *target*; the versions that it had on the way, in order.

    Holds a lease of the whole archive. A killed migration is begun again by the next call.

    Raises:
        EditionBusy: an edition is being printed, or another process migrates.
        ArchiveError: there is no archive, or no way from its schema to *target*.
    """
    passed: list[int] = []
    if _left(files, target) is None:
        return ()
    with _alone(files, now) as lease:
        while (at := _left(files, target)) is not None:
            if at not in migrations:
                raise ArchiveError(
                    f"{files.address(layout.ARCHIVE)}: nothing leads on from schema {at}; migrate "
                    "with an earlier Pressrun first"
                )
            before = files.read(layout.ARCHIVE)
            migrations[at](files)
            lease.renew()
            files.swap(layout.ARCHIVE, before, _text(at + 1))
            passed.append(at)
    return tuple(passed)


def _left(files: Files, target: int) -> int | None:
    """The archive's schema, when it is older than *target*; None when it is that."""
    at = version(files)
    if at is None:
        raise ArchiveError(f"{files.address('')}: there is no archive; correct --archive")
    if at > target:
        raise ArchiveError(refusal(files, at))
    return at if at < target else None


@contextmanager
def _alone(files: Files, now: Callable[[], datetime]) -> Iterator[Lease]:
    lease = Lease.acquire_key(
        files, layout.ARCHIVE_LEASE, "the archive is being migrated", ttl_s=3600, now=now
    )
    try:
        for paper, day, holder in live_leases(files, now()):
            raise EditionBusy(
                f"{paper} {day} is being printed by {holder}; wait for it, then try again"
            )
        yield lease
    finally:
        lease.release()


class _Schema(BaseModel):
    """`archive.json`."""

    model_config = ConfigDict(extra="ignore")

    schema_version: int


def _text(number: int) -> bytes:
    return _Schema(schema_version=number).model_dump_json().encode() + b"\n"
