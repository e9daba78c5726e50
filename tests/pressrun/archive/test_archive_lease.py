"""Leases: one run prints an edition at a time, and one that died does not stop the next."""

import json
import multiprocessing
import subprocess
import sys
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from pressrun.archive import Archive, Lease
from pressrun.archive.processes import process_birth
from pressrun.errors import EditionBusy
from tests.pressrun.archive.archive_desk import DAY
from tests.pressrun.archive.archive_leases import KEY, Clock, acquire


def test_a_held_lease_is_refused_naming_owner_since_when_and_until(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(10)
    with pytest.raises(EditionBusy) as caught:
        acquire(archive, clock)
    message = str(caught.value)
    for part in ("daily 2026-11-21", "process", "2026-11-22 06:30:00 UTC", "06:31:00 UTC", KEY):
        assert part in message
    assert caught.value.retry_after_s == 50
    lease.release()
    acquire(archive, clock).release()
    assert archive.files.read(KEY) is None


def test_another_edition_is_free(archive: Archive, clock: Clock) -> None:
    acquire(archive, clock)
    Lease.acquire(archive.files, "daily", DAY + timedelta(days=1), now=clock)
    Lease.acquire(archive.files, "world", DAY, now=clock)


def test_a_lease_expires_without_a_sign_of_life_and_not_with_one(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(59)
    lease.renew()
    clock.pass_s(59)
    with pytest.raises(EditionBusy):
        acquire(archive, clock)
    clock.pass_s(1)
    assert lease.is_expired()
    acquire(archive, clock)


def test_a_lease_that_was_taken_over_can_be_neither_renewed_nor_released(
    archive: Archive, clock: Clock
) -> None:
    old = acquire(archive, clock)
    clock.pass_s(60)
    new = acquire(archive, clock)
    with pytest.raises(EditionBusy, match="was lost to process"):
        old.renew()
    old.release()
    new.renew()
    archive.files.delete(KEY)
    with pytest.raises(EditionBusy, match="someone who deleted it"):
        new.renew()


def test_a_lease_that_expired_unnoticed_is_renewed_if_nobody_took_it(
    archive: Archive, clock: Clock
) -> None:
    lease = acquire(archive, clock)
    clock.pass_s(3600)
    lease.renew()
    with pytest.raises(EditionBusy):
        acquire(archive, clock)


@pytest.mark.parametrize("damage", [b"", b"{", b"{}", b"\xff"])
def test_a_damaged_lease_is_taken_over(archive: Archive, clock: Clock, damage: bytes) -> None:
    archive.files.write(KEY, damage)
    acquire(archive, clock).renew()


def test_a_killed_owner_on_this_machine_is_taken_over_at_once(local: Archive, folder: Path) -> None:
    code = (
        "import os, sys\nfrom datetime import date\nfrom pressrun.archive import Archive, Lease\n"
        "files = Archive.open(sys.argv[1]).files\n"
        "Lease.acquire(files, 'daily', date(2026, 11, 21), ttl_s=9999)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=False, timeout=60)
    assert done.returncode == -9
    assert local.files.read(KEY) is not None
    Lease.acquire(local.files, "daily", DAY).release()


@pytest.mark.parametrize(
    ("change", "free"),
    [({"birth": "1"}, True), ({"machine": "elsewhere"}, False), ({}, False)],
)
def test_a_process_number_means_something_only_with_its_machine_and_its_birth(
    archive: Archive, clock: Clock, change: dict[str, str], free: bool
) -> None:
    acquire(archive, clock)
    record = json.loads(archive.files.read(KEY) or b"")
    archive.files.write(KEY, json.dumps(record | change).encode())
    if free:
        acquire(archive, clock)
    else:
        with pytest.raises(EditionBusy):
            acquire(archive, clock)


def test_a_process_that_ended_and_was_not_yet_reaped_is_gone() -> None:
    process = subprocess.Popen(["true"])
    while process_birth(process.pid):  # until the kernel has ended it
        pass
    assert Path(f"/proc/{process.pid}").exists()
    process.wait()
    assert process_birth(process.pid) == ""


def contend(folder: str, start: Barrier, turns: int, done: Barrier) -> None:
    """Takes the lease as often as it can; each turn appends to a file while alone with it."""
    archive = Archive.open(folder)
    for turn in range(turns):
        start.wait()
        clock = Clock()
        clock.pass_s(3600 * turn)  # the lease of the last turn is over
        try:
            acquire(archive, clock)
        except EditionBusy:
            pass
        else:
            with (Path(folder) / "winners").open("a") as stream:
                stream.write(f"{turn}\n")
        done.wait()


def test_of_contending_processes_exactly_one_wins_a_free_or_an_expired_lease(
    local: Archive, folder: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    turns, contenders = 12, 3
    start, done = context.Barrier(contenders), context.Barrier(contenders)
    processes = [
        context.Process(target=contend, args=(str(folder), start, turns, done))
        for _ in range(contenders)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * contenders
    assert (folder / "winners").read_text().split() == [str(turn) for turn in range(turns)]
