"""The archive's schema: an older one is brought to this, alone with the archive."""

from datetime import timedelta

import pytest

from pressrun.archive import Archive, Lease
from pressrun.archive.files import Files
from pressrun.archive.schema import migrate, version
from pressrun.errors import ArchiveError, EditionBusy
from tests.pressrun.archive.archive_desk import DAY, MOMENT

OLD = b'{"schema_version":0}\n'


def number_pages(files: Files) -> None:
    """What a migration may be: an old name becomes a new one, and again does no harm."""
    old = files.read("store/old")
    if old is not None:
        files.write("store/new", old)
        files.delete("store/old")


@pytest.fixture
def old(archive: Archive) -> Files:
    archive.files.write("archive.json", OLD)
    archive.files.write("store/old", b"kept")
    return archive.files


def test_with_the_schema_of_this_pressrun_there_is_nothing_to_do(archive: Archive) -> None:
    assert migrate(archive.files) == ()
    assert version(archive.files) == 1


def test_an_older_archive_is_refused_until_it_is_migrated(address: str, old: Files) -> None:
    with pytest.raises(ArchiveError, match=r"schema 0.*run pressrun archive migrate"):
        Archive.open(address)
    assert migrate(old, migrations={0: number_pages}) == (0,)
    assert Archive.open(address).files.read("store/new") == b"kept"


def test_a_migration_that_was_killed_goes_on(old: Files) -> None:
    def killed(files: Files) -> None:
        number_pages(files)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(old, migrations={0: killed})
    assert version(old) == 0
    assert migrate(old, migrations={0: number_pages}) == (0,)
    assert old.read("store/new") == b"kept"


def test_several_steps_are_taken_in_order(old: Files) -> None:
    seen: list[int | None] = []
    steps = {n: lambda files: seen.append(version(files)) for n in range(3)}
    assert migrate(old, migrations=steps, target=3) == (0, 1, 2)
    assert seen == [0, 1, 2]


def test_a_schema_that_nothing_leads_on_from_is_refused(old: Files) -> None:
    with pytest.raises(ArchiveError, match="nothing leads on from schema 0"):
        migrate(old)


def test_an_archive_of_a_later_pressrun_is_refused_and_left(archive: Archive) -> None:
    archive.files.write("archive.json", b'{"schema_version":9}')
    with pytest.raises(ArchiveError, match="schema 9"):
        migrate(archive.files)
    assert version(archive.files) == 9


def test_nothing_is_migrated_while_an_edition_is_printed_or_another_migrates(old: Files) -> None:
    lease = Lease.acquire(old, "daily", DAY, now=lambda: MOMENT)
    with pytest.raises(EditionBusy, match="daily 2026-11-21 is being printed"):
        migrate(old, migrations={0: number_pages}, now=lambda: MOMENT)
    lease.release()

    def again(files: Files) -> None:
        with pytest.raises(EditionBusy, match="being migrated"):
            migrate(files, migrations={0: number_pages}, now=lambda: MOMENT)

    moment = MOMENT + timedelta(seconds=1)
    assert migrate(old, migrations={0: again}, now=lambda: moment) == (0,)


def test_a_place_without_an_archive_is_not_made_one(archive: Archive) -> None:
    archive.files.delete("archive.json")
    with pytest.raises(ArchiveError, match="there is no archive"):
        migrate(archive.files)
    assert version(archive.files) is None
