"""From edition to edition: the site's copy of a page leads to its neighbours."""

from datetime import date, timedelta

import html5lib
import pytest

from pressrun.archive import Archive
from pressrun.archive.check_site import site_faults
from pressrun.archive.leafing import MARK, bare, linked_days
from pressrun.models import Rendition
from tests.pressrun.archive.archive_desk import DAY, Desk

PAGE = b"<!DOCTYPE html><title>x</title><body><h1>x</h1>\n" + MARK + b"\n<main>x</main>"


def print_page(archive: Archive, desk: Desk, day: date, data: bytes = PAGE) -> None:
    number = archive.editions.begin(desk.plan(day=day))
    page = Rendition(name="index.html", media_type="text/html", data=data)
    archive.publish(desk.edition(number, day=day), [page])


def page_of(archive: Archive, day: date) -> bytes:
    return archive.files.read(f"site/daily/{day}/index.html") or b""


def around(archive: Archive, day: date) -> tuple[date | None, date | None] | None:
    return linked_days(page_of(archive, day))


def days(*offsets: int) -> list[date]:
    return [DAY + timedelta(days=offset) for offset in offsets]


def test_an_edition_between_two_others_leads_to_both_and_they_to_it(
    archive: Archive, desk: Desk
) -> None:
    first, last, between = days(-400, 400, 0)  # in three years
    for day in (first, last):
        print_page(archive, desk, day)
    assert (around(archive, first), around(archive, last)) == ((None, last), (first, None))
    print_page(archive, desk, between)
    assert around(archive, first) == (None, between)
    assert around(archive, between) == (first, last)
    assert around(archive, last) == (between, None)


def test_the_links_are_a_named_landmark_and_lead_to_files(archive: Archive, desk: Desk) -> None:
    before, day = days(-1, 0)
    print_page(archive, desk, before)
    print_page(archive, desk, day)
    text = page_of(archive, day).decode()
    html5lib.HTMLParser(strict=True).parse(text)
    page = html5lib.parse(text, namespaceHTMLElements=False)
    (nav,) = page.iter("nav")
    assert nav.get("aria-label") == "往期"
    assert [(link.get("rel"), link.get("href")) for link in nav] == [
        ("prev", f"../{before}/index.html"),
        (None, "../../index.html#paper-daily"),
        (None, "../../search.html"),
    ]
    for link in nav:
        target = (link.get("href") or "").partition("#")[0].replace("../", "")
        key = f"site/daily/{target}" if target[0] == "2" else f"site/{target}"
        assert archive.files.read(key), key


def test_a_page_without_its_links_is_as_it_was_printed(archive: Archive, desk: Desk) -> None:
    for day in days(0, 1):
        print_page(archive, desk, day)
    assert archive.files.read(f"editions/daily/{DAY}/r0001/index.html") == PAGE
    assert page_of(archive, DAY) != PAGE
    assert bare(page_of(archive, DAY)) == PAGE
    assert not list(site_faults(archive, str))


def test_a_page_without_the_mark_is_shown_as_it_is(archive: Archive, desk: Desk) -> None:
    other = b"<!DOCTYPE html><title>a theme of its own</title>"
    print_page(archive, desk, DAY, other)
    print_page(archive, desk, DAY + timedelta(days=1))
    assert page_of(archive, DAY) == other
    assert not list(site_faults(archive, str))


@pytest.mark.parametrize("part", ["rel", "2026-11-22", "<nav"])
def test_a_page_that_leads_elsewhere_is_a_fault_that_is_repaired(
    archive: Archive, desk: Desk, part: str
) -> None:
    for day in days(0, 1):
        print_page(archive, desk, day)
    key = f"site/daily/{DAY}/index.html"
    page = page_of(archive, DAY)
    damaged = PAGE if part == "<nav" else page.replace(part.encode(), b"2026-11-23")
    archive.files.write(key, damaged)
    fault = (key, "does not lead to the editions before and after it")
    assert list(site_faults(archive, str)) == [fault]
    archive.site.rebuild()
    assert page_of(archive, DAY) == page


def test_a_deleted_edition_is_led_to_no_more_once_the_site_is_made_anew(
    archive: Archive, desk: Desk
) -> None:
    first, between, last = days(0, 1, 2)
    for day in (first, between, last):
        print_page(archive, desk, day)
    for entry in list(archive.files.entries(f"editions/daily/{between}")):
        archive.files.delete(entry.key)
    archive.site.rebuild()
    assert around(archive, first) == (None, last)
    assert around(archive, last) == (first, None)
    assert page_of(archive, between) == b""
