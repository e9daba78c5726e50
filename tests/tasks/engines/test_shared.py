"""The shared limits at a real Prefect server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from pressrun.cli.prefect import Server, using
from pressrun.errors import EngineUnavailable, SettingsError
from pressrun.models import Prompt
from settings import OllamaSettings
from tasks.engines.limits import LimitRegister, limit_name
from tasks.engines.ollama import OllamaEngine
from tasks.engines.shared import SharedLimits
from tests.fakes import FakeOllama

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

PROMPT = Prompt(user="测试")


@pytest.fixture
async def register(prefect_api: str) -> AsyncIterator[LimitRegister]:
    with using(Server(prefect_api, {"api.url": prefect_api})):
        async with aclosing(LimitRegister()) as opened:
            yield opened


def engine_at(host: FakeOllama) -> OllamaEngine:
    settings = {"host": host.url, "model": host.model, "shared_limit": True}
    return OllamaEngine(OllamaSettings.model_validate(settings))


async def until(met: Callable[[], bool]) -> None:
    while True:
        if met():
            return
        await asyncio.sleep(0.001)


async def in_use(register: LimitRegister, address: str) -> int:
    [limit] = [one for one in await register.all() if one.name == limit_name(address)]
    return limit.active_slots


async def test_a_host_without_a_limit_is_refused_before_it_is_asked_anything(
    register: LimitRegister, ollama: FakeOllama
) -> None:
    async with aclosing(engine_at(ollama)) as engine:
        with pytest.raises(SettingsError, match=f"pressrun limits set 2 {ollama.url}"):
            await engine.survey()
    assert not ollama.preloads


async def test_hosts_that_would_share_one_limit_are_refused(register: LimitRegister) -> None:
    await register.set("http://desk-1.test:11434", 2)
    async with aclosing(SharedLimits()) as limits:
        with pytest.raises(SettingsError, match="would share one limit, ollama-desk-1-test"):
            await limits.require(["http://desk-1.test:11434", "http://desk.1.test:11434"])
    await register.remove("http://desk-1.test:11434")


async def test_setting_a_limit_twice_changes_its_slots(register: LimitRegister) -> None:
    address = "http://192.0.2.1:11434"
    await register.set(address, 2)
    await register.set(address, 3)
    [limit] = [one for one in await register.all() if one.name == limit_name(address)]
    assert (limit.name, limit.limit, limit.active_slots) == ("ollama-192-0-2-1-11434", 3, 0)
    await register.remove(address)
    with pytest.raises(SettingsError, match="has no shared limit"):
        await register.remove(address)


async def test_an_answer_holds_a_slot_and_gives_it_back(
    register: LimitRegister, ollama: FakeOllama
) -> None:
    await register.set(ollama.url, 2)
    async with aclosing(engine_at(ollama)) as engine:
        ollama.hold.clear()
        asking = [asyncio.create_task(engine.complete(PROMPT)) for _ in range(4)]
        await until(lambda: len(ollama.asked) == 2)
        assert await in_use(register, ollama.url) == 2
        ollama.hold.set()
        await asyncio.gather(*asking)
    assert await in_use(register, ollama.url) == 0


async def test_a_cancelled_request_leaves_no_slot_taken_wherever_it_was(
    register: LimitRegister, ollama: FakeOllama
) -> None:
    await register.set(ollama.url, 4)
    async with aclosing(SharedLimits()) as limits:
        name = limit_name(ollama.url)
        # Before it is sent, on its way, and with the slot in its hands.
        for turns in (0, 1, 20, 200):
            taking = asyncio.create_task(limits.take(name))
            for _ in range(turns):
                await asyncio.sleep(0)
            taking.cancel()
            await asyncio.wait([taking])
            if not taking.cancelled() and (lease := taking.result()):
                limits.release(lease)
    assert await in_use(register, ollama.url) == 0


async def test_slots_whose_leases_are_lost_can_be_freed(register: LimitRegister) -> None:
    address = "http://192.0.2.2:11434"
    await register.set(address, 1)
    async with aclosing(SharedLimits()) as limits:
        assert await limits.take(limit_name(address))
        assert await limits.take(limit_name(address)) is None
        await register.free(address)
        assert await limits.take(limit_name(address))
    await register.remove(address)


async def test_a_limit_that_goes_in_the_middle_of_a_run_is_named(register: LimitRegister) -> None:
    async with aclosing(SharedLimits()) as limits:
        with pytest.raises(SettingsError, match="ollama-gone has gone"):
            await limits.take("ollama-gone")


async def test_a_prefect_server_that_does_not_answer_is_named() -> None:
    url = "http://127.0.0.1:9/api"
    with using(Server(url, {"api.url": url})):
        async with aclosing(SharedLimits()) as limits:
            with pytest.raises(EngineUnavailable, match="counts the shared slots"):
                await limits.require(["http://192.0.2.1:11434"])
