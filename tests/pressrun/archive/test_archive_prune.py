"""Pruning: what is unreferenced and old goes; what a run may find at that moment never does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive, Lease, OverviewKey
from pressrun.archive import prune as pruning
from pressrun.archive.check import check
from pressrun.archive.prune import Freed, Kind, Rule, Waited, prune
from pressrun.models import Page
from tests.pressrun.archive.archive_desk import DAY, SHA, Desk
from tests.pressrun.archive.archive_work import URL, do_work, print_whole, store_keys

NOW = datetime(2100, 1, 1, tzinfo=UTC)
OTHER = DAY + timedelta(days=9)


def freed(archive: Archive, rule: Rule | None = None, *, dry_run: bool = False) -> set[str]:
    done = prune(archive, rule or Rule(), NOW, dry_run=dry_run)
    return {one.key for one in done if isinstance(one, Freed)}


def whole(archive: Archive) -> bool:
    return not any(oddity.kind.is_fault for oddity in check(archive, NOW))


def test_unreferenced_work_goes_and_what_editions_are_made_of_stays(
    archive: Archive, desk: Desk
) -> None:
    print_whole(archive, desk)
    kept = store_keys(archive)
    other = do_work(archive, desk, OTHER, body=b"<p>other")
    assert freed(archive) == other.keys
    assert store_keys(archive) == kept
    assert whole(archive)


def test_an_overview_stays_as_long_as_its_day_has_an_edition(archive: Archive, desk: Desk) -> None:
    edition, _ = print_whole(archive, desk)
    other = edition.model_copy(update={"edition_date": OTHER})
    for one in (edition, other):
        key = OverviewKey.of(one, desk.model, prompt_sha256=SHA)
        archive.store.record_overview(key, desk.overview())
    (gone,) = freed(archive)
    assert gone.startswith("store/overviews/")
    assert archive.store.find_overview(OverviewKey.of(edition, desk.model, prompt_sha256=SHA))
    assert whole(archive)


def test_a_page_with_the_same_bytes_as_a_printed_one_stays(archive: Archive, desk: Desk) -> None:
    _, work = print_whole(archive, desk)
    do_work(archive, desk, OTHER)
    (gone,) = freed(archive)
    assert gone.startswith("store/fetches/")
    assert work.keys <= store_keys(archive)


def test_what_is_younger_than_the_grace_period_stays(archive: Archive, desk: Desk) -> None:
    do_work(archive, desk)
    now = datetime.now(UTC)  # the files' own clock
    assert list(prune(archive, Rule(), now + timedelta(days=6.9))) == []
    assert len(list(prune(archive, Rule(), now + timedelta(days=7.1)))) == 4


def test_a_dry_run_tells_the_same_and_removes_nothing(archive: Archive, desk: Desk) -> None:
    for mark in ("one", "two", "three"):
        desk.print(archive, mark)
    do_work(archive, desk, OTHER)
    before = {entry.key for entry in archive.files.entries("")}
    told = freed(archive, Rule(keep_revisions=1), dry_run=True)
    assert {entry.key for entry in archive.files.entries("")} == before
    assert freed(archive, Rule(keep_revisions=1)) == told


def test_the_work_of_an_unfinished_printing_stays(archive: Archive, desk: Desk) -> None:
    archive.editions.begin(desk.plan())
    work = do_work(archive, desk)
    assert freed(archive) == set()
    assert work.keys == store_keys(archive)


def test_superseded_revisions_go_with_what_only_they_were_made_of(
    archive: Archive, desk: Desk
) -> None:
    print_whole(archive, desk, body=b"<p>first")
    for mark in ("two", "three", "four"):
        desk.print(archive, mark)
    assert freed(archive) == set()
    gone = freed(archive, Rule(keep_revisions=2))
    assert archive.editions.revisions("daily", DAY) == (3, 4)
    assert archive.editions.current("daily", DAY)
    assert any(key.endswith("r0001/edition.json") for key in gone)
    assert any(key.startswith("store/lists/") for key in gone)


def test_the_current_revision_stays_however_old(archive: Archive, desk: Desk) -> None:
    desk.print(archive, stories=2)
    for mark in ("two", "three"):
        desk.print(archive, mark, stories=1)  # worse: never the current one
    freed(archive, Rule(keep_revisions=1))
    assert archive.editions.revisions("daily", DAY) == (1, 3)
    current = archive.editions.current("daily", DAY)
    assert current
    assert current.revision == 1


def test_an_edition_that_is_being_printed_keeps_its_revisions(archive: Archive, desk: Desk) -> None:
    for mark in ("one", "two", "three"):
        desk.print(archive, mark)
    lease = Lease.acquire(archive.files, "daily", DAY)
    (waited,) = (
        one for one in prune(archive, Rule(keep_revisions=1), NOW) if isinstance(one, Waited)
    )
    assert "daily 2026-11-21 is being printed" in waited.says
    assert archive.editions.revisions("daily", DAY) == (1, 2, 3)
    lease.release()


class Run:
    """A printing that begins while `prune` works, and finds what is in the store."""

    def __init__(self, archive: Archive, desk: Desk) -> None:
        self.archive, self.desk, self.found = archive, desk, False

    def __call__(self) -> None:
        self.archive.editions.begin(self.desk.plan(day=OTHER))
        self.found = isinstance(self.archive.store.find_page(OTHER, URL), Page)


def before_deleting(archive: Archive, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """*run* at the moment of the first deletion."""
    delete = archive.files.delete

    def late(key: str) -> None:
        if not run.found:
            run()
        delete(key)

    monkeypatch.setattr(archive.files, "delete", late)


def after_deleting(archive: Archive, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """*run* when all of the batch is deleted."""
    entries = archive.files.entries
    calls = 0

    def look(key: str) -> object:
        nonlocal calls
        calls += key == "editions"
        if key == "editions" and calls == 3:  # two listings make a look
            run()
        return entries(key)

    monkeypatch.setattr(archive.files, "entries", look)


@pytest.mark.parametrize("moment", [before_deleting, after_deleting])
def test_a_run_that_begins_meanwhile_loses_nothing_that_it_found(
    archive: Archive,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    moment: Callable[[Archive, pytest.MonkeyPatch, Run], None],
) -> None:
    work = do_work(archive, desk, OTHER, body=b"<p>other")
    useless = do_work(archive, desk, OTHER + timedelta(days=1), body=b"<p>useless")
    run = Run(archive, desk)
    moment(archive, monkeypatch, run)
    gone = freed(archive)
    assert run.found is (moment is before_deleting)
    assert gone == useless.keys
    assert store_keys(archive) == work.keys


def test_a_page_that_a_running_printing_fetched_anew_is_put_back(
    archive: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.editions.begin(desk.plan(day=OTHER))
    lease = Lease.acquire(archive.files, "daily", OTHER, now=lambda: NOW)
    body = b"<p>seen before"
    sha256 = archive.store.put_page(body)
    delete = archive.files.delete

    def fetched_meanwhile(key: str) -> None:
        archive.store.record_page(OTHER, desk.page(URL, body))
        delete(key)

    monkeypatch.setattr(archive.files, "delete", fetched_meanwhile)
    assert freed(archive) == set()
    assert archive.store.get_page(sha256) == body
    monkeypatch.undo()
    lease.release()


def test_where_printings_begin_all_the_time_the_store_is_left_for_later(
    archive: Archive, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = do_work(archive, desk, OTHER)
    monkeypatch.setattr(pruning, "ATTEMPTS", 2)
    delete, days = archive.files.delete, iter(range(1, 100))

    def busy(key: str) -> None:
        archive.editions.begin(desk.plan(day=OTHER + timedelta(days=next(days)), headlines=()))
        delete(key)

    monkeypatch.setattr(archive.files, "delete", busy)
    (waited,) = prune(archive, Rule(), NOW)
    assert isinstance(waited, Waited)
    assert store_keys(archive) == work.keys


@pytest.mark.parametrize("name", ["plan.json", "edition.json"])
def test_while_a_plan_or_manifest_is_damaged_the_store_keeps_all(
    archive: Archive, desk: Desk, name: str
) -> None:
    print_whole(archive, desk)
    print_whole(archive, desk, DAY + timedelta(days=1), body=b"<p>two")
    do_work(archive, desk, OTHER, body=b"<p>other")
    key, before = f"editions/daily/2026-11-21/r0001/{name}", store_keys(archive)
    archive.files.write(key, b"{")
    for dry_run in (True, False):
        (waited,) = prune(archive, Rule(), NOW, dry_run=dry_run)
        assert isinstance(waited, Waited)
        assert key in waited.says
    assert store_keys(archive) == before


def test_a_damaged_printing_that_goes_itself_keeps_nothing(archive: Archive, desk: Desk) -> None:
    for mark in ("one", "two"):
        desk.print(archive, mark)
    other = do_work(archive, desk, OTHER)
    archive.files.write("editions/daily/2026-11-21/r0001/plan.json", b"{")
    told = freed(archive, Rule(keep_revisions=1), dry_run=True)
    assert other.keys <= told
    assert freed(archive, Rule(keep_revisions=1)) == told


def only(keys: frozenset[str], kind: str) -> str:
    (key,) = (key for key in keys if key.startswith(f"store/{kind}/"))
    return key


@pytest.mark.parametrize("is_anothers", [False, True])
def test_a_damaged_article_keeps_its_summaries(
    archive: Archive, desk: Desk, is_anothers: bool
) -> None:
    _, work = print_whole(archive, desk)
    other = do_work(archive, desk, OTHER, body=b"<p>other")
    damaged = only(work.keys, "articles")
    data = archive.files.read(only(other.keys, "articles")) if is_anothers else b"{"
    archive.files.write(damaged, data or b"")
    for _ in range(2):
        *_, waited = prune(archive, Rule(), NOW)
        assert isinstance(waited, Waited)
        assert damaged in waited.says
        assert work.keys <= store_keys(archive)
    assert only(other.keys, "summaries") in store_keys(archive)
    assert only(other.keys, "pages") not in store_keys(archive)


def test_a_damaged_fetch_of_an_unfinished_printing_keeps_its_page(
    archive: Archive, desk: Desk
) -> None:
    archive.editions.begin(desk.plan())
    work = do_work(archive, desk)
    archive.files.write(only(work.keys, "fetches"), b"{")
    assert freed(archive) == set()
    assert store_keys(archive) == work.keys


def test_leftovers_of_killed_processes_go_after_an_hour(local: Archive, folder: Path) -> None:
    aside = folder / ".0a1b.tmp"
    aside.write_bytes(b"half")
    young = datetime.fromtimestamp(aside.stat().st_mtime, UTC)
    assert list(prune(local, Rule(), young)) == []
    (one,) = prune(local, Rule(), NOW)
    assert isinstance(one, Freed)
    assert one.kind is Kind.LEFTOVER
    assert not aside.exists()
