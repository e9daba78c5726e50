"""How many requests a host is given: the limiter before a queue in virtual time."""

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from statistics import mean

import pytest

from tasks.engines.limiter import AdaptiveLimit, FixedLimit, Limit

SERVICE_S = 1.5


def one_by_one(active: int) -> float:
    """The total speed of slots that do not share."""
    return float(active)


def batched(active: int) -> float:
    """The total speed of slots that share: 8 are 4.3 times as fast as one."""
    return active / (1 + 0.12 * (active - 1))


class Run:
    """Requests that all wait at the limit, sent to *slots* that serve first come first served.

    *lateness_s* is how much later the client learns of an answer. *queued* is each request's
    waiting in service times, in order of sending; *took_s* the time until the last answer.
    """

    def __init__(
        self,
        limit: Limit,
        work_s: Sequence[float],
        slots: Callable[[float], int],
        speed: Callable[[int], float] = one_by_one,
        lateness_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.limits: list[int] = []
        self.queued: list[float] = [0.0] * len(work_s)
        todo = deque(range(len(work_s)))
        sent: dict[int, tuple[float, int]] = {}
        begun: dict[int, float] = {}
        queue: deque[int] = deque()
        left: dict[int, float] = {}  # work of what is in service
        answers: list[tuple[float, int, float]] = []
        now = 0.0
        while True:
            while todo and len(sent) < limit.limit:
                request = todo.popleft()
                sent[request] = now, len(sent) + 1
                queue.append(request)
            while queue and len(left) < slots(now):
                request = queue.popleft()
                begun[request], left[request] = now, work_s[request]
            if not sent:
                break
            pace = speed(len(left)) / len(left) if left else 0.0
            ends = now + min(left.values()) / pace if left else float("inf")
            heard = answers[0][0] if answers else float("inf")
            left = {
                request: work - (min(ends, heard) - now) * pace for request, work in left.items()
            }
            now = min(ends, heard)
            if ends < heard:
                for request in [request for request, work in left.items() if work < 1e-9]:
                    del left[request]
                    heapq.heappush(answers, (now + lateness_s(), request, now))
            else:
                _, request, end = heapq.heappop(answers)
                at, in_flight = sent.pop(request)
                service_s = end - begun[request]
                self.queued[request] = (begun[request] - at) / service_s
                limit.answered(in_flight, service_s, now - at - service_s)
                self.limits.append(limit.limit)
        self.took_s = now


def work(seed: int, spread: float = 0.2, count: int = 100) -> list[float]:
    random = Random(seed)
    return [SERVICE_S * max(random.gauss(1, spread), 0.2) for _ in range(count)]


def late(seed: int, most_s: float) -> Callable[[], float]:
    random = Random(seed)
    return lambda: random.uniform(0, most_s)


def over_the_floor(
    run: Run, work_s: Sequence[float], slots: int, speed: Callable[[int], float]
) -> float:
    floor = Run(FixedLimit(len(work_s)), work_s, lambda _: slots, speed)
    return run.took_s / floor.took_s


@pytest.mark.parametrize("speed", [one_by_one, batched])
@pytest.mark.parametrize(("slots", "bar"), [(1, 1.1), (2, 1.1), (3, 1.1), (4, 1.1), (8, 1.15)])
def test_a_run_takes_hardly_longer_than_its_floor_and_hardly_queues(
    slots: int, bar: float, speed: Callable[[int], float]
) -> None:
    for seed in range(5):
        todo = work(seed)
        run = Run(AdaptiveLimit(), todo, lambda _: slots, speed, late(seed, 0.06))
        assert over_the_floor(run, todo, slots, speed) <= bar
        assert mean(run.queued[20:]) <= 0.5


@pytest.mark.parametrize(
    ("slots", "found"),
    [(1, {1}), (2, {2}), (3, {4}), (4, {5}), (8, {8, 9, 10}), (16, {14, 15, 16, 17, 18})],
)
def test_the_limit_is_the_slots_while_few_and_one_more_from_three_on(
    slots: int, found: set[int]
) -> None:
    for seed in range(5):
        run = Run(
            AdaptiveLimit(), work(seed, count=200), lambda _: slots, batched, late(seed, 0.06)
        )
        settled = run.limits[60:]
        assert {max(set(settled), key=settled.count)} <= found


def test_sixteen_slots_are_found_within_forty_answers() -> None:
    run = Run(AdaptiveLimit(), work(1), lambda _: 16, batched, late(1, 0.06))
    assert max(run.limits[:40]) >= 14


def test_lateness_of_the_client_is_not_taken_for_queueing() -> None:
    for lateness_s in (0.05, 0.15, 0.3):
        todo = work(3)
        run = Run(AdaptiveLimit(), todo, lambda _: 4, one_by_one, late(3, lateness_s))
        assert min(run.limits) >= 4
        assert over_the_floor(run, todo, 4, one_by_one) <= 1.1


def test_a_constant_overhead_of_the_server_is_not_taken_for_queueing() -> None:
    run = Run(AdaptiveLimit(), work(4), lambda _: 4, one_by_one, lambda: 0.8)
    assert min(run.limits) >= 4


@pytest.mark.parametrize("before_after", [(4, 8), (8, 2), (2, 6), (1, 4), (4, 1)])
def test_slots_that_come_and_go_are_noticed(before_after: tuple[int, int]) -> None:
    before, after = before_after
    run = Run(
        AdaptiveLimit(), work(5, count=200), lambda now: before if now < 15 else after, one_by_one
    )
    wanted = after + 1 if after > 2 else after
    assert abs(run.limits[-1] - wanted) <= 1


def test_a_refusal_halves_the_limit_and_prompt_answers_bring_it_back() -> None:
    limit = AdaptiveLimit()
    Run(limit, work(6), lambda _: 8, one_by_one)
    before = limit.limit
    limit.refused()
    assert limit.limit == before // 2
    for _ in range(before):
        limit.answered(limit.limit, SERVICE_S, 0.0)
    assert limit.limit >= before


def test_refusals_without_end_leave_one_request_at_a_time() -> None:
    limit = AdaptiveLimit()
    for _ in range(20):
        limit.refused()
    assert limit.limit == 1


def test_a_host_that_is_hardly_used_is_not_believed_to_have_more_slots() -> None:
    limit = AdaptiveLimit()
    for _ in range(100):
        limit.answered(1, SERVICE_S, 0.0)
    assert limit.limit == 4


def test_a_fixed_limit_stays() -> None:
    limit = FixedLimit(3)
    limit.answered(3, 1.0, 30.0)
    limit.refused()
    assert limit.limit == 3
