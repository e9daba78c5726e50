"""The stages that last for no time: a writer is met between two writes, whoever is slow."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pressrun.archive.files import LOCK, LocalFiles
from tests.kills import stages
from tests.kills.stages import Moment, Scene, Stage, Victim
from tests.kills.world import Log

DAYS = ("2026-03-02", "2026-03-03", "2026-03-04")


def prints(folder: Path) -> None:
    """Write what `Scene` looks at, a day after the other, once it looks, as the archive does."""
    while not (folder / LOCK).exists():
        time.sleep(0.001)
    files = LocalFiles(folder)
    for day in DAYS:
        files.swap(f"editions/daily/{day}/r0001/edition.json", None, b"{}")
        files.swap(f"editions/daily/{day}/current.json", None, b"{}")


@pytest.mark.parametrize("occurrence", [1, len(DAYS)])
async def test_however_seldom_it_is_looked_a_writer_waits_between_manifest_and_pointer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, occurrence: int
) -> None:
    monkeypatch.setattr(stages, "SPIN_S", 0.03)
    one = Moment(
        victim=Victim.FLOW,
        number=0,
        stage=Stage.MANIFEST,
        occurrence=occurrence,
        delay_s=0,
        concurrency=1,
    )
    with ThreadPoolExecutor(1) as writer:
        archive = tmp_path / "archive"
        archive.mkdir()
        writing = writer.submit(prints, archive)
        async with Scene(archive, Log(), stories=1).at(one):
            assert len(list(archive.glob("editions/*/*/r*/edition.json"))) == occurrence
            assert len(list(archive.glob("editions/*/*/current.json"))) == occurrence - 1
            assert not writing.done()
        writing.result(30)
    assert len(list(archive.glob("editions/*/*/current.json"))) == len(DAYS)
