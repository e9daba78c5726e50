"""One moment of the campaign: a backfill, a kill, and one more run of it."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pydantic import NonNegativeInt

from pressrun.models import Value
from tests.kills import processes
from tests.kills.evidence import (
    Holding,
    done_again,
    faults_at_kill,
    faults_in_the_end,
    holding,
)
from tests.kills.plant import STORIES, Plant
from tests.kills.post import faults_of_delivery
from tests.kills.stages import Moment, Scene, Victim
from tests.kills.world import Request

FIRST = date(2026, 3, 2)
RUN_LIMIT_S = 600.0
"""For a run to come to its moment, or to its end: only against waiting for ever."""


class Size(NamedTuple):
    """How much a backfill prints: days, and stories of each."""

    days: int
    stories: int

    @property
    def dates(self) -> tuple[date, ...]:
        """Its days."""
        return tuple(FIRST + timedelta(days=number) for number in range(self.days))


SIZES = {victim: Size(5, STORIES) for victim in Victim} | {Victim.ENGINE: Size(1, 3)}


class Tally(Value):
    """Lists, pages, summaries and editions, counted."""

    lists: NonNegativeInt = 0
    pages: NonNegativeInt = 0
    summaries: NonNegativeInt = 0
    editions: NonNegativeInt = 0


class Outcome(Value):
    """What a kill did.

    *held*: what was recorded and printed at the kill. *asked*: requests before it. *in_flight*: of
    these, what was not recorded. *survivor*: requests of the same run after the kill; *more*: of
    the run after it. *again*: what was held and was asked for or written again. *state* and
    *message* are those of the killed run, *next_state* of the one after it.
    """

    moment: Moment
    held: Tally
    asked: Tally
    in_flight: Tally
    survivor: Tally
    more: Tally
    printed_by_survivor: NonNegativeInt
    state: str
    message: str
    next_state: str
    again: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, done again, or left undone."""
        return not self.again and not self.faults


async def live_through(plant: Plant, moment: Moment, archive: Path) -> Outcome:
    """Kill at *moment* of a backfill into *archive*, print once more, and tell what came of it.

    Raises:
        TimeoutError: the run did not come to its moment, or a run not to its end.
    """
    began, size = time.monotonic(), SIZES[moment.victim]
    plant.log.clear()
    if plant.post:
        plant.post.messages.clear()
    run = await _begin(plant, moment, archive, size)
    async with asyncio.timeout(RUN_LIMIT_S):
        process = await plant.process_of(run)
    try:
        async with asyncio.timeout(RUN_LIMIT_S):
            async with Scene(archive, plant.log, size.stories).at(moment):
                await plant.kill(moment.victim, process)
                held = holding(archive, size.dates)
                before = tuple(plant.log.requests)
            faults = faults_at_kill(archive, size.dates)
            await plant.restore(moment.victim)
            await processes.gone(process)
    finally:
        processes.kill(process)  # a run that did not come to it, or to an end
    middle = len(plant.log.requests)
    survived = holding(archive, size.dates)
    async with asyncio.timeout(RUN_LIMIT_S):
        following = await plant.ended(await _begin(plant, moment, archive, size))
    after = tuple(plant.log.requests)
    killed = await plant.state_of(run)  # now, when the worker has told of its end
    faults += faults_in_the_end(archive, size.dates, size.stories)
    if plant.post:
        faults += faults_of_delivery(archive, size.dates, plant.post.messages)
    faults += [f"left behind: {processes.words(pid)[:200]}" for pid in processes.told(f"{run}")]
    if moment.victim is Victim.SERVER and not plant.is_whole():
        faults.append("the server's database is damaged")
    assert killed.state
    assert following.state
    return Outcome(
        moment=moment,
        held=_of(held),
        asked=_tally(before),
        in_flight=_in_flight(held, before),
        survivor=_tally(after[len(before) : middle]),
        more=_tally(after[middle:]),
        printed_by_survivor=len(survived.printed - held.printed),
        state=str(killed.state.name),
        message=_first_line(killed.state.message),
        next_state=str(following.state.name),
        again=tuple(done_again(held, after[len(before) :], archive)),
        faults=tuple(faults),
        seconds=round(time.monotonic() - began, 1),
    )


async def _begin(plant: Plant, moment: Moment, archive: Path, size: Size) -> UUID:
    return await plant.submit(
        size.dates,
        archive,
        concurrency=moment.concurrency,
        limit=size.stories,
        engine="embedded" if moment.victim is Victim.ENGINE else "ollama",
    )


def _of(held: Holding) -> Tally:
    pages, summaries, editions = held.counts
    return Tally(lists=len(held.planned), pages=pages, summaries=summaries, editions=editions)


def _tally(requests: Sequence[Request]) -> Tally:
    counts = Counter(request.kind for request in requests)
    return Tally(lists=counts["list"], pages=counts["page"], summaries=counts["summary"])


def _in_flight(held: Holding, before: Sequence[Request]) -> Tally:
    known = {"list": held.planned, "page": held.pages, "summary": held.summaries}
    return _tally([request for request in before if request.item not in known[request.kind]])


def _first_line(message: str | None) -> str:
    return ((message or "").strip().splitlines() or [""])[0]
