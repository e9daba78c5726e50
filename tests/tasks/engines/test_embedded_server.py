"""The protocol, spoken by Ollama's own client to a real child process with the real model."""

import asyncio
import io
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import ollama
import pytest
import pytest_asyncio

from pressrun.errors import EngineUnavailable
from pressrun.models import Completion, Prompt, Way
from settings import EmbeddedSettings
from tasks.engines.embedded import Serving, engine_at, serving
from tasks.engines.embedded.model import SHA256
from tasks.engines.embedded.supervisor import RESTARTS
from tests.kills import processes

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("embedded"),
]

ARTICLE = (
    "10月14日，江州市水务局宣布，全长38.6公里的环湖截污管网全线贯通，沿线17个排污口同日关闭。"
    "工程总投资21.4亿元，比原计划提前47天完工。"
    "市水务局局长周立民说：“从今天起，镜湖每天少接纳6.2万吨污水。”"
    "二期工程将于明年4月启动，预计2028年底完成。"
)
SENTENCES = re.findall(r"[^。]+。”?", ARTICLE)
GREEDY = {"temperature": 0, "num_predict": 12}


def user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Serving]:
    async with serving(EmbeddedSettings(num_ctx=1024)) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: Serving) -> AsyncIterator[ollama.AsyncClient]:
    client = ollama.AsyncClient(host=server.url, trust_env=False, timeout=60)
    yield client
    await client.close()  # type: ignore[no-untyped-call]


@pytest_asyncio.fixture(loop_scope="module")
async def http(server: Serving) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.url) as session:
        yield session


async def test_it_says_what_it_is_and_serves(
    server: Serving, client: ollama.AsyncClient, http: aiohttp.ClientSession
) -> None:
    [listed] = (await client.list()).models
    assert (listed.model, listed.digest) == (server.model, SHA256)
    shown = await client.show(server.model)
    assert shown.capabilities == ["completion"]
    assert shown.template == ""
    assert shown.modelinfo is not None
    assert shown.modelinfo["gemma3.context_length"] == 32768
    [running] = (await client.ps()).models
    assert running.context_length == 1024
    async with http.get("/api/version") as response:
        assert (await response.json())["version"].endswith("+pressrun")
    async with http.get("/") as response:
        assert response.status == 200


async def test_a_schema_with_one_enum_gives_exactly_a_member(
    server: Serving, client: ollama.AsyncClient
) -> None:
    prompt = user(f"新闻：{ARTICLE}\n\n这条新闻最重要的内容是：")
    answer = await client.chat(
        server.model, prompt, format={"enum": SENTENCES}, options={"temperature": 0}
    )
    assert json.loads(answer.message.content or "") in SENTENCES
    assert answer.done_reason == "stop"


async def test_a_list_of_members_has_no_room_for_white_space(
    server: Serving, client: ollama.AsyncClient
) -> None:
    schema = {"type": "array", "items": {"enum": SENTENCES}, "minItems": 2, "maxItems": 2}
    answer = await client.chat(
        server.model, user(f"新闻：{ARTICLE}\n\n摘要："), format=schema, options={"temperature": 0}
    )
    first, second = json.loads(answer.message.content or "")
    assert {first, second} <= set(SENTENCES)


@pytest.mark.parametrize(
    "schema", [{"type": "strin"}, {"$ref": "#/nowhere"}, {"type": "string", "not": {"const": "a"}}]
)
async def test_a_schema_that_cannot_bind_is_refused_not_ignored(
    server: Serving, client: ollama.AsyncClient, schema: dict[str, object]
) -> None:
    with pytest.raises(ollama.ResponseError, match="schema") as refused:
        await client.chat(server.model, user("x"), format=schema, options=GREEDY)
    assert refused.value.status_code == 400


async def test_a_stream_is_the_whole_answer_in_pieces_and_ends_with_counts(
    server: Serving, client: ollama.AsyncClient
) -> None:
    whole = await client.chat(server.model, user("从前有座山，"), options=GREEDY)
    stream = await client.chat(server.model, user("从前有座山，"), options=GREEDY, stream=True)
    records = [record async for record in stream]
    assert "".join(record.message.content or "" for record in records) == whole.message.content
    assert [record.done for record in records] == [False] * (len(records) - 1) + [True]
    last = records[-1]
    assert (last.done_reason, last.eval_count) == ("length", 12)
    assert last.prompt_eval_count == whole.prompt_eval_count
    assert min(last.eval_duration or 0, last.prompt_eval_duration or 0) > 0
    assert (last.total_duration or 0) >= (last.eval_duration or 0)


