"""Who is told what happens in a run: the command's live view, a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pressrun.ports import Observer

_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)


def tell(stage: str, /, **facts: object) -> None:
    """Tell the run's observer that *stage* happened, if one listens."""
    observer = _observer.get()
    if observer is not None:
        observer.event(stage, **facts)


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Send what runs inside the block to *observer*."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)
