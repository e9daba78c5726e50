"""The time limits of the requests at one host, which its signs of life put off."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from pressrun.errors import EngineError
from settings import OllamaSettings
from tasks.engines.faults import Server


@dataclass(eq=False)
class _Request:
    alarm: asyncio.Timeout
    begun: bool = False
    host_is_dead: bool = False


class Watch:
    """Watches the requests at *server*; *probe* raises EngineError where nothing answers there.

    A request that waits for its first token may wait as long as the host answers others: then it
    queues. One in the middle of its answer has a time limit of its own. And a host that is silent
    on all of them is probed, so that one that hangs is known within `silence_timeout_s`, whatever
    it was doing.
    """

    def __init__(
        self, server: Server, settings: OllamaSettings, probe: Callable[[], Awaitable[None]]
    ) -> None:
        self.loaded = False
        """Whether the host has the model loaded, as far as is known."""
        self._server = server
        self._settings = settings
        self._probe = probe
        self._requests: set[_Request] = set()
        self._heard = 0.0
        self._pulse: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def over(self) -> AsyncIterator[Callable[[], None]]:
        """Watch one request, which is the block; what is yielded is called at each sign of life.

        Raises:
            EngineUnavailable: the host is dead.
            EngineError: transient, the request took too long.
        """
        request = _Request(asyncio.timeout(None))
        try:
            async with request.alarm:
                self._enter(request)
                yield partial(self._sign, request)
        except TimeoutError as exc:
            raise self._error(request) from exc
        finally:
            self._leave(request)

    def _enter(self, request: _Request) -> None:
        self._requests.add(request)
        self._put_off(request)
        if self._pulse is None:
            self._heard = _now()
            self._pulse = asyncio.create_task(self._feel_pulse())

    def _leave(self, request: _Request) -> None:
        self._requests.discard(request)
        if not self._requests and self._pulse is not None:
            self._pulse.cancel()
            self._pulse = None

    def _sign(self, request: _Request) -> None:
        self.loaded = request.begun = True
        self._heard = _now()
        for other in self._requests:
            if other is request or not other.begun:
                self._put_off(other)

    def _put_off(self, request: _Request) -> None:
        if not request.alarm.expired():
            request.alarm.reschedule(_now() + self._limit(request)[0])

    def _limit(self, request: _Request) -> tuple[float, str]:
        """The time limit that holds for *request*, and the setting that it comes from."""
        settings = self._settings
        if request.begun:
            return settings.silence_timeout_s, "silence_timeout_s"
        if self.loaded:
            return settings.first_token_timeout_s, "first_token_timeout_s"
        return settings.load_timeout_s, "load_timeout_s"

    def _error(self, request: _Request) -> EngineError:
        if request.host_is_dead:
            return self._server.unreachable("gives no sign of life any more")
        what = "no further token" if request.begun else "no first token"
        return self._server.silent(what, *self._limit(request))

    async def _feel_pulse(self) -> None:
        """Probe the host whenever half of the silence has passed; the probe has the other half."""
        half_s = self._settings.silence_timeout_s / 2
        while True:
            await asyncio.sleep(max(self._heard + half_s - _now(), 0))
            if self._heard + half_s > _now():
                continue
            try:
                async with asyncio.timeout(min(half_s, self._settings.connect_timeout_s)):
                    await self._probe()
            except (EngineError, TimeoutError):
                for request in self._requests:
                    request.host_is_dead = True
                    if not request.alarm.expired():
                        request.alarm.reschedule(_now())
                return
            self._heard = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
