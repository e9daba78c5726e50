"""Which articles tell the same story: by their words and figures."""

import math
from collections import Counter

import pytest

from benchmarks import same_story as labelled
from tasks.same_story import Sketch, figures_in, group, likenesses, sketch_of, terms_in

REPORT = (
    "沱川河防汛指挥部11日傍晚发布凌汛橙色预警，平罗、石堰、安陂、河口四县启动应急响应。"
    "龙门峡水库把下泄流量减到每秒260立方米，滩区6218名群众转移到学校和礼堂。"
)
OTHERS = {
    "metro": sketch_of("地铁延时", "沛川地铁延长一小时，每晚送客1.2万人次，补贴2000万元。", "zh"),
    "tea": sketch_of("春茶开采", "雁回毛尖单芽鲜叶每斤67.4元，同比跌20.6%，礼品茶订单减少。", "zh"),
    "film": sketch_of("渡口的灯", "小成本影片票房2.06亿元，导演在石堰镇住了14个月。", "zh"),
    "vote": sketch_of("大选", "洛维尼亚执政联盟得62席，失去多数，组阁谈判可能持续数周。", "zh"),
}


def together(**more: str) -> set[frozenset[str]]:
    sketches = {name: sketch_of(name, text, "zh") for name, text in more.items()} | OTHERS
    return {frozenset(one) for one in group(sketches) if len(one) > 1}


def test_the_labelled_stories_are_told_apart_as_people_do() -> None:
    judged = [one for one in labelled.judge() if one.task == "same story"]
    assert labelled.counts(judged)["f1"] >= labelled.F1
    assert labelled.counts(judged)["precision"] == 1


def test_a_report_and_what_was_cut_from_it_are_one_story() -> None:
    assert together(whole=REPORT, cut=REPORT[:60]) == {frozenset({"whole", "cut"})}


def test_reports_of_one_form_with_other_figures_are_two_stories() -> None:
    form = "台网正式测定，{}县发生{}级地震，震源深度{}千米，震中附近乡镇有明显震感，暂无伤亡报告。"
    assert not together(one=form.format("平罗", "3.2", "10"), other=form.format("河口", "3.5", "9"))


def test_reports_of_a_series_are_as_many_stories() -> None:
    text = "市交通局负责人表示，大桥如期通车，两岸居民过江的时间缩短到八分钟，日均通行车辆四万辆。"
    titles = [f"第{number}号大桥如期通车" for number in (1, 2, "三")]
    sketches = {title: sketch_of(title, text, "zh") for title in titles}
    assert group(sketches | OTHERS) == [[name] for name in (*titles, *OTHERS)]


def test_what_shares_a_place_alone_is_not_one_story() -> None:
    text = "石堰县宣布沱川河冬钓节提前结束，接待游客4.1万人次，冰层已经变薄。"
    assert not together(flood=REPORT, fishing=text)


def test_stories_in_two_languages_are_not_compared() -> None:
    sketches = {"zh": sketch_of("", REPORT, "zh"), "en": sketch_of("", REPORT, "en")}
    assert group(sketches) == [["zh"], ["en"]]


def test_stories_stay_in_their_order_with_those_told_again_behind_the_first() -> None:
    sketches = {"a": OTHERS["metro"], "b": sketch_of("", REPORT, "zh"), "c": OTHERS["tea"]}
    sketches |= {"d": sketch_of("", REPORT, "zh"), "e": OTHERS["vote"]}
    assert group(sketches) == [["a"], ["b", "d"], ["c"], ["e"]]


def test_nothing_is_grouped_of_nothing_and_texts_without_words_stay_alone() -> None:
    assert group({}) == []
    assert group({1: sketch_of("", "", "zh"), 2: sketch_of("…", "——", "en")}) == [[1], [2]]


def test_days_hours_and_years_are_no_figures_and_a_score_is_one() -> None:
    text = "3月12日7时，2026年首场，81比79，18,500人，12%，4.6级"
    assert figures_in(text) == {"81:79", "81", "79", "18500", "12", "4.6"}


def test_terms_are_words_or_in_chinese_two_and_three_characters() -> None:
    assert terms_in("Butter bill, 7%", "en") == ["butter", "bill", "7"]
    assert terms_in("凌汛预，警", "zh") == ["凌汛", "汛预", "凌汛预"]


@pytest.mark.parametrize(
    ("titles", "form"),
    [
        (
            ("北京今日天气", "上海今日天气"),
            "{0}预报：白天多云转晴，偏北风三四级，夜间气温略有下降，空气质量良，请市民注意防火防寒。",
        ),
        (
            ("云海科技聘任总经理", "大江重工聘任总经理"),
            "{1}公告称，董事会同意聘任新总经理，任期至本届董事会届满之日止，独立董事发表了同意意见。",
        ),
        (
            ("赣州发布暴雨预警", "南宁发布暴雨预警"),
            "{2}市气象台预计，未来六小时内将出现强降水，请做好防范准备，驾驶人员应当注意道路积水。",
        ),
    ],
)
def test_reports_of_one_form_on_two_places_or_firms_are_two_stories(
    titles: tuple[str, ...], form: str
) -> None:
    texts = [form.format(title, title[:4], title[:2]) for title in titles]
    sketches = {
        title: sketch_of(title, text, "zh") for title, text in zip(titles, texts, strict=True)
    }
    assert len(group(sketches | OTHERS)) == len(sketches | OTHERS)


def test_a_reprint_under_a_headline_with_another_verb_is_the_same_story() -> None:
    titles = "沱川河防指发布凌汛预警", "沱川河防指升级凌汛预警"
    sketches = {title: sketch_of(title, REPORT, "zh") for title in titles}
    assert len(group(sketches | OTHERS)) == 1 + len(OTHERS)


def test_terms_that_stand_in_the_same_articles_weigh_as_much_as_each_alone() -> None:
    texts = {"a": REPORT, "b": REPORT[40:] + REPORT[:20], "c": f"{REPORT[:9]}冬钓节提前结束。"}
    sketches = {key: sketch_of(key, text, "zh") for key, text in texts.items()} | OTHERS
    sketch, other = sketches["a"], sketches["b"]
    held = Counter(term for one in sketches.values() for term in one.terms)
    weights = {term: math.log((1 + len(sketches)) / count) for term, count in held.items()}

    def vector(one: Sketch) -> dict[int, float]:
        counted = zip(one.terms, one.counts, strict=True)
        return {term: (1 + math.log(count)) * weights[term] for term, count in counted}

    one, two = vector(sketch), vector(other)
    product = sum(one[term] * two[term] for term in one.keys() & two.keys())
    cosine = product / math.hypot(*one.values()) / math.hypot(*two.values())
    shared = sum(weights[term] ** 2 for term in one.keys() & two.keys())
    least = min(sum(weights[term] ** 2 for term in each) for each in (one, two))
    figures = 0.4 * (len(sketch.figures) + 0.5) / (len(sketch.figures) + 1) - 0.2
    assert sketch.figures == other.figures
    likeness = likenesses(list(sketches.values()))[0, 1]
    assert likeness == pytest.approx(2 * cosine + shared / least / 4 + figures)
