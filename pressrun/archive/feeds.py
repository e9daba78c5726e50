"""The site's feeds: Atom (RFC 4287) and JSON Feed 1.1. Pure, and everything escaped.

An edition keeps its id when it is printed again, and gets a later date; when it was first printed
is not known here. Links are absolute where the site's address is known, else relative to the feed.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urljoin
from xml.etree import ElementTree

from pressrun.archive.entries import DayText, SiteEntry
from pressrun.archive.frames import words_of

PAPER_ENTRIES = 30
"""Newest editions in a paper's feed."""
FEED_ENTRIES = 50
"""Newest editions in the feed of all papers; readers ask for it often."""
HEADLINES = 30
"""Headlines that an entry shows at most."""
ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
EPOCH = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


class Place(NamedTuple):
    """Where a feed lies: its key under the site, and the site's address, empty when unknown."""

    key: str
    url: str = ""

    def link(self, href: str) -> str:
        """How the feed refers to *href*, a key under the site with or without a fragment."""
        if self.url:
            return urljoin(self.url, href)
        return "../" * self.key.count("/") + href

    def urn(self, name: str) -> str:
        """The id of what is called *name* on this site; without an address, on any (RFC 4287)."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.url or 'pressrun:'}{name}").urn


def site_feed(entries: Sequence[SiteEntry], url: str) -> bytes:
    """`site/feed.xml`: the newest editions of all papers, without their headlines."""
    place = Place("feed.xml", url)
    return _atom("feed", site_name(entries), entries[:FEED_ENTRIES], place, None, lambda _: "")


def paper_feed(
    entries: Sequence[SiteEntry], texts: Mapping[date, DayText], url: str
) -> tuple[bytes, bytes]:
    """A paper's `feed.xml` and `feed.json`, of its newest *entries*; it has at least one."""
    newest = entries[:PAPER_ENTRIES]
    paper, title = newest[0].paper, newest[0].title

    def content(place: Place) -> Callable[[SiteEntry], str]:
        return lambda entry: "".join(_content(entry, texts.get(entry.edition_date), place))

    atom, plain = Place(f"{paper}/feed.xml", url), Place(f"{paper}/feed.json", url)
    tag = words_of(newest[0].frame).tag
    return (
        _atom(f"feed/{paper}", title, newest, atom, tag, content(atom)),
        _json(title, tag, newest, plain, content(plain)),
    )


def site_name(entries: Sequence[SiteEntry]) -> str:
    """The paper's title, when there is one paper only."""
    titles = {entry.title for entry in entries}
    return titles.pop() if len(titles) == 1 else "Pressrun"


def summary_of(entry: SiteEntry) -> str:
    """Count of stories, what sets the printing apart, and first titles, on one line."""
    words = words_of(entry.frame)
    joint = "；" if entry.frame != "en" else "; "
    titles = (lead.title for lead in entry.leads)
    return joint.join((count_of(entry), *stamps_of(entry), *titles)) if words else ""


def count_of(entry: SiteEntry) -> str:
    """How many stories it has."""
    words = words_of(entry.frame)
    said = words.count if entry.stories == entry.listed else words.partial
    return said.format(stories=entry.stories, listed=entry.listed)


def stamps_of(entry: SiteEntry) -> tuple[str, ...]:
    """That it is a later printing, and of a day that was not over."""
    words = words_of(entry.frame)
    again = words.revision.format(number=entry.revision) if entry.revision > 1 else ""
    return tuple(filter(None, (again, words.day_so_far if entry.day_so_far else "")))


def _content(entry: SiteEntry, text: DayText | None, place: Place) -> Iterator[str]:
    """HTML: the overview, then the headlines with links to their stories."""
    yield f"<p>{escape(words_of(entry.frame).comma.join((count_of(entry), *stamps_of(entry))))}</p>"
    if text is None:
        return
    for point in text.overview:
        yield f"<p>{escape(point)}</p>"
    if text.stories:
        yield "<ul>"
        for story in text.stories[:HEADLINES]:
            href = escape(place.link(entry.story_href(story.anchor)))
            yield f'<li><a href="{href}">{escape(story.title)}</a></li>'
        yield "</ul>"


def _title(entry: SiteEntry) -> str:
    return f"{entry.title} {entry.edition_date}"


def _atom(
    name: str,
    title: str,
    entries: Sequence[SiteEntry],
    place: Place,
    language: str | None,
    content: Callable[[SiteEntry], str],
) -> bytes:
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    if language:
        feed.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    _add(feed, "id", place.urn(name))
    _add(feed, "title", title)
    _add(feed, "updated", max((_rfc3339(e.printed_at) for e in entries), default=EPOCH))
    _add(_add(feed, "author"), "name", title)
    _add(feed, "link", rel="self", type="application/atom+xml", href=place.link(place.key))
    _add(feed, "link", rel="alternate", type="text/html", href=place.link("index.html"))
    for entry in entries:
        item = _add(feed, "entry")
        _add(item, "id", place.urn(f"{entry.paper}/{entry.edition_date}"))
        _add(item, "title", _title(entry))
        _add(item, "updated", _rfc3339(entry.printed_at))
        _add(item, "link", rel="alternate", href=place.link(entry.href))
        _add(item, "summary", summary_of(entry))
        if html := content(entry):
            _add(item, "content", html, type="html")
    text: str = ElementTree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _json(
    title: str,
    language: str,
    entries: Sequence[SiteEntry],
    place: Place,
    content: Callable[[SiteEntry], str],
) -> bytes:
    feed: dict[str, Any] = {
        "version": JSON_FEED,
        "title": title,
        "home_page_url": place.link("index.html"),
        "feed_url": place.link(place.key),
        "language": language,
        "authors": [{"name": title}],
        "items": [
            {
                "id": place.urn(f"{entry.paper}/{entry.edition_date}"),
                "url": place.link(entry.href),
                "title": _title(entry),
                "summary": summary_of(entry),
                "content_html": content(entry),
                "date_modified": _rfc3339(entry.printed_at),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _rfc3339(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = None if text is None else _NOT_XML.sub("\ufffd", text)
    return element
