"""`pressrun up`: what it refuses, what it says, what it keeps going; without a server."""

import asyncio
import inspect
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from pressrun.cli import up, up_check, up_keep
from pressrun.cli.deployments import ENVIRONMENT, present, table
from pressrun.cli.findings import Level
from pressrun.cli.up_check import database_check, metrics_check
from pressrun.cli.up_keep import Program, end_runs, keep, kept, kept_beside
from pressrun.cli.up_place import database_place, find_address, require_free, worker_name
from pressrun.cli.up_runs import next_runs
from pressrun.errors import PressrunError
from settings import PaperSettings, Settings
from tests.fakes import FakeOllama

REPOSITORY = Path(__file__).parents[3]


def test_prefect_yaml_says_what_the_table_says() -> None:
    said = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text())
    ours = table(Settings())
    assert [one["name"] for one in said["deployments"]] == [one.name for one in ours]
    for one, deployment in zip(said["deployments"], ours, strict=True):
        assert one["entrypoint"] == deployment.entrypoint
        assert one["description"] == deployment.description
        assert one["tags"] == deployment.tags
        assert one["work_pool"]["name"] == "pressrun"
        assert one["work_pool"]["job_variables"]["env"] == ENVIRONMENT
        assert [as_ours(schedule) for schedule in one["schedules"]] == [
            (s.slug, s.cron, s.time_zone, s.paper) for s in deployment.schedules
        ]


def as_ours(schedule: dict[str, Any]) -> tuple[str, str, str, str | None]:
    assert schedule["active"]
    paper = schedule.get("parameters", {}).get("paper")
    return schedule["slug"], schedule["cron"], schedule["timezone"], paper


def test_every_flow_of_the_table_is_there() -> None:
    assert present(table(Settings())) == table(Settings())


def test_each_paper_with_a_schedule_has_one_of_its_own() -> None:
    papers = {
        "daily": PaperSettings(schedule=""),
        "evening": PaperSettings(schedule="0 18 * * 1-5", time_zone="Europe/Berlin"),
    }
    [daily] = [one for one in table(Settings(papers=papers)) if one.name == "daily"]
    [schedule] = daily.schedules
    assert (schedule.slug, schedule.paper) == ("evening", "evening")
    assert (schedule.cron, schedule.time_zone) == ("0 18 * * 1-5", "Europe/Berlin")
    # A Friday evening: the next one is on Monday.
    after = datetime(2026, 3, 13, 20, tzinfo=UTC)
    assert next_runs(Settings(papers=papers), after)["evening"].isoformat() == (
        "2026-03-16T18:00:00+01:00"
    )


def test_a_taken_port_is_refused_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PressrunError, match=rf"127.0.0.1:{port} cannot .* --port"):
            require_free("127.0.0.1", port)


def test_the_profiles_server_is_used_when_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://10.0.0.9:4200/api"
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: (url, True))
    assert find_address("127.0.0.1", None, None).url == url
    with pytest.raises(PressrunError, match="leave out --database"):
        find_address("127.0.0.1", None, "postgresql+asyncpg://x/y")
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: (url, False))
    with pytest.raises(PressrunError, match="prefect config unset PREFECT_API_URL"):
        find_address("127.0.0.1", None, None)


def test_a_worker_keeps_its_name_and_another_home_has_another() -> None:
    assert worker_name(Path("/a")) == worker_name(Path("/a"))
    assert worker_name(Path("/a")) != worker_name(Path("/b"))


def script(folder: Path, text: str, name: str = "worker") -> Program:
    """A program that runs *text*; its log is in *folder*."""
    (folder / "work_of_a_test.py").write_text(text)
    paths = os.pathsep.join((str(folder), str(REPOSITORY)))
    return Program(
        name,
        "work_of_a_test",
        (),
        env={**os.environ, "PYTHONPATH": paths},
        log=folder / f"{name}.log",
        grace_s=1.0,
    )


async def test_what_ends_is_started_again_and_not_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up_keep, "MOST_ENDS", 2)
    monkeypatch.setattr(up_keep, "DELAY_S", 0.0)
    said: list[str] = []
    program = script(tmp_path, "raise SystemExit('no database')")
    with pytest.raises(PressrunError, match=r"the worker ended 2 times .* no database"):
        await keep(program, said.append)
    assert said == ["the worker ended with 1; it starts again in 0 s"]


