"""A figure of a summary against an article that states it, or something like it."""

from itertools import pairwise

import pytest

from tasks.verification.figures import Support, find_figures, support_figures


def _unsupported(summary: str, article: str) -> list[str]:
    return [it.figure.text for it in support_figures(summary, article) if it.where is None]


@pytest.mark.parametrize(
    ("article", "summary"),
    [
        ("参会者达12,000人。", "1.2万人参会。"),
        ("投资３．５亿元", "投资3.5亿元"),
        ("投资三亿五千万元", "投资3亿5000万元"),
        ("About 1.2 million people live there.", "当地有120万人。"),
        ("Five workers were rescued.", "五名工人获救。"),
        ("有一千两百名学生", "1,200 pupils"),
        ("占全部的百分之五", "占5%"),
        ("百分之四十点六", "40.6%"),
        ("30% of pupils", "三成学生"),
        ("三成半", "35%"),
        ("half of the voters", "50%的选民"),
        ("a third of the bridges", "三分之一的桥梁"),
        ("one in four homes", "四分之一的住宅"),
        ("rose 0.25 percentage points", "上升25个基点"),
        ("利润翻番", "profits doubled"),
        ("Profits tripled", "利润增至3倍"),
        ("$1.2m", "120万美元"),
        ("£3bn", "30亿英镑"),
        ("RMB 12 billion", "120亿元"),
        ("a 5km tunnel", "5千米隧道"),
        ("two weeks", "14天"),
        ("历时三年半", "three and a half years"),
        ("三个半小时", "3.5 hours"),
        ("零下5摄氏度", "-5°C"),
        ("a five-year-old girl", "5岁女孩"),
        ("Anna Bell, 5, fell", "5岁的贝尔"),
        ("客队以3比2获胜", "won 3-2"),
        ("需要三至五天", "takes 3-5 days"),
        ("15-18万元", "15万元至18万元"),
        ("they went from 64 per cent to 45 per cent", "from 64% to 45%"),
        ("第十二届", "the 12th"),
        ("hundreds of people", "数百人"),
        ("MH370航班", "Flight 370"),
        ("歼-20", "歼20"),
        ("神舟十八号", "神舟18号"),
        ("The family spent six . days there.", "六天"),
        ("said No 10", "said No.10"),
        ("the No.1 seed", "the No 1 seed"),
        ("hit .500", "hit .500"),
        ("百余人", "100多人"),
        ("逾万人", "more than 10,000 people"),
        ("近百人", "nearly 100 people"),
        ("千余万人次", "1000多万人次"),
        ("超千亿元", "超过1000亿元"),
        ("最近3年", "3年"),
        ("历时半年", "six months"),
        ("half an hour", "半小时"),
        ("one and a half hours", "一个半小时"),
    ],
)
def test_a_value_is_found_in_any_writing_of_either_language(article: str, summary: str) -> None:
    supports = support_figures(summary, article)
    assert supports
    assert [it.reason for it in supports if it.where is None] == []


@pytest.mark.parametrize(
    ("article", "summary"),
    [
        ("1.2万", "1.2亿"),
        ("1.2 million", "1.2 billion"),
        ("五人", "六人"),
        ("第三名", "第四名"),
        ("三分之一", "四分之一"),
        ("12亿元", "12亿美元"),
        ("$5m", "£5m"),
        ("5公里", "5英里"),
        ("3小时", "3分钟"),
        ("5岁", "5个月"),
        ("上升3%", "上升3个百分点"),
        ("3个百分点", "3%"),
        ("零下5度", "零下6度"),
        ("29,800人", "3万人"),
        ("third", "three men"),
        ("doubled", "tripled"),
        ("3-2", "3-1"),
        ("iPhone 15", "iPhone 14"),
        ("MH370", "MH17"),
        ("5G", "4G"),
        ("Anna, Ben and Carl spoke", "three people spoke"),
        ("数百人", "逾万人"),
        ("数百人", "百余人"),
        ("投资100亿元", "投资千亿元"),
        ("十万人", "百万人"),
        ("规模100亿", "规模超万亿"),
        ("几十人", "十几人"),
        ("半小时", "半年"),
        ("half an hour", "half a year"),
    ],
)
def test_another_value_unit_or_kind_is_no_support(article: str, summary: str) -> None:
    assert _unsupported(summary, article)


@pytest.mark.parametrize(
    ("article", "summary", "supported"),
    [
        ("nearly 30,000 seats", "近3万个座位", True),
        ("逾200名球迷", "more than 200 fans", True),
        ("30多人", "more than 30 people", True),
        ("约5万人", "5万人", True),
        ("5万人", "约5万人", True),
        ("up to 30%", "as much as 30%", True),
        ("up to 30%", "30%", False),
        ("nearly 30,000 seats", "30,000 seats", False),
        ("30,000 seats", "nearly 30,000 seats", False),
        ("逾200人", "不足200人", False),
        ("more than 200", "under 200", False),
        ("15000多元", "15000元", False),
        ("18岁以下", "younger than 18", True),
        ("近百人", "百人", False),
    ],
)
def test_a_bound_is_neither_dropped_nor_turned_round(
    article: str, summary: str, supported: bool
) -> None:
    assert (not _unsupported(summary, article)) is supported


