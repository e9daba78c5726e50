"""`pressrun backfill`, as it is typed; with nothing to print it needs no Prefect."""

import json
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from pressrun.archive import Archive
from pressrun.cli.backfill_view import print_table
from settings import load_settings
from tasks.backfill import Came, Outcome
from tasks.order import place_order, utc_now
from tests.pressrun.archive.archive_desk import DAY, Desk
from tests.pressrun.cli.cli_terminal import Type


@pytest.fixture
def typed(typed: Type, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type `pressrun backfill` and these words, of a paper without PDF."""
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__FORMATS", '["html"]')
    return partial(typed, "backfill")


@pytest.fixture
def printed(typed: Type, tmp_path: Path) -> tuple[str, str]:
    """The first and the last of three days with an edition."""
    archive = Archive.open(str(tmp_path / "archive"))
    content = place_order(load_settings(), "daily", DAY, utc_now()).content_sha256
    for days in range(3):
        Desk().print(archive, day=DAY - timedelta(days=days), content_sha256=content)
    return str(DAY - timedelta(days=2)), str(DAY)


def test_days_that_are_printed_are_skipped_without_prefect(
    typed: Type, printed: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prefect.main", None)
    ended = typed(*printed)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "3 of 3 dates: 3 skipped"


def test_a_program_gets_one_object(typed: Type, printed: tuple[str, str]) -> None:
    ended = typed(*printed, "--json")
    told = json.loads(ended.out)
    assert told["said"] == "3 of 3 dates: 3 skipped"
    assert [row["outcome"] for row in told["dates"]] == ["skipped"] * 3


def test_a_dry_run_prints_nothing_and_says_what_it_would_cost(
    typed: Type, printed: tuple[str, str], tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    ended = typed("2026-11-01", printed[1], "--every", "7", "--dry-run")
    assert ended.code == 0
    assert "2026-11-01  print" in ended.out
    assert "by the 6 summaries of the last 3 editions" in ended.out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2026-03-05", "2026-03-01"), "the last is before the first"),
        (("march", "2026-03-01"), "START march: write YYYY-MM-DD"),
        (("2026-03-01", "2026-02-30"), "END 2026-02-30: there is no such day"),
        (("2099-01-01", "2099-01-02"), "this day has not begun"),
        (("2026-03-01", "2026-03-02", "--only", "2026-03-03"), "not among the days"),
        (("2026-03-01", "2026-03-02", "--paper", "evening"), "no paper is called 'evening'"),
        (
            ("2026-03-01", "2026-03-02", "--refresh", "pages", "--since", "noon"),
            "--since noon: write a moment",
        ),
        (("2026-03-01", "2026-03-02", "--since", "2026-03-02"), "--since is for --refresh"),
        (("2026-03-01", "2026-03-02", "--refresh", "pages", "-n", "3"), "a limit is of the list"),
        (("2026-03-01", "2026-03-02", "--only", ","), "names no day"),
        (("2026-03-01", "2026-03-02", "--processes", "2", "--via", "here"), "is for workers"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_remedy(
    typed: Type, words: tuple[str, ...], said: str
) -> None:
    ended = typed(*words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())


def test_of_many_skipped_dates_only_the_others_have_rows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    days = [date(2026, 3, day) for day in range(1, 32)]
    outcomes = [Outcome(edition_date=day, came=Came.SKIPPED) for day in days[1:]]
    outcomes.append(Outcome(edition_date=days[0], came=Came.FAILED, why="no list"))
    print_table(Console(width=100, force_terminal=False), outcomes)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3
    assert said[1].split() == ["2026-03-01", "failed", "no", "list"]
    assert said[2] == "30 of 31 dates: 30 skipped, 1 failed"
