"""The site's front page and its feed, from its entries: pure, and everything escaped."""

import re
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import Final
from xml.etree import ElementTree

from pydantic import NonNegativeInt, PositiveInt

from pressrun.models import Edition, Moment, Value

FEED_ENTRIES = 50
"""Newest editions in the feed; readers ask for it often."""
ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_WORDS: Final = {
    "zh": {
        "count": "{stories} 条",
        "partial": "{stories} / {listed} 条",
        "as_of": "截至当日",
        "month": "{0.year} 年 {0.month} 月",
        "feed": "订阅",
        "empty": "尚无报纸。",
        "join": "；",
    },
    "en": {
        "count": "{stories} stories",
        "partial": "{stories} of {listed} stories",
        "as_of": "day so far",
        "month": "{0:%B} {0.year}",
        "feed": "Feed",
        "empty": "No editions yet.",
        "join": "; ",
    },
}
_STYLE = """
:root { color-scheme: light dark }
body { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; line-height: 1.6;
  font-family: "Noto Serif SC", "Songti SC", Georgia, serif }
header { display: flex; justify-content: space-between; align-items: baseline;
  border-bottom: 3px double; padding-bottom: .5rem }
h1 { font-size: 2rem; margin: 0 } h2 { font-size: 1rem; margin: 2.5rem 0 .5rem; opacity: .7 }
ul { list-style: none; margin: 0; padding: 0 }
li { padding: .7rem 0; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
li > a:first-child { font-size: 1.15rem; font-weight: 700 }
a { color: inherit; text-decoration-thickness: 1px; text-underline-offset: .2em }
small, p { opacity: .8; margin: 0; overflow-wrap: anywhere } small a { margin-left: .6em }
time { font-variant-numeric: tabular-nums }
"""


class SiteEntry(Value):
    """What the site says of one current edition. *leads* are the titles of its first stories."""

    paper: str
    title: str
    edition_date: date
    revision: PositiveInt
    printed_at: Moment
    day_so_far: bool
    language: str
    stories: NonNegativeInt
    listed: NonNegativeInt
    leads: tuple[str, ...]
    files: tuple[str, ...]

    @classmethod
    def of(cls, edition: Edition, files: Sequence[str]) -> "SiteEntry":
        """The entry of *edition*, whose public files are *files*."""
        return cls(
            paper=edition.paper,
            title=edition.title,
            edition_date=edition.edition_date,
            revision=edition.revision,
            printed_at=edition.printed_at,
            day_so_far=edition.as_of is not None,
            language=edition.language,
            stories=len(edition.stories),
            listed=edition.listed,
            leads=tuple(story.title for story in edition.stories[:3]),
            files=tuple(files),
        )

    @property
    def href(self) -> str:
        """The edition's page, relative to the site; its folder when it has no file."""
        page = "index.html" if "index.html" in self.files else next(iter(self.files), "")
        return f"{self.paper}/{self.edition_date}/{page}"

    @property
    def summary(self) -> str:
        """Count of stories and first titles, on one line."""
        words = _words(self.language)
        count = words["count" if self.stories == self.listed else "partial"]
        parts = [count.format(stories=self.stories, listed=self.listed)]
        if self.day_so_far:
            parts.append(words["as_of"])
        return words["join"].join([*parts, *self.leads])


def front_page(entries: Sequence[SiteEntry]) -> bytes:
    """`site/index.html`: every edition of every paper, in the order given, newest first."""
    words = _words(entries[0].language if entries else "zh")
    sections = [
        f"<h2>{escape(words['month'].format(date(year, month, 1)))}</h2>\n<ul>\n"
        + "".join(map(_row, rows))
        + "</ul>\n"
        for (year, month), rows in groupby(
            entries, lambda entry: (entry.edition_date.year, entry.edition_date.month)
        )
    ]
    name = escape(_site_name(entries))
    body = "".join(sections) or f"<p>{words['empty']}</p>\n"
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if words is _WORDS["zh"] else "en"}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n"
        f'<link rel="alternate" type="application/atom+xml" href="feed.xml" title="{name}">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><h1>{name}</h1><a href="feed.xml">{words["feed"]}</a></header>\n'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    ).encode()


def atom_feed(entries: Sequence[SiteEntry]) -> bytes:
    """`site/feed.xml`: the newest editions (RFC 4287). Links are relative to the feed.

    An edition keeps its id when it is printed again, and gets a later `updated`.
    """
    newest = entries[:FEED_ENTRIES]
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    name = _site_name(entries)
    _add(feed, "id", _urn("feed"))
    _add(feed, "title", name)
    epoch = "1970-01-01T00:00:00Z"
    _add(feed, "updated", max((_rfc3339(e.printed_at) for e in newest), default=epoch))
    _add(_add(feed, "author"), "name", name)
    _add(feed, "link", rel="self", type="application/atom+xml", href="feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href="index.html")
    for entry in newest:
        item = _add(feed, "entry")
        _add(item, "id", _urn(f"{entry.paper}/{entry.edition_date}"))
        _add(item, "title", f"{entry.title} {entry.edition_date}")
        _add(item, "updated", _rfc3339(entry.printed_at))
        _add(item, "link", rel="alternate", href=entry.href)
        _add(item, "summary", entry.summary)
    text: str = ElementTree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _row(entry: SiteEntry) -> str:
    others = "".join(
        f' <a href="{escape(f"{entry.paper}/{entry.edition_date}/{name}")}">'
        f"{escape(name.rpartition('.')[2].upper())}</a>"
        for name in entry.files
        if name != "index.html" and not re.search(r"-\d+\.", name)
    )
    title = f'<time datetime="{entry.edition_date}">{entry.edition_date}</time>'
    link = f'<a href="{escape(entry.href)}">{escape(entry.title)} {title}</a>'
    return f"<li>{link}<small>{others}</small>\n<p>{escape(entry.summary)}</p></li>\n"


def _site_name(entries: Sequence[SiteEntry]) -> str:
    titles = {entry.title for entry in entries}
    return titles.pop() if len(titles) == 1 else "Pressrun"


def _words(language: str) -> dict[str, str]:
    return _WORDS["zh" if language == "zh" else "en"]


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pressrun:{name}").urn


def _rfc3339(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = None if text is None else _NOT_XML.sub("\ufffd", text)
    return element
