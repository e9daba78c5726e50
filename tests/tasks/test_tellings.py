"""Of headlines that tell one story the first is printed, with the others beside it."""

from pressrun.models import Story, Telling
from tasks.same_story import sketch_of
from tasks.tellings import joined, told_once
from tests.pressrun.archive.archive_desk import Desk

values = Desk()
TEXT = "沱川河防汛指挥部发布凌汛橙色预警，四县应急，滩区6218名群众转移，水库减到每秒260立方米。"
OTHER = "雁回毛尖单芽鲜叶每斤67.4元，同比跌20.6%，礼品茶订单减少37%，合作社改采一芽二叶。"
THIRD = "小成本影片《渡口的灯》票房2.06亿元，单日排片22%，导演容书白在石堰镇住了很久。"


def test_the_most_prominent_is_printed_with_medium_and_time_of_the_others() -> None:
    stories = [values.story(rank, medium=f"第{rank}报") for rank in (4, 1, 3, 2)]
    texts = {1: OTHER, 2: TEXT, 3: THIRD, 4: TEXT}
    sketches = {one.url: sketch_of(texts[one.rank][:9], texts[one.rank], "zh") for one in stories}
    told = told_once(stories, sketches)
    assert [one.rank for one in told] == [1, 2, 3]
    [telling] = told[1].also
    assert (telling.rank, telling.title, telling.medium) == (4, "第4条", "第4报")
    assert not telling.same_text, "nobody knows its text to be the very same"


def test_a_reprint_goes_with_the_story_that_is_told_otherwise_too() -> None:
    texts = {1: TEXT, 2: OTHER, 3: TEXT, 4: THIRD, 5: TEXT}
    same = {3: "a" * 64, 5: "a" * 64, 1: "b" * 64}
    stories = [values.story(rank, text_sha256=same.get(rank)) for rank in texts]
    sketches = {one.url: sketch_of(texts[one.rank][:9], texts[one.rank], "zh") for one in stories}
    told = told_once(stories, sketches)
    assert [one.rank for one in told] == [1, 2, 4]
    assert [(one.rank, one.same_text) for one in told[0].also] == [(3, False), (5, False)]


def test_without_sketches_only_the_same_text_is_one_story() -> None:
    stories = [values.story(1), values.story(2), values.story(3)]
    assert told_once(stories, {}) == stories


def test_a_story_is_raised_when_who_else_tells_it_is() -> None:
    stories = [
        values.story(1, text_sha256="a" * 64, interest=-1),
        values.story(2, text_sha256="a" * 64, interest=1),
    ]
    [story] = told_once(stories, {})
    assert (story.rank, story.interest) == (1, 1)


def test_what_is_given_back_stands_beside_no_second_story() -> None:
    def beside(rank: int, *others: int) -> Story:
        also = (Telling(rank=r, title="x", url=values.story(r).url) for r in others)
        return values.story(rank, also=tuple(also))

    now = [beside(3, 2)]
    told = joined(now, [beside(1, 2, 4)])
    assert {one.rank: [each.rank for each in one.also] for one in told} == {3: [2], 1: [4]}
