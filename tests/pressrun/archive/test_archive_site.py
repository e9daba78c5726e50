"""The site: what readers may see, and nothing else."""

import logging
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest
from fontTools.ttLib import TTFont

from pressrun.archive import Archive
from pressrun.archive.entries import SiteEntry
from pressrun.models import Style
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x0b"
ALLOWED = re.compile(
    r"index\.(html|json)|search\.html|feed\.xml|type\.woff2"
    r"|[a-z-]+/(feed\.(xml|json)|\d{4}\.(html|json)|\d{4}-\d\d\.json)"
    r"|[a-z-]+/\d{4}-\d\d-\d\d/(index\.html|edition\.(pdf|md|json)|[a-z]+(-\d+)?\.(png|webp))"
)
"""Paths under site/ that readers may see."""
Files = Callable[[], dict[str, bytes]]


def site_of(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.startswith("site/")}


def text_of(archive: Archive, key: str) -> str:
    return (archive.files.read(key) or b"").decode()


def days_in(keys: Iterable[str]) -> set[str]:
    return set(re.findall(r"\d{4}-\d\d-\d\d", " ".join(keys)))


def hrefs(page: str) -> list[str]:
    found = html5lib.parse(page, namespaceHTMLElements=False).iterfind(".//a")
    return [link.get("href") or "missing" for link in found]


