"""An archive anywhere fsspec reaches: s3://bucket/pressrun, memory://trial, ..."""

import threading

from upath import UPath

from pressrun.archive.files import explained
from pressrun.errors import ArchiveError

_swapping = threading.Lock()


class RemoteFiles:
    """An fsspec address. One put writes a key whole, as object stores promise.

    Creating is conditional where the file system has an exclusive mode. Replacing and deleting
    by `swap` compare first and are safe between the threads of one process only: several
    machines on one object store need its conditional put, which belongs here.
    """

    def __init__(self, address: str) -> None:
        try:
            self._root = UPath(address)
            assert self._root.fs  # what it needs is imported now
        except ImportError as exc:
            raise ArchiveError(
                f"{address}: {exc}; install the fsspec package for this kind of address"
            ) from exc
        except ValueError as exc:
            raise ArchiveError(
                f"{address}: {exc}; give a folder, or an address that fsspec knows, such as "
                "s3://bucket/pressrun"
            ) from exc
        with explained(address, "made a folder"):
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

    def address(self, key: str) -> str:
        """As in `Files`."""
        return str(self._path(key))

    def _path(self, key: str) -> UPath:
        return self._root / key

    def _create(self, key: str, data: bytes) -> bool:
        path = self._path(key)
        with explained(str(path), "written"):
            try:
                with path.open("xb") as stream:
                    stream.write(data)
            except FileExistsError:
                return False
        return True
