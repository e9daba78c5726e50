"""Several processes publish into one site, and some are killed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from pressrun.archive import Archive
from pressrun.archive.check_site import site_faults
from pressrun.archive.leafing import MARK
from pressrun.models import Edition, Rendition
from tests.pressrun.archive.archive_desk import DAY, Desk


class Killed(Exception):
    """Stands for the end of a process."""


def pages(mark: str = "one") -> list[Rendition]:
    data = f"<!DOCTYPE html><title>{mark}</title>".encode() + MARK
    return [Rendition(name="index.html", media_type="text/html", data=data)]


def publish(archive: Archive, desk: Desk, paper: str, day: date, mark: str = "one") -> None:
    number = archive.editions.begin(desk.plan(paper, day))
    archive.publish(desk.edition(number, paper=paper, day=day), pages(mark))


def site_of(archive: Archive) -> dict[str, bytes | None]:
    return {entry.key: archive.files.read(entry.key) for entry in archive.files.entries("site")}


def test_what_many_publish_at_once_is_what_one_makes_of_it(address: str, desk: Desk) -> None:
    days = [DAY + timedelta(days=number) for number in range(6)]
    tasks = [(paper, day) for day in days for paper in ("daily", "world")]
    Archive.open(address).site.rebuild()

    def work(number: int) -> None:
        archive = Archive.open(address)  # of its own, as another process has
        for paper, day in tasks[number::3]:
            publish(archive, desk, paper, day)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))
    archive = Archive.open(address)
    assert set(archive.site.revisions()) == set(tasks)
    assert not list(site_faults(archive, str))
    before = site_of(archive)
    archive.site.rebuild()
    assert site_of(archive) == before


def test_a_printing_that_comes_late_does_not_take_the_place_of_a_later_one(
    archive: Archive, desk: Desk
) -> None:
    first = desk.print(archive).edition
    desk.print(archive, "two")
    before = site_of(archive)
    archive.site.publish(first)
    assert site_of(archive) == before
    assert archive.site.shown("daily", DAY) == 2


def test_an_earlier_printing_is_shown_again_where_the_later_one_is_no_more(
    local: Archive, desk: Desk
) -> None:
    desk.print(local)
    desk.print(local, "two")
    local.files.delete("editions/daily/2026-11-21/r0002/edition.json")
    local.settle("daily", DAY)
    assert local.site.shown("daily", DAY) == 1


def test_what_is_printed_while_the_site_is_made_anew_is_shown(
    address: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive.open(address)
    desk.print(archive)
    real, done = archive.editions.settle, list[bool]()

    def settle(paper: str, day: date) -> Edition | None:
        edition = real(paper, day)
        if not done:
            done.append(True)
            desk.print(Archive.open(address), "two")  # as another process does
        return edition

    monkeypatch.setattr(archive.editions, "settle", settle)
    archive.site.rebuild()
    assert archive.site.shown("daily", DAY) == 2
    assert archive.files.read("site/daily/2026-11-21/edition.pdf") == b"two edition.pdf"
    assert not list(site_faults(archive, str))


@pytest.mark.parametrize("bad", [b"{", None])
@pytest.mark.parametrize("name", ["world/2026.json", "daily/2025.json", "daily/2025-06.json"])
def test_a_damaged_data_file_that_is_shown_is_made_good_by_any_printing(
    address: str, desk: Desk, name: str, bad: bytes | None
) -> None:
    archive, key = Archive.open(address), f"site/{name}"
    desk.print(archive, day=date(2025, 6, 1))
    desk.print(archive, paper="world")
    if bad is None:
        archive.files.delete(key)
    else:
        archive.files.write(key, bad)
    desk.print(Archive.open(address), day=DAY)
    assert not list(site_faults(archive, str))
    assert b"world/feed.xml" in (archive.files.read("site/index.html") or b"")
    assert set(archive.site.revisions()) == {
        ("daily", date(2025, 6, 1)),
        ("daily", DAY),
        ("world", DAY),
    }


def killed_at(archive: Archive, calls: int) -> None:
    """The call that changes a file of the site after *calls* others never happens."""
    left = calls

    def deadly(real: Callable[..., object]) -> Callable[..., object]:
        def call(key: str, *rest: object) -> object:
            nonlocal left
            if key.startswith("site/"):
                if left == 0:
                    raise Killed
                left -= 1
            return real(key, *rest)

        return call

    for name in ("write", "swap", "delete"):
        setattr(archive.files, name, deadly(getattr(archive.files, name)))


def test_killed_before_any_change_of_the_site_the_next_run_makes_it_whole(desk: Desk) -> None:
    days = [DAY - timedelta(days=1), DAY + timedelta(days=1)]
    kills = 0
    for calls in range(100):
        address = f"memory://killed-{calls}/archive"
        archive = Archive.open(address)
        for day in days:
            publish(archive, desk, "daily", day)
        killed_at(archive, calls)
        try:
            publish(archive, desk, "daily", DAY)
        except Killed:
            kills += 1
        else:
            break
        again = Archive.open(address)
        shown_before = again.site.shown("daily", DAY)
        assert shown_before is None
        again.settle("daily", DAY)
        assert not list(site_faults(again, str)), calls
        made = site_of(again)
        again.site.rebuild()
        assert site_of(again) == made, calls
    assert kills >= 12


def test_who_is_killed_leaves_nothing_to_who_prints_another_edition(desk: Desk) -> None:
    archive = Archive.open("memory://left/archive")
    publish(archive, desk, "daily", DAY - timedelta(days=1))
    killed_at(archive, 5)
    with pytest.raises(Killed):
        publish(archive, desk, "daily", DAY)
    again = Archive.open("memory://left/archive")
    publish(again, desk, "daily", DAY + timedelta(days=1))
    assert again.site.shown("daily", DAY) is None
    again.settle("daily", DAY)
    assert not list(site_faults(again, str))
