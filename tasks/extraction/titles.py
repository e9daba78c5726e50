"""The title of a page, from its own markup."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from tasks.extraction.tidy import key, one_line

_SEPARATOR = re.compile(r"\s*[_|｜]+\s*|\s+[-–—·«»:]+\s+|\s*[-–—]{1,2}(?=[^\s-]{2,12}$)")
_HEADINGS = ("//h1 | //h2", "//body//*[contains(@class, 'title') or contains(@id, 'title')]")
"""Where titles stand, surest first."""
_MAX_CHARS = 200
_LEAST_CHARS = 6


def page_title(tree: HtmlElement) -> str:
    """The heading of *tree*, without the name of the site; empty when there is none.

    The browser's title tells which of the page's headings is the article's: the longest that
    it contains. Related articles have headings too, so the first heading alone is no guide.
    """
    named = [text for text in _named(tree) if text]
    for whole in named:
        wanted = key(whole)
        within = [text for text in _headings(tree) if key(text) and key(text) in wanted]
        best = max(within, key=len, default="")
        if len(key(best)) >= min(_LEAST_CHARS, len(wanted)) and not _is_site(best, whole):
            return best
    if named:
        return _without_site(named[0])
    return next(iter(_headings(tree)), "")


def meta(tree: HtmlElement, *names: str) -> Iterator[str]:
    """Contents of the `meta` elements called one of *names*, in the order of *names*."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").lower()
            if content and name in names:
                found.setdefault(name, []).append(content)
    for name in names:
        yield from found.get(name, ())


def _named(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("title"):
        if element.getparent() is not None and element.getparent().tag != "svg":
            yield _clip(element.text_content())
            break
    for content in meta(tree, "og:title", "twitter:title"):
        yield _clip(content)


def _headings(tree: HtmlElement) -> Iterator[str]:
    for path in _HEADINGS:
        found: list[HtmlElement] = tree.xpath(path)
        for element in found:
            text = _clip(element.text_content())
            if text:
                yield text


def _clip(text: str) -> str:
    return one_line(text[: 10 * _MAX_CHARS])[:_MAX_CHARS]


def _is_site(part: str, whole: str) -> bool:
    """Whether *part* is a section of *whole* beside a longer one: the site's or the channel's."""
    sections = [key(section) for section in _SEPARATOR.split(whole) if section]
    return key(part) in sections and len(key(part)) < max(map(len, sections))


def _without_site(whole: str) -> str:
    first = _SEPARATOR.split(whole)[0].strip()
    return first if len(key(first)) >= _LEAST_CHARS else whole
