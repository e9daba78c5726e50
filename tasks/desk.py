"""What the steps of one run share: settings, archive, network, engine, workers, observer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pressrun.ports import Observer


class Silent:
    """An observer that keeps nothing."""

    def event(self, stage: str, /, **facts: object) -> None:
        """Let it pass."""


_observer: ContextVar[Observer] = ContextVar("observer", default=Silent())


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Send what runs inside the block to *observer*."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def tell(stage: str, /, **facts: object) -> None:
    """Tell the run's observer that *stage* happened."""
    _observer.get().event(stage, **facts)
