"""The verifier's benchmark: its labels, its corruptions, and what it takes for standing."""

import json
import random
from pathlib import Path

import pytest

from benchmarks.verification.corrupt import corrupt
from benchmarks.verification.labels import DATA, Labelled, Pair, load_pairs
from benchmarks.verification.standing import stands
from benchmarks.verify import is_met, measure, try_pair
from pressrun.models import Article

ARTICLE = "河口镇6月18日说，新桥长1.2公里，花了3.5亿元，全镇有五成居民每天过桥。"


def pair(summary: str, *figures: tuple[str, str, bool]) -> Pair:
    article = Article(
        url="", title="", text=ARTICLE, language="zh", extractor="", page_sha256="0" * 64
    )
    labelled = tuple(
        Labelled(summary.index(text), summary.index(text) + len(text), kind, supported)
        for text, kind, supported in figures
    )
    return Pair("bridge", "zh", article, summary, labelled, held_out=False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_labels_are_a_hundred_pairs_and_hold_no_text_but_ours(language: str) -> None:
    lines = (DATA / f"verify_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    assert len(labels) >= 100
    for label in labels:
        assert set(label) <= {"id", "held_out", "summary", "figures"}
        ends = [0, *(end for _, end, _, _ in label["figures"])]
        starts = [start for start, _, _, _ in label["figures"]]
        assert all(end <= start for end, start in zip(ends, starts, strict=False))
        assert ends[-1] <= len(label.get("summary", "")) or "summary" not in label


@pytest.mark.parametrize(
    ("text", "kind", "sorts"),
    [
        ("£1.5 million", "amount", {"number", "magnitude", "unit"}),
        ("3.5亿元", "amount", {"number", "magnitude", "unit"}),
        ("5%", "percentage", {"percentage", "unit"}),
        ("三成", "percentage", {"written out"}),
        ("11 October 2013", "date", {"date (year)", "date (month)", "date (day)"}),
        ("6月18日", "date", {"date (month)", "date (day)"}),
        ("seven", "number", {"written out"}),
        ("credible lead", "quotation", {"quotation"}),
    ],
)
def test_each_part_of_a_figure_is_made_wrong_once(text: str, kind: str, sorts: set[str]) -> None:
    language = "en" if text[-1].isascii() and kind != "percentage" else "zh"
    made = corrupt(text, kind, language, random.Random(1))
    assert {corruption.sort for corruption in made} == sorts
    assert all(corruption.text != text for corruption in made)
    assert made == corrupt(text, kind, language, random.Random(1))


@pytest.mark.parametrize(
    ("sort", "corrupted", "original", "article", "expected"),
    [
        ("number", "12,000", "13,000", "全市有1.2万户", True),
        ("number", "14", "13", "十四人到场", True),
        ("number", "15", "13", "一百五十人", False),
        ("written out", "五成", "三成", "增长了50%", True),
        ("written out", "twenty-five", "twenty-four", "It was the 25th.", True),
        ("magnitude", "3 billion", "3 million", "He paid 3 million of his billion.", False),
        ("unit", "$30,000", "£30,000", "It cost £30,000.", False),
        ("unit", "5个百分点", "5%", "回落5 个百分点", True),
        ("date (day)", "6月19日", "6月18日", "2024年6月18日开幕，19日闭幕", True),
        ("date (day)", "6月19日", "6月18日", "7月19日闭幕", False),
        ("date (day)", "十月30日", "10月31日", "十月三十号凌晨", True),
        ("written out", "七", "两", "来了六七辆", True),
        ("date (month)", "May 18", "June 18", "on 18 June and 3 May", False),
        ("date (year)", "2023", "2024", "since March 2023", True),
        ("quotation", "a wooden lead", "a credible lead", "a credible lead", False),
    ],
)
def test_a_figure_stands_where_its_value_or_its_letters_do(
    sort: str, corrupted: str, original: str, article: str, expected: bool
) -> None:
    assert stands(sort, corrupted, original, article) is expected


def test_a_verdict_is_held_against_the_label_and_against_each_corruption() -> None:
    tried = pair(
        "6月18日通车的桥花了3.5亿元，长90米。",
        ("3.5亿元", "amount", True),
        ("90米", "amount", False),
    )
    trials = list(try_pair(tried, seed=1))
    assert [(trial.group, trial.sort) for trial in trials] == [
        ("supported", "amount"),
        ("nowhere", "number"),
        ("nowhere", "magnitude"),
        ("nowhere", "unit"),
        ("unsupported", "amount"),
    ]
    figures = measure(trials)["zh"]
    assert figures["supported"]["of"] == 1
    assert figures["nowhere"]["by_sort"]["unit"]["of"] == 1


def test_the_bars_hold_in_each_language() -> None:
    good = {"nowhere": {"share": 0.99}, "supported": {"share": 0.03}}
    bad = {"nowhere": {"share": 0.97}, "supported": {"share": 0.0}}
    assert is_met({"en": good, "zh": good})
    assert not is_met({"en": good, "zh": bad})


def test_missing_articles_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"dev\.jsonl"):
        load_pairs(tmp_path)
