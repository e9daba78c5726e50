"""The site: what readers may see, and nothing else."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest

from pressrun.archive import Archive
from pressrun.archive.pages import ATOM, FEED_ENTRIES
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x0b"
Files = Callable[[], dict[str, bytes]]


def site_of(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith("site/")}


def feed_of(archive: Archive) -> ElementTree.Element:
    return ElementTree.fromstring(archive.files.read("site/feed.xml") or b"")


def texts(feed: ElementTree.Element, tag: str) -> list[str]:
    return [found.text or "" for found in feed.iter(f"{{{ATOM}}}{tag}")]


def test_the_site_holds_renditions_front_page_feed_and_index_only(
    local: Archive, desk: Desk, every_file: Files
) -> None:
    desk.print(local)
    local.store.record_page(DAY, desk.page())
    local.editions.begin(desk.plan())
    assert set(site_of(every_file())) == {
        "site/daily/2026-11-21/edition.pdf",
        "site/daily/2026-11-21/index.html",
        "site/feed.xml",
        "site/index.html",
        "site/index.json",
    }


def test_no_public_file_tells_hashes_failures_or_the_lists_address(
    local: Archive, desk: Desk, every_file: Files
) -> None:
    desk.print(local, stories=1)
    for data in site_of(every_file()).values():
        for private in (b"abab", b"list.test", b"qwen", b"http://x.test"):
            assert private not in data


def test_a_later_printing_takes_the_place_of_the_earlier_and_of_all_its_files(
    archive: Archive, desk: Desk
) -> None:
    archive.editions.begin(desk.plan())
    archive.publish(desk.edition(1), desk.renditions("one", "edition-2.png"))
    assert "edition-2.png" in archive.files.names("site/daily/2026-11-21")
    desk.print(archive, "two")
    assert archive.files.names("site/daily/2026-11-21") == ("edition.pdf", "index.html")
    assert archive.files.read("site/daily/2026-11-21/index.html") == b"two index.html"
    assert archive.site.shown("daily", DAY) == 2


def test_a_worse_printing_is_not_shown(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    desk.print(archive, "two", stories=1)
    assert archive.files.read("site/daily/2026-11-21/index.html") == b"one index.html"
    assert archive.site.shown("daily", DAY) == 1


def test_editions_are_listed_newest_first_with_links_that_lead_to_them(
    local: Archive, folder: Path, desk: Desk
) -> None:
    for days, paper in ((-1, "daily"), (1, "daily"), (0, "world"), (0, "daily")):
        desk.print(local, day=DAY + timedelta(days=days), paper=paper)
    page = html5lib.parse((folder / "site/index.html").read_bytes(), namespaceHTMLElements=False)
    links = [link.get("href") for link in page.iterfind(".//li/a")]
    assert links == [
        "daily/2026-11-22/index.html",
        "daily/2026-11-21/index.html",
        "world/2026-11-21/index.html",
        "daily/2026-11-20/index.html",
    ]
    for link in page.iterfind(".//a"):
        assert (folder / "site" / (link.get("href") or "missing")).is_file()


def test_an_edition_says_how_many_stories_it_has_and_its_first_titles(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive, stories=1, as_of=MOMENT)
    page = (archive.files.read("site/index.html") or b"").decode()
    assert "1 / 2 条；截至当日；第1条" in page


def test_hostile_titles_are_inert(archive: Archive, desk: Desk) -> None:
    stories = (desk.story(1, title=HOSTILE), desk.story(2))
    archive.publish(desk.edition(1, title=HOSTILE).model_copy(update={"stories": stories}), [])
    text = (archive.files.read("site/index.html") or b"").decode()
    page = html5lib.parse(text, namespaceHTMLElements=False)
    assert not list(page.iter("script"))
    assert HOSTILE[:25] in "".join(page.itertext())
    feed = feed_of(archive)
    assert texts(feed, "title")[0].startswith("<script>")
    assert not list(feed.iter("script"))


def test_the_feed_is_what_rfc_4287_asks(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    desk.print(archive, day=DAY + timedelta(days=1))
    feed = feed_of(archive)
    assert feed.tag == f"{{{ATOM}}}feed"
    for node in (feed, *feed.iter(f"{{{ATOM}}}entry")):
        for tag in ("id", "title", "updated"):
            assert len(node.findall(f"{{{ATOM}}}{tag}")) == 1
    ids = texts(feed, "id")
    assert len(set(ids)) == len(ids) == 3
    assert all(name.startswith("urn:uuid:") for name in ids)
    assert set(texts(feed, "updated")) == {"2026-11-22T06:01:00Z"}
    assert feed.find(f"{{{ATOM}}}author/{{{ATOM}}}name") is not None
    for entry in feed.iter(f"{{{ATOM}}}entry"):
        link = entry.find(f"{{{ATOM}}}link")
        assert link is not None
        assert link.get("rel") == "alternate"
        assert archive.files.read(f"site/{link.get('href')}") is not None


def test_an_edition_keeps_its_id_and_is_updated_when_it_is_printed_again(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    before = feed_of(archive)
    desk.print(archive, "two")
    after = feed_of(archive)
    assert texts(after, "id") == texts(before, "id")
    assert texts(before, "updated") == ["2026-11-22T06:01:00Z"] * 2
    assert texts(after, "updated") == ["2026-11-22T06:02:00Z"] * 2


def test_the_feed_has_the_newest_editions_only(local: Archive, desk: Desk) -> None:
    for days in range(FEED_ENTRIES + 2):
        desk.print(local, day=DAY + timedelta(days=days))
    titles = texts(feed_of(local), "title")[1:]
    assert len(titles) == FEED_ENTRIES
    assert titles[0] == f"每日要闻 {DAY + timedelta(days=FEED_ENTRIES + 1)}"


def test_a_deleted_site_is_rebuilt_as_it_was(local: Archive, desk: Desk, every_file: Files) -> None:
    for days in range(3):
        desk.print(local, day=DAY + timedelta(days=days))
    desk.print(local, "two", paper="world")
    before = site_of(every_file())
    for path in before:
        local.files.delete(path)
    local.site.rebuild()
    assert site_of(every_file()) == before


@pytest.mark.parametrize("damage", [b"", b"{}x", b'{"schema_version": 2}'])
def test_a_damaged_index_rebuilds_the_site_at_the_next_printing(
    archive: Archive, desk: Desk, damage: bytes
) -> None:
    desk.print(archive)
    archive.files.write("site/index.json", damage)
    archive.files.delete("site/daily/2026-11-21/edition.pdf")
    desk.print(archive, paper="world")
    assert archive.site.shown("daily", DAY) == archive.site.shown("world", DAY) == 1
    assert archive.files.read("site/daily/2026-11-21/edition.pdf") == b"one edition.pdf"


def test_rebuilding_removes_editions_that_are_no_more_and_leaves_what_is_not_ours(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    archive.files.write("site/robots.txt", b"User-agent: *")
    archive.files.write("site/daily/2020-01-01/index.html", b"gone")
    archive.files.write("site/old/2020-01-01/index.html", b"gone")
    archive.site.rebuild()
    assert archive.files.read("site/robots.txt") == b"User-agent: *"
    assert archive.files.names("site/daily/2020-01-01") == ()
    assert archive.files.names("site/old/2020-01-01") == ()
    assert archive.site.shown("daily", DAY) == 1


def test_a_damaged_rendition_is_not_shown(
    archive: Archive, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.print(archive)
    archive.files.write("editions/daily/2026-11-21/r0001/edition.pdf", b"%PDF-cut")
    with caplog.at_level(logging.WARNING):
        archive.site.rebuild()
    assert "edition.pdf is missing or damaged" in caplog.text
    assert archive.files.names("site/daily/2026-11-21") == ("index.html",)
    assert b"edition.pdf" not in (archive.files.read("site/index.html") or b"")


def test_printing_one_edition_reads_no_manifest_of_another(
    archive: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(3):
        desk.print(archive, day=DAY + timedelta(days=days))
    read, keys = archive.files.read, list[str]()

    def noted(key: str) -> bytes | None:
        keys.append(key)
        return read(key)

    monkeypatch.setattr(archive.files, "read", noted)
    desk.print(archive, "two", day=DAY)
    assert not [key for key in keys if "2026-11-22" in key or "2026-11-23" in key]


def test_an_empty_archive_has_an_honest_front_page(archive: Archive) -> None:
    archive.site.rebuild()
    assert "尚无报纸" in (archive.files.read("site/index.html") or b"").decode()
    assert not list(feed_of(archive).iter(f"{{{ATOM}}}entry"))
