"""Where a headline may be broken."""

import re

import pytest

from renderers.breaks import JOINER, clauses, joined


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("废盐矿里存电：青禾压缩空气储能", "废盐矿里|存电：/青禾|压缩空气|储能"),
        ("临汐渔民上岸又下海的十二年", "临汐|渔民|上岸|又下海的|十二年"),
        ("票价32年没涨，今年添了一节菜篮子", "票价|32年|没涨，/今年|添了|一节|菜篮子"),
        ("强冷空气南下 气温骤降16摄氏度", "强冷空气|南下/ 气温|骤降|16摄氏度"),
        ("他说：“雨停了”", "他说：“雨停了”"),
        ("新款 iPhone 18 发布", "新款 iPhone 18 发布"),
        ("Reservoir repairs, finished early", "Reservoir repairs, finished early"),
        ("", ""),
        ("W" * 300, "W" * 300),
        ("没有明星的《渡口的灯》何以十天票房破2亿", "没有|明星的《渡口的灯》何以|十天|票房|破2亿"),
        ("他们说“走走停停，不算快”", "他们|说“走走停停，不算快”"),
        ("【今日看点 晚间版】两岸渔民又下海", "【今日看点 晚间版】两岸|渔民|又下海"),
    ],
)
def test_a_headline_is_broken_between_clauses_and_words_and_not_around_signs(
    title: str, broken: str
) -> None:
    assert "/".join("|".join(pieces) for pieces in clauses(title)) == broken
    assert "".join("".join(pieces) for pieces in clauses(title)) == title


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("渔民上岸又下海 汐湾休渔期延长", "渔-民-上-岸-又-下-海 汐-湾-休-渔-期-延-长"),
        (
            "没有明星的《渡口的灯》何以十天票房破2亿",
            "没-有明-星-的《-渡-口-的-灯-》何-以十-天票-房破-2-亿",
        ),
        ("首批一十七种产品入选绿色制造名单", "首-批一-十-七-种产-品入-选绿-色制-造-名-单"),
        ("新款 iPhone 18 发布", "新-款 iPhone 18 发-布"),
        ("Reservoir repairs, finished by May", "Reservoir repairs, finished by~May"),
        ("W" * 300, "W" * 300),
    ],
)
def test_on_paper_short_clauses_titles_and_words_are_held_together(title: str, shown: str) -> None:
    made = joined(clauses(title))
    assert made.replace(JOINER, "-").replace("\u00a0", "~") == shown
    assert made.replace(JOINER, "").replace("\u00a0", " ") == title


def test_a_long_clause_may_still_be_broken_between_its_words() -> None:
    made = joined(clauses("临汐渔民上岸又下海的十二年与沿岸三县的晒场码头和老船"))
    assert max(map(len, re.split(r"(?<!\u2060)(?!\u2060)", made.strip()))) < 12
