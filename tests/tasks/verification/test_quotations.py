import pytest

from tasks.verification.claims import Claim
from tasks.verification.passages import Passages
from tasks.verification.quotations import support_quotations

ARTICLE = (
    "市长陈屿说：“石桥是城市的记忆，我们不会拆。”他还推荐了《湖岸旧影》一书。\n"
    "专家把这种做法称为“微更新”，并说：「修旧如旧，最难。」\n"
    '"We will not tear it down," the mayor said, "because the bridge is our memory. '
    "Nobody asked for that, and I'm glad of it.\" He called the plan 'gentle renewal'."
)


def claims(summary: str) -> list[Claim]:
    return list(support_quotations(summary, Passages(ARTICLE)))


@pytest.mark.parametrize(
    "quoted",
    [
        "“石桥是城市的记忆，我们不会拆。”",
        "“石桥是城市的记忆”",
        "「石桥是城市的记忆，我们不会拆」",
        "『修旧如旧，最难』",
        '"修旧如旧 最难!"',
        "“微更新”",
        "《湖岸旧影》",
        "〈湖岸旧影〉",
        '"we will not tear it down"',
        "“We will not tear it down,”",
        "‘gentle renewal’",
        "'gentle renewal'",
        "“Ｗｅ will not tear it down”",
        "“I’m glad of it”",
    ],
)
def test_a_quotation_whose_words_stand_in_the_article_is_supported(quoted: str) -> None:
    (claim,) = claims(f"他说{quoted}。")
    assert (claim.text, claim.start) == (quoted, 2)
    assert claim.where


@pytest.mark.parametrize(
    "quoted",
    [
        "“石桥是城市的骄傲，我们不会拆。”",
        "“石桥是记忆”",
        "“修旧如新，最难。”",
        "《湖岸新影》",
        "“大更新”",
        '"We will tear it down"',
        "‘gentle renewals’",
        "“the mem”",
    ],
)
def test_a_quotation_with_a_word_changed_is_not_supported(quoted: str) -> None:
    (claim,) = claims(f"他说{quoted}。")
    assert claim.text == quoted
    assert not claim.where
    assert claim.reason


@pytest.mark.parametrize(
    "quoted",
    [
        "“石桥是……我们不会拆”",
        '"We will not tear it down ... because the bridge is our memory"',
        '"Nobody asked for that […] I\'m glad of it"',
        '"[They said] nobody asked for that"',
    ],
)
def test_a_quotation_left_out_of_is_supported_when_its_pieces_stand_in_order(quoted: str) -> None:
    (claim,) = claims(quoted)
    assert claim.where


def test_pieces_in_another_order_are_not_a_quotation() -> None:
    (claim,) = claims('"The bridge is our memory ... we will not tear it down"')
    assert not claim.where


def test_a_translated_quotation_is_not_supported() -> None:
    (claim,) = claims("The mayor said: “No one wanted that.”")
    assert not claim.where


def test_apostrophes_are_no_quotation_marks() -> None:
    assert claims("The mayor's plan and the residents' wishes aren't far apart in '24.") == []
    assert claims("The mayor’s plan and the residents’ wishes aren’t far apart.") == []


def test_marks_around_no_words_claim_nothing() -> None:
    assert claims("他写下“！！”，又写下《》。") == []


def test_where_a_quotation_stands_more_than_once_each_place_is_told() -> None:
    (claim,) = claims("他提到“石桥”。")
    assert [ARTICLE[at : at + 2] for at in claim.where] == ["石桥"]
    (claim,) = claims("They said “it”.")
    assert len(claim.where) == 2


@pytest.mark.parametrize("unit", ["“", '"', "'a ", "“a…", "“石桥", "[", "《a》"])
def test_hostile_quotations_are_read_to_their_end(unit: str) -> None:
    found = claims(unit * (50_000 // len(unit)))
    assert all(not claim.where or claim.text for claim in found)
