"""Long jobs at a model's server, as they go on: what is done, and how much of it."""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

import ollama

from pressrun.errors import SettingsError
from pressrun.models import Value
from tasks.engines.embedded.gguf import MAGIC

BLOCK_BYTES = 1024 * 1024


class Progress(Value):
    """How far a job has come."""

    step: str
    """What is done now, in words."""
    done_bytes: int = 0
    total_bytes: int = 0
    """0 in a step without a size."""
    moved_bytes: int = 0
    """The bytes of this call; what lay there before it is done, and was not moved."""

    @property
    def is_moving(self) -> bool:
        """Whether bytes are on their way, of which a server tells several times a second."""
        return self.done_bytes < self.total_bytes


Report: TypeAlias = Callable[[Progress], None]


class Layers:
    """The layers of a model that is pulled, taken together."""

    def __init__(self) -> None:
        self._had: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}

    def note(self, record: ollama.ProgressResponse) -> Progress:
        """The progress after one more *record* of the server."""
        if not record.digest or record.total is None:
            return Progress(step=step_of(record.status or ""))
        done = record.completed or 0
        self._had.setdefault(record.digest, done)
        self._done[record.digest] = done
        self._total[record.digest] = record.total
        total_done = sum(self._done.values())
        return Progress(
            step="pulling",
            done_bytes=total_done,
            total_bytes=sum(self._total.values()),
            moved_bytes=total_done - sum(self._had.values()),
        )


def step_of(status: str) -> str:
    """The server's words for a step, with digests as short as it has them itself."""
    return re.sub(r"(?:sha256[:-])?\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1", status)


def require_gguf(path: Path) -> int:
    """The size in bytes of the GGUF file at *path*.

    Raises:
        SettingsError: it is none, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            first = stream.read(len(MAGIC))
        size = path.stat().st_size
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    if first != MAGIC:
        what = f"it begins with {first!r}, not with {MAGIC!r}" if first else "it is empty"
        raise SettingsError(
            f"{path}: no GGUF file: {what}; name a model in that format, such as llama.cpp's "
            "convert_hf_to_gguf.py makes of others"
        )
    return size


async def sha256_of(path: Path, size: int, report: Report) -> str:
    """The hexadecimal digest of the file at *path*, of *size* bytes.

    Raises:
        SettingsError: it cannot be read.
    """
    digest = hashlib.sha256()
    async for block in blocks(path, size, "reading the file", report):
        await asyncio.to_thread(digest.update, block)
    return digest.hexdigest()


async def blocks(path: Path, size: int, step: str, report: Report) -> AsyncGenerator[bytes, None]:
    """The content of the file at *path*; each block is reported once it was made use of.

    Raises:
        SettingsError: it cannot be read.
    """
    done = 0
    try:
        with await asyncio.to_thread(path.open, "rb") as stream:
            report(Progress(step=step, total_bytes=size))
            while block := await asyncio.to_thread(_read, stream):
                yield block
                done += len(block)
                report(Progress(step=step, done_bytes=done, total_bytes=size, moved_bytes=done))
    except OSError as exc:
        raise _unreadable(path, exc) from exc


def _read(stream: BinaryIO) -> bytes:
    return stream.read(BLOCK_BYTES)


def _unreadable(path: Path, exc: OSError) -> SettingsError:
    return SettingsError(f"{path}: cannot be read: {exc.strerror or exc}; name another file")
