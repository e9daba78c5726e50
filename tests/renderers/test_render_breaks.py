"""Where a headline may be broken."""

import pytest

from renderers.breaks import clauses


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
    ],
)
def test_a_headline_is_broken_between_clauses_and_words_and_not_around_signs(
    title: str, broken: str
) -> None:
    assert "/".join("|".join(pieces) for pieces in clauses(title)) == broken
    assert "".join("".join(pieces) for pieces in clauses(title)) == title
