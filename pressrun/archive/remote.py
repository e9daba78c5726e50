"""An archive anywhere fsspec reaches: s3://bucket/pressrun, memory://trial, ..."""

import ftplib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from upath import UPath

from pressrun.archive.files import ELSEWHERE, Entry, Files, explained
from pressrun.errors import ArchiveError

_swapping = threading.Lock()
_TEXTS = {"key", "secret", "token", "username", "password", "account_key", "endpoint_url"}


def remote_files(address: str, options: Mapping[str, str]) -> Files:
    """The bytes at an fsspec *address*; *options* are what its file system takes, as text.

    Raises:
        ArchiveError: the address or an option cannot be used.
    """
    try:
        root = UPath(address, **{name: _meant(name, text) for name, text in options.items()})
        assert root.fs  # what it needs is imported now
        if root.protocol in ("s3", "s3a"):
            from pressrun.archive.s3 import S3Files

            root.fs.connect()  # without a request: what it cannot take is told now
            bucket, _, prefix = root.path.partition("/")
            return S3Files(root.fs, bucket, prefix.strip("/"))
    except ImportError as exc:
        raise ArchiveError(
            f"{address}: {exc}; install the fsspec package for this kind of address"
        ) from exc
    except (AttributeError, TypeError, ValueError) as exc:
        raise ArchiveError(
            f"{address}: {exc}; give a folder, or an address that fsspec knows, such as "
            "s3://bucket/pressrun, and in [archive_options] what it takes"
        ) from exc
    except ftplib.all_errors as exc:  # an FTP server is asked at once; OSError is among them
        raise ArchiveError(
            f"{address}: cannot be reached: {exc}; see to it, {ELSEWHERE}",
            transient=isinstance(exc, OSError | EOFError | ftplib.error_temp),
        ) from exc
    return RemoteFiles(root)


def _meant(name: str, text: str) -> Any:
    """*text* as fsspec takes it: JSON where it is JSON, but for what may be digits by chance."""
    if name in _TEXTS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


class RemoteFiles:
    """An fsspec address. One put writes a key whole, as object stores promise.

    Creating is conditional where the file system has an exclusive mode. Replacing and deleting
    by `swap` compare first and are safe between the threads of one process only: several
    machines need a shared folder, or a bucket with conditional put (`pressrun.archive.s3`).
    """

    def __init__(self, root: UPath) -> None:
        self._root = root
        with explained(str(root), "made a folder"):
            self._root.mkdir(parents=True, exist_ok=True)

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
            path.write_bytes(data)

    def swap(self, key: str, old: bytes | None, new: bytes | None) -> bool:
        """As in `Files`, within the limits above."""
        with _swapping:
            if self.read(key) != old:
                return False
            if new is None:
                self.delete(key)
            elif old is None:
                return self._create(key, new)
            else:
                self.write(key, new)
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
            path.fs.invalidate_cache(path.path)  # type: ignore[no-untyped-call]  # others write, too
            try:
                return tuple(sorted(c.name for c in path.iterdir() if not c.name.startswith(".")))
            except (FileNotFoundError, NotADirectoryError):
                return ()

    def entries(self, key: str) -> Iterator[Entry]:
        """As in `Files`. A file of unknown age counts as written now."""
        path, root = self._path(key), self._root.path.rstrip("/") + "/"
        with explained(str(path), "listed"):
            path.fs.invalidate_cache(path.path)  # type: ignore[no-untyped-call]
            try:
                found = path.fs.find(path.path, detail=True)  # type: ignore[no-untyped-call]
            except FileNotFoundError:
                return
        for name, facts in found.items():
            yield Entry(name.removeprefix(root), facts.get("size") or 0, _modified(facts))

    def drop_folder(self, key: str) -> None:
        """As in `Files`, where the file system has folders."""
        path = self._path(key)
        with explained(str(path), "deleted"), suppress(FileNotFoundError, NotADirectoryError):
            path.rmdir()

    def address(self, key: str) -> str:
        """As in `Files`."""
        return str(self._path(key))

    def _path(self, key: str) -> UPath:
        return self._root / key if key else self._root

    def _create(self, key: str, data: bytes) -> bool:
        path = self._path(key)
        with explained(str(path), "written"):
            try:
                with path.open("xb") as stream:
                    stream.write(data)
            except FileExistsError:
                return False
        return True


def _modified(facts: Mapping[str, Any]) -> datetime:
    named = (facts.get(name) for name in ("mtime", "modified", "LastModified", "created"))
    for moment in named:
        if isinstance(moment, int | float):
            return datetime.fromtimestamp(moment, UTC)
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return datetime.now(UTC)
