"""Editions: a revision is whole or not there, and a worse one never becomes current."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.errors import ArchiveError
from pressrun.models import Rendition
from tests.pressrun.archive.archive_desk import DAY, Desk


def test_an_edition_comes_back_with_the_records_of_its_files(archive: Archive, desk: Desk) -> None:
    published, current = desk.print(archive)
    assert current
    assert archive.editions.current("daily", DAY) == published
    assert archive.editions.revision("daily", DAY, 1) == published
    page, pdf = published.renditions
    assert (page.name, page.format, page.bytes) == ("index.html", "html", len(b"one index.html"))
    assert pdf.format == "a renderer's name"
    assert archive.editions.rendition(published, pdf.name) == b"one edition.pdf"


def test_what_was_never_printed_is_nothing(archive: Archive) -> None:
    assert archive.editions.current("daily", DAY) is None
    assert archive.editions.unfinished("daily", DAY) is None
    assert archive.editions.papers() == archive.editions.dates("daily") == ()
    with pytest.raises(ArchiveError, match=r"missing or damaged; revisions of .*: none"):
        archive.editions.revision("daily", DAY, 1)


def test_papers_and_dates_are_listed_in_order(archive: Archive, desk: Desk) -> None:
    for paper, days in (("world", 0), ("daily", 1), ("daily", -400)):
        desk.print(archive, paper=paper, day=DAY + timedelta(days=days))
    archive.editions.begin(desk.plan(day=DAY))
    assert archive.editions.papers() == ("daily", "world")
    assert archive.editions.dates("daily") == (date(2025, 10, 17), date(2026, 11, 22))
    assert DAY in archive.editions.begun("daily")


def test_a_plan_is_resumed_until_its_revision_is_printed(archive: Archive, desk: Desk) -> None:
    plan = desk.plan()
    assert archive.editions.begin(plan) == 1
    assert archive.editions.unfinished("daily", DAY) == (1, plan)
    archive.editions.publish(desk.edition(1), desk.renditions())
    assert archive.editions.unfinished("daily", DAY) is None
    assert archive.editions.plan("daily", DAY, 1) == plan
    with pytest.raises(ArchiveError, match=r"missing or damaged; revisions of .*: r0001"):
        archive.editions.plan("daily", DAY, 2)


def test_a_folder_left_by_a_kill_before_its_plan_is_no_revision(tmp_path: Path, desk: Desk) -> None:
    archive = Archive.open(str(tmp_path))
    archive.editions.begin(desk.plan())
    archive.editions.publish(desk.edition(1), desk.renditions())
    (tmp_path / f"editions/daily/{DAY}/r0002").mkdir()
    assert archive.editions.begin(desk.plan()) == 2


def test_a_plan_that_fits_no_more_is_followed_by_the_next_number(
    archive: Archive, desk: Desk
) -> None:
    archive.editions.begin(desk.plan())
    newer = desk.plan(max_chars=99)
    assert archive.editions.begin(newer) == 2
    assert archive.editions.unfinished("daily", DAY) == (2, newer)


def test_a_printing_is_never_changed(archive: Archive, desk: Desk) -> None:
    published, _ = desk.print(archive)
    with pytest.raises(ArchiveError, match="printed already; begin a new one"):
        archive.editions.publish(desk.edition(1), desk.renditions("two"))
    assert archive.editions.current("daily", DAY) == published
    assert archive.editions.rendition(published, "index.html") == b"one index.html"


def test_publishing_the_same_again_changes_nothing(archive: Archive, desk: Desk) -> None:
    published = desk.print(archive)
    assert archive.publish(desk.edition(1), desk.renditions()) == published


def test_what_an_earlier_attempt_left_in_a_revision_is_removed(
    archive: Archive, desk: Desk
) -> None:
    archive.editions.begin(desk.plan())
    archive.files.write("editions/daily/2026-11-21/r0001/edition-3.png", b"of a longer one")
    archive.editions.publish(desk.edition(1), desk.renditions())
    assert archive.files.names("editions/daily/2026-11-21/r0001") == (
        "edition.json",
        "edition.pdf",
        "index.html",
        "plan.json",
    )


def test_a_worse_printing_is_kept_and_does_not_become_current(archive: Archive, desk: Desk) -> None:
    better, _ = desk.print(archive, stories=2)
    worse, is_current = desk.print(archive, "two", stories=1)
    assert not is_current
    current = archive.editions.current("daily", DAY)
    assert current
    assert archive.editions.kept_aside(current) == (worse,)
    assert archive.editions.current("daily", DAY) == better
    assert archive.editions.revision("daily", DAY, 2) == worse
    assert archive.settle("daily", DAY) == better


def test_an_equal_printing_becomes_current_since_it_is_newer(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    newer, is_current = desk.print(archive, "two")
    assert is_current
    assert archive.editions.current("daily", DAY) == newer


@pytest.mark.parametrize("damage", [b"", b"{", b'{"revision": 7}', b'{"revision": "../1"}', b"3"])
def test_a_damaged_pointer_falls_back_on_the_newest_whole_revision_and_is_mended(
    archive: Archive, desk: Desk, damage: bytes
) -> None:
    desk.print(archive)
    newest, _ = desk.print(archive, "two")
    archive.editions.begin(desk.plan())
    archive.files.write("editions/daily/2026-11-21/current.json", damage)
    assert archive.editions.current("daily", DAY) == newest
    assert archive.settle("daily", DAY) == newest
    assert b'"revision": 2' in (archive.files.read("editions/daily/2026-11-21/current.json") or b"")


def test_a_damaged_manifest_makes_its_revision_unprinted(archive: Archive, desk: Desk) -> None:
    first, _ = desk.print(archive)
    desk.print(archive, "two")
    archive.files.write("editions/daily/2026-11-21/r0002/edition.json", b'{"schema_version": 1}')
    assert archive.editions.current("daily", DAY) == first
    with pytest.raises(ArchiveError, match=r"damaged; revisions of daily 2026-11-21: r0001, r0002"):
        archive.editions.revision("daily", DAY, 2)
    assert archive.editions.unfinished("daily", DAY) is None
    assert archive.editions.begin(desk.plan()) == 3


def test_a_manifest_of_a_later_pressrun_is_an_error_that_says_so(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    key = "editions/daily/2026-11-21/r0001/edition.json"
    text = (archive.files.read(key) or b"").replace(b'"schema_version": 1', b'"schema_version": 2')
    archive.files.write(key, text)
    with pytest.raises(ArchiveError, match="has schema 2; this Pressrun reads 1"):
        archive.editions.current("daily", DAY)


def test_a_damaged_file_of_a_printing_is_absent(archive: Archive, desk: Desk) -> None:
    published, _ = desk.print(archive)
    archive.files.write("editions/daily/2026-11-21/r0001/edition.pdf", b"%PDF-cut")
    assert archive.editions.rendition(published, "edition.pdf") is None
    assert archive.editions.rendition(published, "index.html") is not None
    assert archive.editions.rendition(published, "plan.json") is None


@pytest.mark.parametrize("paper", ["../up", "a/b", "", ".", "..", "Daily", "daily\n", "a" * 41])
def test_no_paper_leads_out_of_the_archive(
    local: Archive, every_file: Callable[[], dict[str, bytes]], desk: Desk, paper: str
) -> None:
    before = every_file()
    with pytest.raises(ArchiveError, match="cannot name a paper"):
        local.editions.begin(desk.plan(paper))
    with pytest.raises(ArchiveError, match="cannot name a paper"):
        local.publish(desk.edition(paper=paper), desk.renditions())
    assert every_file() == before


@pytest.mark.parametrize("name", ["plan.json", "edition.json", "a" * 200])
def test_no_file_takes_the_place_of_plan_or_manifest(
    archive: Archive, desk: Desk, name: str
) -> None:
    archive.editions.begin(desk.plan())
    rendition = Rendition(name=name, media_type="text/plain", data=b"x")
    with pytest.raises(ArchiveError, match="cannot name a rendition"):
        archive.editions.publish(desk.edition(1), [rendition])
    assert archive.editions.current("daily", DAY) is None


def test_two_files_of_one_name_are_refused(archive: Archive, desk: Desk) -> None:
    with pytest.raises(ArchiveError, match="two renditions have one name"):
        archive.editions.publish(desk.edition(1), desk.renditions() * 2)


def test_strange_folders_are_no_editions(local: Archive, folder: Path, desk: Desk) -> None:
    desk.print(local)
    for name in ("20261121", "2026-13-01", "2026-W47-6", "notes"):
        (folder / "editions" / "daily" / name).mkdir()
    (folder / "editions" / "My Papers").mkdir()
    (folder / "editions" / "daily" / "2026-11-21" / "r1.bak").mkdir()
    assert local.editions.papers() == ("daily",)
    assert local.editions.begun("daily") == (DAY,)
    assert local.editions.revisions("daily", DAY) == (1,)


def test_the_user_is_told_where_the_files_lie(local: Archive, folder: Path, desk: Desk) -> None:
    published, _ = desk.print(local)
    for path in local.editions.addresses(published).values():
        assert Path(path).is_relative_to(folder)
        assert Path(path).is_file()
    assert Path(local.site.address(published)).read_bytes() == b"one index.html"
