"""A disk that is full, read-only or limited: a clear error, nothing lost, and no half file."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pressrun.archive import Archive, Lease
from pressrun.errors import ArchiveError
from tests.pressrun.archive.archive_desk import DAY, Desk

Mount = Callable[[str], None]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Path, Mount]]:
    """A disk with 256 KiB beside the font of the site, and what mounts it with other options."""
    place = tmp_path / "small"
    place.mkdir()

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "pressrun-test", str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"mount needs more rights: {done.stderr.strip()}")

    mount("size=1232k,mode=0700")
    try:
        yield place, mount
    finally:
        subprocess.run(["umount", str(place)], check=True)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_full_disk_loses_nothing_and_printing_goes_on_when_there_is_space(
    small: tuple[Path, Mount], desk: Desk
) -> None:
    folder, _ = small
    archive = Archive.open(str(folder / "archive"))
    first, _ = desk.print(archive)
    lease = Lease.acquire(archive.files, "daily", DAY)
    plain = [r.model_copy(update={"data": r.data * 20_000}) for r in desk.renditions("two")]
    number = archive.editions.begin(desk.plan())
    before = files_in(folder)
    with pytest.raises(ArchiveError, match=r"cannot be written: No space.*free some space"):
        archive.publish(desk.edition(number, 2), plain)
    after = files_in(folder)
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if name.endswith(".tmp")]
    assert archive.editions.current("daily", DAY) == first
    assert archive.settle("daily", DAY) == first

    small_enough = desk.renditions("two")
    published = archive.publish(desk.edition(number, 2), small_enough)
    lease.renew()
    assert published.is_current
    assert archive.editions.current("daily", DAY) == published.edition
    lease.release()


def test_every_write_on_a_full_disk_is_whole_or_not_there(
    small: tuple[Path, Mount], desk: Desk
) -> None:
    folder, _ = small
    archive = Archive.open(str(folder / "archive"))
    kept: list[str] = []

    def fill() -> None:
        for n in range(1000):
            body = n.to_bytes(2, "big") * 100
            archive.store.record_page(DAY, desk.page(f"http://news.test/{n}.html", body))
            kept.append(archive.store.put_page(body))

    with pytest.raises(ArchiveError, match="free some space"):
        fill()
    assert len(kept) > 5
    assert all(archive.store.get_page(sha256) for sha256 in kept)
    assert not list(folder.rglob("*.tmp"))


def test_a_read_only_archive_is_read_and_told_how_to_write(
    small: tuple[Path, Mount], desk: Desk
) -> None:
    folder, mount = small
    archive = Archive.open(str(folder / "archive"))
    published, _ = desk.print(archive)
    before = files_in(folder)
    mount("remount,ro")
    again = Archive.open(str(folder / "archive"))
    assert again.settle("daily", DAY) == published
    for write in (
        lambda: again.editions.begin(desk.plan()),
        lambda: again.store.put_page(b"x"),
        lambda: Lease.acquire(again.files, "daily", DAY),
        lambda: again.files.delete("site/index.json"),
    ):
        with pytest.raises(ArchiveError, match=r"read-only: mount it writable, or name another"):
            write()
    assert files_in(folder) == before


def test_a_limit_on_the_size_of_files_is_told_and_leaves_no_half_file(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from pressrun.archive import Archive\n"
        "from pressrun.errors import ArchiveError\n"
        "archive = Archive.open(sys.argv[1])\n"
        "archive.files.write('a', b'old')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    archive.files.write('a', bytes(2000))\n"
        "except ArchiveError as exc:\n"
        "    print(exc)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "raise the limit (ulimit -f)" in done.stdout
    assert (tmp_path / "a").read_bytes() == b"old"
    assert not list(tmp_path.rglob("*.tmp"))
