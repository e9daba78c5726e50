"""Archives in a folder and in a stand-in object store."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pressrun.archive import Archive
from tests.pressrun.archive.archive_desk import Desk


@pytest.fixture(autouse=True)
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flushing matters when the power is cut, which no test does, and takes half a minute."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(params=["folder", "memory"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A folder of this machine, and an object store in memory."""
    if request.param == "folder":
        yield str(tmp_path / "archive")
        return
    from fsspec.implementations.memory import MemoryFileSystem

    yield f"memory://{uuid.uuid4().hex}/archive"
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def archive(address: str) -> Archive:
    return Archive.open(address)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `local` lies."""
    return tmp_path / "local"


@pytest.fixture
def local(folder: Path) -> Archive:
    """An archive whose files a test may damage."""
    return Archive.open(str(folder))


@pytest.fixture
def every_file(folder: Path) -> Callable[[], dict[str, bytes]]:
    """Relative path -> bytes of every file of `local`, but for hidden ones."""

    def look() -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    return look
