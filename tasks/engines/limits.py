"""The global concurrency limits of Prefect that count the slots of Ollama hosts.

Importing this brings Prefect.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.responses import GlobalConcurrencyLimitResponse
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from pressrun.errors import EngineUnavailable, SettingsError

PREFIX = "ollama-"


def limit_name(address: str) -> str:
    """The name of the limit of the host at *address*, such as "ollama-127-0-0-1-11434"."""
    return PREFIX + re.sub(r"[^a-z0-9]+", "-", address.partition("//")[2].lower()).strip("-")


def by_name(addresses: Sequence[str]) -> dict[str, str]:
    """*addresses* by the names of their limits.

    Raises:
        SettingsError: two have one name, and so would share one limit.
    """
    named: dict[str, str] = {}
    for address in addresses:
        other = named.setdefault(limit_name(address), address)
        if other != address:
            raise SettingsError(
                f"{other} and {address} would share one limit, {limit_name(address)}; name one of "
                "the hosts otherwise, such as by its IP address"
            )
    return named


def prefect_url() -> str:
    """The Prefect server that counts the slots.

    Raises:
        SettingsError: none is set; a temporary one would share nothing.
    """
    url = get_current_settings().api.url
    if not url:
        raise SettingsError(
            "shared limits are counted by a Prefect server, and none is set; set PREFECT_API_URL, "
            "or leave out shared_limit in [engines.ollama]"
        )
    return str(url)


class LimitRegister:
    """The limits at the Prefect server of the settings. Close it."""

    def __init__(self) -> None:
        self.url = prefect_url()
        self._stack = AsyncExitStack()
        self._client: PrefectClient | None = None
        self._lock = asyncio.Lock()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stack.aclose()

    async def all(self) -> list[GlobalConcurrencyLimitResponse]:
        """Every limit of an Ollama host, by name.

        Raises:
            EngineUnavailable: the Prefect server does not answer.
        """
        async with self._asking() as client:
            found = await client.read_global_concurrency_limits(limit=200, offset=0)
        return [limit for limit in found if limit.name.startswith(PREFIX)]

    async def set(self, address: str, slots: int) -> None:
        """Give the host at *address* so many slots; make its limit when there is none.

        Raises:
            EngineUnavailable: the Prefect server does not answer.
        """
        async with self._asking() as client:
            await client.upsert_global_concurrency_limit_by_name(limit_name(address), slots)

    async def free(self, address: str) -> None:
        """Count all slots of the host at *address* as free.

        Raises:
            SettingsError: it has no limit.
            EngineUnavailable: the Prefect server does not answer.
        """
        async with self._asking() as client:
            none = GlobalConcurrencyLimitUpdate(active_slots=0)
            with _known(address):
                await client.update_global_concurrency_limit(limit_name(address), none)

    async def remove(self, address: str) -> None:
        """Remove the limit of the host at *address*.

        Raises:
            SettingsError: it has none.
            EngineUnavailable: the Prefect server does not answer.
        """
        async with self._asking() as client:
            with _known(address):
                await client.delete_global_concurrency_limit_by_name(limit_name(address))

    async def client(self) -> PrefectClient:
        """The one client, opened when it is first needed."""
        async with self._lock:
            if self._client is None:
                self._client = await self._stack.enter_async_context(get_client())
        return self._client

    def lost(self, exc: httpx.HTTPError) -> EngineUnavailable:
        """The error of a server that does not answer."""
        return EngineUnavailable(
            f"the Prefect server {self.url}, which counts the shared slots of the Ollama hosts, "
            f"does not answer ({exc or type(exc).__name__}); start it, or leave out shared_limit "
            "in [engines.ollama]"
        )

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[PrefectClient]:
        try:
            yield await self.client()
        except httpx.HTTPError as exc:
            raise self.lost(exc) from exc


@contextmanager
def _known(address: str) -> Iterator[None]:
    try:
        yield
    except ObjectNotFound as exc:
        raise SettingsError(f"{address} has no shared limit; `pressrun limits` lists them") from exc
