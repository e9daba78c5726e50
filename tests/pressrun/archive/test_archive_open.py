"""Opening an archive: made when missing, refused with a remedy when it cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.files import LocalFiles, explained
from pressrun.errors import ArchiveError


def test_an_archive_is_made_and_opened_again(address: str) -> None:
    Archive.open(address).store.put_list(b"raw")
    again = Archive.open(address)
    assert again.files.read("archive.json") == b'{"schema_version":1}\n'
    assert again.store.get_list(again.store.put_list(b"raw")) == b"raw"


def test_a_file_address_is_a_folder_and_a_tilde_is_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    Archive.open(f"file://{tmp_path}/one")
    Archive.open("~/two")
    assert (tmp_path / "one/archive.json").is_file()
    assert (tmp_path / "two/archive.json").is_file()


def test_a_later_schema_is_refused_with_a_remedy(address: str) -> None:
    Archive.open(address).files.write("archive.json", b'{"schema_version": 2}')
    with pytest.raises(ArchiveError, match=r"schema 2; this Pressrun reads 1: use .*--archive"):
        Archive.open(address)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"schema_version": "new"}', b"\xff"])
def test_a_folder_that_does_not_say_its_schema_is_refused(address: str, text: bytes) -> None:
    Archive.open(address).files.write("archive.json", text)
    with pytest.raises(ArchiveError, match="if this is an archive of Pressrun, write"):
        Archive.open(address)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for address in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(ArchiveError, match=r"file.*move it away, or name another archive"):
            Archive.open(str(address))


def test_an_unknown_kind_of_address_is_refused_with_a_remedy() -> None:
    with pytest.raises(ArchiveError, match=r"nowhere://x: .*give a folder, or an address"):
        Archive.open("nowhere://x")


def test_a_server_that_does_not_answer_is_named_and_may_answer_later() -> None:
    with pytest.raises(ArchiveError, match=r"ftp://127\.0\.0\.1:9/x: cannot be reached") as caught:
        Archive.open("ftp://127.0.0.1:9/x")
    assert caught.value.transient


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ArchiveError, match="give this user the right"):
        Archive.open(str(tmp_path / "archive"))


def test_a_full_disk_is_told_with_its_remedy() -> None:
    with (
        pytest.raises(ArchiveError, match=r"/dev/full: cannot be written.*free some space"),
        explained("/dev/full", "written"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_of_several_swaps_with_one_old_value_one_wins(address: str) -> None:
    files = Archive.open(address).files
    assert files.swap("editions/k", None, b"1")
    assert not files.swap("editions/k", None, b"2")
    assert not files.swap("editions/k", b"2", b"3")
    assert files.swap("editions/k", b"1", b"3")
    assert not files.swap("editions/k", b"1", None)
    assert files.read("editions/k") == b"3"
    assert files.swap("editions/k", b"3", None)
    assert files.read("editions/k") is None
    assert files.swap("editions/k", None, None)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(tmp_path)
    files.write("a", b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveError, match="free some space"):
        files.write("a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert files.read("a") == b"old"


def test_a_local_archive_is_opened_without_fsspec() -> None:
    code = "import sys, pressrun.archive; print({'upath', 'fsspec', 'prefect'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"