def test_a_rise_is_no_fall() -> None:
    assert _unsupported("Profit fell 5%.", "Profit rose 5% and sales slowed.") == ["5%"]
    assert _unsupported("利润下降5%", "利润增长了5%") == ["5%"]
    assert not _unsupported("利润下降5%，销售额增长3%", "销售额上涨3%，利润下跌5%")


def test_the_words_around_decide_where_a_value_stands_of_another_thing() -> None:
    article = (
        "Four miners were killed in the blast at the northern pit, rescuers said.\n"
        "Nine lorries blocked the road to the harbour for a morning."
    )
    assert not _unsupported("Four miners were killed in the blast.", article)
    (support,) = support_figures("Nine miners were killed in the blast.", article)
    assert support.where is None
    assert "Four" in support.reason


def test_of_several_places_the_one_with_the_same_words_around_is_the_evidence() -> None:
    article = "桥长6公里，另一座隧道长6公里。这座大桥每年检修6次。"
    (support,) = support_figures("隧道长6公里", article)
    assert support.where is not None
    assert support.where.start == article.index("6公里。")


def test_a_bare_number_does_not_stand_in_for_another_unit() -> None:
    assert _unsupported("租金3美元", "第 3 页。租金为3元。") == ["3美元"]


@pytest.mark.parametrize(
    "text",
    [
        "一些人一直在一起，一定十分高兴",
        "万一百姓去四川三亚，五一再回来",
        "一带一路的二手车",
        "no one wants a second-hand bike",
        "1、鱼\n2. rice",
        "今年和去年",
    ],
)
def test_idioms_list_marks_and_relative_words_are_no_figures(text: str) -> None:
    assert [figure.text for figure in find_figures(text) if not figure.weak] == []


def test_one_as_an_article_needs_no_support() -> None:
    assert support_figures("一名男子获救，one of them spoke first", "A man was saved.") == []


def test_figures_lie_where_they_say_in_order_and_apart() -> None:
    text = (
        "　２０２４年6月18日（周二）上午8时30分，约1.2万人、逾３０％的居民 saw 3-5 A380s for $1.2m."
    )
    figures = find_figures(text)
    assert [figure.text for figure in figures][:6] == [
        "２０２４年6月18日", "周二", "上午8时30分", "1.2万人", "３０％", "3-5",
    ]  # fmt: skip
    assert all(text[figure.start : figure.end] == figure.text for figure in figures)
    assert all(a.end <= b.start for a, b in pairwise(figures))


def test_a_sentence_of_the_article_is_supported_by_itself() -> None:
    sentences = [
        "截至6月30日，全市共有2,340户居民签约，占62.5%，比上月增加3.1个百分点。",
        "On 3 March the club sold 41,000 tickets, up from 38,500, for £1.1m.",
    ]
    article = "签约率为71%，共1,900户。\n" + "\n".join(sentences) + "\nOf 38 clubs 12 sold more."
    for sentence in sentences:
        supports: list[Support] = support_figures(sentence, article)
        at = article.index(sentence)
        assert supports
        assert all(it.where and at <= it.where.start < at + len(sentence) for it in supports)


@pytest.mark.parametrize(
    "text",
    [
        *("1" * 100_000, "亿" * 50_000, "第" * 50_000, "May" + " " * 50_000 + "1"),
        *(
            "1," * 5_000,
            "百分之" * 5_000,
            "two-" * 5_000,
            "三点" * 5_000,
            "A1" * 5_000,
            "1 " * 5_000,
        ),
    ],
    ids=lambda text: text[:6],
)
def test_hostile_repetition_is_read_in_the_time_of_its_length(text: str) -> None:
    assert all(it.where for it in support_figures(text[:300], text))


def test_a_noun_tied_to_a_figure_has_to_be_the_articles() -> None:
    article = "Her account has 10,000 followers and she began with a lead of 10 points."
    wrong, right = support_figures("It is a 10,000-post account; she had a 10-point lead.", article)
    assert (wrong.where, right.where is not None) == (None, True)


@pytest.mark.parametrize(
    "text",
    [
        "千万不要相信",
        "最近千万别出门",
        "万一出事",
        "百货大楼",
        "万里长城",
        "百年老店",
        "亿万人民",
        "百元素",
    ],
)
def test_scales_that_count_nothing_are_no_figures(text: str) -> None:
    assert find_figures(text) == []
