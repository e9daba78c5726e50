"""The newsroom's rolling list, in the form of Sina's: what was published when, in pages.

`{"result": {"status": {...}, "timestamp": ..., "total": N, "lid": L, "data": [...]}}`, the newest
first, or that inside `try{NAME(...);}catch(e){};` when a `callback` is named. Each day has a topic
page among its articles, as Sina's days have: a row that is no article.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from pressrun.newsroom.loader import SITE_ZONE, NewsArticle, every_article

PATH = "/api/roll/get"

SECTIONS = {
    2509: "all",
    2510: "china",
    2511: "world",
    2669: "society",
    2512: "sports",
    2513: "entertainment",
    2514: "military",
    2515: "technology",
    2516: "finance",
}
"""Sina's number of a section -> Pressrun's category."""

MOST_ROWS = 50


class Entry(NamedTuple):
    """A row of the list before it is written down."""

    moment: datetime
    category: str
    docid: str
    path: str
    title: str
    intro: str = ""
    medium: str = ""
    image: str = ""


def roll_list(query: Mapping[str, str], site: str) -> str:
    """The answer to *query*, with addresses under *site* ("http://127.0.0.1:8080")."""
    section = _number(query, "lid", 0)
    category = SECTIONS.get(section)
    begin, end = _number(query, "etime", 0), _number(query, "stime", 2**40)
    found = [
        entry
        for entry in _entries()
        if category in ("all", entry.category) and begin <= entry.moment.timestamp() < end
    ]
    most = min(_number(query, "num", MOST_ROWS), MOST_ROWS)
    first = max(_number(query, "page", 1) - 1, 0) * most
    result = {
        "status": {"code": 0, "msg": "succ"} if category else {"code": 1, "msg": "no such lid"},
        "timestamp": format_datetime(found[0].moment) if found else "",
        "total": len(found),
        "lid": section,
        "data": [_item(entry, site) for entry in found[first : first + most]],
    }
    text = json.dumps({"result": result}, separators=(",", ":")).replace("/", "\\/")
    name = query.get("callback", "")
    if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}", name):
        return f"try{{{name}({text});}}catch(e){{}};"
    return text


def _entries() -> list[Entry]:
    """All rows there are, the newest first."""
    articles = [_entry(article) for article in every_article()]
    noons = {
        entry.moment.astimezone(SITE_ZONE).replace(hour=12, minute=0, second=0)
        for entry in articles
    }
    topics = [
        Entry(
            moment=noon,
            category="china",
            docid=f"newsroom:zt{noon:%Y%m%d}",
            path=f"/zt_d/{noon:%Y%m%d}/",
            title=f"专题：{noon.month}月{noon.day}日的新闻",
        )
        for noon in noons
    ]
    return sorted(articles + topics, key=lambda entry: (entry.moment, entry.docid), reverse=True)


def _entry(article: NewsArticle) -> Entry:
    return Entry(
        moment=article.published,
        category=article.category,
        docid=f"newsroom:{article.number}",
        path=article.path,
        title=article.title,
        intro=article.paragraphs[0],
        medium=article.medium,
        image=article.image_path,
    )


def _item(entry: Entry, site: str) -> dict[str, object]:
    seconds = str(int(entry.moment.timestamp()))
    return {
        "docid": entry.docid,
        "url": site + entry.path,
        "wapurl": site + entry.path,
        "title": entry.title,
        "intro": entry.intro,
        "media_name": entry.medium,
        "ctime": seconds,
        "mtime": seconds,
        "images": [{"u": site + entry.image, "w": "960", "h": "640"}] if entry.image else [],
        "keywords": "",
    }


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else otherwise
