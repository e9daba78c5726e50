"""The feeds: valid, with ids that stay, and links that lead somewhere."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import html5lib
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree

from pressrun.archive import Archive
from pressrun.archive.feeds import ATOM, FEED_ENTRIES, PAPER_ENTRIES
from pressrun.models import Overview, Point, Way
from tests.pressrun.archive.archive_desk import DAY, SHA, Desk

SCHEMAS = Path(__file__).parent / "schemas"
HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x0b"
URL = "https://news.test/papers/"


def atom(archive: Archive, key: str = "feed.xml") -> Any:
    feed = etree.fromstring(archive.files.read(f"site/{key}") or b"")
    rules = etree.RelaxNG(etree.parse(str(SCHEMAS / "atom.rng")))
    rules.assertValid(feed)
    return feed


def json_feed(archive: Archive) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(archive.files.read("site/daily/feed.json") or b"")
    schema = json.loads((SCHEMAS / "jsonfeed.schema.json").read_text())
    Draft202012Validator(schema).validate(feed)
    return feed


def texts(feed: Any, tag: str) -> list[str]:
    return [found.text or "" for found in feed.iter(f"{{{ATOM}}}{tag}")]


def links(feed: Any) -> list[str]:
    return [link.get("href") for link in feed.iter(f"{{{ATOM}}}link")]


@pytest.mark.parametrize(
    "broken", ["<entry/>", "<updated>yesterday</updated>", "<link/>", "<id>x</id>", "<other/>"]
)
def test_the_grammar_refuses_what_rfc_4287_does(archive: Archive, desk: Desk, broken: str) -> None:
    desk.print(archive)
    rules = etree.RelaxNG(etree.parse(str(SCHEMAS / "atom.rng")))
    data = (archive.files.read("site/daily/feed.xml") or b"").decode()
    broken_feed = data.replace("</feed>", f"{broken}</feed>").encode()
    assert not rules.validate(etree.fromstring(broken_feed))


def test_the_feeds_are_valid_of_no_of_one_and_of_two_papers(archive: Archive, desk: Desk) -> None:
    archive.site.rebuild()
    assert atom(archive).find(f"{{{ATOM}}}entry") is None
    desk.print(archive)
    desk.print(archive, stories=1, day=DAY + timedelta(days=1))
    desk.print(archive, paper="world", language="en", title="World")
    assert len(texts(atom(archive), "summary")) == 3
    assert len(texts(atom(archive, "daily/feed.xml"), "summary")) == 2
    assert atom(archive, "world/feed.xml").get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert len(json_feed(archive)["items"]) == 2


def test_ids_are_unique_and_stay_when_an_edition_is_printed_again(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    desk.print(archive, day=DAY + timedelta(days=1))
    before, old = atom(archive, "daily/feed.xml"), json_feed(archive)
    desk.print(archive, "two")
    after, new = atom(archive, "daily/feed.xml"), json_feed(archive)
    ids = texts(after, "id")
    assert ids == texts(before, "id")
    assert len(set(ids)) == len(ids) == 3
    assert all(name.startswith("urn:uuid:") for name in ids)
    assert [item["id"] for item in new["items"]] == [item["id"] for item in old["items"]] == ids[1:]
    assert texts(before, "updated")[2] == "2026-11-22T06:01:00Z"
    assert texts(after, "updated")[2] == new["items"][1]["date_modified"] == "2026-11-22T06:02:00Z"
    assert set(ids).isdisjoint(texts(atom(archive), "id")[:1])


def test_two_sites_have_no_id_in_common(address: str, desk: Desk) -> None:
    ids = set()
    for url in (URL, "https://other.test/", ""):
        archive = Archive.open(f"{address}/{url[8:12]}", site_url=url)
        desk.print(archive)
        ids |= {*texts(atom(archive), "id"), *texts(atom(archive, "daily/feed.xml"), "id")}
    assert len(ids) == 3 * 3, "the site's feed, the paper's, and an edition that both have"


def test_an_edition_printed_again_does_not_claim_to_be_of_now(archive: Archive, desk: Desk) -> None:
    desk.print(archive)
    desk.print(archive, "two")
    [item] = json_feed(archive)["items"]
    assert "date_published" not in item


def test_an_english_paper_has_english_commas(archive: Archive, desk: Desk) -> None:
    desk.print(archive, language="en")
    desk.print(archive, "two", language="en")
    [item] = json_feed(archive)["items"]
    said = html5lib.parseFragment(item["content_html"], namespaceHTMLElements=False)
    assert ", " in said.find("p").text
    assert "，" not in said.find("p").text


def test_an_entry_has_the_overview_and_headlines_that_lead_to_stories(
    archive: Archive, desk: Desk
) -> None:
    overview = Overview(
        points=(Point(text="江上<今日>有雾。", urls=()),),
        language="zh",
        way=Way.SELECTED,
        engine="e",
        model="m",
        prompt_sha256=SHA,
    )
    desk.print(archive, stories=2, overview=overview)
    (html,) = texts(atom(archive, "daily/feed.xml"), "content")
    assert html == json_feed(archive)["items"][0]["content_html"]
    content = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert [p.text for p in content.iterfind("p")] == ["共 2 条", "江上<今日>有雾。"]
    found = {a.text: a.get("href") for a in content.iterfind(".//a")}
    assert list(found) == ["第1条", "第2条"]
    assert all(
        (href or "").startswith("../daily/2026-11-21/index.html#s-") for href in found.values()
    )


def test_without_the_sites_address_links_are_relative_to_the_feed(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    for key in ("feed.xml", "daily/feed.xml"):
        for link in links(atom(archive, key)):
            target = urljoin(f"site/{key}", link)
            assert archive.files.read(target) is not None, link
    feed = json_feed(archive)
    for link in (feed["home_page_url"], feed["feed_url"], feed["items"][0]["url"]):
        assert archive.files.read(urljoin("site/daily/feed.json", link)) is not None, link


@pytest.mark.parametrize("given", [URL, URL.rstrip("/")])
def test_with_the_sites_address_links_are_absolute(address: str, desk: Desk, given: str) -> None:
    archive = Archive.open(address, site_url=given)
    desk.print(archive)
    assert links(atom(archive, "daily/feed.xml")) == [
        f"{URL}daily/feed.xml",
        f"{URL}index.html",
        f"{URL}daily/2026-11-21/index.html",
    ]
    feed = json_feed(archive)
    assert feed["feed_url"] == f"{URL}daily/feed.json"
    assert f'href="{URL}daily/2026-11-21/index.html#s-' in feed["items"][0]["content_html"]


def test_another_address_renews_the_feeds_of_every_paper_at_the_next_printing(
    address: str, desk: Desk
) -> None:
    before = Archive.open(address)
    desk.print(before)
    desk.print(before, paper="world")
    after = Archive.open(address, site_url=URL)
    desk.print(after, paper="world", day=DAY + timedelta(days=1))
    assert links(atom(after, "daily/feed.xml"))[0] == f"{URL}daily/feed.xml"


def test_feeds_have_the_newest_editions_only(local: Archive, desk: Desk) -> None:
    for days in range(FEED_ENTRIES + 2):
        desk.print(local, day=DAY + timedelta(days=days))
    last = DAY + timedelta(days=FEED_ENTRIES + 1)
    for key, count in (("feed.xml", FEED_ENTRIES), ("daily/feed.xml", PAPER_ENTRIES)):
        titles = texts(atom(local, key), "title")[1:]
        assert len(titles) == count
        assert titles[0] == f"每日要闻 {last}"
    feed = json_feed(local)
    assert len(feed["items"]) == PAPER_ENTRIES
    before = local.files.read("site/daily/feed.xml")
    desk.print(local, day=DAY - timedelta(days=30))
    assert local.files.read("site/daily/feed.xml") == before


def test_hostile_titles_are_text(archive: Archive, desk: Desk) -> None:
    stories = (desk.story(1, title=HOSTILE), desk.story(2))
    archive.publish(desk.edition(1, title=HOSTILE).model_copy(update={"stories": stories}), [])
    for key in ("feed.xml", "daily/feed.xml"):
        assert texts(atom(archive, key), "title")[0].startswith("<script>")
    html = json_feed(archive)["items"][0]["content_html"]
    content = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert not list(content.iter("script"))
    assert "alert(1)" in "".join(content.itertext())
