"""The summaries' benchmark: its ROUGE, its data, its figures and its bars."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.summaries import BARS, Bench, is_met, table
from benchmarks.summarising.dataset import Made, Row, load_rows
from benchmarks.summarising.measure import is_verbatim, measure
from benchmarks.summarising.rouge import rouge, words
from pressrun.models import Summary, Way
from tests.tasks.summarising import (
    FALSE,
    LEAD,
    SECOND,
    TEXT,
    TRUE,
    FakeEngine,
    identity,
    structured,
)


def line(name: str, text: str = TEXT, language: str = "zh") -> dict[str, Any]:
    return {"id": name, "lang": language, "article": text, "reference": TRUE, "title": None}


def write(folder: Path, *lines: object) -> Path:
    path = folder / "data.jsonl"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in lines), "utf-8")
    return path


def row(folder: Path, text: str = TEXT) -> Row:
    return load_rows(write(folder, line("a", text)))[0]


async def made(folder: Path, *answers: str, text: str = TEXT, way: Way = Way.WRITTEN) -> Made:
    bench = Bench(FakeEngine(*answers), identity(way), concurrency=1, keep=None)
    return (await bench.run([row(folder, text)]))[0]


def changed(one: Made, **fields: object) -> Made:
    assert one.summary
    return one._replace(summary=one.summary.model_copy(update=fields))


def test_rouge_is_what_its_definition_gives_by_hand() -> None:
    # Shared: the, the, cat, on, mat; the cat, on the, the mat; the cat ... on the mat.
    score = rouge("The cat sat on the mat.", "the cat was found on the mat")
    assert score.r1 == pytest.approx(2 * 5 / (6 + 7))
    assert score.r2 == pytest.approx(2 * 3 / (5 + 6))
    assert score.rl == pytest.approx(2 * 5 / (6 + 7))


def test_the_longest_common_subsequence_keeps_the_order() -> None:
    # Lin's own example: the gunman police killed shares one word in order with the first two.
    assert rouge("police kill the gunman", "police killed the gunman").rl == pytest.approx(3 / 4)
    assert rouge("the gunman kill police", "police killed the gunman").rl == pytest.approx(2 / 4)


def test_chinese_is_scored_by_characters_and_figures_are_one_word() -> None:
    assert words("GDP增长5.2%，出口") == ["gdp", "增", "长", "5", "2", "出", "口"]
    assert rouge("出口回升", "出口下降").r1 == pytest.approx(0.5)
    assert rouge("", "出口") == (0, 0, 0)


def test_a_sample_is_the_same_for_the_same_seed_and_in_order(tmp_path: Path) -> None:
    path = write(tmp_path, *(line(f"{n:02}", language="zh" if n % 2 else "en") for n in range(40)))
    names = [one.id for one in load_rows(path, "zh", sample=6, seed=1)]
    assert names == sorted(names)
    assert names == [one.id for one in load_rows(path, "zh", sample=6, seed=1)]
    assert names != [one.id for one in load_rows(path, "zh", sample=6, seed=2)]
    assert len(load_rows(path, "en")) == 20


@pytest.mark.parametrize("bad", [{"id": "a"}, [], line("a", language="fr")])
def test_a_line_in_another_form_is_named(tmp_path: Path, bad: object) -> None:
    with pytest.raises(ValueError, match="line 2"):
        load_rows(write(tmp_path, line("a"), bad))


async def test_faults_are_counted_before_and_after_repair(tmp_path: Path) -> None:
    mended = await made(tmp_path, structured(FALSE), structured(TRUE))
    fallen = await made(tmp_path, structured(FALSE), structured(FALSE), "#0")
    figures = measure([mended, fallen])
    assert figures["unsupported"]["figure"]["first"] == {"findings": 2, "summaries": 2}
    assert figures["unsupported"]["figure"]["printed"] == {"findings": 0, "summaries": 0}
    assert figures["rungs_used"] == {"asked": 2, "asked again": 2, "selected": 1}
    assert figures["ends_after_a_figure"] == {"asked again": 1, "selected": 1}
    assert figures["asked_again"] == {
        "after_unsupported": 2,
        "nothing_unsupported_left": 1,
        "no_fault_left": 1,
    }
    assert (figures["calls"], figures["tokens_out"]) == (5, 45)
    assert figures["evidence"] > 0
    assert is_met({"zh": figures})


async def test_an_unmarked_fault_misses_the_bar_whatever_the_summary_says(tmp_path: Path) -> None:
    sound = await made(tmp_path, structured(TRUE))
    assert measure([sound])["unmarked_faults"] == 0
    figures = measure([sound, changed(sound, text=FALSE, findings=())])
    assert figures["unmarked_faults"] == 1
    assert not is_met({"zh": figures})


async def test_a_summary_over_its_length_misses_the_bar(tmp_path: Path) -> None:
    sound = await made(tmp_path, structured(TRUE))
    figures = measure([changed(sound, text=TRUE * 6)])
    assert figures["within_length"] == 0
    assert not is_met({"zh": figures})


async def test_selected_sentences_are_sought_in_the_article(tmp_path: Path) -> None:
    chosen = await made(tmp_path, "#0", way=Way.SELECTED)
    assert chosen.summary

    def verbatim(text: str, summary: Summary = chosen.summary) -> bool:
        return is_verbatim(row(tmp_path), summary.model_copy(update={"text": text}))

    assert verbatim(LEAD)
    assert verbatim(LEAD + SECOND)
    assert verbatim("国家统计局今天公布…")
    assert not verbatim(LEAD + FALSE)
    assert not verbatim("")


async def test_rouge_is_left_out_where_the_article_is_short(tmp_path: Path) -> None:
    short = await made(tmp_path, structured(TRUE))
    long = await made(tmp_path, structured(TRUE), text=TEXT * 4)
    assert measure([short])["rouge"] == {"articles": 0, "summary": {}, "lead": {}}
    assert measure([short, long])["rouge"]["summary"] == {"1": 100.0, "2": 100.0, "L": 100.0}


async def test_what_cannot_be_summarised_is_told_and_costs_nobody_else(tmp_path: Path) -> None:
    failed = await made(tmp_path, "#0", text="图片", way=Way.SELECTED)
    assert failed.summary is None
    assert failed.record()["failure"].startswith("BadAnswer")
    figures = measure([failed, await made(tmp_path, structured(TRUE))])
    assert (figures["articles"], figures["failed"]) == (2, 1)
    assert is_met({"zh": figures})
    assert not is_met({"zh": measure([failed])})


async def test_the_table_has_a_column_for_each_language(tmp_path: Path) -> None:
    figures = measure([await made(tmp_path, structured(TRUE))])
    lines = list(table({"en": figures, "zh": figures}))
    assert lines[0].split() == ["en", "zh"]
    assert [part for one in lines for part in BARS if one.startswith(part)] == list(BARS)
