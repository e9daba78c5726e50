"""How a signal ends a run: each case is a small program that signals itself."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, signal, sys
from pressrun.cli import interrupts

def hit(number=signal.SIGINT):
    os.kill(os.getpid(), number)

async def forever():
    await asyncio.Event().wait()

{main}

try:
    print(interrupts.run(main(), lambda line: print(line, flush=True)))
except interrupts.Interrupted as stop:
    sys.exit(stop.exit_code)
"""


def run(main: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(main=main)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )


def test_without_a_signal_the_result_comes_back() -> None:
    ended = run("async def main(): return 'whole'")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "whole\n", "")


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_first_signal_cancels_and_lets_the_run_close(name: str, status: int) -> None:
    ended = run(f"""
async def main():
    hit(signal.{name})
    try:
        await forever()
    finally:
        print("closed", flush=True)
""")
    assert ended.returncode == status
    said, closed = ended.stdout.splitlines()
    assert said.startswith("interrupted")
    assert said.endswith("; the next run goes on with what was recorded")
    assert closed == "closed"
    assert ended.stderr == ""


def test_the_second_signal_ends_the_process_where_it_stands() -> None:
    ended = run("""
interrupts.GRACE_S = 60

async def main():
    hit()
    try:
        await forever()
    finally:
        hit()
        print("not reached", flush=True)
""")
    assert ended.returncode == 130
    assert ended.stdout.splitlines() == ["interrupted; the next run goes on with what was recorded"]


def test_a_run_that_does_not_end_is_ended_in_its_time() -> None:
    ended = run("""
interrupts.GRACE_S = 0.05

async def main():
    hit(signal.SIGTERM)
    try:
        await forever()
    finally:
        await forever()
""")
    assert ended.returncode == 143
    assert ended.stdout.startswith("interrupted by SIGTERM")
    assert ended.stderr == ""


def test_a_run_that_blocks_the_loop_is_told_of_all_the_same() -> None:
    ended = run("""
interrupts.GRACE_S = 0.05

async def main():
    hit()
    while True:
        pass
""")
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "interrupted; the next run goes on with what was recorded\n"


def test_what_the_caller_ignores_stays_ignored() -> None:
    ended = run("""
signal.signal(signal.SIGHUP, signal.SIG_IGN)

async def main():
    hit(signal.SIGHUP)
    return "as nohup has it"
""")
    assert (ended.returncode, ended.stdout) == (0, "as nohup has it\n")


def test_a_library_that_takes_a_signal_for_itself_has_it_taken_back() -> None:
    ended = run("""
interrupts.CLAIM_S = 0

async def main():
    mine = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while signal.getsignal(signal.SIGTERM) != mine:
        await asyncio.sleep(0)
    hit(signal.SIGTERM)
    await forever()
""")
    assert ended.returncode == 128 + signal.SIGTERM
