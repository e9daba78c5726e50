"""An archive in a bucket: no update is lost, requests are few, and what fails says what to do."""

import json
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

import pytest
from aiohttp import ClientPayloadError
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from s3fs import S3FileSystem  # type: ignore[import-untyped]
from s3fs.errors import translate_boto_error  # type: ignore[import-untyped]

from pressrun.archive import Archive, Lease
from pressrun.archive.archive import files_at
from pressrun.archive.files import Files
from pressrun.errors import ArchiveError, EditionBusy
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk
from tests.pressrun.archive.archive_store import BUCKET, Fault, Store

KEY = "editions/daily/2026-11-21/lease.json"


@pytest.fixture
def files(bucket: str) -> Files:
    return files_at(bucket)


@pytest.fixture(autouse=True)
def no_faults_left(s3: Store) -> Iterator[None]:
    yield
    assert not s3.faults


def count_up(files: Files, turns: int) -> None:
    """Adds *turns* to the number at `count`, each by a swap that won."""
    while turns:
        raw = files.read("count")
        turns -= files.swap("count", raw, str(int(raw or 0) + 1).encode())


def count_up_at(address: str, options: dict[str, str], turns: int, start: Barrier) -> None:
    files = Archive.open(address, options).files
    start.wait()
    count_up(files, turns)


def test_of_threads_that_swap_one_key_none_loses_an_update(files: Files) -> None:
    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(count_up, files, 5) for _ in range(6)]:
            done.result()
    assert files.read("count") == b"30"


