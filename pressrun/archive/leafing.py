"""The links to other editions in the site's copy of a page: pure, from bytes to bytes.

A printed page never changes. It has a mark, where its copy on the site gets a `<nav>`.
"""

import re
from datetime import date
from html import escape
from typing import NamedTuple

from pressrun.archive.entries import SiteEntry
from pressrun.archive.frames import words_of

MARK = b"<!--pressrun:site-->"
_END = b"<!--/pressrun:site-->"
_PLACE = re.compile(re.escape(MARK) + rb"(?P<nav><nav\b.*?" + re.escape(_END) + rb")?", re.DOTALL)
_NEIGHBOUR = re.compile(rb'rel="(prev|next)" href="\.\./(\d{4}-\d\d-\d\d)/')


class Neighbours(NamedTuple):
    """The editions of a paper before and after one."""

    previous: SiteEntry | None = None
    following: SiteEntry | None = None

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Of the two."""
        return (
            self.previous.edition_date if self.previous else None,
            self.following.edition_date if self.following else None,
        )


def bare(page: bytes) -> bytes:
    """*page* as it was printed."""
    return _PLACE.sub(MARK, page, count=1)


def linked(page: bytes, entry: SiteEntry, neighbours: Neighbours) -> bytes:
    """*page*, of *entry*, with links to its *neighbours*; as it is where it has no mark."""
    nav = _nav(entry, neighbours).encode()
    return _PLACE.sub(lambda _: MARK + nav + _END, page, count=1)


def takes_links(page: bytes) -> bool:
    """Whether *page* has the mark; a theme of a paper's own may lack it."""
    return MARK in page


def linked_days(page: bytes) -> tuple[date | None, date | None] | None:
    """The days before and after that *page* leads to; None when it has no links at all."""
    place = _PLACE.search(page)
    if place is None or not place["nav"]:
        return None
    days = {rel: date.fromisoformat(day.decode()) for rel, day in _NEIGHBOUR.findall(place["nav"])}
    return days.get(b"prev"), days.get(b"next")


def characters_of_links(frame: str) -> frozenset[str]:
    """What the links may show in a page of *frame*: its fonts need these characters too."""
    words = words_of(frame)
    said = (words.all_editions, words.search, words.previous, words.following, *words.months)
    return frozenset("←→ 0123456789".join((*said, words.short_date.format(day="", month=""))))


def _nav(entry: SiteEntry, neighbours: Neighbours) -> str:
    words = words_of(entry.frame)
    links = [f'<a href="../../index.html#paper-{entry.paper}">{escape(words.all_editions)}</a>']
    links.append(f'<a href="../../search.html">{escape(words.search)}</a>')
    if one := neighbours.previous:
        day = f"<span>{escape(words.short(one.edition_date))}</span>"
        links.insert(0, _link("prev", one, f"← {escape(words.previous)} {day}"))
    if one := neighbours.following:
        day = f"<span>{escape(words.short(one.edition_date))}</span>"
        links.append(_link("next", one, f"{day} {escape(words.following)} →"))
    return f'<nav class="leafing" aria-label="{escape(words.all_editions)}">{" ".join(links)}</nav>'


def _link(rel: str, to: SiteEntry, html: str) -> str:
    return f'<a rel="{rel}" href="{escape(f"../{to.edition_date}/{to.page}")}">{html}</a>'
