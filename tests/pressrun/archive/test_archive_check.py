"""Checking an archive: each kind of fault is found, and what is whole is not accused."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.check import Kind, Oddity, check, repair
from tests.pressrun.archive.archive_desk import DAY, Desk
from tests.pressrun.archive.archive_work import do_work, print_whole

NOW = datetime(2100, 1, 1, tzinfo=UTC)
EDITION = "editions/daily/2026-11-21"


def found(archive: Archive) -> list[Oddity]:
    return list(check(archive, NOW))


def kinds(archive: Archive) -> Counter[Kind]:
    return Counter(oddity.kind for oddity in found(archive))


def test_a_whole_archive_has_no_oddity(archive: Archive, desk: Desk) -> None:
    assert found(archive) == []
    print_whole(archive, desk)
    print_whole(archive, desk, DAY + timedelta(days=1), body=b"<p>two")
    assert found(archive) == []


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (Kind.DAMAGED, f"{EDITION}/r0001/edition.json"),
        (Kind.DAMAGED, f"{EDITION}/r0001/plan.json"),
        (Kind.DAMAGED, f"{EDITION}/r0001/edition.pdf"),
        (Kind.UNSETTLED, f"{EDITION}/current.json"),
        (Kind.DAMAGED, "store/pages"),
        (Kind.DAMAGED, "store/lists"),
        (Kind.DAMAGED, "store/fetches"),
        (Kind.DAMAGED, "store/articles"),
        (Kind.DAMAGED, "store/summaries"),
    ],
)
def test_a_damaged_file_is_named(archive: Archive, desk: Desk, kind: Kind, where: str) -> None:
    print_whole(archive, desk)
    (key,) = (e.key for e in archive.files.entries("") if e.key.startswith(where))
    archive.files.write(key, b"\x1f\x8b{")
    assert (kind, key) in [(oddity.kind, oddity.key) for oddity in found(archive)]


def test_a_rendition_that_is_gone_is_named(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    archive.files.delete(f"{EDITION}/r0001/edition.pdf")
    (oddity,) = found(archive)
    assert (oddity.kind, oddity.key) == (Kind.DAMAGED, f"{EDITION}/r0001/edition.pdf")


def test_a_manifest_in_the_place_of_another_is_damaged(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    raw = archive.files.read(f"{EDITION}/r0001/edition.json")
    plan = archive.files.read(f"{EDITION}/r0001/plan.json")
    archive.files.write(f"{EDITION}/r0007/edition.json", raw or b"")
    archive.files.write(f"{EDITION}/r0007/plan.json", plan or b"")
    (oddity,) = found(archive)
    assert oddity.says == "is the manifest of daily 2026-11-21, r0001"


def test_a_page_that_a_manifest_names_and_the_store_lacks_is_missing(
    archive: Archive, desk: Desk
) -> None:
    _, work = print_whole(archive, desk)
    (key,) = (key for key in work.keys if key.startswith("store/pages/"))
    archive.files.delete(key)
    (oddity,) = found(archive)
    assert (oddity.kind, oddity.key) == (Kind.MISSING, key)


def test_a_plan_without_a_manifest_is_unfinished_and_no_fault(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    archive.editions.begin(desk.plan())
    assert kinds(archive) == {Kind.UNFINISHED: 1}
    assert not Kind.UNFINISHED.is_fault


def test_what_no_edition_was_made_of_is_unreferenced(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    other = do_work(archive, desk, DAY + timedelta(days=9), body=b"<p>other")
    unreferenced = {o.key for o in found(archive) if o.kind is Kind.UNREFERENCED}
    assert unreferenced == other.keys
    assert len(other.keys) == 4


def test_a_site_out_of_step_is_found_and_repaired(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    print_whole(archive, desk, DAY + timedelta(days=1))
    archive.files.delete("site/index.json")
    assert kinds(archive) == {Kind.SITE: 2}
    repair(archive)
    assert found(archive) == []


@pytest.mark.parametrize(
    ("key", "data", "says"),
    [
        ("site/daily/2026-11-21/edition.pdf", b"other", "is not as it was printed"),
        ("site/daily/2026-11-21/index.html", None, "is not there"),
        ("site/index.html", None, "is not there"),
        ("site/feed.xml", None, "is not there"),
    ],
)
def test_a_file_of_the_site_that_is_gone_or_other_is_named_and_repaired(
    archive: Archive, desk: Desk, key: str, data: bytes | None, says: str
) -> None:
    print_whole(archive, desk)
    archive.files.delete(key)
    if data is not None:
        archive.files.write(key, data)
    (oddity,) = found(archive)
    assert (oddity.kind, oddity.key, oddity.says) == (Kind.SITE, key, says)
    repair(archive)
    assert found(archive) == []


def test_a_damaged_record_of_what_was_taken_back_is_named(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    archive.files.write(f"{EDITION}/retractions.json", b"garbage")
    (oddity,) = found(archive)
    assert (oddity.kind, oddity.key) == (Kind.DAMAGED, f"{EDITION}/retractions.json")


def test_while_a_manifest_is_damaged_nothing_is_called_unreferenced(
    archive: Archive, desk: Desk
) -> None:
    print_whole(archive, desk)
    do_work(archive, desk, DAY + timedelta(days=9), body=b"<p>other")
    archive.files.write(f"{EDITION}/r0001/edition.json", b"{")
    assert kinds(archive)[Kind.UNREFERENCED] == 0


def test_an_unsettled_pointer_is_found_and_repaired(archive: Archive, desk: Desk) -> None:
    print_whole(archive, desk)
    archive.files.delete(f"{EDITION}/current.json")
    assert kinds(archive)[Kind.UNSETTLED] == 1
    repair(archive)
    assert found(archive) == []


def test_what_a_killed_process_was_writing_is_a_leftover_after_an_hour(
    local: Archive, folder: Path, desk: Desk
) -> None:
    print_whole(local, desk)
    aside = folder / "store/pages/.0a1b.tmp"
    aside.write_bytes(b"half")
    written = datetime.fromtimestamp(aside.stat().st_mtime, UTC)
    assert list(check(local, written + timedelta(minutes=59))) == []
    (oddity,) = check(local, written + timedelta(minutes=60))
    assert (oddity.kind, oddity.bytes) == (Kind.LEFTOVER, 4)
    assert aside.exists()


def test_each_file_that_is_read_is_told(archive: Archive, desk: Desk) -> None:
    _, work = print_whole(archive, desk)
    told: list[str] = []
    list(check(archive, NOW, told.append))
    assert set(work.keys) <= set(told)
    assert f"{EDITION}/r0001/edition.pdf" in told