async def test_a_stream_is_ndjson_and_the_default(
    server: Serving, http: aiohttp.ClientSession
) -> None:
    asked = {"model": server.model, "prompt": "一", "options": {"num_predict": 2}}
    async with http.post("/api/generate", json=asked) as response:
        assert response.content_type == "application/x-ndjson"
        records = [json.loads(line) async for line in response.content]
    assert [record["done"] for record in records][-1] is True
    assert all("response" in record for record in records)


async def test_a_streamed_generation_is_the_plain_one_in_pieces(
    server: Serving, client: ollama.AsyncClient
) -> None:
    whole = await client.generate(server.model, "从前有座山，", options=GREEDY)
    stream = await client.generate(server.model, "从前有座山，", options=GREEDY, stream=True)
    assert "".join([record.response or "" async for record in stream]) == whole.response


async def test_system_and_prompt_are_joined_as_messages_are(
    server: Serving, client: ollama.AsyncClient
) -> None:
    model = server.model
    joined = await client.generate(model, "甲乙\n\n丙丁", options=GREEDY)
    parted = await client.generate(model, "丙丁", system="甲乙", options=GREEDY)
    chatted = await client.chat(
        model, [{"role": "system", "content": "甲乙"}, *user("丙丁")], options=GREEDY
    )
    assert joined.response == parted.response == chatted.message.content
    assert joined.prompt_eval_count == chatted.prompt_eval_count


async def test_marks_in_a_text_are_text_and_in_a_raw_prompt_are_marks(
    server: Serving, client: ollama.AsyncClient
) -> None:
    async def tokens(*, raw: bool) -> int:
        answer = await client.generate(
            server.model, "<end_of_turn>" * 9, raw=raw, options={"num_predict": 1}
        )
        return answer.prompt_eval_count or 0

    assert await tokens(raw=True) == 10
    assert await tokens(raw=False) > 30


async def test_a_stop_ends_the_answer_before_it(
    server: Serving, client: ollama.AsyncClient
) -> None:
    free = await client.generate(server.model, "1, 2, 3, 4,", options=GREEDY)
    cut = await client.generate(server.model, "1, 2, 3, 4,", options={**GREEDY, "stop": ["6"]})
    before, six, _ = (free.response or "").partition("6")
    assert (cut.response, six) == (before, "6")
    assert cut.done_reason == "stop"


async def test_an_empty_request_preloads(server: Serving, client: ollama.AsyncClient) -> None:
    assert (await client.chat(server.model, [])).done_reason == "load"
    assert (await client.generate(server.model, keep_alive=-1)).done_reason == "load"


async def test_another_model_is_a_404_with_ollamas_words(client: ollama.AsyncClient) -> None:
    for call in (
        client.chat("qwen3:4b", user("x")),
        client.generate("qwen3:4b", "x"),
        client.show("qwen3:4b"),
    ):
        with pytest.raises(ollama.ResponseError, match="model 'qwen3:4b' not found") as refused:
            await call
        assert refused.value.status_code == 404


