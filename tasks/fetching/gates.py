"""When a request may start: so many at once, in all and to one host, and a pause between two."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pressrun.errors import FetchError
from settings import FetchSettings

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


@dataclass
class _Gate:
    """One host's gate. Times are the clock's, in seconds."""

    slots: asyncio.Semaphore
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    closed_since: float | None = None
    closed_until: float = 0.0


class HostGates:
    """The gates of all hosts of a run; used on one event loop.

    A host that answers with Retry-After closes its gate, at which every later request waits: that
    is what the delays of a retry layer, which sees one request each, cannot do.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._total = asyncio.Semaphore(settings.concurrency)
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Hold one of the host's slots and one of the total, from a request's start to its end.

        What waits for its host holds none of the total: a slow host does not stop the others.

        Raises:
            FetchError: transient; the host has kept its gate closed for longer than is granted.
        """
        gate = self._gate(host)
        async with gate.slots:
            async with gate.starting:
                while True:
                    await self._turn(host, gate)
                    await self._total.acquire()
                    if gate.closed_until <= self._clock():
                        break
                    self._total.release()  # it closed while this request waited
                gate.next_start = self._clock() + self._settings.host_delay_s
            try:
                yield
            finally:
                self._total.release()

    def close(self, host: str, seconds: float) -> None:
        """Let no request to *host* start for *seconds*, at most `max_retry_after_s`."""
        gate, now = self._gate(host), self._clock()
        if gate.closed_since is None:
            gate.closed_since = now
        until = now + min(seconds, self._settings.max_retry_after_s)
        gate.closed_until = max(gate.closed_until, until)

    def welcome(self, host: str) -> None:
        """Note that *host* served a request: its patience is whole again."""
        gate = self._gate(host)
        if gate.closed_until <= self._clock():
            gate.closed_since = None

    async def _turn(self, host: str, gate: _Gate) -> None:
        limit = self._settings.max_retry_after_s
        while (wait := max(gate.next_start, gate.closed_until) - self._clock()) > 0:
            # Closings add up until the host serves again; past the limit nobody waits for it, or
            # a host that refuses every request for a minute would hold up a run for hours.
            if gate.closed_since is not None and gate.closed_until - gate.closed_since > limit:
                raise FetchError(
                    f"{host}: keeps asking for a pause (Retry-After), longer in all than {limit:g} "
                    "s; try later, lower PRESSRUN_FETCH__PER_HOST or raise "
                    "PRESSRUN_FETCH__MAX_RETRY_AFTER_S",
                    transient=True,
                    retry_after_s=min(wait, limit),
                )
            await self._sleep(wait)

    def _gate(self, host: str) -> _Gate:
        if host not in self._gates:
            self._gates[host] = _Gate(asyncio.Semaphore(self._settings.per_host))
        return self._gates[host]
