import asyncio
import operator
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pressrun.errors import ExtractionError, WorkerDied
from pressrun.models import Page
from tasks.extract import extract_article
from tasks.workers import Workers, _main_hidden

NOW = datetime(2026, 3, 12, tzinfo=UTC)
SOON = 30.0


async def test_a_job_runs_in_another_process_and_gives_its_result() -> None:
    async with Workers(1) as workers:
        assert await workers.run(os.getpid, timeout_s=SOON) != os.getpid()
        results = await asyncio.gather(
            *(workers.run(operator.mul, n, n, timeout_s=SOON) for n in range(8))
        )
        assert results == [n * n for n in range(8)]


async def test_what_a_job_raises_comes_back_as_it_was() -> None:
    page = Page(url="http://a/video/1", final_url="http://a/video/1", body=b"", fetched_at=NOW)
    async with Workers(1) as workers:
        with pytest.raises(ExtractionError, match="a video by its address") as caught:
            await workers.run(extract_article, page, timeout_s=SOON)
        assert not caught.value.transient


async def test_the_time_limit_kills_the_job_and_the_next_one_runs() -> None:
    async with Workers(1) as workers:
        before = await workers.run(os.getpid, timeout_s=SOON)
        with pytest.raises(TimeoutError):
            await workers.run(time.sleep, 600, timeout_s=0.05)
        assert await workers.run(os.getpid, timeout_s=SOON) != before
        assert not is_running(before)


async def test_the_time_limit_kills_a_parser_that_never_returns_to_python() -> None:
    attributes = b" ".join(b'a%d="x"' % n for n in range(200_000))
    body = b"<p " + attributes + b">" + "中文".encode() * 100
    page = Page(url="http://a/1", final_url="http://a/1", body=body, fetched_at=NOW)
    async with Workers(1) as workers:
        with pytest.raises(TimeoutError):
            await workers.run(extract_article, page, timeout_s=0.3)
        assert await workers.run(abs, -1, timeout_s=SOON) == 1


async def test_a_worker_that_dies_is_an_error_and_the_next_job_runs() -> None:
    async with Workers(1) as workers:
        for _ in range(3):
            with pytest.raises(WorkerDied, match="exit code 7") as caught:
                await workers.run(os._exit, 7, timeout_s=SOON)
            assert caught.value.transient
            assert await workers.run(abs, -1, timeout_s=SOON) == 1


async def test_an_idle_worker_that_is_killed_is_replaced() -> None:
    async with Workers(1) as workers:
        idle = await workers.run(os.getpid, timeout_s=SOON)
        os.kill(idle, signal.SIGKILL)
        for _ in range(100):
            try:
                assert await workers.run(os.getpid, timeout_s=SOON) != idle
                break
            except WorkerDied:  # the job was on its way while the pool noticed
                continue
        else:
            pytest.fail("no worker came back")


async def test_cancelling_the_call_ends_the_job() -> None:
    async with Workers(1) as workers:
        worker = await workers.run(os.getpid, timeout_s=SOON)
        call = asyncio.create_task(workers.run(time.sleep, 600, timeout_s=SOON))
        await asyncio.sleep(0.2)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await workers.run(abs, -1, timeout_s=SOON) == 1
        assert not is_running(worker)


async def test_leaving_the_block_ends_jobs_under_way_at_once_and_waits_for_none() -> None:
    async with Workers(1) as workers:
        worker = await workers.run(os.getpid, timeout_s=SOON)
        calls = [
            asyncio.create_task(workers.run(time.sleep, 600, timeout_s=600)),
            # More than a pipe holds: the pool's own thread is blocked while it writes them.
            *(
                asyncio.create_task(workers.run(len, b"x" * 1_000_000, timeout_s=600))
                for _ in range(3)
            ),
        ]
        await asyncio.sleep(0.2)
        start = time.monotonic()
    assert time.monotonic() - start < 5
    assert not is_running(worker)
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}


PARENT = """
import asyncio, os, sys, time
from tasks.extract import extract_article
from tasks.workers import Workers
print("imported", __name__, flush=True)

async def main():
    async with Workers(2) as workers:
        pids = {await workers.run(os.getpid, timeout_s=30) for _ in range(4)}
        job = asyncio.create_task(JOB)
        await asyncio.sleep(0.2)
        print(*pids, flush=True)
        await job

if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
"""
SLEEP = "workers.run(time.sleep, 600, timeout_s=600)"
DEAF = "workers.run(sum, range(10**12), timeout_s=600)"
"""In C, with the interpreter's lock held: no thread of the worker runs."""


def parent_of(job: str, folder: str) -> subprocess.Popen[str]:
    script = os.path.join(folder, "main_program.py")  # noqa: PTH118
    with open(script, "w") as out:  # noqa: PTH123
        out.write(PARENT.replace("JOB", job))
    return subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("job", [SLEEP, DEAF], ids=["asleep", "deaf"])
def test_workers_die_with_a_parent_that_is_killed(
    job: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with parent_of(job, str(tmp_path_factory.mktemp("main"))) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "imported __main__\n"
        line = parent.stdout.readline()
        pids = [int(word) for word in line.split()]
        assert pids, parent.stderr and parent.stderr.read()
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 10
        while any(map(is_running, pids)):
            assert time.monotonic() < deadline, "a worker outlived its parent"
            time.sleep(0.02)


def test_ctrl_c_is_the_parents_and_the_main_program_is_imported_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with parent_of(SLEEP, str(tmp_path_factory.mktemp("main"))) as parent:
        assert parent.stdout is not None
        seen = parent.stdout.readline() + parent.stdout.readline()
        os.killpg(parent.pid, signal.SIGINT)
        rest, noise = parent.communicate(timeout=SOON)
        assert parent.returncode == 130
        assert noise == ""
        assert (seen + rest).count("imported") == 1


def is_running(pid: int) -> bool:
    """Whether *pid* is a process that still runs, not one that waits to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if Path("/proc/self/stat").exists():  # a minimal Linux has no ps
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        command = ["ps", "-o", "stat=", "-p", str(pid)]
        state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


async def test_temporary_files_of_workers_go_when_the_pool_ends() -> None:
    async with Workers(1) as workers:
        made = Path(await workers.run(tempfile.mkdtemp, timeout_s=20))
        assert await asyncio.to_thread(made.exists)
    assert not await asyncio.to_thread(made.exists)


def test_the_main_program_is_hidden_and_no_trap_for_who_looks_at_modules() -> None:
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    with _main_hidden():
        assert main.__spec__ is None
        assert not hasattr(main, "__file__"), "inspect fails of a None"
    assert getattr(main, "__file__", None) == file
