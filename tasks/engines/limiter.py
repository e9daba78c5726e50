"""How many requests a host is given at once: as many as it has slots, found out by asking."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

FIRST_LIMIT = 4
GREATEST_LIMIT = 64

WINDOW = 8
"""Fewest answers that are judged together. With 8, service times of 0.2 to 1.8 of their mean leave
the number of slots within one of the truth; more find it later."""

FEW = 3
"""Up to so many requests none may wait at the host: one that did would wait for long."""

FIRST_PROBE = 4
GREATEST_PROBE = 64
"""Answers without queueing after which one request more is tried, where none may wait. Twice as
many after each trial that brought queueing."""

NOISE_S = 0.01
"""Lateness of a client that is no queueing, besides the least that was seen."""


class Limit(Protocol):
    """How many requests may be under way at one host."""

    @property
    def limit(self) -> int:
        """The number, at least 1."""

    def answered(self, in_flight: int, service_s: float, queued_s: float) -> None:
        """Learn from an answer.

        *in_flight* counts the requests at the host when this one was sent, with it. The host
        worked on it for *service_s*, loading the model apart; *queued_s* are left of the client's
        time.
        """

    def refused(self) -> None:
        """Learn that the host said it was busy."""


class Slots(Protocol):
    """What a host grants to the runs of all machines together."""

    def take(self, freed: Callable[[], None]) -> AbstractAsyncContextManager[bool]:
        """A slot for the block, or False: all are taken. *freed* is called once it is free again.

        Raises:
            PressrunError: whoever counts them does not answer, or does not know the host.
        """


class FixedLimit:
    """The number that the settings say."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def answered(self, in_flight: int, service_s: float, queued_s: float) -> None:
        """Nothing is learnt."""

    def refused(self) -> None:
        """Nothing is learnt."""


class _Answer(NamedTuple):
    in_flight: int
    service_s: float
    queued_s: float


class AdaptiveLimit:
    """The number of slots while that is small, and one more from three slots on.

    TCP Vegas (Brakmo and Peterson 1995; for requests: VegasLimit of Netflix's concurrency-limits)
    without its guess: it takes the shortest time ever seen for that of a request which did not
    queue. Ollama says of each answer how long it worked on it, also where many share its speed.

    By Little's law (1961) the requests in service are those in flight times service over service
    and queueing; the rest waits. Where some wait they are all the slots, and the limit falls to
    them at once. Where none waits, the limit grows by one for each answer, up to what was found
    before, and slowly beyond that. The one request more waits a fraction of a service time, and
    takes a slot while the client is on its way; with one or two slots it would wait too long.
    """

    def __init__(self) -> None:
        self._limit = float(FIRST_LIMIT)
        self._found = GREATEST_LIMIT
        self._answers: deque[_Answer] = deque()
        self._clean = 0  # answers without queueing since the limit changed
        self._probe = FIRST_PROBE
        self._lateness_s = float("inf")

    @property
    def limit(self) -> int:
        """The number now."""
        return int(self._limit)

    def answered(self, in_flight: int, service_s: float, queued_s: float) -> None:
        """Learn from an answer, as `Limit.answered` says."""
        self._lateness_s = min(self._lateness_s, queued_s)
        queued_s = max(queued_s - self._lateness_s - NOISE_S, 0.0)
        self._answers.append(_Answer(in_flight, service_s, queued_s))
        while len(self._answers) > self._window:
            self._answers.popleft()
        waiting = self._waiting()
        if waiting > (0.5 if self._limit <= FEW else 1.5):
            self._fall(waiting)
        elif waiting < 0.5 and 2 * in_flight > self._limit:
            self._rise()

    def refused(self) -> None:
        """Halve the limit; answers without queueing soon bring it back."""
        self._limit = max(self._limit / 2, 1.0)

    @property
    def _window(self) -> int:
        return max(self.limit, WINDOW)

    def _waiting(self) -> float:
        """How many of our requests wait at the host, at least: answers to come count as prompt."""
        served_s = sum(answer.service_s for answer in self._answers)
        stayed_s = served_s + sum(answer.queued_s for answer in self._answers)
        to_come_s = served_s / len(self._answers) * (self._window - len(self._answers))
        waited = sum(answer.in_flight * answer.queued_s for answer in self._answers)
        return waited / (stayed_s + to_come_s)

    def _fall(self, waiting: float) -> None:
        in_flight = sum(answer.in_flight for answer in self._answers) / len(self._answers)
        slots = max(round(in_flight - waiting), 1)
        found = slots + 1 if slots >= FEW else slots
        if found < self._limit:
            if self._limit > self._found:  # that was a trial
                self._probe = min(self._probe * 2, GREATEST_PROBE)
            self._limit = self._found = found
        self._answers.clear()
        self._clean = 0

    def _rise(self) -> None:
        self._clean += 1
        if self._limit < self._found:
            self._limit = min(self._limit + 1, self._found)
        elif self._clean > max(self._limit, self._probe if self._limit <= FEW else 0):
            if self._limit > self._found:  # the trial before brought no queueing
                self._found, self._probe = self.limit, FIRST_PROBE
            self._limit = min(self._limit + 1, GREATEST_LIMIT)
            self._clean = 0
