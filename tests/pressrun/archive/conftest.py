"""Archives in a folder, in memory and in a bucket."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pressrun.archive import Archive
from tests.pressrun.archive.archive_desk import Desk
from tests.pressrun.archive.archive_leases import Clock
from tests.pressrun.archive.archive_store import BUCKET, Store, open_store


@pytest.fixture(autouse=True)
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flushing matters when the power is cut, which no test does, and takes half a minute."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def s3() -> Iterator[Store]:
    """An S3 API on loopback."""
    with open_store() as store:
        yield store


@pytest.fixture
def bucket(s3: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a place in a bucket, whose endpoint and keys are in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    s3.requests.clear()
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture(params=["folder", "memory", "bucket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A folder of this machine, an fsspec file system in memory, and a bucket."""
    if request.param == "folder":
        yield str(tmp_path / "archive")
        return
    if request.param == "bucket":
        yield request.getfixturevalue("bucket")
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
