"""Which dates should have an edition, and which of them have none."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive, Lease
from pressrun.errors import SettingsError
from pressrun.models import Failure, Step
from settings import PaperSettings
from tasks.gaps import Gap, GapKind, find_gaps, gaps, lacking, scheduled
from tests.pressrun.archive.archive_desk import DAY, Desk

values = Desk()
DAILY = PaperSettings()
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def days(paper: PaperSettings, first: date, until: datetime) -> list[str]:
    return [f"{day:%m-%d}" for day in scheduled(paper, first, until)]


def of(*, schedule: str, zone: str = "Europe/Berlin", day: str = "today") -> PaperSettings:
    return PaperSettings.model_validate(
        {"schedule": schedule, "time_zone": zone, "default_day": day}
    )


def test_a_morning_run_is_due_for_the_day_before() -> None:
    assert days(DAILY, date(2026, 11, 22), NOW) == ["11-22", "11-23", "11-24"]


def test_an_edition_is_due_when_its_run_is() -> None:
    before = datetime(2026, 11, 24, 22, 29, tzinfo=UTC)  # 06:29 on the 25th in Shanghai
    assert days(DAILY, date(2026, 11, 22), before) == ["11-22", "11-23"]
    assert days(DAILY, date(2026, 11, 22), before + timedelta(minutes=1))[-1] == "11-24"


def test_weekends_without_a_run_have_no_edition() -> None:
    weekdays = of(schedule="0 18 * * MON-FRI")
    assert days(weekdays, date(2026, 11, 20), NOW) == ["11-20", "11-23", "11-24"]


def test_a_day_with_several_runs_has_one_edition() -> None:
    often = of(schedule="*/15 * * * *")
    assert days(often, date(2026, 11, 23), NOW) == ["11-23", "11-24", "11-25"]


@pytest.mark.parametrize(
    ("day", "schedule"),
    [(date(2026, 3, 29), "30 2 * * *"), (date(2026, 10, 25), "30 2 * * *")],
    ids=["the hour is left out", "the hour comes twice"],
)
def test_a_change_of_the_clocks_costs_no_edition_and_adds_none(day: date, schedule: str) -> None:
    until = datetime(day.year, day.month, day.day, 20, tzinfo=UTC) + timedelta(days=1)
    found = list(scheduled(of(schedule=schedule), day - timedelta(days=1), until))
    assert found == [day - timedelta(days=1), day, day + timedelta(days=1)]


def test_at_the_date_line_days_are_the_papers_own() -> None:
    kiritimati = of(schedule="0 1 * * *", zone="Pacific/Kiritimati")
    until = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 02:00 on the 25th there
    assert days(kiritimati, date(2026, 11, 24), until) == ["11-24", "11-25"]


def test_a_schedule_that_never_comes_is_due_for_nothing() -> None:
    assert days(of(schedule="0 0 30 2 0#1"), date(2026, 11, 1), NOW) == []
    assert days(PaperSettings(schedule=""), date(2026, 11, 1), NOW) == []


def test_due_dates_without_a_folder_were_never_begun() -> None:
    first = DAY
    due = [first, first + timedelta(days=1)]
    assert gaps(due, {first: None}) == (Gap(edition_date=due[1], kind=GapKind.NEVER),)


def test_of_dates_that_were_not_due_only_partial_editions_count() -> None:
    partial = Gap(edition_date=DAY, kind=GapKind.PARTIAL)
    begun = Gap(edition_date=DAY - timedelta(days=1), kind=GapKind.BEGUN)
    assert gaps([], {partial.edition_date: partial, begun.edition_date: begun}) == (partial,)


def test_what_cannot_be_had_is_not_lacking() -> None:
    assert lacking(DAILY, DAY, values.edition(stories=1)) is None  # its failure is for good
    passing = Failure(
        rank=2, title="x", url="u", step=Step.FETCH, kind="HttpStatus", reason="r", transient=True
    )
    found = lacking(DAILY, DAY, values.edition(stories=1, failures=(passing,)))
    assert found is not None
    assert (found.kind, found.note) == (GapKind.PARTIAL, "1 of 2 stories, 1 may be had")


def test_an_edition_of_half_a_day_is_lacking_unless_the_paper_prints_today() -> None:
    edition = values.edition(as_of=NOW)
    found = lacking(DAILY, DAY, edition)
    assert found is not None
    assert found.kind is GapKind.SO_FAR
    assert lacking(PaperSettings(default_day="today"), DAY, edition) is None


def test_the_archive_is_asked_what_it_has(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path / "archive"))
    assert find_gaps(archive, "daily", DAILY, NOW) == ()
    values.print(archive, day=date(2026, 11, 20))
    archive.editions.begin(values.plan(day=date(2026, 11, 22)))
    archive.editions.begin(values.plan(day=date(2026, 11, 23)))
    Lease.acquire(archive.files, "daily", date(2026, 11, 23), now=lambda: NOW)
    found = find_gaps(archive, "daily", DAILY, NOW)
    assert [(gap.edition_date.day, gap.kind) for gap in found] == [
        (21, GapKind.NEVER),
        (22, GapKind.BEGUN),
        (23, GapKind.PRINTING),
        (24, GapKind.NEVER),
    ]


def test_a_run_has_its_hours_of_grace_and_a_search_its_ends(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path / "archive"))
    values.print(archive, day=date(2026, 11, 22))

    def found(**limits: object) -> list[int]:
        kept = find_gaps(archive, "daily", DAILY, NOW, **limits)  # type: ignore[arg-type]
        return [gap.edition_date.day for gap in kept]

    assert found() == [23, 24]
    assert found(grace_h=4) == [23]
    assert found(last=date(2026, 11, 23)) == [23]
    assert found(first=date(2026, 11, 20), last=date(2026, 11, 21)) == [20, 21]


def test_a_paper_without_a_schedule_says_so(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path / "archive"))
    with pytest.raises(SettingsError, match="has no schedule"):
        find_gaps(archive, "daily", PaperSettings(schedule=""), NOW)
