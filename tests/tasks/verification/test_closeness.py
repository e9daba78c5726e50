import pytest

from tasks.verification.closeness import is_close

EN = (
    "Fuel prices may rise by 30% next year, the minister said. Subsidies cost billions. The quake "
    "of late December killed hundreds."
)
ZH = "市水务局说，老下水道今年更换。施工分两期进行。去年十二月的地震没有造成损失。"


@pytest.mark.parametrize(
    ("summary", "article"),
    [
        ("Fuel prices may rise by 30% next year.", EN),
        ("The minister said fuel prices may rise. Subsidies cost billions.", EN),
        ("Fuel prices may rise as subsidies cost billions.", EN),
        ("市水务局说，老下水道今年更换，施工分两期进行。", ZH),
        ("", ZH),
    ],
)
def test_words_of_one_place_of_the_article_are_close(summary: str, article: str) -> None:
    assert is_close(summary, article)


@pytest.mark.parametrize(
    ("summary", "article"),
    [
        ("Fuel prices may rise by 30% in late December.", EN),
        ("The city is pleased to announce that fuel prices may rise.", EN),
        ("老下水道更换，去年十二月施工。", ZH),
    ],
)
def test_words_put_together_from_two_places_or_added_are_not(summary: str, article: str) -> None:
    assert not is_close(summary, article)
