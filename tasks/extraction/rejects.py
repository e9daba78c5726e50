"""Pages that are no articles, though an extractor finds text on them.

Galleries, videos, topic pages and aggregators give captions, lead-ins and other people's
headlines: plausible, and wrong. They are known by their address, by the type that they declare
and by their text.
"""

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from tasks.extraction.tidy import han_share, key, word_chars
from tasks.extraction.titles import meta

_HOSTS = {
    "slide": "a slide show",
    "photo": "a gallery",
    "photos": "a gallery",
    "pic": "a gallery",
    "pics": "a gallery",
    "gallery": "a gallery",
    "video": "a video",
    "v": "a video",
    "tv": "a video",
    "live": "a live broadcast",
    "zt": "a topic page",
    "search": "a search",
}
"""What a page is by a label of its host, or by a folder of its path."""
_FOLDERS = _HOSTS | {
    "slides": "a slide show",
    "slideshow": "a slide show",
    "slideshows": "a slide show",
    "galleries": "a gallery",
    "pictures": "a gallery",
    "in-pictures": "a gallery",
    "videos": "a video",
    "watch": "a video",
    "podcast": "a broadcast",
    "podcasts": "a broadcast",
    "zt_d": "a topic page",
    "topic": "a topic page",
    "topics": "a topic page",
}
_TYPES = re.compile(r"^(video|music|gallery|photo|slideshow|profile)", re.IGNORECASE)
_COUNTER = re.compile(r"^[(（\[]?\s*0?1\s*/\s*(?:[3-9]|\d\d{1,2})\s*(?:[)）\]\s]|$)")
"""The first of several pictures, such as "1/10"."""
_AGGREGATOR = re.compile(
    r"聚合(?:阅读|资讯|新闻|平台)|(?:新闻|资讯|内容)聚合|(?:来自|来源)于?(?:互联)?网络?(?:采集|收集|整理)"
    r"|news aggregator",
    re.IGNORECASE,
)
_CITED = re.compile(r"^【([^】]{2,12}(?:网|报|社|台|经|志|刊|中国|新闻|财经|客户端))】")
_CITED_LEAST = 4
_SHORT = 300
"""Word characters under which a text is doubted."""
_OVERLAP = 0.1
_GRAM = re.compile(r"[a-z]{3,}|\d+|[\u3400-\u9fff]+")


def by_address(url: str) -> str | None:
    """What the page at *url* is instead of an article; None when its address is no sign."""
    try:
        parts = urlsplit(url)
    except ValueError:  # not an address; the page was had all the same
        return None
    for label in (parts.hostname or "").split(".")[:-1]:
        if label in _HOSTS:
            return _HOSTS[label]
    for folder in parts.path.lower().split("/")[:-1]:
        if folder in _FOLDERS:
            return _FOLDERS[folder]
    return None


def by_type(tree: HtmlElement) -> str | None:
    """What the page declares to be instead of an article."""
    kind = next(meta(tree, "og:type"), "").strip()
    return f"of type {kind[:40]!r}" if _TYPES.match(kind) else None


def by_text(tree: HtmlElement, visible: str, lines: list[str]) -> str | None:
    """What *lines*, the text found, are instead of an article.

    *visible* is all that the page shows.
    """
    size = sum(map(word_chars, lines))
    if size < _SHORT and any(_COUNTER.match(line) for line in lines):
        return "a gallery: its text is the caption of one picture"
    declared = " ".join((visible, *meta(tree, "keywords", "description")))
    if size < _SHORT and _AGGREGATOR.search(declared):
        return "an aggregator's lead-in to someone else's article"
    cited = [found[1] for line in lines if (found := _CITED.match(line))]
    if len(cited) >= _CITED_LEAST and 4 * len(cited) >= len(lines):
        return "a round-up of other papers' headlines"
    return None


def is_other_story(title: str, text: str, *, sure: bool) -> bool:
    """Whether *text* hardly shares a word with *title*.

    *sure* says that the title is a headline from a list; a title read from the page may be
    the site's name, so then only a short text is doubted. A title in another script is no sign.
    """
    wanted = _grams(title)
    if len(wanted) < _LEAST_GRAMS or (han_share(title) > 0.5) != (han_share(text) > 0.5):
        return False
    share = len(wanted & _grams(text)) / len(wanted)
    return share == 0 if sure else share < _OVERLAP and word_chars(text) < _SHORT


_LEAST_GRAMS = 6


def _grams(text: str) -> set[str]:
    """Words and numbers, and pairs of neighbouring Chinese characters."""
    grams: set[str] = set()
    for run in _GRAM.findall(text.lower()):
        if run[0] < "\u3400":
            grams.add(run)
        else:
            grams.update(run[at : at + 2] for at in range(len(run) - 1))
    return grams


def without_title(lines: list[str], title: str) -> list[str]:
    """*lines* but those that repeat the title."""
    wanted = key(title)
    longest = len(wanted) + 4  # "Original: ", a mark of the series
    return [line for line in lines if not _repeats(key(line)[: longest + 1], wanted, longest)]


def _repeats(line: str, wanted: str, longest: int) -> bool:
    return line in wanted or (len(line) <= longest and bool(wanted) and wanted in line)
