"""The server's slots and queue as an event simulation. Pure: whoever calls brings the time.

Processor sharing: with n sequences under way each advances at `total_speed(n) / n` of its speed
alone. So one clock of attained service serves them all: it runs at that rate, and what a sequence
still has to do ends at a reading of this clock that nobody else's coming or going changes.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from benchmarks.ollama_sim.job import Job
from benchmarks.ollama_sim.spec import Spec


@dataclass(eq=False)
class _Slot:
    prompt: Sequence[str] = ()
    used: int = 0
    job: Job | None = None


class Scheduler:
    """A server of *spec*; *loaded* is the num_ctx with which its model is there already."""

    def __init__(self, spec: Spec, *, loaded: int | None = None) -> None:
        self._spec = spec
        self._now = 0.0
        self._loaded = loaded
        self._loads_until: float | None = None
        self._unloads = False
        self._queue: deque[Job] = deque()
        self._slots = [_Slot() for _ in range(spec.slots)]
        self._running: set[Job] = set()
        self._clock = 0.0
        self._milestones: list[tuple[float, int, Job]] = []
        self._numbers = count(1)
        self._passed: list[Job] = []

    @property
    def loaded(self) -> int | None:
        """The num_ctx with which the model is in memory."""
        return None if self._loads_until is not None else self._loaded

    @property
    def waiting(self) -> int:
        """Requests that have no slot yet."""
        return len(self._queue)

    def submit(self, job: Job, now: float) -> bool:
        """Take *job* in; false when the queue is full."""
        self._move(now)
        job.arrived_s = now
        if job.num_ctx == self.loaded and all(other.ready_s is not None for other in self._queue):
            job.ready_s = now
        self._unloads = False
        self._queue.append(job)
        self._admit()
        loading = self._loads_until is not None  # for the first of them, which does not count
        if len(self._queue) - loading > self._spec.max_queue:
            self._queue.pop()
            return False
        return True

    def cancel(self, job: Job, now: float) -> None:
        """Forget *job*, whose client has left; its slot is free."""
        self._move(now)
        if job in self._queue:
            self._queue.remove(job)
        self._leave(job)
        self._admit()

    def resume(self, job: Job, now: float) -> None:
        """End the stall of *job*."""
        self._move(now)
        job.held, held_at = False, job.holds_after or 0
        job.holds_after = None
        job.wrote_at = self._clock - held_at / self._spec.decode_tps
        self._running.add(job)
        self._expect_end(job)

    def unload(self, now: float) -> None:
        """Drop the model once nobody uses it."""
        self._move(now)
        self._unloads = True
        self._admit()

    def advance(self, now: float) -> list[Job]:
        """The jobs that began to write, stalled or ended up to *now*, in order."""
        self._move(now)
        passed, self._passed = self._passed, []
        return passed

    def next_event_s(self) -> float | None:
        """When something happens next if nobody comes or goes."""
        moments = [] if self._loads_until is None else [self._loads_until]
        while self._milestones and self._milestones[0][2] not in self._running:
            heapq.heappop(self._milestones)
        if self._milestones:
            ahead = self._milestones[0][0] - self._clock
            moments.append(self._now + ahead / self._rate)
        return min(moments, default=None)

    def written(self, job: Job) -> int:
        """Tokens of its answer that *job* has written, by the last call's time."""
        if job.done_s is not None:
            return job.output_tokens
        if job.first_s is None:
            return 0
        limit = job.output_tokens if job.holds_after is None else job.holds_after
        if job.held:
            return limit
        return min(limit, 1 + int((self._clock - job.wrote_at) * self._spec.decode_tps))

    @property
    def _rate(self) -> float:
        active = len(self._running)
        return self._spec.total_speed(active) / active if active else 0.0

    def _move(self, now: float) -> None:
        while (event_s := self.next_event_s()) is not None and event_s <= now:
            loads = self._loads_until is not None and self._loads_until <= event_s
            self._clock = self._milestones[0][0] if not loads else self._clock_at(event_s)
            self._now = event_s
            if loads:
                self._end_load()
            else:
                self._pass(heapq.heappop(self._milestones)[2])
            self._admit()
        self._clock = self._clock_at(now)
        self._now = max(now, self._now)

    def _clock_at(self, moment: float) -> float:
        return self._clock + max(0.0, moment - self._now) * self._rate

    def _end_load(self) -> None:
        self._loads_until = None
        for job in self._queue:
            if job.num_ctx != self._loaded:
                break
            job.ready_s = self._now

    def _pass(self, job: Job) -> None:
        """*job* reaches its next milestone, now."""
        self._passed.append(job)
        if job.first_s is None:
            job.first_s, job.wrote_at = self._now, self._clock
            self._expect_end(job)
        elif job.holds_after is not None:
            job.held = True
            self._running.discard(job)
        else:
            job.done_s = self._now
            self._leave(job)

    def _expect_end(self, job: Job) -> None:
        tokens = job.output_tokens if job.holds_after is None else job.holds_after
        self._expect(job, job.wrote_at + tokens / self._spec.decode_tps)

    def _expect(self, job: Job, reading: float) -> None:
        heapq.heappush(self._milestones, (reading, next(self._numbers), job))

    def _leave(self, job: Job) -> None:
        self._running.discard(job)
        for slot in self._slots:
            if slot.job is job:
                slot.job = None

    def _admit(self) -> None:
        """Give free slots to those who wait, in order; load the model when they need another."""
        idle = all(slot.job is None for slot in self._slots)
        if self._unloads and idle and not self._queue and self._loads_until is None:
            self._loaded, self._unloads = None, False
        while self._queue and self._loads_until is None:
            job = self._queue[0]
            if job.num_ctx != self._loaded:
                if all(slot.job is None for slot in self._slots):
                    self._loaded, self._slots = job.num_ctx, [_Slot() for _ in self._slots]
                    self._loads_until = self._now + self._spec.load_s
                return
            free = [slot for slot in self._slots if slot.job is None]
            if job.prompt_tokens and not free:
                return
            self._queue.popleft()
            job.ready_s = self._now if job.ready_s is None else job.ready_s
            job.started_s = self._now
            if job.prompt_tokens:
                self._start(job, free)
            else:
                job.first_s = job.done_s = self._now
                self._passed.append(job)

    def _start(self, job: Job, free: list[_Slot]) -> None:
        slot = max(free, key=lambda slot: (_common(slot.prompt, job.prompt), -slot.used))
        if job.prompt:
            # At least one token is read, or there would be nothing to go on from.
            job.cached = min(_common(slot.prompt, job.prompt), job.prompt_tokens - 1)
        slot.job, slot.prompt, slot.used = job, job.prompt, next(self._numbers)
        self._running.add(job)
        job.active = len(self._running)
        to_read = job.prompt_tokens - job.cached
        self._expect(job, self._clock + to_read / self._spec.prefill_tps)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens two prompts have in common at their beginning."""
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length
