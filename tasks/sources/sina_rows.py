"""What Sina's lists have in common: their days, how an answer is read, which rows are articles."""

import re
from collections.abc import Callable, Iterator, Set
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pressrun.errors import SourceError
from tasks.sources.text import decode, excerpt, find_object, plain, same_page, web_address

SHANGHAI = ZoneInfo("Asia/Shanghai")

_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|script|center)", re.IGNORECASE)
_NO_ARTICLE = re.compile(r"https?://(?:(?:[\w-]+\.)*(?:slide|video)\.[\w.-]*sina\.|[^?#]*/zt_d/)")

_HOSTS = {
    "sports": "sports",
    "finance": "finance",
    "ent": "entertainment",
    "tech": "technology",
    "mil": "military",
}
"""What a part of the host's name says of an article, as in sports.sina.com.cn."""

_NEWS_FOLDERS = {"c": "china", "gov": "china", "w": "world", "s": "society"}
"""What the first folder says on news.sina.com.cn."""

_FOLDERS = ("china", "world", "society", *_HOSTS.values())
"""Categories that are named in full: by older pages there, and by mirrors of one host."""


def refuse_day_ahead(source: str, day: date, now: datetime) -> None:
    """Nothing, when *day* has begun in Shanghai by *now*.

    Raises:
        SourceError: it has not.
    """
    today = now.astimezone(SHANGHAI).date()
    if day > today:
        raise SourceError(
            f"{source} has no list for {day}: it is {today} in Shanghai; "
            "choose that day or an earlier one"
        )


def read_answer(
    source: str, body: bytes, is_it: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """The first JSON object in an answer of the service that *is_it*.

    Raises:
        SourceError: there is none; transient when it is an error page, cut or empty.
    """
    text = decode(body)
    if _HTML.match(text):
        raise SourceError(
            f"{source} answered with a web page in place of a list: {excerpt(text)}",
            transient=True,
        )
    found = find_object(text, is_it)
    if found is None:
        raise SourceError(
            f"{source}'s answer holds no list, or is cut: {excerpt(text)}",
            transient="{" in text or not text.strip(),
        )
    return found


def faults(row: Any, seen: Set[str]) -> Iterator[str]:
    """Why *row* cannot be used, if it cannot; *seen* are the pages (`same_page`) listed before."""
    if not isinstance(row, dict):
        yield "not a row"
        return
    if not plain(row.get("title")):
        yield "no title"
    if not row.get("url"):
        yield "no address"
        return
    url = web_address(row["url"])
    if not url:
        yield "not an http address"
    if _NO_ARTICLE.match(url):
        yield "a slide show, a video or a topic page"
    if same_page(url) in seen:
        yield "listed before"


def category_of(url: str, listed: str) -> str:
    """The category of the article at *url* in the list of the category *listed*.

    That of the list; in the list of everything the one that the address tells, if it does.
    """
    if listed != "all":
        return listed
    parts = urlsplit(url)
    labels = (parts.hostname or "").split(".")
    folder = parts.path.split("/")[1:2]
    known = [_HOSTS[label] for label in labels if label in _HOSTS]
    if labels[0] == "news":
        known += [_NEWS_FOLDERS[name] for name in folder if name in _NEWS_FOLDERS]
    known += [name for name in folder if name in _FOLDERS]
    return known[0] if known else listed
