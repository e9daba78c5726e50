"""The engine `ollama` with hosts on loopback that fail, hang, return, or are many."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from pressrun.errors import EngineBusy, EngineError, EngineUnavailable, ModelMissing
from pressrun.models import Completion, Prompt
from settings import OllamaSettings
from tasks.engines import ollama as module
from tasks.engines.limiter import FIRST_LIMIT
from tasks.engines.news import telling
from tasks.engines.ollama import OllamaEngine
from tests.fakes import FakeOllama

PROMPT = Prompt(user="新闻")
WORD = json.dumps({"message": {"role": "assistant", "content": "雨"}, "done": False}) + "\n"


@pytest.fixture(autouse=True)
def short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST_S", 0.001)


class Host(FakeOllama):
    """A host whose next chats fail as `faults` says; `frozen` leaves everything unanswered."""

    def __init__(self, digest: str = "ab" * 32, faults: tuple[str, ...] = ()) -> None:
        super().__init__(digest=digest)
        self.faults = deque(faults)
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.slots = asyncio.Semaphore(1000)
        self.loads = asyncio.Event()
        self.loads.set()
        self.most = self.under_way = 0

    async def _tags(self, request: web.Request) -> web.Response:
        await self.thawed.wait()
        return await super()._tags(request)

    async def _generate(self, request: web.Request) -> web.Response:
        await self.loads.wait()
        return await super()._generate(request)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.thawed.wait()
            async with self.slots:
                fault = self.faults.popleft() if self.faults else ""
                return await (self._fail(request, fault) if fault else super()._chat(request))
        finally:
            self.under_way -= 1

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        self.requests[fault] += 1
        if fault.isdecimal():
            return web.json_response({"error": "server busy, please try again"}, status=int(fault))
        if fault == "gone":
            return web.json_response({"error": f"model '{self.model}' not found"}, status=404)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(WORD.encode())
        if fault == "reset":
            assert request.transport is not None
            request.transport.abort()
        elif fault == "stall":
            await asyncio.Event().wait()
        elif fault == "freeze":
            self.thawed.clear()
            await asyncio.Event().wait()
        return response  # "cut": its last record is missing


@asynccontextmanager
async def opened(*hosts: Host, **fields: Any) -> AsyncIterator[OllamaEngine]:
    """An engine of *hosts*, which are started; its settings are *fields*."""
    async with AsyncExitStack() as stack:
        for host in hosts:
            await stack.enter_async_context(host)
        urls = fields.pop("hosts", ()) + tuple(host.url for host in hosts)
        engine = OllamaEngine(OllamaSettings(model="tester:1b", hosts=urls, **fields))
        stack.push_async_callback(engine.aclose)
        await stack.enter_async_context(asyncio.timeout(20))
        yield engine


async def nowhere() -> str:
    """An address where nothing listens."""
    async with Host() as host:
        return host.url


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110, many different things are waited for
        await asyncio.sleep(0.001)


async def ask(engine: OllamaEngine, count: int) -> list[Completion]:
    return list(await asyncio.gather(*(engine.complete(PROMPT) for _ in range(count))))


async def test_work_is_shared_by_the_hosts_each_within_its_concurrency() -> None:
    one, other = Host(), Host()
    one.hold.clear()
    other.hold.clear()
    async with opened(one, other, concurrency=2) as engine:
        calls = asyncio.create_task(ask(engine, 12))
        await until(lambda: one.under_way + other.under_way == 4)
        one.hold.set()
        other.hold.set()
        await calls
    assert (one.most, other.most) == (2, 2)


async def test_the_least_loaded_host_gets_the_next_request() -> None:
    one, other = Host(), Host()
    one.hold.clear()
    other.hold.clear()
    async with opened(one, other, concurrency=4) as engine:
        calls = asyncio.create_task(ask(engine, 8))
        await until(lambda: one.under_way + other.under_way == 8)  # now both are ready
        other.hold.set()
        await until(lambda: not other.under_way)
        answers = [await engine.complete(PROMPT) for _ in range(3)]
        one.hold.set()
        await calls
    assert {answer.host for answer in answers} == {other.url}


async def test_requests_are_sent_in_the_order_in_which_they_came() -> None:
    host = Host()
    async with opened(host, concurrency=1) as engine:
        await asyncio.gather(*(engine.complete(Prompt(user=str(n))) for n in range(10)))
    assert [asked["messages"][-1]["content"] for asked in host.asked] == [str(n) for n in range(10)]


async def test_a_call_that_is_cancelled_gives_its_place_back() -> None:
    host = Host()
    host.hold.clear()
    async with opened(host, concurrency=1) as engine:
        calls = [asyncio.create_task(engine.complete(PROMPT)) for _ in range(3)]
        await until(lambda: host.under_way == 1)
        for call in calls[:2]:  # one is at the host, one waits for its turn
            call.cancel()
        host.hold.set()
        assert (await calls[2]).text == host.summary


async def test_another_digest_is_another_model_and_left_out_with_that_reason() -> None:
    one, other = Host(), Host(digest="cd" * 32)
    async with opened(one, other) as engine:
        survey = await engine.survey()
        answers = await ask(engine, 6)
    assert survey.identity.digest == one.digest
    assert len(survey.absent) == 1
    assert (
        f"{other.url} has another tester:1b, cdcdcdcdcdcd and not abababababab" in survey.absent[0]
    )
    assert {answer.host for answer in answers} == {one.url}


async def test_the_run_goes_on_without_a_host_that_is_down_or_lacks_the_model() -> None:
    good, bare = Host(), Host()
    bare.model = "other:1b"
    down = await nowhere()
    async with opened(bare, good, hosts=(down,)) as engine:
        survey = await engine.survey()
        answers = await ask(engine, 4)
    assert [down in survey.absent[0], bare.url in survey.absent[1]] == [True, True]
    assert "pressrun models pull tester:1b" in survey.absent[1]
    assert {answer.host for answer in answers} == {good.url}


async def test_all_hosts_down_names_the_reason_of_each() -> None:
    down, also_down = await nowhere(), await nowhere()
    async with opened(hosts=(down, also_down)) as engine:
        with pytest.raises(EngineUnavailable, match="no host can serve") as caught:
            await engine.identify()
    assert down in str(caught.value)
    assert also_down in str(caught.value)


async def test_hosts_that_fail_in_different_ways_are_named_together() -> None:
    bare = Host()
    bare.model = "other:1b"
    down = await nowhere()
    async with opened(bare, hosts=(down,)) as engine:
        with pytest.raises(EngineError, match=r"cannot be reached.*; .*has no model"):
            await engine.identify()


@pytest.mark.parametrize("fault", ["503", "500", "cut", "reset"])
async def test_what_fails_once_is_asked_again(fault: str) -> None:
    host = Host(faults=(fault,))
    async with opened(host) as engine:
        assert (await engine.complete(PROMPT)).text == host.summary
    assert host.requests[fault] == 1


async def test_a_stalled_answer_is_asked_again() -> None:
    host = Host(faults=("stall",))
    async with opened(host, silence_timeout_s=0.1) as engine:
        assert (await engine.complete(PROMPT)).text == host.summary


async def test_a_request_that_fails_goes_to_another_host() -> None:
    bad, good = Host(faults=("cut",) * 100), Host()
    async with opened(bad, good, concurrency=1) as engine:
        answers = await ask(engine, 6)
    assert {answer.host for answer in answers} == {good.url}
    assert bad.requests["cut"] >= 1


async def test_a_call_is_given_up_after_its_attempts_with_the_reasons() -> None:
    host = Host(faults=("cut", "500", "503"))
    async with opened(host, attempts=3) as engine:
        with pytest.raises(EngineBusy, match=r"was cut.*; then .*500.*; then .*503") as caught:
            await engine.complete(PROMPT)
        assert caught.value.transient
        assert (await engine.complete(PROMPT)).text == host.summary


async def test_a_pause_that_the_host_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    sleep = asyncio.sleep

    async def at_once(delay_s: float) -> None:
        rests.append(delay_s)
        await sleep(0)

    async def busy(_: web.Request) -> web.Response:
        return web.json_response({"error": "busy"}, status=503, headers={"Retry-After": "7"})

    host = Host(faults=("later",))
    monkeypatch.setattr(host, "_fail", lambda request, fault: busy(request))
    async with opened(host) as engine:
        await engine.identify()
        monkeypatch.setattr("tasks.engines.pool.asyncio.sleep", at_once)
        assert (await engine.complete(PROMPT)).text == host.summary
    assert 7 in rests


async def test_a_busy_host_keeps_those_under_way_and_takes_others_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REST_S", 60)
    host = Host(faults=("", "", "503"))
    host.hold.clear()
    async with opened(host, concurrency=3) as engine:
        calls = [asyncio.create_task(engine.complete(PROMPT)) for _ in range(4)]
        await until(lambda: host.requests["503"] == 1 and host.under_way == 3)
        host.hold.set()
        done, pausing = await asyncio.wait(calls, return_when="ALL_COMPLETED", timeout=1)
        assert (len(done), len(pausing)) == (3, 1)
        for call in pausing:
            call.cancel()


async def test_a_host_that_fails_again_and_again_rests_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REST_S", 0.5)
    rests: list[float] = []
    sleep = asyncio.sleep

    async def at_once(delay_s: float) -> None:
        rests.append(delay_s)
        await sleep(0)

    host = Host(faults=("cut",) * 5)
    async with opened(host, attempts=6) as engine:
        await engine.identify()
        monkeypatch.setattr("tasks.engines.pool.asyncio.sleep", at_once)
        await engine.complete(PROMPT)
    assert [rest for rest in rests if 0 < rest < 10] == [0.5, 1, 2, 4]  # none after the first


async def test_a_model_that_one_host_loses_leaves_the_others() -> None:
    one, other = Host(faults=("gone",)), Host()
    async with opened(one, other) as engine:
        answers = await ask(engine, 8)
    assert {answer.host for answer in answers[1:]} <= {one.url, other.url}
    assert one.requests["gone"] == 1


async def test_a_model_that_is_gone_everywhere_is_missing() -> None:
    async with opened(Host(faults=("gone",)), Host(faults=("gone",))) as engine:
        with pytest.raises(ModelMissing, match=r"no host can serve: .*; "):
            await ask(engine, 4)


async def test_calls_that_wait_for_a_host_that_is_lost_fail_together() -> None:
    host = Host()
    async with opened(host, concurrency=1, attempts=2) as engine:
        await engine.identify()
        await engine.complete(PROMPT)
        await host.__aexit__(None, None, None)
        failed = await asyncio.gather(
            *(engine.complete(PROMPT) for _ in range(30)), return_exceptions=True
        )
    assert {type(error) for error in failed} == {EngineUnavailable}
    assert all(host.url in str(error) for error in failed)
    assert len(set(map(id, failed))) == 30  # each with a traceback of its own


async def test_a_lost_host_that_returns_is_used_again() -> None:
    class Switched(Host):
        on = True

        async def _tags(self, request: web.Request) -> web.Response:
            if not self.on:
                return web.json_response({"error": "starting"}, status=500)
            return await super()._tags(request)

    host = Switched(faults=("reset",))
    async with opened(host) as engine:
        await engine.identify()
        host.on = False
        call = asyncio.create_task(engine.complete(PROMPT))
        await until(lambda: host.requests["reset"] == 1)
        host.on = True
        assert (await call).text == host.summary


async def test_a_host_that_returns_with_another_model_is_left_out() -> None:
    one, other, news = Host(faults=("reset",)), Host(), list[str]()
    async with opened(one, other, concurrency=1) as engine:
        await engine.identify()
        one.digest = "cd" * 32
        with telling(news.append):
            answers = await ask(engine, 10)
    assert {answer.host for answer in answers} == {other.url}
    assert [line.rpartition("; ")[2] for line in news] == [
        "it rests, and is tried again",
        "it is left out of this run",
    ]
    assert all(one.url in line for line in news)


async def test_the_model_is_loaded_with_the_runs_context_before_the_first_request() -> None:
    host = Host()
    host.loads.clear()
    host.load_ns = 1_500_000_000
    async with opened(host, num_ctx=2048, keep_alive="5m") as engine:
        await engine.identify()
        call = asyncio.create_task(engine.complete(PROMPT))
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert not host.asked
        host.loads.set()
        first, second = await call, await engine.complete(PROMPT)
    assert (first.load_s, second.load_s) == (1.5, 0)
    assert first.queued_s < 1.5
    assert [load["options"] for load in host.preloads] == [{"num_ctx": 2048}]
    assert host.preloads[0]["keep_alive"] == "5m"
    assert host.asked[0]["options"]["num_ctx"] == 2048


async def test_a_model_that_is_still_loading_is_left_when_the_engine_closes() -> None:
    host = Host()
    host.loads.clear()
    async with opened(host) as engine:
        await engine.identify()
    assert not host.preloads


async def test_a_load_that_fails_is_left_to_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = Host()

    async def fails(_: web.Request) -> web.Response:
        return web.json_response({"error": "out of memory"}, status=500)

    monkeypatch.setattr(host, "_generate", fails)
    async with opened(host) as engine:
        assert (await engine.complete(PROMPT)).text == host.summary


async def test_calls_that_wait_for_a_model_that_does_not_load_fail_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = Host(faults=("500",) * 20)

    async def fails(_: web.Request) -> web.Response:
        return web.json_response({"error": "model requires more system memory"}, status=500)

    monkeypatch.setattr(host, "_generate", fails)
    async with opened(host, attempts=2) as engine:
        failed = await asyncio.gather(
            *(engine.complete(PROMPT) for _ in range(30)), return_exceptions=True
        )
    assert {type(error) for error in failed} == {EngineUnavailable}
    assert all("choose a smaller model" in str(error) for error in failed)
    assert host.requests["500"] <= FIRST_LIMIT


async def test_a_host_down_beside_one_left_out_is_no_engine_at_hand() -> None:
    one, other = Host(), Host(digest="cd" * 32)
    async with opened(one, other, attempts=2) as engine:
        await engine.complete(PROMPT)
        await one.__aexit__(None, None, None)
        with pytest.raises(EngineUnavailable, match=r"cannot be reached.*; .*has another"):
            await engine.complete(PROMPT)


async def test_loading_has_a_time_limit_of_its_own() -> None:
    host = Host()
    host.loads.clear()
    host.hold.clear()
    limits = {"load_timeout_s": 0.05, "first_token_timeout_s": 60, "attempts": 1}
    async with opened(host, **limits) as engine:
        with pytest.raises(EngineError, match=r"no first token.*0\.05 s.*load_timeout_s"):
            await engine.complete(PROMPT)


async def test_queueing_at_a_host_that_answers_others_does_not_count() -> None:
    host = Host()
    host.slots = asyncio.Semaphore(1)

    async def slow() -> None:
        while True:
            host.hold.clear()
            await asyncio.sleep(0.06)
            host.hold.set()
            await asyncio.sleep(0)

    ticking = asyncio.create_task(slow())
    async with opened(host, concurrency=8, first_token_timeout_s=0.3, attempts=1) as engine:
        assert len(await ask(engine, 8)) == 8
    ticking.cancel()


@pytest.mark.parametrize("fault", ["freeze", ""])
async def test_a_host_that_hangs_is_known_by_its_silence_to_all_its_requests(fault: str) -> None:
    """In the middle of an answer or before any."""
    host = Host(faults=(fault,) if fault else ())
    limits = {"silence_timeout_s": 0.2, "first_token_timeout_s": 60, "load_timeout_s": 60}
    async with opened(host, concurrency=4, attempts=1, **limits) as engine:
        await engine.identify()
        host.thawed.clear()
        failed = await asyncio.gather(
            *(engine.complete(PROMPT) for _ in range(4)), return_exceptions=True
        )
    assert all(isinstance(error, EngineError) and error.transient for error in failed)
    assert sum("gives no sign of life" in str(error) for error in failed) >= 3


async def test_a_host_at_work_on_a_long_prompt_is_not_taken_for_dead() -> None:
    host = Host()
    async with opened(host, silence_timeout_s=0.05, attempts=1) as engine:
        await engine.identify()
        host.hold.clear()
        call = asyncio.create_task(engine.complete(PROMPT))
        await asyncio.sleep(0.3)
        host.hold.set()
        assert (await call).text == host.summary


async def test_a_defect_of_ours_is_raised_where_calls_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("a defect")

    async with opened(Host()) as engine:
        await engine.survey()
        monkeypatch.setattr("tasks.engines.host.Host.load", broken)
        for _ in range(2):
            with pytest.raises(LookupError):
                await engine.complete(PROMPT)
