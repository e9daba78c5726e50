"""Bytes by key: the one seam between the archive and where it lies.

A folder on this machine is served by pathlib, a bucket by the S3 API (`pressrun.archive.s3`), any
other address by universal-pathlib (`pressrun.archive.remote`). All write a key whole or not at all.
"""

import errno
import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from pressrun.errors import ArchiveError

LOCK = ".lock"
ASIDE = ".tmp"
"""How a file ends that is being written; one that stays was left by a killed process."""
ELSEWHERE = "or name another archive with --archive or PRESSRUN_ARCHIVE"
_REMEDIES = {
    errno.EACCES: "give this user the right to it",
    errno.EPERM: "give this user the right to it",
    errno.EROFS: "the file system is read-only: mount it writable",
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the quota is used up: free some space",
    errno.EFBIG: "this process may not write a file of that size: raise the limit (ulimit -f)",
    errno.ENOTDIR: "a file stands where a folder must be: move it away",
    errno.EEXIST: "a file stands where a folder must be: move it away",
    errno.EISDIR: "a folder stands where a file must be: move it away",
    errno.ENAMETOOLONG: "the path is too long",
}


class Entry(NamedTuple):
    """A file of the archive, as a listing shows it."""

    key: str
    bytes: int
    modified: datetime
    """When it was written, by the clock of the place; in UTC."""


class Files(Protocol):
    """What the archive asks of a place. Keys come from `pressrun.archive.layout`.

    Every method raises ArchiveError, naming the address and a remedy, when the place fails.
    """

    def read(self, key: str) -> bytes | None:
        """The bytes at *key*; None when there are none."""

    def write(self, key: str, data: bytes) -> None:
        """Put *data* at *key*, whole or not at all, whatever is there."""

    def swap(self, key: str, old: bytes | None, new: bytes | None) -> bool:
        """Put *new* at *key* if *old* is there now, and tell whether it was.

        None stands for nothing: `swap(key, None, data)` creates, `swap(key, data, None)`
        deletes. Of several callers with the same *old* one wins.
        """

    def delete(self, key: str) -> None:
        """Remove *key*, if it is there."""

    def names(self, key: str) -> tuple[str, ...]:
        """Names directly under *key*, sorted, but for hidden ones; none when it is missing."""

    def entries(self, key: str) -> Iterator[Entry]:
        """Every file under *key*, hidden ones too, in no certain order; none when it is missing."""

    def drop_folder(self, key: str) -> None:
        """Remove the folder *key*, which is empty, where folders are things of their own."""

    def address(self, key: str) -> str:
        """What a person types to reach *key*."""


@contextmanager
def explained(address: str, verb: str) -> Iterator[None]:
    """Turns what the operating system says into an ArchiveError with a remedy."""
    try:
        yield
    except OSError as exc:
        remedy = _REMEDIES.get(exc.errno or 0, "see to it")
        raise ArchiveError(
            f"{address}: cannot be {verb}: {exc.strerror or exc}; {remedy}, {ELSEWHERE}"
        ) from exc


class LocalFiles:
    """A folder on this machine. Written aside, flushed to the disk and renamed.

    `swap` holds a lock on one file for the time of a comparison and a rename: the kernel frees
    it with its process, however that ends.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def read(self, key: str) -> bytes | None:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "read"):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def write(self, key: str, data: bytes) -> None:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "written"):
            _replace(path, data)

    def swap(self, key: str, old: bytes | None, new: bytes | None) -> bool:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "written"), self._locked():
            if self.read(key) != old:
                return False
            if new is None:
                path.unlink(missing_ok=True)
            else:
                _replace(path, new)
            return True

    def delete(self, key: str) -> None:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "deleted"):
            path.unlink(missing_ok=True)

    def names(self, key: str) -> tuple[str, ...]:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "listed"):
            try:
                return tuple(sorted(c.name for c in path.iterdir() if not c.name.startswith(".")))
            except (FileNotFoundError, NotADirectoryError):
                return ()

    def entries(self, key: str) -> Iterator[Entry]:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "listed"):
            for found in _walked(path):
                with suppress(FileNotFoundError):  # it went meanwhile
                    facts = found.stat(follow_symlinks=False)
                    modified = datetime.fromtimestamp(facts.st_mtime, UTC)
                    name = Path(found.path).relative_to(self._root).as_posix()
                    yield Entry(name, facts.st_size, modified)

    def drop_folder(self, key: str) -> None:
        """As in `Files`."""
        path = self._path(key)
        with explained(str(path), "deleted"), suppress(FileNotFoundError):
            path.rmdir()

    def address(self, key: str) -> str:
        """As in `Files`."""
        return str(self._path(key))

    def _path(self, key: str) -> Path:
        return self._root / key

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            # Unlocked by name: a child forked meanwhile shares the handle, and closing ours
            # would leave the lock with it.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)


def _walked(folder: Path) -> "Iterator[os.DirEntry[str]]":
    """The files under *folder*; of a listing only one folder at each depth is held at a time."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _walked(Path(entry.path))
            else:
                yield entry


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{uuid.uuid4().hex}{ASIDE}")
    try:
        with aside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Makes a rename in *folder* last through a power cut, where the file system can."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
