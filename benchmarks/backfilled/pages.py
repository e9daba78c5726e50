"""News pages as heavy as real ones: a Chinese article among menus, teasers and scripts.

Real Chinese news pages of 50 to 120 KB were measured to have 700 elements, 140 links and 20 scripts
at 71 KB, and articles of 1,600 characters (medians and means of 18). These have about as many for
their size, so that reading one costs what it costs outside.
"""

import json
import random
from collections.abc import Iterator
from datetime import date

from benchmarks.backfilled.articles import article
from benchmarks.saturated.site import story

SMALLEST, LARGEST = 50_000, 120_000
"""Bytes of a page."""

_CHANNELS = (
    "要闻",
    "国内",
    "国际",
    "社会",
    "财经",
    "股市",
    "科技",
    "汽车",
    "房产",
    "教育",
    "健康",
    "文化",
)
_TEASERS = tuple(story(number)[0] for number in range(90_001, 90_201))
_STYLE = "".join(
    f".c{number}{{margin:{number % 9}px;padding:0 {number % 7}px;font-size:{12 + number % 5}px}}"
    for number in range(60)
)
_FOOT = (
    "关于本站 | 广告服务 | 联系方式 | 招聘信息 | 网站地图 | 意见反馈",
    "本站转载的内容只为传递信息，不表示赞同其观点，也不对其真实性负责。",
    "测试日报社 版权所有",
)


def headline(day: date, rank: int) -> str:
    """Title of the article of that *day* and *rank*."""
    return story(_number(day, rank))[0]


def page(day: date, rank: int) -> bytes:
    """The page of that article: always the same, unlike any other."""
    number = _number(day, rank)
    dice = random.Random(number)
    title, paragraphs = article(number)
    body = "".join(f"<p>　　{paragraph}</p>\n" for paragraph in paragraphs)
    wanted = dice.randint(SMALLEST + 3_000, LARGEST)
    head, foot = _head(title, day, dice), _foot(dice)
    main = (
        f'<div class="main"><h1 class="title">{title}</h1><div class="info"><span class="date">'
        f"{day.year}年{day.month:02d}月{day.day:02d}日 {8 + rank // 60:02d}:{rank % 60:02d}</span> "
        f'<span class="source">来源：<a href="http://daily.example/">测试日报</a></span></div>'
        f'<div class="article" id="article">\n{body}<p class="editor">责任编辑：测试</p></div>'
        '<div class="share"><a href="#">分享</a><a href="#">收藏</a></div></div>'
    )
    around: list[str] = []
    left = wanted - sum(len(part.encode()) for part in (head, main, foot))
    for box in _boxes(dice):
        left -= len(box.encode())
        if left < 0:
            break
        around.append(box)
    before = max(2, len(around) // 4)
    return "".join([head, *around[:before], main, *around[before:], foot]).encode()


def _number(day: date, rank: int) -> int:
    return day.toordinal() * 1000 + rank


def _head(title: str, day: date, dice: random.Random) -> str:
    menu = "".join(
        f'<li class="c{at}"><a href="/{at}/" target="_blank">{name}</a></li>'
        for at, name in enumerate(_CHANNELS)
    )
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<title>{title}_测试新闻网</title><meta name="keywords" content="测试,新闻">'
        f'<meta name="description" content="{title}"><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{day}T08:00:00+08:00">'
        f'<link rel="stylesheet" href="/s/{dice.randint(1, 99)}.css"><style>{_STYLE}</style>'
        f'{_script(dice)}</head>\n<body><div id="top"><ul class="nav">{menu}</ul></div>\n'
        '<div class="page"><div class="columns">\n'
    )


def _boxes(dice: random.Random) -> Iterator[str]:
    """Endlessly, what stands around an article: link lists, scripts, pictures with a line."""
    while True:
        yield _links(dice, dice.randint(4, 8))
        yield _script(dice)
        yield _pictures(dice)


def _links(dice: random.Random, count: int) -> str:
    rows = "".join(
        f'<li class="c{dice.randint(0, 59)}"><span class="dot"></span><a href="/news/'
        f'{dice.randint(10**8, 10**9)}.shtml" target="_blank">{dice.choice(_TEASERS)}</a>'
        f'<span class="time"><em>{dice.randint(1, 12)}</em>小时前</span></li>\n'
        for _ in range(count)
    )
    name = dice.choice(_CHANNELS)
    return (
        f'<!-- {name} begin --><div class="box side"><h3><a href="#">{name}</a></h3>'
        f'<ul class="list">{rows}</ul></div><!-- {name} end -->\n'
    )


def _pictures(dice: random.Random) -> str:
    return "".join(
        f'<div class="pic"><a href="/p/{(at := dice.randint(10**6, 10**7))}.shtml"><img '
        f'src="//img.example/{at}_240x160.jpg" width="240" height="160" alt=""><em>'
        f"{dice.choice(_TEASERS)[:12]}</em></a><p><span>{dice.randint(10, 99)}</span>图</p></div>\n"
        for _ in range(2)
    )


def _script(dice: random.Random) -> str:
    data = {
        f"slot_{dice.randint(100, 999)}": {
            "id": f"{dice.getrandbits(64):016x}",
            "size": [dice.randint(100, 990), 90],
            "url": f"//ad.example/{dice.getrandbits(96):024x}",
        }
        for _ in range(dice.randint(8, 24))
    }
    return (
        f"<script>(function(w){{w._q=w._q||[];w._q.push({json.dumps(data)});"
        "if(w.run)w.run();})(window);</script>\n"
    )


def _foot(dice: random.Random) -> str:
    lines = "".join(f"<p>{line}</p>" for line in _FOOT)
    return f'</div></div><div id="footer">{lines}</div>{_script(dice)}</body></html>\n'
