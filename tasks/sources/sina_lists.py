"""Names of Sina's top lists: which host serves which, and what each was called when.

Sources: Sina's own page of top lists (news.sina.com.cn/hotnews, 2016 to 2026), and public
programs that read the lists for past dates, which agree on the two days of renaming: up to
2014-05-09 the channels' own lists by clicks were all called `all`, and those of the news channel
`china`, `world` and `society`; up to 2015-04-15 the list of everything was `www_all`. Rankings by
comments and by shares kept their names. No name of the military list by clicks before 2014-05-10
is known.
"""

from datetime import date
from typing import NamedTuple

from pressrun.errors import SourceError


class TopList(NamedTuple):
    """A list under one of its names: the first part of its host, and `top_cat`.

    *until* is the last edition date with this name.
    """

    channel: str
    name: str
    until: date = date.max


CHANNELS_RENAMED = date(2014, 5, 9)
ALL_RENAMED = date(2015, 4, 15)

TOP_LISTS: dict[str, dict[str, tuple[TopList, ...]]] = {
    "clicks": {
        "all": (
            TopList("news", "www_all", ALL_RENAMED),
            TopList("news", "www_www_all_suda_suda"),
        ),
        "china": (
            TopList("news", "china", CHANNELS_RENAMED),
            TopList("news", "news_china_suda"),
        ),
        "world": (
            TopList("news", "world", CHANNELS_RENAMED),
            TopList("news", "news_world_suda"),
        ),
        "society": (
            TopList("news", "society", CHANNELS_RENAMED),
            TopList("news", "news_society_suda"),
        ),
        "sports": (TopList("sports", "all", CHANNELS_RENAMED), TopList("sports", "sports_suda")),
        "finance": (
            TopList("finance", "all", CHANNELS_RENAMED),
            TopList("finance", "finance_0_suda"),
        ),
        "entertainment": (TopList("ent", "all", CHANNELS_RENAMED), TopList("ent", "ent_suda")),
        "technology": (TopList("tech", "all", CHANNELS_RENAMED), TopList("tech", "tech_news_suda")),
        "military": (TopList("news", "", CHANNELS_RENAMED), TopList("news", "news_mil_suda")),
    },
    "comments": {
        "all": (TopList("news", "qbpdpl"),),
        "china": (TopList("news", "gnxwpl"),),
        "world": (TopList("news", "gjxwpl"),),
        "society": (TopList("news", "shxwpl"),),
        "sports": (TopList("sports", "tyxwpl"),),
        "finance": (TopList("finance", "cjxwpl"),),
        "entertainment": (TopList("ent", "ylxwpl"),),
        "technology": (TopList("tech", "kjxwpl"),),
        "military": (TopList("news", "jsxwpl"),),
    },
    "shares": {
        "all": (TopList("collection", "wbrmzf_qz"),),
        "china": (TopList("news", "wbrmzfgnxw"),),
        "world": (TopList("news", "wbrmzfgwxw"),),
        "society": (TopList("news", "wbrmzfshxw"),),
        "sports": (TopList("sports", "wbrmzfty"),),
        "finance": (TopList("finance", "wbrmzfcj"),),
        "entertainment": (TopList("ent", "wbrmzfyl"),),
        "technology": (TopList("tech", "wbrmzfkj"),),
        "military": (TopList("news", "wbrmzfjsxw"),),
    },
}
"""Ranking -> category -> the list's names, the earliest first."""


def top_list(category: str, ranking: str, edition_date: date) -> TopList:
    """The list of *category* by *ranking*, as it is called for *edition_date*.

    Raises:
        SourceError: there is no such list; the message names those there are.
    """
    if ranking not in TOP_LISTS:
        raise SourceError(f"sina has no ranking {ranking!r}; there are {', '.join(TOP_LISTS)}")
    lists = TOP_LISTS[ranking]
    if category not in lists:
        raise SourceError(f"sina has no category {category!r}; there are {', '.join(lists)}")
    found = next(entry for entry in lists[category] if edition_date <= entry.until)
    if not found.name:
        raise SourceError(
            f"sina's list of {category} by {ranking} is not known up to {found.until}; "
            "choose a later date or another category"
        )
    return found
