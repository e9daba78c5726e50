import pytest

from tasks.verification.claims import Claim
from tasks.verification.names import support_names
from tasks.verification.names_zh import find_chinese_names, support_chinese_names
from tasks.verification.passages import Passages

ENGLISH = (
    "LOWICK - Mary Smith, the mayor of Lowick, met John Brown of Harbour Works on the Kestrel "
    "bridge. Ms Smith praised the Royal Institute of Stone (known to its members as the Institute) "
    "and the UK's largest quarry. The Bridge Safety Authority (BSA) and Chinese engineers from "
    'Hu\'an helped. "Al-Noor Steel paid for it," said the U.S. envoy, José Pérez.'
)
CHINESE = (
    "湖岸市市长陈屿会见了华岸科技公司首席执行官玛丽·巴拉。双方将用 BridgeOS 系统和 Sea Ranch 的设备"
    "监测石桥，美国工程师参与，河南省也派人来学习。李强说，项目由外交部批准。"
)


def english(summary: str, article: str = ENGLISH, article_language: str = "en") -> list[Claim]:
    return list(support_names(summary, Passages(article), "en", article_language))


def unsupported(claims: list[Claim]) -> list[str]:
    return [claim.text for claim in claims if not claim.where]


@pytest.mark.parametrize(
    "summary",
    [
        "The mayor, Mary Smith, met John Brown.",
        "It pleased Smith, and Brown's firm too.",
        "Smith met Brown.",
        "A quarry in Britain gave the stone, the British firm said.",
        "The RIS was praised by Smith.",
        "The BSA and engineers from China helped.",
        "The US envoy spoke; so did the United States' guests.",
        "It was paid for by Al-Noor Steel, said Jose Perez.",
        "Kestrel-born engineers and the Smiths came to Lowick.",
        "Sensors on the bridge will help Harbour Works.",
        "Residents worry. Eventually all will gain.",
        "I'm glad, Mr Brown said on Monday in March.",
    ],
)
def test_names_that_the_article_has_are_supported(summary: str) -> None:
    assert unsupported(english(summary)) == []


@pytest.mark.parametrize(
    ("summary", "name"),
    [
        ("The mayor, Jane Smith, met Brown.", "Jane Smith"),
        ("The mayor met Peter Brown there.", "Peter Brown"),
        ("The mayor, Smith, met John Zorblax.", "John Zorblax"),
        ("The bridge is near Dunmere, the mayor said.", "Dunmere"),
        ("The ZBC and the mayor met.", "ZBC"),
        ("The mayor met engineers from France.", "France"),
        ("The firm uses an iStone sensor.", "iStone"),
        ("It was praised by the Royal Institute of Steelmakers.", "Steelmakers"),
        ("Zorblax's bridge is new.", "Zorblax's"),
        ("Zorblax said the bridge is new.", "Zorblax"),
    ],
)
def test_names_that_the_article_has_not_are_found(summary: str, name: str) -> None:
    (claim,) = [claim for claim in english(summary) if not claim.where]
    assert claim.text == name
    assert summary[claim.start :].startswith(name)
    assert not claim.warning


def test_an_acronym_is_no_common_word() -> None:
    article = "They told us who they were, said Kestrel."
    assert unsupported(english("The US and the WHO met Kestrel.", article)) == ["US", "WHO"]


def test_two_people_of_the_article_are_not_made_one() -> None:
    (claim,) = english("The mayor met John Smith there.")
    assert (claim.text, claim.where) == ("John Smith", ())
    assert "Mary Smith" in claim.reason


def test_a_first_word_that_may_be_no_name_is_only_a_warning() -> None:
    (claim,) = english("Quarrymen cut the stone for Kestrel.")[:1]
    assert (claim.text, claim.where, claim.warning) == ("Quarrymen", (), True)


def test_a_name_is_supported_where_all_of_it_stands() -> None:
    (claim,) = english("The mayor met the Royal Institute of Stone.")
    assert [ENGLISH[at : at + 5] for at in claim.where] == ["Royal"]


def chinese(summary: str, article: str = CHINESE, article_language: str = "zh") -> list[Claim]:
    return list(support_names(summary, Passages(article), "zh", article_language))


@pytest.mark.parametrize(
    "summary",
    [
        "陈屿称将用BridgeOS监测石桥。",
        "公司CEO与市长会面，设备来自Sea Ranch。",
        "石桥长5km，重3 kg，用3D模型和A4纸。",
    ],
)
def test_latin_words_of_chinese_text_that_the_article_has_are_supported(summary: str) -> None:
    assert unsupported(chinese(summary)) == []


@pytest.mark.parametrize(
    ("summary", "name"), [("将用StoneOS系统监测。", "StoneOS"), ("与NASA合作。", "NASA")]
)
def test_latin_words_of_chinese_text_that_the_article_has_not_are_found(
    summary: str, name: str
) -> None:
    (claim,) = chinese(summary)
    assert (claim.text, claim.where, claim.warning) == (name, (), False)


def test_names_of_an_english_article_are_looked_up_for_a_chinese_summary() -> None:
    claims = chinese("市长Mary Smith与Tom Reed会面。", ENGLISH, "en")
    assert [(claim.text, bool(claim.where)) for claim in claims] == [
        ("Mary Smith", True),
        ("Tom Reed", False),
    ]


def test_english_names_for_a_chinese_article_cannot_be_compared_and_only_warn() -> None:
    claims = english("The mayor, Chen Yu, met US engineers of BridgeOS.", CHINESE, "zh")
    assert [(claim.text, bool(claim.where), claim.warning) for claim in claims] == [
        ("Chen Yu", False, True),
        ("US", True, True),
        ("BridgeOS", True, True),
    ]


def test_chinese_names_are_found_where_they_stand() -> None:
    text = "国务院总理李强会见玛丽·巴拉，去了河南省。"
    names = list(find_chinese_names(text))
    assert [name for _, name in names] == ["国务院", "李强", "玛丽·巴拉", "河南省"]
    assert all(text[start:].startswith(name) for start, name in names)


def test_a_chinese_name_that_the_article_has_not_is_a_warning() -> None:
    claims = list(
        support_chinese_names("李强与王小明在河南会见美国客人。", Passages(CHINESE), "zh")
    )
    assert all(claim.warning for claim in claims)
    assert [(claim.text, bool(claim.where)) for claim in claims] == [
        ("李强", True),
        ("王小明", False),
        ("河南", True),
        ("美国", True),
    ]


def test_of_an_english_article_only_chinese_names_with_a_known_english_form_are_compared() -> None:
    claims = list(support_chinese_names("王小明与英国、法国客人。", Passages(ENGLISH), "en"))
    assert [(claim.text, bool(claim.where)) for claim in claims] == [
        ("英国", True),
        ("法国", False),
    ]


@pytest.mark.parametrize("unit", ["A", "A-", "A ", "A.", "Of the ", "É", "a'", "AB ", "X, "])
def test_hostile_names_are_read_to_their_end(unit: str) -> None:
    text = unit * (50_000 // len(unit))
    assert all(claim.where for claim in english(text, article=text) if not claim.reason)
    assert all(claim.text for claim in chinese(text, article=ENGLISH))