async def test_a_prompt_over_the_context_is_an_error_and_never_cut(
    server: Serving, client: ollama.AsyncClient
) -> None:
    with pytest.raises(ollama.ResponseError, match=r"\d{4} tokens and the context 1024") as refused:
        await client.chat(server.model, user(ARTICLE * 20))
    assert refused.value.status_code == 400
    with pytest.raises(ollama.ResponseError, match="context 64"):
        await client.chat(server.model, user(ARTICLE), options={"num_ctx": 64}, stream=False)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/api/chat", b"{", {}, 400),
        ("/api/chat", b" " * (17 << 20), {}, 413),
        ("/api/embed", b"{}", {}, 404),
        ("/api/pull", b"{}", {}, 404),
        ("/api/chat", b"{}", {"Origin": "https://news.example"}, 403),
        ("/api/chat", b"{}", {"Host": "rebound.example"}, 403),
    ],
)
async def test_every_refusal_has_ollamas_form(
    http: aiohttp.ClientSession, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    async with http.post(path, data=io.BytesIO(body), headers=headers) as response:
        assert response.status == status
        assert isinstance((await response.json())["error"], str)


async def test_a_client_that_leaves_frees_the_slot(
    server: Serving, client: ollama.AsyncClient
) -> None:
    endless = {"num_predict": 900, "temperature": 0}  # greedy, it repeats itself to the end
    stream = await client.chat(server.model, user("从前"), stream=True, options=endless)
    await anext(aiter(stream))
    await stream.aclose()  # type: ignore[attr-defined]
    waiting = asyncio.create_task(client.chat(server.model, user(ARTICLE * 5), options=endless))
    await asyncio.wait([waiting], timeout=0.2)  # let it reach the model
    waiting.cancel()
    answer = await client.chat(server.model, user("一"), options={"num_predict": 1})
    queued_ns = (answer.total_duration or 0) - (answer.eval_duration or 0)
    assert queued_ns < 5e9  # 900 tokens and a long prompt would take 15 s and more


async def test_the_engine_asks_it_as_it_would_ask_ollama(server: Serving) -> None:
    prompt = Prompt(user=ARTICLE, response_schema={"enum": SENTENCES})
    async with aclosing(engine_at(server, EmbeddedSettings(num_ctx=1024))) as engine:
        identity = await engine.identify()
        answer = await engine.complete(prompt)
    assert (identity.engine, identity.model, identity.digest) == ("embedded", server.model, SHA256)
    assert (identity.way, identity.context_tokens) == (Way.SELECTED, 1024)
    assert "Gemma Terms of Use" in identity.note
    assert json.loads(answer.text) in SENTENCES


async def test_the_server_dies_with_a_parent_that_is_killed() -> None:
    program = """if True:
        import asyncio
        from settings import EmbeddedSettings
        from tasks.engines.embedded import serving
        async def main():
            async with serving(EmbeddedSettings(way="written")) as server:
                print(server.url, flush=True)
                await asyncio.sleep(600)
        asyncio.run(main())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    url = urlsplit((await parent.stdout.readline()).decode().strip())
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(15):
        with suppress(ConnectionResetError):  # how the system ends a dead process's connection
            assert await reader.read() == b""
    writer.close()


def servers() -> set[int]:
    """The children of this process that serve a model."""
    below = processes.below(os.getpid())
    return {pid for pid in below if "tasks.engines.embedded.server" in processes.words(pid)}


async def test_a_server_that_is_killed_is_started_again_twice_and_no_request_notices(
    server: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    others = servers()
    settings = EmbeddedSettings(num_ctx=1024, way="written")
    prompt = Prompt(user=ARTICLE * 2, max_tokens=8)
    async with serving(settings) as served, aclosing(engine_at(served, settings)) as engine:

        async def killed_in_the_midst() -> asyncio.Task[Completion]:
            asking = asyncio.create_task(engine.complete(prompt))
            await asyncio.wait([asking], timeout=0.2)  # let it reach the model
            [mine] = servers() - others
            processes.kill(mine)
            return asking

        whole = await engine.complete(prompt)
        for _ in range(RESTARTS):
            asking = await killed_in_the_midst()
            assert (await asking).text == whole.text
        asking = await killed_in_the_midst()
        with pytest.raises(EngineUnavailable, match="its server has ended"):
            await asking
    assert servers() == others
    assert caplog.text.count("ended with status -9; it is started again") == RESTARTS
    assert caplog.text.count("not started again in this run") == 1


async def test_a_file_that_llama_cpp_does_not_take_is_an_error_with_its_words(
    tmp_path: Path,
) -> None:
    path = tmp_path / "empty.gguf"
    path.write_bytes(b"GGUF" + bytes([3]) + bytes(19))
    with pytest.raises(EngineUnavailable, match=r"empty\.gguf: llama.cpp cannot load"):
        async with serving(EmbeddedSettings(gguf=str(path))):
            pass


async def test_a_start_that_takes_too_long_is_an_error_that_names_the_limit() -> None:
    with pytest.raises(EngineUnavailable, match=r"within 0\.01 s.*START_TIMEOUT_S"):
        async with serving(EmbeddedSettings(start_timeout_s=0.01)):
            pass
