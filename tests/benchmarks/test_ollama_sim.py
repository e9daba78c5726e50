"""The simulated Ollama: the laws of its scheduler, and its shape through the official client."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import ollama
import pytest

from benchmarks.ollama_sim import (
    Fault,
    Job,
    Load,
    Scheduler,
    Simulator,
    Spec,
    makespan,
    serving,
    simulate,
    simulated,
)
from benchmarks.ollama_sim.faults import draw
from benchmarks.ollama_sim.wire import BUSY, TOO_LONG, fitted
from benchmarks.ollama_sim.words import answer, tokens

SPEC = Spec(slots=2, load_s=5, prefill_tps=100, decode_tps=10, speedup=((1, 1), (2, 1.5), (4, 2)))
FAST = Spec(load_s=0.02, prefill_tps=1e5, decode_tps=1e4, record_s=0.002)

ARTICLE = (
    "海河大桥十二日上午建成通车。市交通局说，大桥全长三千二百米，总投资十二亿元。"
    "两岸居民过江的时间缩短到八分钟。"
)
SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "keywords": {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 5},
        "category": {"enum": ["社会", "财经"]},
        "importance": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}


def drained(scheduler: Scheduler) -> float:
    """The moment of the last event, everything having been waited for."""
    last = 0.0
    while (moment := scheduler.next_event_s()) is not None:
        scheduler.advance(moment)
        last = moment
    return last


def test_a_request_alone_takes_its_reading_and_its_writing() -> None:
    (job,) = simulate([Load(1.0, 200, 30)], SPEC)
    assert (job.started_s, job.first_s, job.done_s) == (1.0, 3.0, 6.0)
    assert SPEC.service_s(200, 30) == 5.0


def test_two_at_once_share_what_batching_gives_and_the_rest_is_faster_when_one_ends() -> None:
    short, long = simulate([Load(0, 100, 20), Load(0, 100, 50)], SPEC)
    # 3 s of work each at 0.75 of the speed, then 3 s more alone.
    assert short.done_s == pytest.approx(4.0)
    assert long.done_s == pytest.approx(7.0)


def test_who_comes_later_slows_whom_it_finds() -> None:
    first, second = simulate([Load(0, 100, 30), Load(2, 100, 10)], SPEC)
    assert first.done_s == pytest.approx(2 + 2 / 0.75)
    assert second.done_s == pytest.approx(first.done_s)
    assert (first.active, second.active) == (1, 2)


@pytest.mark.parametrize("slots", [1, 2, 3, 4, 8])
def test_no_work_is_lost_or_made_while_all_slots_are_busy(slots: int) -> None:
    spec = SPEC.model_copy(update={"slots": slots})
    loads = [Load(0, 100 + 7 * n, 20) for n in range(8 * slots)]
    work = sum(spec.service_s(load.prompt_tokens, load.output_tokens) for load in loads)
    least = work / spec.total_speed(slots)
    longest = max(spec.service_s(load.prompt_tokens, load.output_tokens) for load in loads)
    took = makespan(loads, spec)
    assert least * 0.999 <= took <= least + longest * slots / spec.total_speed(slots)


def test_the_speed_up_of_full_slots_is_that_of_the_curve() -> None:
    loads = [Load(0, 100, 20)] * 80
    one = makespan(loads, SPEC.model_copy(update={"slots": 1}))
    for slots, factor in SPEC.speedup:
        many = makespan(loads, SPEC.model_copy(update={"slots": slots}))
        assert one / many == pytest.approx(factor)


def test_the_curve_is_interpolated_and_stays_beyond_its_last_point() -> None:
    assert [SPEC.total_speed(n) for n in (0, 1, 2, 3, 4, 9)] == [0, 1, 1.5, 1.75, 2, 2]


def test_the_queue_is_served_in_order_and_its_time_is_known() -> None:
    jobs = simulate([Load(0.1 * n, 100, 10) for n in range(5)], SPEC)
    starts = [job.started_s for job in jobs]
    assert starts == sorted(starts, key=lambda moment: moment or 0)
    assert jobs[0].queued_s == jobs[1].queued_s == 0
    third_waits = (jobs[0].done_s or 0) - jobs[2].arrived_s
    assert jobs[2].queued_s == pytest.approx(third_waits)


def test_a_full_queue_refuses_and_a_free_slot_does_not() -> None:
    scheduler = Scheduler(SPEC.model_copy(update={"max_queue": 1}), loaded=4096)
    taken = [scheduler.submit(Job(100, 10), 0.0) for _ in range(4)]
    assert taken == [True, True, True, False]
    assert scheduler.waiting == 1


def test_the_first_request_waits_for_the_model_and_that_is_no_queueing() -> None:
    first, second = simulate([Load(0, 100, 10), Load(4, 100, 10)], SPEC, loaded=False)
    assert (first.ready_s, first.queued_s) == (5.0, 0.0)
    assert (second.ready_s, second.queued_s) == (5.0, 0.0)


def test_another_num_ctx_lets_the_running_end_then_loads_again() -> None:
    scheduler = Scheduler(SPEC, loaded=4096)
    old, other, behind = Job(100, 10), Job(100, 10, num_ctx=8192), Job(100, 10)
    for job in (old, other, behind):
        assert scheduler.submit(job, 0.0)
    drained(scheduler)
    assert old.done_s == 2.0
    assert other.ready_s == 2.0 + SPEC.load_s
    assert other.done_s is not None
    assert behind.ready_s == other.done_s + SPEC.load_s


def test_who_leaves_frees_the_slot_in_the_queue_and_under_way() -> None:
    scheduler = Scheduler(SPEC.model_copy(update={"slots": 1}), loaded=4096)
    leaves, waits, goes = Job(100, 1000), Job(100, 10), Job(100, 10)
    for job in (leaves, goes, waits):
        scheduler.submit(job, 0.0)
    scheduler.cancel(goes, 1.0)
    scheduler.cancel(leaves, 3.0)
    assert waits.started_s == 3.0
    assert drained(scheduler) == waits.done_s == 5.0


def test_a_stalled_sequence_keeps_its_slot_and_takes_no_speed() -> None:
    scheduler = Scheduler(SPEC, loaded=4096)
    stalls, other, waits = Job(100, 10, holds_after=5), Job(100, 35), Job(100, 10)
    for job in (stalls, other, waits):
        scheduler.submit(job, 0.0)
    drained(scheduler)
    assert stalls.held
    assert stalls.done_s is None
    assert other.done_s is not None
    assert other.done_s == pytest.approx(1.5 / 0.75 + 3.0)
    assert waits.done_s == pytest.approx(other.done_s + 2.0)
    scheduler.resume(stalls, 20.0)
    assert drained(scheduler) == stalls.done_s == 20.5


def test_what_the_slots_last_prompt_began_with_is_not_read_again() -> None:
    scheduler = Scheduler(SPEC, loaded=4096)
    head = ["system"] * 60
    for tail in ("a", "b"):
        prompt = head + [tail] * 40
        job = Job(len(prompt), 10, prompt=prompt)
        scheduler.submit(job, 10.0 if tail == "b" else 0.0)
        drained(scheduler)
    assert job.cached == 60
    assert job.first_s == 10.4
    assert job.prompt_tokens == 100


def test_a_prompt_that_is_all_cached_has_its_last_token_read() -> None:
    scheduler = Scheduler(SPEC, loaded=4096)
    for moment in (0.0, 10.0):
        job = Job(100, 10, prompt=["x"] * 100)
        scheduler.submit(job, moment)
        drained(scheduler)
    assert job.cached == 99


def test_tokens_are_written_at_the_shared_speed() -> None:
    scheduler = Scheduler(SPEC, loaded=4096)
    job = Job(100, 20)
    scheduler.submit(job, 0.0)
    seen = []
    for moment in (0.5, 1.0, 2.05, 2.99, 3.5):
        scheduler.advance(moment)
        seen.append(scheduler.written(job))
    assert seen == [0, 1, 11, 20, 20]


def test_a_faster_server_is_the_same_in_less_time() -> None:
    loads = [Load(0.0, 120, 10 + n) for n in range(9)]
    slow, fast = SPEC, SPEC.faster(20)
    assert makespan(loads, slow, loaded=False) == pytest.approx(
        20 * makespan(loads, fast, loaded=False)
    )


def test_an_answer_fits_its_schema_with_sentences_of_the_article() -> None:
    asked = {"messages": [{"role": "user", "content": f"概括。<article>\n{ARTICLE}\n</article>"}]}
    found = json.loads(answer({**asked, "format": SCHEMA}))
    assert ARTICLE.startswith(found["summary"])
    assert found["summary"].endswith("。")
    assert len(found["keywords"]) == 3
    assert all(word in ARTICLE for word in found["keywords"])
    assert found["category"] == "社会"
    assert found["importance"] == 3
    assert ARTICLE.startswith(answer(asked))


def test_an_enum_and_a_reference_are_followed() -> None:
    schema = {
        "$defs": {"Kind": {"enum": ["b", "c"]}},
        "properties": {"k": {"$ref": "#/$defs/Kind"}},
    }
    assert json.loads(answer({"prompt": "x", "format": schema})) == {"k": "b"}
    assert json.loads(answer({"prompt": "x", "format": {"enum": ["whole"]}})) == "whole"


def test_tokens_join_to_the_text_again() -> None:
    text = "2026年3月，the bridge\n was opened。"
    assert "".join(tokens(text)) == text


def test_a_prompt_over_the_context_keeps_its_head_and_tail_or_is_refused() -> None:
    turns = [("system", "rule " * 20), ("user", "old " * 500), ("user", "new " * 3000)]
    cut = fitted(turns, 1024, FAST)
    assert len(cut) == 1024 // 2 + 2
    assert cut[0] == "<|system|>"
    assert cut[-1] == "<|assistant|>"
    assert " old" not in fitted([*turns[:2], ("user", "new")], 400, FAST)
    with pytest.raises(Exception, match=TOO_LONG):
        fitted(turns, 1024, FAST.model_copy(update={"context_shift": False}))


def test_faults_come_at_their_rate_and_the_same_for_a_seed() -> None:
    spec = Spec(busy_rate=0.1, stall_rate=0.1)
    drawn = [draw(spec, number)[0] for number in range(2000)]
    assert drawn == [draw(spec, number)[0] for number in range(2000)]
    for fault in (Fault.BUSY, Fault.STALL):
        assert 0.08 < drawn.count(fault) / 2000 < 0.12
    assert drawn.count(Fault.CUT) == 0


@asynccontextmanager
async def client_of(spec: Spec) -> AsyncIterator[tuple[ollama.AsyncClient, Simulator]]:
    simulator = Simulator(spec)
    async with serving(simulator) as url:
        client = ollama.AsyncClient(host=url, trust_env=False)
        try:
            yield client, simulator
        finally:
            await client.close()  # type: ignore[no-untyped-call]


def chat(client: ollama.AsyncClient, text: str = ARTICLE, **more: Any) -> Any:
    messages = [{"role": "user", "content": text}]
    return client.chat(**{"model": FAST.model, "messages": messages, **more})


async def test_the_client_sees_a_model_and_its_answer() -> None:
    async with client_of(FAST) as (client, _):
        assert [entry.model for entry in (await client.list()).models] == [FAST.model]
        shown = await client.show(FAST.model)
        assert (shown.modelinfo or {})["simulated.context_length"] == FAST.context_length
        assert (await client.ps()).models == []
        reply = await chat(client)
        assert reply.message.content
        assert ARTICLE.startswith(reply.message.content)
        assert reply.done_reason == "stop"
        assert [entry.model for entry in (await client.ps()).models] == [FAST.model]
        with pytest.raises(ollama.ResponseError, match="model 'other' not found") as caught:
            await client.show("other")
        assert caught.value.status_code == 404


async def test_counts_and_durations_are_the_models_own() -> None:
    async with client_of(FAST) as (client, simulator):
        reply = await chat(client)
        (row,) = simulator.log
        assert reply.prompt_eval_count == row.prompt_tokens > 30
        assert reply.eval_count == row.output_tokens
        assert reply.load_duration == pytest.approx(FAST.load_s * 1e9, rel=1e-3)
        read_s, wrote_s = row.prompt_tokens / FAST.prefill_tps, row.output_tokens / FAST.decode_tps
        assert reply.prompt_eval_duration == pytest.approx(read_s * 1e9, rel=1e-3)
        assert reply.eval_duration == pytest.approx(wrote_s * 1e9, rel=1e-3)


async def test_a_stream_is_the_whole_answer_and_ends_with_the_counts() -> None:
    async with client_of(FAST.model_copy(update={"decode_tps": 200})) as (client, _):
        chunks = [chunk async for chunk in await chat(client, stream=True)]
        whole = await chat(client)
        assert len(chunks) > 1
        assert "".join(chunk.message.content or "" for chunk in chunks) == whole.message.content
        assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
        assert chunks[-1].eval_count == whole.eval_count


async def test_num_predict_cuts_and_says_so() -> None:
    async with client_of(FAST) as (client, _):
        reply = await chat(client, options={"num_predict": 5})
        assert (reply.done_reason, reply.eval_count) == ("length", 5)


async def test_a_prompt_over_num_ctx_is_cut_in_silence() -> None:
    async with client_of(FAST) as (client, _):
        reply = await chat(client, ARTICLE * 100, options={"num_ctx": 1024})
        assert reply.prompt_eval_count == 1024 // 2 + 2


async def test_an_empty_request_loads_and_keep_alive_0_unloads() -> None:
    async with client_of(FAST) as (client, simulator):
        loaded = await client.generate(FAST.model, options={"num_ctx": 2048})
        assert loaded.done_reason == "load"
        assert (await client.ps()).models[0].context_length == 2048
        reply = await chat(client, options={"num_ctx": 2048})
        assert reply.load_duration == 0
        await client.generate(FAST.model, keep_alive=0, options={"num_ctx": 2048})
        assert (await client.ps()).models == []
        assert [row.outcome for row in simulator.log] == ["loaded", "answered", "loaded"]


async def test_a_model_that_can_think_does_unless_told_not_to() -> None:
    async with client_of(FAST.model_copy(update={"thinks": True})) as (client, _):
        assert (await client.show(FAST.model)).capabilities == ["completion", "thinking"]
        assert (await chat(client)).message.thinking
        assert not (await chat(client, think=False)).message.thinking
    async with client_of(FAST) as (client, _):
        with pytest.raises(ollama.ResponseError, match="does not support thinking"):
            await chat(client, think=True)


async def test_a_full_queue_is_a_503_in_ollamas_words() -> None:
    spec = FAST.model_copy(update={"max_queue": 0, "decode_tps": 10})
    async with client_of(spec) as (client, simulator):
        stream = await chat(client, stream=True)
        await anext(stream)
        with pytest.raises(ollama.ResponseError) as caught:
            await chat(client)
        assert (caught.value.status_code, caught.value.error) == (503, BUSY)
        assert [row.outcome for row in simulator.log] == ["busy"]
        await stream.aclose()


async def test_a_client_that_leaves_frees_its_slot() -> None:
    async with client_of(FAST.model_copy(update={"decode_tps": 20})) as (client, simulator):
        stream = await chat(client, stream=True)
        await anext(stream)
        await stream.aclose()
        assert (await chat(client, options={"num_predict": 1})).done
        assert [row.outcome for row in simulator.log] == ["left", "answered"]


@pytest.mark.parametrize("fault", ["cut", "reset", "error"])
async def test_a_stream_breaks_off_as_it_is_told_to(fault: str) -> None:
    simulator = Simulator(FAST.model_copy(update={f"{fault}_rate": 1.0}))
    asked = {"model": FAST.model, "messages": [{"role": "user", "content": ARTICLE}]}
    lines, broken = [b""], False
    async with serving(simulator) as url, aiohttp.ClientSession() as session:
        try:
            async with session.post(f"{url}/api/chat", json=asked) as response:
                lines += [line async for line in response.content]
        except aiohttp.ClientError:
            broken = True
    assert broken == (fault == "reset")
    assert not any(json.loads(line).get("done") for line in lines[1:])
    assert (b'"error"' in lines[-1]) == (fault == "error")
    assert [row.outcome for row in simulator.log] == [fault]


async def test_a_stall_is_silent_for_its_time_then_goes_on() -> None:
    spec = FAST.model_copy(update={"stall_rate": 1.0, "stall_s": 0.05})
    async with client_of(spec) as (client, simulator):
        reply = await chat(client)
        assert reply.done_reason == "stop"
        (row,) = simulator.log
        assert row.outcome == "stall"
        assert row.output_s >= 0.05


async def test_in_real_time_it_takes_what_virtual_time_says() -> None:
    spec = Spec(slots=3, prefill_tps=400, decode_tps=20).faster(20)
    async with simulated(spec) as remote:
        client = ollama.AsyncClient(host=remote.url, trust_env=False)
        await client.generate(spec.model)
        texts = [f"第{n}号。" + ARTICLE * (1 + n % 3) for n in range(10)]
        await asyncio.gather(*(chat(client, text) for text in texts))
        await client.close()  # type: ignore[no-untyped-call]
        rows = [row for row in await remote.log() if row.outcome == "answered"]
    begun = min(row.arrived_s for row in rows)
    loads = [
        Load(row.arrived_s - begun, row.prompt_tokens, row.output_tokens, row.cached)
        for row in rows
    ]
    took = (
        max(row.arrived_s + row.load_s + row.queued_s + row.prompt_s + row.output_s for row in rows)
        - begun
    )
    assert took == pytest.approx(makespan(loads, spec), rel=0.001)
    late_s = max(row.ended_s for row in rows) - begun - took
    assert 0 <= late_s < 0.5  # of this machine, which may be busy
