"""The list of `FAULTS_DATE`: sound articles, and between them the pages that have a fault."""

from datetime import date
from functools import cache
from importlib.resources import files

from pressrun.newsroom.loader import NewsArticle, read_articles

FAULTS_DATE = date(2026, 3, 14)
"""The date whose pages are faulty; not one of `pressrun.newsroom.dates()`."""

ORIGINAL = "harbour-lights"
"""The article whose text the faulty pages have, as far as they have any."""

LISTED: dict[str, str | None] = {
    ORIGINAL: None,
    "missing": "这一页已经删除 服务器答以404",
    "tide-clock": None,
    "endless": "这一页永远发不完 每隔片刻来几个字",
    "oversized": "这一页太大 正文后面是八百万个空格",
    "library-night": None,
    "bomb": "这一页是压缩炸弹 解开有六千多万字节",
    "loop": "这一页转来转去 重定向没有尽头",
    "pdf": "这一页不是网页 是一份PDF文件",
    "stone-bridge": None,
    "picture": "这一页不是网页 是自称网页的图片",
    "gallery": "海港早春九图",
    "reprint": "三十八座航标灯换新 太阳能照亮临汐港航道",
    "crane": None,
    "empty": "这一页是空的 一个字节也没有",
    "blank": "这一页只有脚本 不运行就没有正文",
    "labyrinth": "这一页难倒解析器 一个标签有十万个属性",
    "last-keeper": None,
}
"""In rank order: slug -> title; None for an article of its own, in `articles/`."""


@cache
def fault_articles() -> tuple[NewsArticle, ...]:
    """What the list of `FAULTS_DATE` has, in rank order under every ranking."""
    folder = files("pressrun.newsroom.faults") / "articles"
    written = {article.slug: article for article in read_articles(folder)}
    original = written[ORIGINAL]
    most = len(LISTED)
    return tuple(
        (written[slug] if title is None else original).model_copy(
            update={
                "slug": slug,
                "title": title or written[slug].title,
                "clicks": (most - place) * 10_000,
                "comments": (most - place) * 100,
                "shares": (most - place) * 10,
            }
        )
        for place, (slug, title) in enumerate(LISTED.items())
    )
