"""The backfill benchmark's own parts: its pages, its renderer, its looks at processes, its bars."""

import importlib.metadata
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.backfill import judge
from benchmarks.backfilled.line import NAME, LineRenderer, install
from benchmarks.backfilled.pages import LARGEST, SMALLEST, headline, page
from benchmarks.backfilled.runs import Run
from benchmarks.backfilled.watch import used
from pressrun.models import Headline, Page
from tasks.extract import extract_article

DAY = date(2025, 1, 1)


def run(dates: int = 30, **changed: object) -> Run:
    figures = {
        "dates": dates,
        "articles": 20 * dates,
        "seconds": 2.0 * dates,
        "floor_s": 0.5 * dates,
        "start_cpu_s": 0.0,
        "flow_cpu_s": 0.2 * dates,
        "workers_cpu_s": 0.6 * dates,
        "server_cpu_s": 0.8 * dates,
        "empty_server_cpu_s": 0.6 * dates,
        "empty_flow_cpu_s": 0.1 * dates,
        "bare_cpu_s": 0.03,
        "bare_alone_cpu_s": 0.02,
        "early_mb": 300.0,
        "late_mb": 310.0,
        "memory_mb": (310.0,) * dates,
        "second_s": 5.0,
        "second_flow_s": 1.0,
        "message": "",
        "requests": 20 * dates,
        "objects": 0,
    }
    return Run(**{**figures, **changed})  # type: ignore[arg-type]


def test_pages_are_as_large_as_real_ones_all_different_and_always_the_same() -> None:
    pages = [page(DAY, rank) for rank in range(1, 21)] + [page(date(2025, 1, 2), 1)]
    assert len(set(pages)) == 21
    assert all(SMALLEST <= len(one) <= LARGEST for one in pages)
    assert page(DAY, 1) == pages[0]


def test_a_page_reads_as_its_article_without_what_stands_around_it() -> None:
    url = "http://127.0.0.1/news/2025-01-01/1.html"
    body = page(DAY, 1)
    fetched = Page(
        url=url,
        final_url=url,
        status=200,
        content_type="text/html",
        body=body,
        fetched_at=datetime(2025, 1, 2, tzinfo=UTC),
    )
    article = extract_article(fetched, Headline(rank=1, title=headline(DAY, 1), url=url))
    assert article.language == "zh"
    assert all(line in body.decode() for line in article.text.split("\n"))
    assert "小时前" not in article.text
    assert len(article.text) > 600


def test_the_renderer_that_draws_nothing_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    [point] = importlib.metadata.entry_points(group="pressrun.renderers", name=NAME)
    assert point.load() is LineRenderer


def test_a_process_is_seen_with_its_cpu_and_memory() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("looks into /proc, which Linux has")
    use = used(os.getpid(), memory=True)
    assert use.own_cpu_s > 0
    assert use.bytes > 1_000_000


def test_equal_costs_meet_every_bar() -> None:
    figures, bars = judge({30: run(), 365: run(365)})
    assert all(figures[name] <= bar for name, bar in bars.items())
    assert figures["cpu_growth"] == figures["seconds_growth"] == 1


def test_a_dearer_year_more_memory_and_a_slow_second_run_are_missed() -> None:
    year = run(365, seconds=3.0 * 365, late_mb=340.0, second_s=31.0, server_cpu_s=1.3 * 365)
    figures, bars = judge({30: run(), 365: year})
    missed = {name for name, bar in bars.items() if figures[name] > bar}
    assert missed == {
        "cpu_growth",
        "seconds_growth",
        "memory_growth",
        "second_run_s",
        "over_empty",
    }


def test_the_start_of_the_program_counts_against_bare_extraction() -> None:
    assert run(start_cpu_s=0.0).over_bare < run(start_cpu_s=5.0).over_bare
