"""What the editions of one process share."""

import asyncio
import os
from pathlib import Path

from pressrun.archive import Archive
from settings import Settings
from tasks.press import DRAWERS, DRAWN_BY_ONE, open_press
from tasks.workers import Workers


async def processes(workers: Workers) -> set[int]:
    """Those that a few jobs were done by."""
    jobs = (workers.run(os.getpid, timeout_s=30) for _ in range(6))
    return set(await asyncio.gather(*jobs))


async def test_a_few_stories_are_drawn_by_one_process_that_did_not_read(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path))
    async with open_press(Settings(), archive, None, chinese=False) as press:
        read = await processes(press.workers)
        drawn = await processes(await press.drawers(DRAWN_BY_ONE))
        assert len(drawn) == 1
        assert not drawn & read
        many = await processes(await press.drawers(DRAWN_BY_ONE + 1))
        assert 1 <= len(many) <= DRAWERS


async def test_while_articles_are_read_others_draw_and_go_on_drawing(tmp_path: Path) -> None:
    archive = Archive.open(str(tmp_path))
    async with open_press(Settings(), archive, None, chinese=False) as press:
        early = await press.drawers(1, reading=True)
        assert early is not press.workers
        assert await press.drawers(1) is early
