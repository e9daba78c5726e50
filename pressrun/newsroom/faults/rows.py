"""List rows that no reader can use, and the JavaScript that stands around a list at times.

Each fault stands on a date other than the demo's, and is one small function.
"""

from collections.abc import Callable
from datetime import date

from pressrun.newsroom.faults.stories import FAULTS_DATE

Item = dict[str, object]
"""A row of a list."""


def untitled(item: Item) -> Item:
    """A row whose title is `false`, as Sina's lists have it at times."""
    return item | {"title": False, "url": f"{item['url']}?untitled"}


def without_url(item: Item) -> Item:
    """A row that has no address."""
    return {key: value for key, value in item.items() if key != "url"}


def scripted(item: Item) -> Item:
    """A row whose addresses are scripts."""
    return item | {"url": "javascript:alert('row')", "ext3": "javascript:alert('picture')"}


def slides(item: Item) -> Item:
    """A row that leads to a slide show."""
    return item | {"url": "http://slide.news.sina.com.cn/slide_1_86058_560111.html"}


FAULTY_ROWS: dict[date, dict[int, Callable[[Item], Item]]] = {
    date(2026, 3, 10): {1: untitled, 3: without_url},
    FAULTS_DATE: {1: untitled, 3: without_url, 5: scripted, 7: slides},
}
"""By date: behind which of a list's rows (from 1) stands a spoiled copy of it."""


def with_faults(items: list[Item], day: date | None) -> list[Item]:
    """*items*, the rows of *day* in rank order, with the day's faulty rows among them."""
    faults = FAULTY_ROWS.get(day, {}) if day else {}
    rows: list[Item] = []
    for position, item in enumerate(items, start=1):
        rows.append(item)
        if position in faults:
            rows.append(faults[position](item))
    return rows


def with_script(text: str, day: date | None) -> str:
    """*text*, the list of *day*, with more JavaScript around it on the date of the faults."""
    if day != FAULTS_DATE:
        return text
    return (
        'if (window.topList) { topList.ready({"cached": false}); } /* {"data": later */\n'
        f"{text}\n"
        'try { document.write("<script src=\\"/stat.js\\"></script>"); } catch (e) {}\n'
    )
