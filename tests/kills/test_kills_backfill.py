"""`kill -9` in a backfill: one moment for each victim; `python -m tests.kills` has them all."""

import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.kills.campaign import MOMENTS, State, in_words, moments
from tests.kills.moments import SIZES, Outcome, live_through
from tests.kills.plant import Plant, plant
from tests.kills.post import slow_post
from tests.kills.stages import Stage, Victim
from tests.kills.table import table

on_a_plant = (
    pytest.mark.server,
    pytest.mark.xdist_group("kills"),
    pytest.mark.timeout(1200),
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc: Linux"),
    pytest.mark.asyncio(loop_scope="module"),
)

CHOSEN = {
    Victim.FLOW: Stage.MANIFEST,
    Victim.WORKER: Stage.SUMMARY,
    Victim.SERVER: Stage.PAGE,
    Victim.ENGINE: Stage.SUMMARY,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def works(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plant]:
    with slow_post() as post:
        async with plant(tmp_path_factory.mktemp("plant"), post=post) as whole:
            yield whole


@pytest.mark.faults
@pytest.mark.parametrize(
    "victim",
    [
        pytest.param(
            one, marks=(*on_a_plant, *([pytest.mark.model] if one is Victim.ENGINE else []))
        )
        for one in Victim
    ],
)
async def test_after_a_kill_one_more_run_completes_all_and_repeats_nothing(
    victim: Victim, works: Plant, tmp_path: Path
) -> None:
    [one] = [one for one in moments([victim], range(10)) if one.stage is CHOSEN[victim]]
    outcome = await live_through(works, one, tmp_path / "archive")
    assert outcome.is_good, in_words(outcome)
    assert outcome.next_state == "Completed"
    pages = SIZES[victim].days * SIZES[victim].stories
    assert outcome.held.pages + outcome.survivor.pages + outcome.more.pages >= pages


def test_the_moments_of_a_victim_go_through_all_stages_twice() -> None:
    for victim in Victim:
        stages = [one.stage for one in moments([victim], range(MOMENTS))]
        assert sorted(stages) == sorted([*Stage, *Stage])


def test_a_moment_is_the_same_in_every_campaign() -> None:
    assert moments(list(Victim), range(20)) == moments(list(Victim), range(20))


def test_a_campaign_goes_on_with_what_is_not_over(tmp_path: Path) -> None:
    wanted = moments([Victim.FLOW], range(3))
    path = tmp_path / "state.json"
    assert State.read(path).left(wanted) == wanted
    State(outcomes=(outcome(1),)).write(path)
    assert State.read(path).left(wanted) == [wanted[0], wanted[2]]


def test_the_table_adds_up_the_kills_of_a_stage() -> None:
    text = table([outcome(0), outcome(10), outcome(1)])
    assert "**flow process**, 3 kills" in text
    assert "| listing | 2 | " in text
    assert "| together | 3 | " in text


def outcome(number: int) -> Outcome:
    dice = random.Random(number)
    [one] = moments([Victim.FLOW], [number])
    tallies = {
        name: {kind: dice.randint(0, 9) for kind in ("lists", "pages", "summaries", "editions")}
        for name in ("held", "asked", "in_flight", "survivor", "more")
    }
    rest = {"printed_by_survivor": 0, "state": "Crashed", "message": "", "next_state": "Completed"}
    return Outcome.model_validate({"moment": one, **tallies, **rest, "seconds": 1.0})
