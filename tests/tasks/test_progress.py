"""The progress artifact: rarely sent, and never in the way."""

from typing import Any

import httpx
import pytest

from pressrun.models import Failure, Step, Story
from tasks import progress
from tests.renderers.edition_samples import make_story

STORY = make_story(1)
FAILURE = Failure(rank=2, title="x", url="http://x/", step=Step.FETCH, kind="x", reason="x")


class Artifact:
    """What Prefect is sent for one artifact."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, str]] = []

    async def create(self, share: float, *, key: str, description: str) -> str:
        self.sent.append((share, description))
        return key

    async def update(self, key: str, share: float, *, description: str) -> None:
        self.sent.append((share, description))


@pytest.fixture
def artifact(monkeypatch: pytest.MonkeyPatch) -> Artifact:
    sent = Artifact()
    monkeypatch.setattr(progress, "acreate_progress_artifact", sent.create)
    monkeypatch.setattr(progress, "aupdate_progress_artifact", sent.update)
    return sent


async def count(total: int, outcomes: list[Story | Failure]) -> None:
    async with progress.progress("daily", total) as done:
        for one in outcomes:
            done(one)


async def test_a_printing_that_is_quicker_than_the_interval_sends_its_end_at_once(
    artifact: Artifact,
) -> None:
    await count(3, [STORY, FAILURE, STORY])
    assert artifact.sent[-1] == (100, "2 of 3 stories, 1 failed")
    assert len(artifact.sent) == 2


@pytest.mark.parametrize("total", [1, 7, 20, 200])
def test_no_printing_moves_it_more_than_twenty_times(total: int) -> None:
    bar = progress._Bar(total)
    moves = 0
    for _ in range(total):
        bar.count(STORY)
        moves += bar.moved.is_set()
        bar.moved.clear()
    assert moves == min(total, 20)
    assert bar.full.is_set()


async def test_a_block_that_is_left_early_waits_for_nothing(artifact: Artifact) -> None:
    await count(3, [STORY])
    await count(0, [])
    assert {share for share, _ in artifact.sent} <= {0, 100 / 3}


async def test_a_server_that_does_not_take_it_fails_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: Any, **__: Any) -> None:
        raise httpx.ConnectError("no")

    monkeypatch.setattr(progress, "acreate_progress_artifact", refused)
    await count(2, [STORY, STORY])
