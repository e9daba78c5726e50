"""A page -> its article: title, text and date.

The stack is measured (docs/decisions/, benchmarks/extraction.py): readability-lxml for Chinese,
with resiliparse where it finds next to nothing; trafilatura for the rest. The functions are
pure, synchronous and slow (tens of ms a page, seconds at worst): run them in `tasks.workers`,
which has the time limit.
"""

import hashlib
import logging
from datetime import UTC, datetime
from importlib.metadata import version
from typing import NamedTuple

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from readability.readability import Document, Unparseable
from resiliparse.extract.html2text import extract_plain_text

from pressrun.errors import ExtractionError, NotArticle
from pressrun.models import Article, Headline, Page
from tasks.extraction import dates, rejects
from tasks.extraction.decode import decode_page
from tasks.extraction.tidy import (
    han_share,
    key,
    one_line,
    paragraphs,
    plain,
    text_of,
    trim,
    word_chars,
)
from tasks.extraction.titles import page_title

RULES = 1
"""Version of our own rules: raise it when the same page may give another article."""

EXTRACTOR = "+".join(
    [
        f"pressrun-{RULES}",
        *(
            f"{name}-{version(name)}"
            for name in ("readability-lxml", "resiliparse", "trafilatura", "lxml")
        ),
    ]
)
"""What made an article: part of its key in the store."""

_CHINESE_SHARE = 0.2
"""Share of Han characters from which a text counts as Chinese: English pages stay under 0.01."""
_LITTLE = 100
"""Word characters under which readability has missed the text (FACTS: measured)."""
_LITTLE_SHARE = 0.05
"""Share of resiliparse's text under which readability has taken a side box for the text."""
_LEAST = 40
"""Word characters that an article has at least: two Chinese sentences."""
_LEAST_EN = 100

_MOST_TAGS = 20_000
"""Tags of a page that libxml2 gives up for its depth; resiliparse takes quadratic time on them."""

_BREAKS = (
    Unparseable,
    LxmlError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
)
"""What the libraries raise on pages that they cannot read."""

# They log what they also raise, at levels that reach the terminal.
for _name in ("readability.readability", "trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Reading(NamedTuple):
    """What a page says: *published* is aware, in the page's own time zone."""

    title: str
    text: str
    language: str
    published: datetime | None
    medium: str
    encoding: str


def extract_article(page: Page, headline: Headline | None = None) -> Article:
    """The article of *page*; title and date are the *headline*'s where it has them.

    Raises:
        NotArticle: the page is something else: a gallery, a video, an aggregator, another story
            than the headline's. Not transient.
        ExtractionError: it has no article. Not transient.
    """
    reading = read_page(page, headline)
    return Article(
        url=page.url,
        title=reading.title,
        text=reading.text,
        language=reading.language,
        published=(headline and headline.published) or reading.published,
        medium=(headline and headline.medium) or reading.medium,
        encoding=reading.encoding,
        extractor=EXTRACTOR,
        page_sha256=hashlib.sha256(page.body).hexdigest(),
    )


def read_page(page: Page, headline: Headline | None = None) -> Reading:
    """What *page* says, before the list's own data replace it.

    Raises:
        ExtractionError: as `extract_article`.
    """
    for url in (page.final_url, page.url):
        if kind := rejects.by_address(url):
            raise NotArticle(f"{url}: {kind} by its address, not an article")
    html, encoding = decode_page(page.body, page.content_type)
    try:
        return _read(page, headline, html.replace("\0", ""), encoding)
    except _BREAKS as exc:
        raise ExtractionError(
            f"{page.url}: no article can be read: {type(exc).__name__}: {str(exc)[:200]}"
        ) from exc


def _read(page: Page, headline: Headline | None, html: str, encoding: str) -> Reading:
    visible = extract_plain_text(html, alt_texts=False)
    if not visible.strip():
        raise ExtractionError(
            f"{page.url}: no article text: the page shows nothing without scripts"
        )
    tree = _tree(html)
    if kind := rejects.by_type(tree):
        raise NotArticle(f"{page.url}: {kind} by its own word, not an article")
    url = page.final_url
    if han_share(visible) >= _CHINESE_SHARE:
        reading = _chinese(tree, html, visible, url, page.fetched_at)
    else:
        reading = _other(tree, html, url)
    listed = one_line(headline.title) if headline else ""
    title = listed or reading.title
    lines = reading.text.split("\n")
    if kind := rejects.by_text(tree, visible, lines):
        raise NotArticle(f"{page.url}: {kind}, not an article")
    body = "\n".join(rejects.without_title(lines, title))
    found = word_chars(body)
    least = _LEAST if reading.language == "zh" else _LEAST_EN
    if found < least:
        raise ExtractionError(
            f"{page.url}: no article text: {found} characters found, an article has {least}"
        )
    if rejects.is_other_story(title, body, sure=bool(listed)):
        raise NotArticle(f"{page.url}: the text found is not that of the headline {title!r}")
    return reading._replace(title=title, encoding=encoding)


def _tree(html: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8")
    # Bytes, because lxml refuses a string whose XML declaration names an encoding.
    tree = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    cut = any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in parser.error_log)
    if cut and html.count("<") > _MOST_TAGS:
        raise ValueError(f"markup is nested over 256 deep and has over {_MOST_TAGS} tags")
    return tree


def _chinese(tree: HtmlElement, html: str, visible: str, url: str, fetched_at: datetime) -> Reading:
    title = page_title(tree)
    lines = paragraphs(visible)
    moment = dates.published(tree, lines, title, url, fetched_at) or dates.guessed(tree, url)
    text = "\n".join(trim(_chinese_text(html), title))
    return Reading(title, text, _language(text), moment, "", "")


def _chinese_text(html: str) -> list[str]:
    try:
        fragment = _tree(Document(html).summary(html_partial=True))  # type: ignore[no-untyped-call]
        precise = paragraphs(text_of(fragment))
    except Unparseable:
        precise = []
    rough = paragraphs(
        extract_plain_text(html, main_content=True, alt_texts=False, preserve_formatting=True)
    )
    size, rough_size = (sum(map(word_chars, lines)) for lines in (precise, rough))
    return rough if size < max(_LITTLE, rough_size * _LITTLE_SHARE) and rough_size else precise


def _other(tree: HtmlElement, html: str, url: str) -> Reading:
    found = trafilatura.bare_extraction(
        html, url=url or None, fast=True, include_comments=False, with_metadata=True
    )
    if not isinstance(found, trafilatura.settings.Document):
        return Reading(page_title(tree), "", "en", None, "", "")
    title = page_title(tree) or one_line(found.title or "")
    lines = paragraphs(found.text or "")
    if lines and key(lines[0]) == key(title):
        del lines[0]
    text = "\n".join(lines)
    moment = datetime.fromisoformat(found.date).replace(tzinfo=UTC) if found.date else None
    return Reading(title, text, _language(text), moment, one_line(found.sitename or ""), "")


def _language(text: str) -> str:
    return "zh" if han_share(plain(text)) >= _CHINESE_SHARE else "en"
