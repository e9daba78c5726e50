"""`pressrun archive`: what it says, how it ends, and what it leaves alone."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pressrun.archive import Archive, Lease
from pressrun.archive.deliveries import Deliveries, Note, Sender
from settings import Settings, load_settings
from tasks.archives import archive_of
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk
from tests.pressrun.archive.archive_store import BUCKET, open_store
from tests.pressrun.archive.archive_work import do_work, print_whole
from tests.pressrun.cli.cli_terminal import Type

Run = Callable[..., tuple[object, str]]
desk = Desk()


@pytest.fixture(autouse=True)
def no_flushing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def run(typed: Type) -> Run:
    def call(*arguments: str) -> tuple[object, str]:
        ended = typed("archive", *arguments)
        return ended.code, ended.out + ended.err

    return call


def as_object(said: tuple[object, str]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(said[1])
    return made


def test_a_whole_archive_ends_with_0_and_a_damaged_one_with_1(archive: Archive, run: Run) -> None:
    print_whole(archive, desk)
    assert run("check") == (0, "nothing is wrong\n")
    archive.files.write("editions/daily/2026-11-21/r0001/edition.pdf", b"other")
    code, said = run("check")
    assert code == 1
    assert "editions/daily/2026-11-21/r0001/edition.pdf: is not as it was printed" in said
    assert "print those editions again" in said


def test_a_delivery_that_may_have_arrived_is_no_fault_and_named_with_what_repeats_it(
    archive: Archive, run: Run
) -> None:
    edition, _ = print_whole(archive, desk)
    slip = Deliveries(archive.files).slip(edition, "ab" * 32)
    facts = {"name": "json:abcdef", "attempts": 1, "at": MOMENT, "sender": Sender.here()}
    assert slip.put(Note.model_validate({"state": "sent", **facts}))
    assert run("check") == (0, "nothing is wrong\n")
    assert slip.put(Note.model_validate({"state": "unknown", **facts}))
    code, said = run("check")
    assert code == 0
    again = "pressrun deliver 2026-11-21 --paper daily --again --to json:abcdef"
    assert f"may have arrived at json:abcdef; send it again: {again}" in " ".join(said.split())
    assert [one["kind"] for one in as_object(run("check", "--json"))["uncertain"]] == ["uncertain"]
    later = desk.print(archive, "two").edition  # of which there is no such note
    assert later.revision == 2
    assert "uncertain" not in run("check")[1]


def test_the_object_has_each_kind_with_its_files_and_bytes(archive: Archive, run: Run) -> None:
    print_whole(archive, desk)
    work = do_work(archive, desk, DAY.replace(day=2), body=b"<p>other")
    archive.files.delete("site/index.json")
    said = run("check", "--json")
    made = as_object(said)
    assert said[0] == 1
    assert made["found"]["unreferenced"]["files"] == len(work.keys)
    assert made["found"]["unreferenced"]["bytes"] > 100
    assert made["found"]["damaged"] == {"files": 0, "bytes": 0}
    assert [fault["kind"] for fault in made["faults"]] == ["site"]


def test_a_repair_makes_the_site_anew(archive: Archive, run: Run) -> None:
    print_whole(archive, desk)
    archive.files.delete("site/index.json")
    assert run("check")[0] == 1
    assert run("check", "--repair") == (0, "nothing is wrong\n")


def test_pruning_tells_what_went_and_a_dry_run_what_would(archive: Archive, run: Run) -> None:
    print_whole(archive, desk)
    do_work(archive, desk, DAY.replace(day=2), body=b"<p>other")
    assert "0 files" in run("prune")[1]
    code, said = run("prune", "--older-than", "0", "--dry-run")
    assert (code, "4 files" in said, "would go" in said) == (0, True, True)
    made = as_object(run("prune", "--older-than", "0", "--json"))
    assert made["freed"]["unreferenced in the store"]["files"] == 4
    assert run("check")[0] == 0


@pytest.mark.parametrize("days", ["inf", "1e12", "nan", "-1", "36501"])
def test_days_beyond_a_century_or_no_number_are_a_usage_error(
    archive: Archive, run: Run, days: str
) -> None:
    code, said = run("prune", "--older-than", days)
    assert code == 2
    assert "36500" in said
    assert run("prune", "--older-than", "36500")[0] == 0


def test_an_edition_that_is_being_printed_is_left_and_named(archive: Archive, run: Run) -> None:
    for mark in ("one", "two", "three"):
        desk.print(archive, mark)
    lease = Lease.acquire(archive.files, "daily", DAY)
    code, said = run("prune", "--keep-revisions", "1")
    lease.release()
    assert code == 0
    assert "left as it is: daily 2026-11-21 is being printed" in said
    assert archive.editions.revisions("daily", DAY) == (1, 2, 3)


def test_migrating_says_that_there_is_nothing_to_do(archive: Archive, run: Run) -> None:
    code, said = run("migrate")
    assert (code, said.strip().endswith("has schema 1 already; nothing to do")) == (0, True)


@pytest.mark.parametrize("command", ["check", "prune", "migrate"])
def test_where_there_is_no_archive_none_is_made(run: Run, tmp_path: Path, command: str) -> None:
    code, said = run(command, "--archive", "elsewhere")
    assert code == 1
    assert "there is no archive; correct --archive" in said
    assert not (tmp_path / "elsewhere").exists()


def test_a_bucket_is_opened_by_the_options_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STORE_SECRET", "s")
    with open_store() as store:
        settings: Settings = load_settings(
            {
                "archive": f"s3://{BUCKET}/papers",
                "archive_options": store.options | {"secret": "env:STORE_SECRET"},
            }
        )
        assert "env:STORE_SECRET" not in repr(settings)
        published, _ = desk.print(archive_of(settings))
        assert archive_of(settings).settle("daily", DAY) == published
