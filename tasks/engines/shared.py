"""Slots of an Ollama host that all workers share: a global concurrency limit of Prefect's.

Importing this brings Prefect, which is why `ollama.py` does so only when `shared_limit` is set.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from pressrun.errors import SettingsError
from tasks.engines.limits import LimitRegister, by_name, limit_name

LEASE_S = 60.0
"""How long a slot stays taken whose holder has died: the least that Prefect grants."""

RENEW_S = 20.0
"""How often a slot is renewed: twice may go wrong."""

PATIENCE_S = 120.0
"""How long a request waits for a Prefect server that fails: one that is started again, or whose
database is, is back by then."""

FAREWELL_S = 5.0
"""How long a run that ends waits for its slots to be given back; what is left expires."""

logger = logging.getLogger(__name__)


class SharedLimits:
    """The limits of all hosts at the Prefect server of the settings. Close it."""

    def __init__(self) -> None:
        self._register = LimitRegister()
        self._tasks: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Give back what is still to be given back."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FAREWELL_S)
        late = tuple(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._register.aclose()

    async def require(self, addresses: Sequence[str]) -> None:
        """Refuse to begin without a limit for each of the hosts at *addresses*.

        Raises:
            SettingsError: one is missing, and the message has the command that makes it; or two
                hosts would share one.
            EngineUnavailable: the Prefect server does not answer.
        """
        named = by_name(addresses)
        known = {limit.name for limit in await self._register.all()}
        missing = [address for name, address in named.items() if name not in known]
        if missing:
            raise SettingsError(
                f"no shared limit for {', '.join(missing)} at the Prefect server "
                f"{self._register.url}; create it with its number of slots, such as `pressrun "
                f"limits set 2 {' '.join(missing)}`, or leave out shared_limit in [engines.ollama]"
            )

    def slots(self, address: str) -> "HostSlots":
        """Those of the host at *address*."""
        return HostSlots(self, limit_name(address))

    async def take(self, name: str) -> UUID | None:
        """A lease of one slot of the limit *name*, or none when all are taken.

        Raises:
            SettingsError: there is no such limit any more, or it has no slots at all.
            EngineUnavailable: the Prefect server did not answer for `PATIENCE_S`.
        """
        asked = asyncio.create_task(self._take(name))
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            # It may be granted all the same; who would release it?
            self._go(self._disown(asked))
            raise

    def release(self, lease: UUID) -> asyncio.Task[None]:
        """Give the slot of *lease* back, in the background: no answer is lost by a failure."""
        return self._go(self._release(lease))

    async def keep(self, lease: UUID) -> None:
        """Renew *lease* until this is cancelled. Where that fails, others may get the slot too."""
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                await (await self._register.client()).renew_concurrency_lease(lease, LEASE_S)
            except httpx.HTTPError as exc:
                logger.warning("a shared slot could not be renewed (%s); the request goes on", exc)

    async def _take(self, name: str) -> UUID | None:
        began = asyncio.get_running_loop().time()
        while True:
            try:
                client = await self._register.client()
                answer = await client.increment_concurrency_slots_with_lease(
                    names=[name], slots=1, mode="concurrency", lease_duration=LEASE_S
                )
            except httpx.HTTPStatusError as exc:
                if exc.response.status_code == httpx.codes.LOCKED:
                    return None
                if exc.response.status_code < 500:
                    raise SettingsError(
                        f"the limit {name} gives no slot ({exc}); `pressrun limits` shows it"
                    ) from exc
                error: httpx.HTTPError = exc
            except httpx.HTTPError as exc:
                error = exc
            else:
                granted = answer.json()
                if not granted["limits"]:
                    raise SettingsError(
                        f"the limit {name} has gone; make it again with `pressrun limits set`"
                    )
                return UUID(granted["lease_id"])
            if asyncio.get_running_loop().time() - began > PATIENCE_S:
                raise self._register.lost(error) from error
            await asyncio.sleep(1 + random.random())  # noqa: S311 - that not all ask at once

    async def _disown(self, asked: asyncio.Task[UUID | None]) -> None:
        await asyncio.wait([asked])
        if not asked.exception() and (lease := asked.result()):
            await self._release(lease)

    async def _release(self, lease: UUID) -> None:
        for pause_s in (1, 2, 4, 8, 16, None):
            try:
                await (await self._register.client()).release_concurrency_slots_with_lease(lease)
            except httpx.HTTPError as exc:
                if pause_s is None:
                    logger.warning(
                        "a shared slot could not be given back (%s); it expires in %.0f s",
                        exc,
                        LEASE_S,
                    )
                    return
                await asyncio.sleep(pause_s)
            else:
                return

    def _go(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class HostSlots:
    """The slots of one host, by its limit's *name*."""

    def __init__(self, limits: SharedLimits, name: str) -> None:
        self._limits = limits
        self._name = name

    @asynccontextmanager
    async def take(self, freed: Callable[[], None]) -> AsyncIterator[bool]:
        """As `Slots.take`; what it raises is of `SharedLimits.take`."""
        lease = await self._limits.take(self._name)
        if lease is None:
            yield False
            return
        keeping = asyncio.create_task(self._limits.keep(lease))
        try:
            yield True
        finally:
            keeping.cancel()
            self._limits.release(lease).add_done_callback(lambda _: freed())
