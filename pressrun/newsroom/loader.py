"""The newsroom's articles: one Markdown file each with a TOML head, in `articles/`.

A file's name is the date whose list has the article, then the article's slug:
`2026-03-12-ice-flood.md`. Paragraphs are separated by blank lines. Those of the fault pages are in
`faults/articles/` and listed by `faults.stories`.
"""

import tomllib
import zlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import PositiveInt

from pressrun.models import Moment, Value
from pressrun.newsroom.pictures import Scene

DEMO_DATE = date(2026, 3, 12)
"""The date with the most stories: what `pressrun demo` prints."""

SITE_ZONE = ZoneInfo("Asia/Shanghai")

FENCE = "+++\n"

Ranking = Literal["clicks", "comments", "shares"]


class NewsArticle(Value):
    """An article as it should be read from its page, and how the page is served.

    *charset* is what the page's bytes are in. *header* and *meta* are the charsets that the
    Content-Type header and the page's own meta element claim: None for the true one, empty for
    no claim, another for a lie. *listed* is the date whose list has it, which may be later than
    *published*.
    """

    slug: str
    listed: date
    title: str
    paragraphs: tuple[str, ...]
    medium: str
    author: str
    published: Moment
    category: str
    language: Literal["zh", "en"] = "zh"
    clicks: PositiveInt
    comments: PositiveInt
    shares: PositiveInt
    template: str
    charset: Literal["utf-8", "gbk", "gb18030", "big5"] = "utf-8"
    header: str | None = None
    meta: str | None = None
    image: Scene | None = None

    @property
    def text(self) -> str:
        """The paragraphs, joined by one newline."""
        return "\n".join(self.paragraphs)

    @property
    def path(self) -> str:
        """Where the newsroom serves the page."""
        return f"/{self.category}/{self.listed}/doc-{self.slug}.shtml"

    @property
    def image_path(self) -> str:
        """Where the newsroom serves the article's picture; empty when it has none."""
        return f"/img/{self.slug}.png" if self.image else ""

    @property
    def content_type(self) -> str:
        """The Content-Type header of the page."""
        claim = self.charset if self.header is None else self.header
        return f"text/html; charset={claim}" if claim else "text/html"

    @property
    def number(self) -> int:
        """A number that stands for the article in its page and in the lists."""
        return 10_000_000 + zlib.crc32(self.slug.encode()) % 90_000_000


def dates() -> tuple[date, ...]:
    """The dates that have a list, in order."""
    return tuple(sorted({article.listed for article in every_article()}))


def articles(
    day: date, category: str = "all", ranking: Ranking = "clicks"
) -> tuple[NewsArticle, ...]:
    """The articles listed on *day* in *category*, one of Pressrun's words, in rank order."""
    chosen = [
        article
        for article in every_article()
        if article.listed == day and category in ("all", article.category)
    ]
    return by_rank(chosen, ranking)


def by_rank(rows: Sequence[NewsArticle], ranking: Ranking) -> tuple[NewsArticle, ...]:
    """*rows* with the most clicks, comments or shares first."""
    return tuple(sorted(rows, key=lambda row: (-int(getattr(row, ranking)), row.slug)))


@cache
def every_article() -> tuple[NewsArticle, ...]:
    """All of the newsroom's articles, by date and slug."""
    return read_articles(files("pressrun.newsroom") / "articles")


def read_articles(folder: Traversable) -> tuple[NewsArticle, ...]:
    """The articles in *folder*, by file name."""
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".md")),
        key=lambda entry: entry.name,
    )
    return tuple(_read(entry) for entry in found)


def _read(entry: Traversable) -> NewsArticle:
    stem = entry.name.removesuffix(".md")
    _, head, body = entry.read_text(encoding="utf-8").split(FENCE, 2)
    return NewsArticle(
        listed=date.fromisoformat(stem[:10]),
        slug=stem[11:],
        paragraphs=tuple(part.strip() for part in body.strip().split("\n\n")),
        **tomllib.loads(head),
    )
