"""The pictures of stories in the store: found again, checked, and pruned with their editions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pressrun.archive import Archive, Failed, Lease
from pressrun.archive.check import Kind, check
from pressrun.archive.prune import Freed, Rule, prune
from pressrun.archive.references import references_of
from pressrun.models import Edition, Thumbnail
from tests.pressrun.archive.archive_desk import DAY, Desk

NOW = datetime(2100, 1, 1, tzinfo=UTC)
URL = "http://news.test/1.png"
OTHER = DAY + timedelta(days=9)


def print_pictured(archive: Archive, desk: Desk, *, publish: bool = True) -> Edition:
    """An edition, or only its plan, whose first story has a picture."""
    listing = desk.listing.model_copy(update={"sha256": archive.store.put_list(b"a list")})
    plan = desk.plan(listing=listing, headlines=(desk.headline(image_url=URL),))
    number, page = archive.editions.begin(plan), archive.store.put_page(b"<p>")
    archive.store.record_picture(DAY, URL, desk.picture(), conditions="c")
    picture = desk.picture().model_copy(update={"data": b""})
    stories = (desk.story(1, page_sha256=page, thumbnail=picture),)
    edition = desk.edition(number, listing=listing, listed=1, failures=())
    edition = edition.model_copy(update={"stories": stories})
    return archive.publish(edition, desk.renditions()).edition if publish else edition


def record_other(archive: Archive, desk: Desk, day: date = OTHER) -> Thumbnail:
    """A picture, for a day without an edition."""
    other = desk.picture(b"another")
    archive.store.record_picture(day, URL, other, conditions="c")
    return other


def freed(archive: Archive) -> list[str]:
    done = prune(archive, Rule(), NOW)
    return sorted(one.key for one in done if isinstance(one, Freed))


def test_a_picture_is_found_by_day_and_address_under_the_same_conditions(
    archive: Archive, desk: Desk
) -> None:
    store = archive.store
    store.record_picture(DAY, URL, desk.picture(), conditions="c")
    assert store.find_picture(DAY, URL, conditions="c") == desk.picture().model_copy(
        update={"data": b""}
    )
    assert store.get_image(desk.picture().sha256) == desk.picture().data
    assert store.find_picture(DAY, URL, conditions="other") is None
    assert store.find_picture(OTHER, URL, conditions="c") is None


def test_why_there_is_no_picture_is_found_too(archive: Archive) -> None:
    failed = Failed(kind="FetchError", reason="no picture")
    archive.store.record_picture(DAY, URL, failed, conditions="c")
    assert archive.store.find_picture(DAY, URL, conditions="c") == failed


def test_a_picture_whose_bytes_are_damaged_is_made_again(archive: Archive, desk: Desk) -> None:
    archive.store.record_picture(DAY, URL, desk.picture(), conditions="c")
    [image] = archive.files.entries("store/images")
    archive.files.write(image.key, b"no")
    assert archive.store.find_picture(DAY, URL, conditions="c") is None
    assert archive.store.get_image(desk.picture().sha256) is None


def test_pictures_of_editions_stay_and_others_go(archive: Archive, desk: Desk) -> None:
    print_pictured(archive, desk)
    assert [one.kind for one in check(archive, NOW)] == []
    other = record_other(archive, desk)
    assert {one.kind for one in check(archive, NOW)} == {Kind.UNREFERENCED}
    image, record = freed(archive)
    assert image.endswith(f"{other.sha256}.jpg")
    assert record.startswith("store/pictures/")
    assert [one.kind for one in check(archive, NOW)] == []


def test_the_picture_of_an_unfinished_printing_stays(archive: Archive, desk: Desk) -> None:
    print_pictured(archive, desk, publish=False)
    assert [key for key in freed(archive) if "images" in key or "pictures" in key] == []


def test_a_missing_and_a_damaged_picture_are_found(archive: Archive, desk: Desk) -> None:
    print_pictured(archive, desk)
    [image] = archive.files.entries("store/images")
    archive.files.write(image.key, b"no")
    assert [(one.kind, one.key) for one in check(archive, NOW)] == [(Kind.DAMAGED, image.key)]
    archive.files.delete(image.key)
    assert [(one.kind, one.key) for one in check(archive, NOW)] == [(Kind.MISSING, image.key)]


def test_what_a_damaged_record_may_refer_to_stays(archive: Archive, desk: Desk) -> None:
    print_pictured(archive, desk, publish=False)
    record_other(archive, desk)
    for entry in archive.files.entries("store/pictures"):
        archive.files.write(entry.key, b"{")
    assert [key for key in freed(archive) if key.startswith("store/images")] == []


def test_a_picture_that_a_run_has_just_found_is_put_back(
    archive: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = record_other(archive, desk)
    archive.editions.begin(desk.plan(headlines=(desk.headline(image_url=URL),)))
    lease = Lease.acquire(archive.files, "daily", DAY)

    def meanwhile(*args: object, **more: object) -> object:
        found = references_of(*args, **more)  # type: ignore[arg-type]
        archive.store.record_picture(DAY, URL, other, conditions="c")
        return found

    monkeypatch.setattr("pressrun.archive.prune.references_of", meanwhile)
    rule, now = Rule(older_than=timedelta(0)), datetime.now(UTC) + timedelta(seconds=1)
    done = prune(archive, rule, now)
    keys = [one.key for one in done if isinstance(one, Freed)]
    lease.release()
    assert not [key for key in keys if key.startswith("store/images")]
    assert archive.store.get_image(other.sha256) == other.data
