"""What happens to an engine's hosts in the middle of a run, told to whoever watches it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOGGER = logging.getLogger("tasks.engines")
"""Its children log what a run should hear of: a host that fails, is left out, or is back."""


class _Teller(logging.Handler):
    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())


@contextmanager
def telling(say: Callable[[str], object]) -> Iterator[None]:
    """Have *say* called with each line of news, inside the block; it must not raise."""
    teller = _Teller(say)
    before = LOGGER.level, LOGGER.propagate
    LOGGER.addHandler(teller)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False  # the root's handlers would say it once more
    try:
        yield
    finally:
        LOGGER.removeHandler(teller)
        LOGGER.setLevel(before[0])
        LOGGER.propagate = before[1]
