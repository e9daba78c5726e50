"""Changes of the clocks and the date line: which edition a run prints, and which are lacking."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from settings import PaperSettings
from tasks.gaps import scheduled
from tasks.order import resolve_date
from tests.tasks.test_gaps import of

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
"""In New York 02:30 does not come on the one day, and comes twice on the other."""


def in_new_york(hour: int, minute: int, day: date, fold: int = 0) -> datetime:
    zone = ZoneInfo("America/New_York")
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold)
    return local.astimezone(UTC)


@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["left out", "twice"])
def test_a_run_at_half_past_two_has_one_edition_a_day_when_the_clocks_change(day: date) -> None:
    paper = of(schedule="30 2 * * *", zone="America/New_York", day="yesterday")
    until = in_new_york(12, 0, day + timedelta(days=1))
    due = list(scheduled(paper, day - timedelta(days=2), until))
    assert due == [day - timedelta(days=2), day - timedelta(days=1), day]


@pytest.mark.parametrize("default_day", ["yesterday", "today"])
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_every_slot_of_such_a_night_resolves_to_the_same_edition(
    day: date, default_day: str
) -> None:
    paper = of(schedule="30 2 * * *", zone="America/New_York", day=default_day)
    # As a scheduler may place it: before, in, or after the hour that is left out or comes twice.
    slots = [in_new_york(*time, day) for time in ((1, 30), (2, 30), (3, 0), (3, 30))]
    slots.append(in_new_york(1, 30, day, fold=1))
    expected = day if default_day == "today" else day - timedelta(days=1)
    assert {resolve_date(paper, None, slot) for slot in slots} == {expected}


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_of_23_or_25_hours_is_over_at_its_own_midnight(day: date, hours: int) -> None:
    paper = of(schedule="30 2 * * *", zone="America/New_York")
    begins = in_new_york(0, 0, day)
    last = begins + timedelta(hours=hours, seconds=-1)
    assert resolve_date(paper, None, last) == day
    assert resolve_date(paper, None, last + timedelta(seconds=1)) == day + timedelta(days=1)


def test_on_either_side_of_the_date_line_one_moment_is_of_two_days() -> None:
    moment = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)  # 00:30 on the 25th, 23:30 on the 23rd
    east, west = (
        PaperSettings(time_zone=f"Pacific/{place}", default_day="today")
        for place in ("Kiritimati", "Pago_Pago")
    )
    assert resolve_date(east, None, moment) == date(2026, 11, 25)
    assert resolve_date(west, None, moment) == date(2026, 11, 23)


def test_a_schedule_on_either_side_of_the_date_line_has_its_own_days() -> None:
    until = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 03:00 on the 25th, 02:00 on the 24th
    for zone, last in (("Pacific/Kiritimati", 25), ("Pacific/Pago_Pago", 24)):
        paper = of(schedule="0 1 * * *", zone=zone)
        assert [day.day for day in scheduled(paper, date(2026, 11, 23), until)][-1] == last
