"""Some of a day's rows, evenly over it."""

import random

import pytest

from tasks.sources.spread import Row, evenly, newest_first, spread

HOUR = 3600
DAY = 24 * HOUR


def rows(*hours: float) -> list[Row]:
    return [Row(int(hour * HOUR), f"http://a/{hour}", f"title {hour}") for hour in hours]


def hours(chosen: list[Row]) -> list[float]:
    return [row.moment / HOUR for row in chosen]


def test_each_part_of_the_day_gives_the_row_nearest_to_its_middle() -> None:
    every_half_hour = rows(*(number / 2 for number in range(48)))
    assert hours(spread(every_half_hour, 0, DAY, 4)) == [21, 15, 9, 3]


def test_a_busy_hour_does_not_crowd_out_the_others() -> None:
    busy = rows(*(9 + number / 100 for number in range(90)), 1, 14, 23)
    chosen = hours(spread(busy, 0, DAY, 6))
    assert {1, 14, 23} < set(chosen)
    assert len([hour for hour in chosen if 9 <= hour < 10]) == 3


def test_empty_parts_are_made_up_for_until_the_limit_or_the_last_row() -> None:
    morning = rows(6, 6.5, 7, 7.5, 8)
    assert hours(spread(morning, 0, DAY, 4)) == [8, 7.5, 7, 6.5]
    assert hours(spread(morning, 0, DAY, 5)) == [8, 7.5, 7, 6.5, 6]
    assert hours(spread(morning, 0, DAY, 200)) == [8, 7.5, 7, 6.5, 6]
    assert spread([], 0, DAY, 20) == []


def test_when_a_further_round_has_too_many_it_is_taken_evenly() -> None:
    # Five parts of 4.8 hours: the first has none, each of the others two.
    pairs = rows(5, 6, 10, 11, 15, 16, 20, 21)
    assert hours(spread(pairs, 0, DAY, 5)) == [21, 16, 15, 11, 6]


def test_the_order_in_which_rows_come_changes_nothing() -> None:
    several = rows(*(number / 7 for number in range(168))) + [
        Row(HOUR, f"http://b/{number}", "at once") for number in range(9)
    ]
    expected = spread(several, 0, DAY, 20)
    assert len(expected) == len(set(expected)) == 20
    for seed in range(5):
        random.Random(seed).shuffle(several)
        assert spread(several, 0, DAY, 20) == expected


def test_rows_of_one_moment_have_one_order() -> None:
    same = [Row(5, "http://a/2", "b"), Row(5, "http://a/1", "a"), Row(9, "http://a/3", "c")]
    assert [row.url[-1] for row in newest_first(same)] == ["3", "1", "2"]
    assert newest_first(reversed(same)) == newest_first(same)


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [5]), (2, [2, 7]), (5, [1, 3, 5, 7, 9])]
)
def test_evenly_is_at_equal_distances(count: int, expected: list[int]) -> None:
    assert evenly(range(10), count) == expected
    assert evenly(range(10), 10) == list(range(10))
