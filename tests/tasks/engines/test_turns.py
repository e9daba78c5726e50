"""Slots of a host that runs share, as the engine takes them; the counter is one of this process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from aiohttp import web

from pressrun.models import Prompt
from settings import OllamaSettings
from tasks.engines import turns
from tasks.engines.limits import limit_name
from tasks.engines.ollama import OllamaEngine
from tests.fakes import FakeOllama

PROMPT = Prompt(user="测试")


class Counter:
    """Slots of one host; `others` are taken by runs elsewhere."""

    def __init__(self, slots: int, others: int = 0) -> None:
        self.slots, self.taken, self.refused = slots, others, 0

    @asynccontextmanager
    async def take(self, freed: Callable[[], None]) -> AsyncIterator[bool]:
        await asyncio.sleep(0)
        if self.taken >= self.slots:
            self.refused += 1
            yield False
            return
        self.taken += 1
        try:
            yield True
        finally:
            self.taken -= 1
            freed()


class Watched(FakeOllama):
    """Knows how many requests it has at once."""

    at_once = peak = 0

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.at_once += 1
        self.peak = max(self.peak, self.at_once)
        try:
            await asyncio.sleep(0.01)
            return await super()._chat(request)
        finally:
            self.at_once -= 1


async def until(met: Callable[[], bool]) -> None:
    while True:
        if met():
            return
        await asyncio.sleep(0.001)


def engine_with(*pairs: tuple[FakeOllama, Counter]) -> OllamaEngine:
    hosts = [host.url for host, _ in pairs]
    settings = OllamaSettings.model_validate({"hosts": hosts, "model": pairs[0][0].model})
    engine = OllamaEngine(settings)
    for member, (_, slots) in zip(engine._pool.members, pairs, strict=True):
        member.slots = slots
    return engine


@pytest.fixture(autouse=True)
def _no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "ASK_AGAIN_S", 0.01)


async def test_a_host_has_no_more_requests_than_it_has_slots() -> None:
    async with Watched() as host:
        slots = Counter(2)
        async with aclosing(engine_with((host, slots))) as engine:
            await asyncio.gather(*(engine.complete(PROMPT) for _ in range(12)))
        assert (host.peak, len(host.asked), slots.taken) == (2, 12, 0)


async def test_a_host_without_a_free_slot_keeps_no_request_from_another() -> None:
    async with Watched() as full, Watched() as free:
        none, some = Counter(2, others=2), Counter(2)
        async with aclosing(engine_with((full, none), (free, some))) as engine:
            await asyncio.gather(*(engine.complete(PROMPT) for _ in range(8)))
        assert (len(full.asked), len(free.asked)) == (0, 8)


async def test_a_slot_that_another_run_frees_is_found() -> None:
    async with Watched() as host:
        slots = Counter(1, others=1)
        async with aclosing(engine_with((host, slots))) as engine:
            waiting = asyncio.create_task(engine.complete(PROMPT))
            await until(lambda: slots.refused > 0)
            assert not host.asked
            slots.taken -= 1
            assert (await waiting).text == host.summary
        assert slots.taken == 0


async def test_waiting_for_a_slot_is_no_queueing_at_the_host() -> None:
    async with Watched() as host:
        async with aclosing(engine_with((host, Counter(1)))) as engine:
            answers = await asyncio.gather(*(engine.complete(PROMPT) for _ in range(6)))
        # One after the other they take six times as long as one: none of that is in an answer.
        assert max(answer.wall_s for answer in answers) < 3 * min(a.wall_s for a in answers) + 0.1


async def test_a_cancelled_request_and_a_refused_one_give_their_slot_back() -> None:
    async with Watched() as host:
        slots = Counter(1)
        async with aclosing(engine_with((host, slots))) as engine:
            host.hold.clear()
            asking = asyncio.create_task(engine.complete(PROMPT))
            waiting = asyncio.create_task(engine.complete(PROMPT))
            await until(lambda: bool(host.asked) and slots.refused > 0)
            asking.cancel()
            waiting.cancel()
            await asyncio.wait([asking, waiting])
            assert slots.taken == 0
            host.hold.set()
            assert (await engine.complete(PROMPT)).text == host.summary


def test_prefect_is_imported_only_when_the_limit_is_shared() -> None:
    script = (
        "import sys; from settings import OllamaSettings; "
        "from tasks.engines.ollama import OllamaEngine; "
        "OllamaEngine(OllamaSettings()); print('prefect' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert said.stdout == "False\n", said.stderr


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://127.0.0.1:11434", "ollama-127-0-0-1-11434"),
        ("https://GPU-1.example.org:443/ollama", "ollama-gpu-1-example-org-443-ollama"),
        ("http://[::1]:11434", "ollama-1-11434"),
    ],
)
def test_a_limit_is_named_for_its_host(address: str, name: str) -> None:
    assert limit_name(address) == name
