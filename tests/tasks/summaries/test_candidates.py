"""A model that may only choose is offered whole sentences that stand by themselves."""

from tasks.summaries.candidates import MOST, candidates
from tasks.summaries.sentences import split_sentences

LEAD = (
    "国家统计局今天公布，前三季度国内生产总值同比增长5.2%，增速比上半年加快0.1个百分点，符合预期。"
)
SECOND = (
    "他表示，全年的目标可以实现，政策还有空间，市场信心正在恢复，投资和消费都将保持平稳的增长。"
)
THIRD = (
    "分析人士认为，出口的回升和服务业的扩张是今年的主要动力，"
    "制造业投资也好于此前市场的普遍预期和年初的预测。"
)


def offered(
    text: str, language: str = "zh", max_chars: int = 150, title: str = ""
) -> dict[str, tuple[str, ...]]:
    return candidates(split_sentences(text), language, max_chars, title)


def test_single_sentences_and_pairs_in_the_articles_order_are_offered() -> None:
    assert list(offered(LEAD + THIRD)) == [LEAD, THIRD, LEAD + THIRD]
    assert offered(LEAD + THIRD)[LEAD + THIRD] == (LEAD, THIRD)


def test_with_a_title_only_what_takes_up_its_words_is_offered() -> None:
    scene = "清晨五点，面包师把围裙搭在手臂上，在队伍里等候，" * 2 + "她是趁空隙赶来的。"
    news = "选举委员会十一日深夜公布，执政联盟在议会中得到六十二席，" * 2 + "失去多数席位。"
    assert offered(scene + news, title="执政联盟失去多数席位")
    assert all(news in member for member in offered(scene + news, title="执政联盟失去多数席位"))
    assert offered(scene + news, title="完全无关") == offered(scene + news)


def test_english_pairs_are_joined_by_a_space() -> None:
    first = "The council passed the budget on Tuesday after a debate that lasted nine hours."
    second = (
        "Residents will pay 3.5 percent more for water from January, the mayor said afterwards."
    )
    assert f"{first} {second}" in offered(f"{first}\n{second}", "en", 300)


def test_a_sentence_that_points_back_is_offered_only_after_the_one_before_it() -> None:
    members = offered(LEAD + SECOND + THIRD)
    assert SECOND not in members
    assert LEAD + SECOND in members
    assert SECOND + THIRD not in members


def test_captions_credits_questions_and_headings_are_not_offered() -> None:
    apart = [
        "图为工人在车间里装配新能源汽车的电池包，这是今年新建的生产线之一，预计明年全部投产使用。",
        "责任编辑：张三，审核：李四，监制：王五，值班编委：赵六，联系电话见网站首页底部的说明栏。",
        "（记者李四综合报道）",
        "这会是经济回暖的信号吗，市场为什么在此时出现如此大的波动，投资者又应该怎样应对变化呢？",
        "前三季度经济数据公布",
    ]
    assert list(offered("\n".join([*apart, LEAD]))) == [LEAD]


def test_short_sentences_are_offered_when_there_is_nothing_better() -> None:
    short = "大桥今天上午九时正式通车运营。"
    assert list(offered(short)) == [short]


def test_a_clause_is_offered_only_when_no_sentence_fits() -> None:
    long_sentence = "，".join(["有关部门今天发布通知要求各地加强管理"] * 12) + "。"
    (clause,) = offered(long_sentence)
    assert clause.endswith("…")
    assert len(clause) <= 150
    assert offered(long_sentence)[clause] == (clause.removesuffix("…"),)
    assert list(offered(long_sentence + LEAD)) == [LEAD]


def test_half_a_quotation_is_not_offered() -> None:
    torn = f"“我们将继续推进改革，{LEAD}"
    assert list(offered(f"{torn}\n{LEAD}")) == [LEAD]


def test_the_choices_are_bounded_and_each_keeps_to_the_limit() -> None:
    text = "".join(f"第{n}号台风今天在沿海登陆，造成部分地区停电停水。" for n in range(200))
    members = offered(text)
    assert len(members) == MOST
    assert all(len(member) <= 150 and set(parts) for member, parts in members.items())


def test_sentences_with_unseen_characters_are_not_offered() -> None:
    assert list(offered(LEAD.replace("今天", "今\u202e天") + THIRD)) == [THIRD]
