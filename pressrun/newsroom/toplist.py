"""The newsroom's lists, in the form of Sina's daily top list.

`var NAME = {"conf": {...}, "data": [...]};`, with slashes and non-ASCII escaped as PHP writes
JSON, and titles escaped for HTML. A date or a category without a list has empty data.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from email.utils import format_datetime

from pressrun.newsroom.faults import FAULTS_DATE, Item, fault_articles, with_faults, with_script
from pressrun.newsroom.loader import SITE_ZONE, NewsArticle, Ranking, articles

PATH = "/ws/GetTopDataList.php"

CHANNELS = {
    "all": "新闻",
    "china": "国内新闻",
    "world": "国际新闻",
    "society": "社会新闻",
    "sports": "体育新闻",
    "finance": "财经新闻",
    "entertainment": "娱乐新闻",
    "technology": "科技新闻",
    "military": "军事新闻",
}
"""Pressrun's categories, and what a Chinese site calls them."""

NAMES: tuple[tuple[Ranking, str], ...] = (
    (
        "clicks",
        "www_www_all_suda_suda news_china_suda news_world_suda news_society_suda sports_suda "
        "finance_0_suda ent_suda tech_news_suda news_mil_suda",
    ),
    ("comments", "qbpdpl gnxwpl gjxwpl shxwpl tyxwpl cjxwpl ylxwpl kjxwpl jsxwpl"),
    (
        "shares",
        "wbrmzf_qz wbrmzfgnxw wbrmzfgwxw wbrmzfshxw wbrmzfty wbrmzfcj wbrmzfyl wbrmzfkj wbrmzfjsxw",
    ),
    ("clicks", "www_all china world society"),
)
"""Sina's names of its lists, in the order of `CHANNELS`; the last line as they were up to 2015."""

LISTS: dict[str, tuple[str, Ranking]] = {
    name: (category, ranking)
    for ranking, names in NAMES
    for category, name in zip(CHANNELS, names.split(), strict=False)
}
"""Sina's name of a list -> Pressrun's category and ranking."""

DEFAULT_ROWS = 20
MOST_ROWS = 100


def top_list(query: Mapping[str, str], site: str) -> str:
    """The answer to *query*, with addresses under *site* ("http://127.0.0.1:8080")."""
    name = query.get("js_var", "")
    conf = {
        "top_type": query.get("top_type", "day"),
        "top_cat": query.get("top_cat", ""),
        "top_time": query.get("top_time", ""),
        "top_show_num": query.get("top_show_num", str(DEFAULT_ROWS)),
        "top_order": query.get("top_order", "DESC"),
        "js_var": name if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}", name) else "data",
    }
    day = _day(conf["top_time"])
    category, ranking = LISTS.get(conf["top_cat"], (None, None))
    items: list[Item] = []
    if conf["top_type"] == "day" and day and category and ranking:
        faulty = day == FAULTS_DATE and category == "all"
        rows = fault_articles() if faulty else articles(day, category, ranking)
        items = with_faults([_item(row, ranking, site) for row in rows], day)
    if conf["top_order"].upper() == "ASC":
        items.reverse()
    answer = {"conf": conf, "data": items[: _count(conf["top_show_num"])]}
    text = json.dumps(answer, separators=(",", ":")).replace("/", "\\/")
    return with_script(f"var {conf['js_var']} = {text};", day)


def _item(article: NewsArticle, ranking: Ranking, site: str) -> Item:
    moment = article.published.astimezone(SITE_ZONE)
    return {
        "id": str(article.number),
        "title": html.escape(article.title, quote=False).replace('"', "&quot;"),
        "media": article.medium,
        "author": article.author,
        "url": site + article.path,
        "comment_url": f"{site}/comment/{article.number}",
        "create_date": f"{moment:%Y-%m-%d}",
        "create_time": f"{moment:%H:%M:%S}",
        "cat_name": CHANNELS[article.category],
        "top_time": f"{article.listed:%Y%m%d}",
        "top_num": f"{getattr(article, ranking):,}",
        "ext3": site + article.image_path if article.image else "",
        "time": format_datetime(moment),
    }


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=SITE_ZONE).date()
    except ValueError:
        return None


def _count(text: str) -> int:
    return min(int(text), MOST_ROWS) if re.fullmatch(r"[0-9]{1,6}", text) else DEFAULT_ROWS