def test_the_site_holds_nothing_but_what_readers_may_see(
    local: Archive, desk: Desk, every_file: Files
) -> None:
    desk.print(local)
    desk.print(local, "two", day=DAY + timedelta(days=60), paper="world-news")
    local.store.record_page(DAY, desk.page())
    local.editions.begin(desk.plan())
    found = site_of(every_file())
    assert not [path for path in found if not ALLOWED.fullmatch(path.removeprefix("site/"))]
    assert {path for path in found if "world-news" not in path} == {
        "site/daily/2026-11-21/edition.pdf",
        "site/daily/2026-11-21/index.html",
        "site/daily/2026-11.json",
        "site/daily/2026.html",
        "site/daily/2026.json",
        "site/daily/feed.json",
        "site/daily/feed.xml",
        "site/feed.xml",
        "site/index.html",
        "site/index.json",
        "site/search.html",
        "site/type.woff2",
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
    assert "第 2 次印刷" in text_of(archive, "site/index.html")
    assert "第 2 次印刷" in text_of(archive, "site/daily/2026.html")


def test_a_worse_printing_is_not_shown(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    desk.print(archive, "two", stories=1)
    assert archive.files.read("site/daily/2026-11-21/index.html") == b"one index.html"
    assert archive.site.shown("daily", DAY) == 1


def test_the_latest_of_each_paper_comes_first_and_every_link_leads_somewhere(
    local: Archive, folder: Path, desk: Desk
) -> None:
    days = (DAY - timedelta(days=400), DAY, DAY + timedelta(days=1), DAY - timedelta(days=1))
    for day in days:
        desk.print(local, day=day)
    desk.print(local, day=DAY, paper="world", title="World")
    page = text_of(local, "site/index.html")
    cards = html5lib.parse(page, namespaceHTMLElements=False).iterfind(".//h3/a")
    assert [card.get("href") for card in cards] == [
        "daily/2026-11-22/index.html",
        "world/2026-11-21/index.html",
    ]
    assert "daily/2025.html" in hrefs(page)
    for key in ("site/index.html", "site/daily/2026.html", "site/daily/2025.html"):
        for link in hrefs(text_of(local, key)):
            name, _, fragment = link.partition("#")
            target = (folder / key).parent / (name or Path(key).name)
            assert target.is_file(), (key, link)
            if fragment and name in ("", "../index.html"):
                assert f'id="{fragment}"' in target.read_text("utf-8")


def test_a_month_is_a_table_whose_days_stand_under_their_weekdays(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)  # 21 November 2026 is a Saturday
    page = html5lib.parse(text_of(archive, "site/index.html"), namespaceHTMLElements=False)
    (table,) = page.iterfind(".//table")
    assert table.findtext("caption") == "2026年11月"
    rows = table.findall("tbody/tr")
    assert [len(row.findall("td")) for row in rows] == [7] * 6
    (link,) = table.iterfind(".//a")
    assert [row.find("td[6]/a") is link for row in rows].index(True) == 3
    assert "".join(link.itertext()) == "21，每日要闻，共 2 条"


def test_only_the_newest_year_of_a_paper_stands_on_the_front_page(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive, day=date(2024, 2, 29))
    desk.print(archive, day=date(2026, 1, 1))
    front = text_of(archive, "site/index.html")
    assert "2026年1月" in front
    assert "2024年2月" not in front
    assert "2024年2月" in text_of(archive, "site/daily/2024.html")
    assert "daily/2024.html" in hrefs(front)
    assert "../daily/2026.html" in hrefs(text_of(archive, "site/daily/2024.html"))


def test_an_edition_says_how_many_stories_it_has_and_its_first_titles(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive, stories=1, as_of=MOMENT)
    page = html5lib.parse(text_of(archive, "site/index.html"), namespaceHTMLElements=False)
    said = " ".join("".join(page.itertext()).split())
    for text in ("2 条中的 1 条", "截至当日", "第1条"):
        assert text in said


@pytest.mark.parametrize(
    ("language", "frame", "tag", "says"),
    [
        ("zh", "", "zh-Hans", "最新一期"),
        ("zh", "zh-TW", "zh-Hant-TW", "日曆"),
        ("en", "", "en", "Latest edition"),
        ("zh", "en", "en", "Saturday, 21 November 2026"),
    ],
)
def test_the_site_speaks_the_language_of_the_papers_frame(
    archive: Archive, desk: Desk, language: str, frame: str, tag: str, says: str
) -> None:
    desk.print(archive, language=language, style=Style.model_validate({"frame": frame}))
    page = text_of(archive, "site/index.html")
    assert f'<html lang="{tag}">' in page
    assert says in page


def test_in_taiwans_frame_headlines_are_in_the_characters_of_the_edition(
    archive: Archive, desk: Desk
) -> None:
    stories = (desk.story(1, title="长江禁渔"),)
    edition = desk.edition(1, style=Style(frame="zh-TW")).model_copy(update={"stories": stories})
    archive.publish(edition, [])
    assert "長江禁漁" in text_of(archive, "site/index.html")
    assert "長江禁漁" in text_of(archive, "site/daily/2026-11.json")


def test_hostile_titles_are_inert(archive: Archive, desk: Desk) -> None:
    stories = (desk.story(1, title=HOSTILE), desk.story(2))
    edition = desk.edition(1, title=HOSTILE).model_copy(update={"stories": stories})
    archive.publish(edition, desk.renditions())
    desk.print(archive, paper="world")
    for key in ("site/index.html", "site/daily/2026.html", "site/search.html"):
        text = text_of(archive, key)
        page = html5lib.parse(text, namespaceHTMLElements=False)
        assert len(list(page.iter("script"))) == (key == "site/search.html")
        assert "alert(1)" in "".join(page.itertext())


def test_a_page_allows_nothing_but_its_own_style_and_script(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    for key in ("site/index.html", "site/daily/2026.html", "site/search.html"):
        page = html5lib.parse(text_of(archive, key), namespaceHTMLElements=False)
        (policy,) = page.iterfind(".//meta[@http-equiv='Content-Security-Policy']")
        allowed = policy.get("content") or ""
        assert allowed.startswith("default-src 'none'; style-src 'sha256-")
        assert ("script-src 'sha256-" in allowed) == (key == "site/search.html")


def test_a_reader_without_a_chinese_font_is_given_one(local: Archive, desk: Desk) -> None:
    desk.print(local)
    for key, root in (("index.html", ""), ("daily/2026.html", "../"), ("search.html", "")):
        page = text_of(local, f"site/{key}")
        assert f'url("{root}type.woff2")' in page
        assert "font-src 'self'" in unescape(page)
    with TTFont(BytesIO(local.files.read("site/type.woff2") or b"")) as font:
        assert set(map(ord, "每日要闻检索订阅沱汛，。《》")) <= set(font.getBestCmap() or {})


@pytest.mark.parametrize("key", ["site/index.html", "site/daily/2026.html", "site/search.html"])
def test_the_pages_are_html_as_the_standard_has_it(archive: Archive, desk: Desk, key: str) -> None:
    desk.print(archive)
    desk.print(archive, "two", stories=1, day=DAY + timedelta(days=1), as_of=MOMENT)
    desk.print(archive, paper="world")
    html5lib.HTMLParser(strict=True).parse(text_of(archive, key))
    page = html5lib.parse(text_of(archive, key), namespaceHTMLElements=False)
    assert len(list(page.iter("h1"))) == len(list(page.iter("main"))) == 1
    ids = [node.get("id") for node in page.iterfind(".//*[@id]")]
    assert len(ids) == len(set(ids))
    levels = [int(node.tag[1]) for node in page.iter() if re.fullmatch("h[1-6]", str(node.tag))]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_deleted_site_is_rebuilt_as_it_was(local: Archive, desk: Desk, every_file: Files) -> None:
    for days in (0, 1, 2, -400):
        desk.print(local, day=DAY + timedelta(days=days))
    desk.print(local, "two", paper="world")
    before = site_of(every_file())
    for path in before:
        local.files.delete(path)
    assert local.site.rebuild() == 5
    assert site_of(every_file()) == before


@pytest.mark.parametrize("damage", [b"", b"{}x", b'{"schema_version": 1, "entries": []}'])
@pytest.mark.parametrize(
    "key", ["site/index.json", "site/daily/2026.json", "site/daily/2026-11.json"]
)
def test_a_damaged_data_file_rebuilds_the_site_at_the_next_printing(
    archive: Archive, desk: Desk, key: str, damage: bytes
) -> None:
    desk.print(archive)
    archive.files.write(key, damage)
    archive.files.delete("site/daily/2026-11-21/edition.pdf")
    desk.print(archive, day=DAY + timedelta(days=1))
    assert archive.site.revisions() == {("daily", DAY): 1, ("daily", DAY + timedelta(days=1)): 1}
    assert archive.files.read("site/daily/2026-11-21/edition.pdf") == b"one edition.pdf"


def test_a_site_of_an_earlier_pressrun_is_made_anew_by_the_next_printing_which_says_so_once(
    archive: Archive, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.print(archive)
    for name in ("2026.json", "2026.html", "2026-11.json", "feed.xml", "feed.json"):
        archive.files.delete(f"site/daily/{name}")
    archive.files.delete("site/search.html")
    archive.files.write("site/index.json", b'{"schema_version": 1, "entries": []}\n')
    assert archive.site.shown("daily", DAY) is None
    archive.settle("daily", DAY)
    assert archive.site.shown("daily", DAY) == 1
    assert archive.files.read("site/search.html")
    [said] = caplog.messages
    assert said.endswith(
        "site/index.json: is of an earlier Pressrun; the site is made anew, of the editions"
    )


def test_rebuilding_removes_editions_that_are_no_more_and_leaves_what_is_not_ours(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    archive.files.write("site/robots.txt", b"User-agent: *")
    archive.files.write("site/daily/notes.txt", b"of the operator")
    for gone in ("daily/2020-01-01/index.html", "old/2020-01-01/index.html", "daily/2020.json"):
        archive.files.write(f"site/{gone}", b"gone")
    for gone in ("daily/2020-01.json", "daily/2026-10.json", "old/2020.html", "old/feed.xml"):
        archive.files.write(f"site/{gone}", b"gone")
    archive.site.rebuild()
    assert archive.files.read("site/robots.txt") == b"User-agent: *"
    assert archive.files.names("site/daily/2020-01-01") == ()
    assert archive.files.names("site/old/2020-01-01") == ()
    names = set(archive.files.names("site/daily")) - {"2020-01-01"}
    assert names == {
        *("2026-11-21", "2026-11.json", "2026.html", "2026.json"),
        *("feed.json", "feed.xml", "notes.txt"),
    }
    assert archive.files.read("site/old/feed.xml") is None
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


def test_printing_one_edition_reads_no_manifest_but_its_neighbours(
    archive: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (-9, -1, 1, 9, 400):
        desk.print(archive, day=DAY + timedelta(days=days))
    read, keys = archive.files.read, list[str]()

    def noted(key: str) -> bytes | None:
        keys.append(key)
        return read(key)

    monkeypatch.setattr(archive.files, "read", noted)
    desk.print(archive, day=DAY)
    assert days_in(keys) == {"2026-11-20", "2026-11-21", "2026-11-22"}
    keys.clear()
    desk.print(archive, "two", day=DAY)
    assert days_in(keys) == {"2026-11-21"}


def test_papers_of_any_name_leave_each_id_of_the_front_page_unique(
    archive: Archive, desk: Desk
) -> None:
    names = ("latest", "content", "x", "x-title")
    for name in names:
        desk.print(archive, paper=name)
    page = text_of(archive, "site/index.html")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    inside = {href.removeprefix("#") for href in hrefs(page) if href.startswith("#")}
    assert inside >= {f"paper-{name}" for name in names}
    assert inside <= set(ids)


def test_an_empty_archive_has_an_honest_front_page(archive: Archive) -> None:
    assert archive.site.rebuild() == 0
    assert "尚无报纸" in text_of(archive, "site/index.html")
    html5lib.HTMLParser(strict=True).parse(text_of(archive, "site/search.html"))


def test_an_edition_without_a_page_is_led_to_by_its_first_file(
    archive: Archive, desk: Desk
) -> None:
    archive.editions.begin(desk.plan())
    (pdf,) = (one for one in desk.renditions() if one.name == "edition.pdf")
    published, _ = archive.publish(desk.edition(1), [pdf])
    entry = SiteEntry.of(published, ("edition.pdf",))
    assert entry.story_href("s-1") == "daily/2026-11-21/edition.pdf"
    assert "daily/2026-11-21/edition.pdf" in hrefs(text_of(archive, "site/index.html"))


def test_the_front_page_names_the_latest_editions_files_by_what_they_are(
    archive: Archive, desk: Desk
) -> None:
    names = ("edition.md", "card.png", "public.json", "edition.png", "edition-2.png", "x.epub")
    edition = desk.edition(archive.editions.begin(desk.plan()))
    archive.publish(edition, desk.renditions("one", *names))
    page = html5lib.parse(text_of(archive, "site/index.html"), namespaceHTMLElements=False)
    card = page.find(".//p[@class='facts']")
    assert card is not None
    assert [
        (link.text, (link.get("href") or "").rpartition("/")[2]) for link in card.iter("a")
    ] == [
        ("PDF", "edition.pdf"),
        ("图片", "edition.png"),
        ("封面图", "card.png"),
        ("Markdown", "edition.md"),
        ("JSON", "edition.json"),
        ("EPUB", "x.epub"),
    ]