def test_of_processes_that_swap_one_key_none_loses_an_update(
    bucket: str, files: Files, s3: Store
) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    processes = [
        context.Process(target=count_up_at, args=(bucket, s3.options, 15, start)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert files.read("count") == b"30"
    assert json.loads(files.read("archive.json") or b"") == {"schema_version": 1}


def test_of_threads_after_one_lease_one_gets_it_and_the_others_are_told_at_once(
    files: Files,
) -> None:
    together = threading.Barrier(5)

    def take() -> bool:
        together.wait()
        try:
            Lease.acquire(files, "daily", DAY, now=lambda: MOMENT)
        except EditionBusy:
            return False
        return True

    with ThreadPoolExecutor(5) as threads:
        taken = [thread.result() for thread in [threads.submit(take) for _ in range(5)]]
    assert sum(taken) == 1


def test_each_operation_is_one_request(files: Files, s3: Store) -> None:
    def methods() -> list[str]:
        asked = [request.method for request in s3.requests]
        s3.requests.clear()
        return asked

    assert files.read("a/k") is None
    assert methods() == ["GET"]
    assert files.swap("a/k", None, b"1")
    assert methods() == ["PUT"]
    assert files.swap("a/k", b"1", b"2")
    assert methods() == ["PUT"]
    assert files.read("a/k") == b"2"
    assert methods() == ["GET"]
    files.write("a/b/c", b"3")
    assert methods() == ["PUT"]
    assert files.names("a") == ("b", "k")
    assert methods() == ["GET"]
    assert {entry.key for entry in files.entries("a")} == {"a/k", "a/b/c"}
    assert methods() == ["GET"]
    assert files.swap("a/k", b"2", None)
    assert methods() == ["PUT"]
    files.delete("a/b/c")
    assert methods() == ["DELETE"]
    assert not files.swap("a/k", b"1", b"4")
    assert methods() == ["PUT", "GET"]


def test_a_lease_costs_one_request_to_renew_and_one_to_give_back(files: Files, s3: Store) -> None:
    lease = Lease.acquire(files, "daily", DAY, now=lambda: MOMENT)
    s3.requests.clear()
    lease.renew()
    lease.renew()
    lease.release()
    assert [request.method for request in s3.requests] == ["PUT", "PUT", "PUT"]
    assert all(request.if_match for request in s3.requests)


def test_a_lease_that_was_given_back_can_be_taken_again(files: Files) -> None:
    for _ in range(3):
        lease = Lease.acquire(files, "daily", DAY, now=lambda: MOMENT)
        with pytest.raises(EditionBusy):
            Lease.acquire(files, "daily", DAY, now=lambda: MOMENT)
        lease.release()
        assert files.read(KEY) is None


@pytest.mark.parametrize("old", [None, b"1"])
def test_a_swap_that_was_done_and_whose_answer_was_lost_has_won(
    files: Files, s3: Store, old: bytes | None
) -> None:
    if old:
        files.write("k", old)
    # The client asks again by itself, and meets its own bytes.
    s3.faults.append(Fault("PUT", "500 Internal Server Error", "InternalError", after=True))
    assert files.swap("k", old, b"2")
    assert files.read("k") == b"2"


def test_bytes_that_another_wrote_just_so_are_no_success(files: Files) -> None:
    assert files.swap("k", b"", b"2") is False
    assert files.swap("k", None, b"2")
    assert files.swap("k", None, b"2") is False


def test_a_conflict_that_passes_is_settled(files: Files, s3: Store) -> None:
    files.write("k", b"1")
    s3.faults.append(Fault("PUT", "409 Conflict", "ConditionalRequestConflict"))
    assert files.swap("k", b"1", b"2")


def test_a_store_that_names_bytes_in_its_own_way_is_asked_for_the_name(
    files: Files, s3: Store
) -> None:
    files.write("k", b"1")
    s3.faults.append(Fault("PUT", "412 Precondition Failed", "PreconditionFailed"))
    assert files.swap("k", b"1", b"2")
    assert [request.method for request in s3.requests][-3:] == ["PUT", "GET", "PUT"]


def test_another_machine_sees_what_was_written_at_once(
    bucket: str, files: Files, s3: Store
) -> None:
    other = files_at(bucket, s3.options)
    assert other.names("editions") == ()
    files.write("editions/daily/k", b"1")
    assert other.names("editions") == ("daily",)
    files.delete("editions/daily/k")
    assert other.names("editions") == ()


def test_more_names_than_a_store_tells_at_once_are_all_listed(
    files: Files, bucket: str, s3: Store
) -> None:
    prefix = bucket.rpartition("/")[2]
    s3.fill(f"{prefix}/many/{n:04d}" for n in range(1003))
    assert len(files.names("many")) == 1003
    assert len(list(files.entries("many"))) == 1003
    assert len(s3.requests) == 4  # 1000 names each


def test_an_edition_is_printed_and_read_on_another_machine(
    bucket: str, desk: Desk, s3: Store
) -> None:
    published, is_current = desk.print(Archive.open(bucket))
    other = Archive.open(bucket, s3.options)
    assert is_current
    assert other.settle("daily", DAY) == published
    assert all(other.editions.rendition(published, r.name) for r in published.renditions)


def test_a_bucket_that_is_missing_is_named_and_not_made(s3: Store) -> None:
    with pytest.raises(ArchiveError, match=r"s3://no-such/x.*make the bucket") as caught:
        Archive.open("s3://no-such/x", s3.options)
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("status", "code", "remedy", "transient"),
    [
        ("403 Forbidden", "AccessDenied", "give this key the rights", False),
        ("403 Forbidden", "SignatureDoesNotMatch", "correct key and secret", False),
        ("501 Not Implemented", "NotImplemented", "conditional put", False),
    ],
)
def test_a_refusal_is_told_with_its_remedy(
    files: Files, s3: Store, status: str, code: str, remedy: str, transient: bool
) -> None:
    s3.faults.append(Fault("PUT", status, code))
    with pytest.raises(ArchiveError, match=remedy) as caught:
        files.swap("k", None, b"1")
    assert caught.value.transient is transient
    assert files.read("k") is None


@pytest.mark.parametrize("code", ["429", "502", "504", "SlowDown", "TooManyRequests"])
def test_an_overloaded_store_may_answer_later(
    files: Files, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def overloaded(*asked: object, **given: object) -> None:
        answer = ClientError({"Error": {"Code": code, "Message": "as it is"}}, "GetObject")
        raise translate_boto_error(answer)

    monkeypatch.setattr(S3FileSystem, "call_s3", overloaded)
    with pytest.raises(ArchiveError, match="try again") as caught:
        files.read("k")
    assert caught.value.transient


class Body:
    """What an answer holds, read by the way that *read* goes."""

    def __init__(self, data: bytes | None) -> None:
        self._data = data

    async def read(self) -> bytes:
        if self._data is None:
            raise ClientPayloadError("the answer ended early")
        return self._data


def test_an_answer_that_breaks_off_may_come_whole_later(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(S3FileSystem, "call_s3", lambda *a, **b: {"Body": Body(None), "ETag": ""})
    with pytest.raises(ArchiveError, match=r"ended early; try again") as caught:
        files.read("k")
    assert caught.value.transient


def test_bytes_without_a_name_are_read(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3FileSystem, "call_s3", lambda *a, **b: {"Body": Body(b"1")})
    assert files.read("k") == b"1"


def test_a_conflict_without_end_is_told_after_ten_attempts(
    files: Files, s3: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressrun.archive.s3.PAUSE_S", 0)
    files.write("k", b"1")
    s3.requests.clear()
    conflict = Fault("PUT", "409 Conflict", "ConditionalRequestConflict")
    s3.faults += [conflict] * 10
    with pytest.raises(ArchiveError, match="conflict 10 times") as caught:
        files.swap("k", b"1", b"2")
    assert caught.value.transient
    assert [request.method for request in s3.requests] == ["PUT", "GET"] * 10
    assert files.read("k") == b"1"


def test_a_store_that_does_not_answer_may_answer_later() -> None:
    options = {
        "endpoint_url": "http://127.0.0.1:9",
        "key": "k",
        "secret": "s",
        "config_kwargs": '{"retries": {"max_attempts": 0}}',
    }
    with pytest.raises(ArchiveError, match=r"correct endpoint_url") as caught:
        files_at(f"s3://{BUCKET}/away", options).read("k")
    assert caught.value.transient


@pytest.mark.parametrize(
    "options",
    [
        {"no_such_option": "1"},
        {"endpoint_url": "nowhere", "key": "k", "secret": "s"},
        {"config_kwargs": "no_such_option"},
    ],
)
def test_an_option_that_cannot_be_used_is_told_before_any_request(options: dict[str, str]) -> None:
    with pytest.raises(
        ArchiveError, match=r"(no_such_option|nowhere|no attribute).*\[archive_options"
    ):
        files_at(f"s3://{BUCKET}/x", options)


def test_a_store_without_conditions_is_refused_before_anything_is_printed(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pressrun.archive.s3 import S3Files

    def heedless(self: S3Files, key: str, old: bytes | None, new: bytes | None) -> bool:
        self.write(key, new or b"")
        return True

    monkeypatch.setattr(S3Files, "swap", heedless)
    with pytest.raises(ArchiveError, match="ignores conditions on a put"):
        Archive.open(bucket)
