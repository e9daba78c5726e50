"""The progress artifact: rarely sent, and never in the way."""

import asyncio
import logging

import httpx
import pytest

from tasks import progress


class Artifact:
    """What Prefect is sent for one artifact; it does not take the first *refused*."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, str]] = []
        self.refused = 0

    async def create(self, share: float, *, key: str, description: str) -> str:
        await self.update(key, share, description=description)
        return key

    async def update(self, key: str, share: float, *, description: str) -> None:
        assert key == "progress-daily"
        await asyncio.sleep(0)
        if self.refused:
            self.refused -= 1
            raise httpx.ConnectError("no")
        self.sent.append((share, description))


@pytest.fixture
def artifact(monkeypatch: pytest.MonkeyPatch) -> Artifact:
    sent = Artifact()
    monkeypatch.setattr(progress, "acreate_progress_artifact", sent.create)
    monkeypatch.setattr(progress, "aupdate_progress_artifact", sent.update)
    monkeypatch.setattr(progress, "get_run_logger", lambda: logging.getLogger("run"))
    return sent


async def count(total: int, outcomes: list[bool]) -> None:
    """All of *outcomes* in a block, one by one."""
    async with progress.progress("progress-daily", total, "stories") as done:
        for one in outcomes:
            done(one)
            for _turn in range(5):
                await asyncio.sleep(0)


async def test_a_printing_that_is_quicker_than_the_interval_sends_its_end_at_once(
    artifact: Artifact,
) -> None:
    await count(3, [True, False, True])
    assert artifact.sent[-1] == (100, "2 of 3 stories, 1 failed")
    assert len(artifact.sent) == 2


async def test_what_is_done_within_an_interval_is_sent_together(artifact: Artifact) -> None:
    await count(200, [True] * 200)
    assert [share for share, _ in artifact.sent] == [0.5, 100]


async def test_a_printing_that_takes_longer_is_followed(
    artifact: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0)
    await count(4, [True] * 4)
    assert [share for share, _ in artifact.sent] == [25, 50, 75, 100]


async def test_a_block_that_is_left_early_waits_for_nothing(artifact: Artifact) -> None:
    await count(3, [True])
    await count(0, [])
    assert [share for share, _ in artifact.sent] == [100 / 3]


async def test_a_server_that_does_not_take_it_is_told_of_once_and_sent_what_comes_after(
    artifact: Artifact, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0)
    artifact.refused = 2
    await count(4, [True] * 4)
    assert [share for share, _ in artifact.sent] == [75, 100]
    assert caplog.messages == ["Prefect does not take the progress: no"]