async def test_what_fails_beside_the_rest_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up_keep, "MOST_ENDS", 1)
    told: asyncio.Queue[str] = asyncio.Queue()
    program = script(tmp_path, "raise SystemExit('port 9477 is taken')", "metrics")
    async with asyncio.timeout(30), kept_beside(program, told.put_nowait):
        said = await told.get()
    assert said.startswith("the metrics ended 1 times")
    assert said.endswith("port 9477 is taken; the rest goes on without")


def test_the_metrics_are_kept_beside_the_rest() -> None:
    # To try it takes a server and a worker; the line by which it is so does not.
    assert "kept_beside(metrics, line)" in inspect.getsource(up._up)


def test_a_check_tries_the_port_of_the_metrics() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        found = metrics_check(port, runs=False)
        assert found.level is Level.WARNING
        assert "PRESSRUN_METRICS__PORT" in found.remedy
        assert metrics_check(port, runs=True).level is Level.OK
    assert metrics_check(port, runs=False).level is Level.OK
    assert metrics_check(port, runs=True).level is Level.WARNING


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql+aiomysql://prefect@127.0.0.1/prefect", "mysql"),
        ("postgresql://prefect@127.0.0.1/prefect", r"postgresql\+asyncpg"),
        ("postgresql+asyncpg://prefect:s3cret@127.0.0.1:port/prefect", "%2F"),
        ("prefect.db", "is no URL"),
    ],
)
async def test_a_database_that_prefect_does_not_take_is_refused_at_once(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: (None, False))
    with pytest.raises(PressrunError, match=said) as refused:
        find_address("127.0.0.1", None, url)
    assert "s3" not in str(refused.value)
    assert refused.value.__suppress_context__ or not refused.value.__context__
    assert (await database_check(url)).level is Level.FAILED


def test_the_databases_that_prefect_takes_are_taken() -> None:
    assert database_place("postgresql+asyncpg://u:p%40@h/n").host == "h"
    assert database_place("sqlite+aiosqlite:////srv/prefect.db").host is None


async def test_without_a_server_yet_shared_limits_are_only_a_warning(
    ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: (None, False))
    monkeypatch.setattr(up_check, "running", lambda: None)
    for name, value in (
        ("HOST", ollama.url),
        ("MODEL", ollama.model),
        ("SHARED_LIMIT", "true"),
    ):
        monkeypatch.setenv(f"PRESSRUN_ENGINES__OLLAMA__{name}", value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = {one.name: one for one in await up_check.examine("127.0.0.1", port, None)}
    assert found["ollama"].level is Level.OK
    assert found["limits"].level is Level.WARNING
    assert "pressrun limits set" in found["limits"].remedy


RUNS = """
import subprocess, sys, time
subprocess.Popen(
    [sys.executable, "-c", '''
import signal, sys, time
def end(*_):
    time.sleep(0.2)
    print("lease given back", flush=True)
    sys.exit()
signal.signal(signal.SIGUSR1, end)
print("run begun", flush=True)
time.sleep(600)
'''],
    start_new_session=True,
).wait()
time.sleep(600)
"""


async def begun(program: Program) -> None:
    async with asyncio.timeout(30):
        while "run begun" not in program.tail():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("cancelled", [True, False])
async def test_runs_that_are_cancelled_are_waited_for_and_no_run_outlives_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    monkeypatch.setattr(up_keep, "RUNS_GRACE_S", 30.0 if cancelled else 0.1)
    program = script(tmp_path, RUNS)
    async with kept(program, lambda _: None):
        await begun(program)
        program.look()
        [group] = program.groups
        if cancelled:  # as the worker has it done
            os.kill(group, signal.SIGUSR1)
        await end_runs(program)
    assert program.tail().endswith("lease given back" if cancelled else "run begun")
    async with asyncio.timeout(10):
        while lives(group):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_runs_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = script(tmp_path, RUNS)
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({program.argv!r}, stdin=subprocess.PIPE,"
        f" stdout=open({str(program.log)!r}, 'w'), start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n",
        env=dict(program.env),
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    program.pid = int(await parent.stdout.readline())
    await begun(program)
    program.look()
    groups = {program.pid, *program.groups}
    assert len(groups) == 2
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with asyncio.timeout(10):
        while any(lives(group) for group in groups):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)


def lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
