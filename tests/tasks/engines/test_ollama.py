"""The engine `ollama` against answers of Ollama, played by respx."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import respx

from pressrun.errors import (
    BadAnswer,
    EngineError,
    EngineUnavailable,
    ModelMissing,
    PromptTooLong,
)
from pressrun.models import Prompt, Turn, Way
from settings import OllamaSettings
from tasks.engines import host as module
from tasks.engines.ollama import OllamaEngine, ollama_engine

HOST = "http://ollama.test:11434"
PROMPT = Prompt(system="You summarise.", user="新闻：今天下雨。", max_tokens=200)
DIGEST = "a" * 64


def line(content: str = "", **fields: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    message |= {"thinking": fields.pop("thinking")} if "thinking" in fields else {}
    return {"model": "qwen3:4b", "message": message, "done": False, **fields}


def end(**fields: Any) -> dict[str, Any]:
    counts = {"prompt_eval_count": 40, "eval_count": 12, "load_duration": 1_000_000_000}
    spans = {
        "prompt_eval_duration": 500_000_000,
        "eval_duration": 250_000_000,
        "total_duration": 1_800_000_000,
    }
    return line(done=True, **({"done_reason": "stop"} | counts | spans | fields))


def ndjson(*lines: dict[str, Any] | str) -> httpx.Response:
    text = [item if isinstance(item, str) else json.dumps(item) for item in lines]
    return httpx.Response(200, content="".join(f"{item}\n" for item in text).encode())


class Played:
    """A server that has the model qwen3:4b, and answers chats as its test says."""

    def __init__(self, router: respx.MockRouter) -> None:
        self.tags = router.get(f"{HOST}/api/tags").respond(
            json={
                "models": [
                    {"model": "llama3.2:latest", "digest": "b" * 64},
                    {"model": "qwen3:4b", "digest": DIGEST},
                    {"model": "qwen3:8b", "digest": "c" * 64},
                ]
            }
        )
        self.show = router.post(f"{HOST}/api/show")
        self.generate = router.post(f"{HOST}/api/generate").respond(
            json={"response": "", "done": True, "done_reason": "load"}
        )
        self.chat = router.post(f"{HOST}/api/chat").mock(return_value=ndjson(line("下雨。"), end()))
        self.describes()

    def describes(
        self, *capabilities: str, context: int | None = 40_960, family: str = "qwen3"
    ) -> None:
        info: dict[str, Any] = {"general.architecture": family}
        if context:
            info |= {f"{family}.vision.context_length": 77, f"{family}.context_length": context}
        self.show.respond(
            json={
                "capabilities": ["completion", *capabilities],
                "details": {"family": family},
                "model_info": info,
            }
        )

    def sent(self, index: int = -1) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.chat.calls[index].request.content)
        return body


@pytest.fixture
def played() -> Iterator[Played]:
    with respx.mock(assert_all_called=False) as router:
        yield Played(router)


def settings(**fields: Any) -> OllamaSettings:
    return OllamaSettings(**({"host": HOST, "attempts": 1} | fields))


@pytest.fixture
async def engine(played: Played) -> AsyncIterator[OllamaEngine]:
    engine = OllamaEngine(settings())
    yield engine
    await engine.aclose()


async def test_an_answer_carries_text_counts_and_durations_in_seconds(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.mock(return_value=ndjson(line("今天"), line("下雨。"), end()))
    answer = await engine.complete(PROMPT)
    assert answer.text == "今天下雨。"
    assert (answer.prompt_tokens, answer.output_tokens, answer.done_reason) == (40, 12, "stop")
    assert (answer.load_s, answer.prompt_s, answer.output_s) == (1.0, 0.5, 0.25)
    assert answer.host == HOST
    assert answer.total_s == 1.8
    assert answer.wall_s > 0


async def test_the_identity_has_digest_and_the_smaller_context_and_is_asked_for_once(
    played: Played, engine: OllamaEngine
) -> None:
    played.describes(context=2048)
    identity = await engine.identify()
    assert (identity.engine, identity.model, identity.digest) == ("ollama", "qwen3:4b", DIGEST)
    assert identity.way is Way.WRITTEN
    assert identity.context_tokens == 2048
    await asyncio.gather(engine.identify(), engine.complete(PROMPT), engine.complete(PROMPT))
    assert played.show.call_count == played.tags.call_count == 1


async def test_a_model_that_tells_no_context_gets_the_one_of_the_settings(
    played: Played, engine: OllamaEngine
) -> None:
    played.describes(context=None)
    assert (await engine.identify()).context_tokens == 8192


async def test_a_name_without_a_tag_is_the_listed_name_with_latest(played: Played) -> None:
    engine = OllamaEngine(settings(model="llama3.2", way="selected"), name="embedded", note="N")
    identity = await engine.identify()
    assert (identity.model, identity.digest) == ("llama3.2:latest", "b" * 64)
    assert (identity.engine, identity.way, identity.note) == ("embedded", Way.SELECTED, "N")


async def test_every_request_says_context_budget_sampling_and_keep_alive(played: Played) -> None:
    engine = OllamaEngine(settings(num_ctx=6000, num_predict=100, temperature=0.5, seed=3))
    schema = {"type": "string", "enum": ["一。", "二。"]}
    await engine.complete(PROMPT.model_copy(update={"response_schema": schema}))
    sent = played.sent()
    assert sent["options"] == {"num_ctx": 6000, "num_predict": 100, "temperature": 0.5, "seed": 3}
    assert sent["keep_alive"] == "30m"
    assert sent["format"] == schema
    assert sent["stream"] is True
    assert sent["messages"] == [
        {"role": "system", "content": "You summarise."},
        {"role": "user", "content": "新闻：今天下雨。"},
    ]


async def test_one_context_is_sent_over_a_whole_run(played: Played, engine: OllamaEngine) -> None:
    played.describes(context=3000)
    for size in (10, 2000, 400):
        await engine.complete(Prompt(user="字" * size, max_tokens=size))
    assert {played.sent(index)["options"]["num_ctx"] for index in range(3)} == {3000}
    assert [played.sent(index)["options"]["num_predict"] for index in range(3)] == [10, 512, 400]


async def test_a_prompt_without_a_system_part_or_schema_sends_neither(
    played: Played, engine: OllamaEngine
) -> None:
    await engine.complete(Prompt(user="x"))
    assert [message["role"] for message in played.sent()["messages"]] == ["user"]
    assert "format" not in played.sent()


async def test_the_turns_of_a_conversation_follow_the_first_question(
    played: Played, engine: OllamaEngine
) -> None:
    turns = (Turn(role="assistant", content="昨天？"), Turn(role="user", content="今天。"))
    await engine.complete(PROMPT.model_copy(update={"turns": turns}))
    assert played.sent()["messages"][2:] == [
        {"role": "assistant", "content": "昨天？"},
        {"role": "user", "content": "今天。"},
    ]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "the input length exceeds the context length"),
        (400, "prompt too long; exceeded max context length by 7 tokens"),
        (400, "request (9000 tokens) exceeds the available context size (4096 tokens)"),
        (400, "the prompt has 4286 tokens and the context 4096 (num_ctx): send less text"),
        (500, "the input length exceeds the context length"),
    ],
)
async def test_a_prompt_that_is_refused_for_its_length_is_too_long_for_good(
    played: Played, engine: OllamaEngine, status: int, words: str
) -> None:
    played.chat.respond(status, json={"error": words})
    with pytest.raises(PromptTooLong, match="raise num_ctx") as caught:
        await engine.complete(PROMPT)
    assert not caught.value.transient


@pytest.mark.parametrize(("setting", "sent"), [("-1", -1), ("0", 0), ("90", 90), ("1h", "1h")])
async def test_a_bare_number_of_seconds_is_sent_as_a_number(
    played: Played, setting: str, sent: object
) -> None:
    await OllamaEngine(settings(keep_alive=setting)).complete(PROMPT)
    assert played.sent()["keep_alive"] == sent


async def test_a_model_that_can_think_is_told_not_to(played: Played, engine: OllamaEngine) -> None:
    played.describes("thinking")
    await engine.complete(PROMPT)
    assert played.sent()["think"] is False


async def test_a_model_that_cannot_think_is_told_nothing_of_it(
    played: Played, engine: OllamaEngine
) -> None:
    await engine.complete(PROMPT)
    assert "think" not in played.sent()


async def test_a_model_that_must_think_thinks_little_within_the_whole_budget(
    played: Played, engine: OllamaEngine
) -> None:
    played.describes("thinking", family="gptoss")
    await engine.complete(PROMPT)
    assert played.sent()["think"] == "low"
    assert played.sent()["options"]["num_predict"] == 512


async def test_thinking_in_its_own_field_is_kept_apart(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.mock(return_value=ndjson(line(thinking="嗯，"), line("下雨。"), end()))
    assert (await engine.complete(PROMPT)).text == "下雨。"


async def test_thinking_that_leaks_into_the_answer_is_left_to_the_cleaner(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.mock(return_value=ndjson(line("<think>嗯</think>"), line("下雨。"), end()))
    assert (await engine.complete(PROMPT)).text == "<think>嗯</think>下雨。"


async def test_a_missing_model_names_the_pull_and_what_is_there_nearest_first(
    played: Played,
) -> None:
    played.show.respond(404, json={"error": "model 'qwen3:14b' not found"})
    with pytest.raises(ModelMissing) as caught:
        await OllamaEngine(settings(model="qwen3:14b")).identify()
    message = str(caught.value)
    assert f"`pressrun models pull qwen3:14b --host {HOST}`" in message
    assert message.endswith("models there: qwen3:4b, qwen3:8b, llama3.2:latest")
    assert not caught.value.transient


async def test_a_model_removed_during_the_run_is_missing(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.respond(404, json={"error": "model 'qwen3:4b' not found"})
    with pytest.raises(ModelMissing, match="pressrun models pull qwen3:4b") as caught:
        await engine.complete(PROMPT)
    assert not caught.value.transient


async def test_a_404_of_another_server_is_not_a_missing_model(played: Played) -> None:
    played.tags.respond(404, text="404 page not found")
    with pytest.raises(EngineError, match="no Ollama listens there; correct host") as caught:
        await OllamaEngine(settings()).identify()
    assert type(caught.value) is EngineError
    assert not caught.value.transient


async def test_a_failed_identification_is_asked_again(played: Played, engine: OllamaEngine) -> None:
    played.tags.mock(
        side_effect=[httpx.ConnectError("refused"), httpx.Response(200, json={"models": []})]
    )
    with pytest.raises(EngineUnavailable):
        await engine.identify()
    assert (await engine.identify()).digest == ""


async def test_a_busy_server_is_transient_and_the_next_call_succeeds(
    played: Played, engine: OllamaEngine
) -> None:
    busy = httpx.Response(503, json={"error": "server busy, please try again"})
    played.chat.mock(side_effect=[busy, ndjson(line("下雨。"), end())])
    with pytest.raises(EngineError, match=r"server busy.*503.*concurrency") as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient
    assert (await engine.complete(PROMPT)).text == "下雨。"


@pytest.mark.parametrize(
    ("status", "error", "transient"),
    [
        (400, "invalid options: temperature", False),
        (400, "the prompt has 4286 tokens and the context 4096", False),
        (400, '"qwen3:4b" does not support thinking', False),
        (401, "unauthorized", False),
        (500, "llama runner process has terminated", True),
        (500, "the input length exceeds the context length", False),
        (500, "model requires more system memory (9 GiB) than is available (4 GiB)", True),
        (502, "bad gateway", True),
        (429, "too many requests", True),
        (408, "time-out", True),
    ],
)
async def test_a_refusal_is_retried_only_where_that_may_help(
    played: Played, engine: OllamaEngine, status: int, error: str, transient: bool
) -> None:
    played.chat.respond(status, json={"error": error})
    with pytest.raises(EngineError) as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient is transient
    assert error in str(caught.value)
    assert HOST in str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [httpx.ConnectError("All connection attempts failed"), httpx.ConnectTimeout("")],
)
async def test_an_unreachable_server_names_the_host_and_the_remedy(
    played: Played, engine: OllamaEngine, fault: httpx.HTTPError
) -> None:
    played.tags.mock(side_effect=fault)
    with pytest.raises(EngineUnavailable, match="ollama serve") as caught:
        await engine.identify()
    assert HOST in str(caught.value)
    assert caught.value.transient


@pytest.mark.parametrize(
    "fault", [httpx.ReadError(""), httpx.RemoteProtocolError("peer closed"), httpx.WriteError("")]
)
async def test_a_broken_connection_is_transient(
    played: Played, engine: OllamaEngine, fault: httpx.HTTPError
) -> None:
    played.chat.mock(side_effect=fault)
    with pytest.raises(EngineError, match="connection broke") as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient


@pytest.mark.parametrize(
    ("error", "kind", "transient"),
    [
        ("an error was encountered while running the model: CUDA error", EngineError, True),
        ("model 'qwen3:4b' not found", ModelMissing, False),
        ("request (9000 tokens) exceeds the available context size", PromptTooLong, False),
    ],
)
async def test_an_error_line_within_a_200_stream_is_an_error(
    played: Played, engine: OllamaEngine, error: str, kind: type[EngineError], transient: bool
) -> None:
    played.chat.mock(return_value=ndjson(line("下"), {"error": error}))
    with pytest.raises(kind) as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient is transient


async def test_a_stream_without_its_last_record_is_cut(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.mock(return_value=ndjson(line("今天"), line("下")))
    with pytest.raises(EngineError, match="cut after 3 characters") as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient


@pytest.mark.parametrize(
    "garbage",
    ["<html>502</html>", "[]", "7", '{"message": 1}', '{"error": {"message": "x"}}', '{"done": tr'],
)
async def test_an_answer_of_another_form_is_an_engine_error(
    played: Played, engine: OllamaEngine, garbage: str
) -> None:
    played.chat.mock(return_value=ndjson(line("下"), garbage))
    with pytest.raises(EngineError, match="not of Ollama's form") as caught:
        await engine.complete(PROMPT)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("body", ["<html>welcome</html>", "[]", '{"models": "all"}', "\xff"])
async def test_another_service_on_the_port_is_an_engine_error(
    played: Played, engine: OllamaEngine, body: str
) -> None:
    played.tags.respond(200, content=body.encode("latin-1"))
    with pytest.raises(EngineError, match="check that Ollama listens there"):
        await engine.identify()


async def test_a_page_of_a_proxy_is_quoted_on_one_short_line(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.respond(502, text="<html>\n\x1b[31m" + "bad gateway\n" * 500)
    with pytest.raises(EngineError) as caught:
        await engine.complete(PROMPT)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500


async def test_an_empty_answer_is_bad_and_transient(played: Played, engine: OllamaEngine) -> None:
    played.chat.mock(return_value=ndjson(line(" \n"), end()))
    with pytest.raises(BadAnswer, match=r"nothing \(done_reason 'stop'") as caught:
        await engine.complete(PROMPT)
    assert caught.value.transient


async def test_thinking_that_took_the_whole_budget_is_said(
    played: Played, engine: OllamaEngine
) -> None:
    played.chat.mock(return_value=ndjson(line(thinking="嗯" * 50), end(done_reason="length")))
    with pytest.raises(BadAnswer, match=r"'length'.*thinking took all of the 200 tokens"):
        await engine.complete(PROMPT)


async def test_an_answer_cut_by_its_budget_says_so(played: Played, engine: OllamaEngine) -> None:
    played.chat.mock(return_value=ndjson(line("今天下"), end(done_reason="length")))
    assert (await engine.complete(PROMPT)).done_reason == "length"


async def test_a_prompt_that_the_server_cut_is_refused_for_good(played: Played) -> None:
    engine = OllamaEngine(settings(num_ctx=4096))
    played.chat.mock(return_value=ndjson(line("下雨。"), end(prompt_eval_count=2050)))
    with pytest.raises(PromptTooLong, match=r"cut the prompt.*2050.*context of 4096") as caught:
        await engine.complete(Prompt(user="雨" * 3000))
    assert not caught.value.transient


async def test_the_embedded_server_which_refuses_long_prompts_is_not_suspected(
    played: Played,
) -> None:
    engine = OllamaEngine(settings(num_ctx=4096), name="embedded")
    played.chat.mock(return_value=ndjson(line("下雨。"), end(prompt_eval_count=2050)))
    assert (await engine.complete(Prompt(user="雨" * 3000))).text == "下雨。"


async def test_a_server_that_writes_without_end_is_stopped(
    played: Played, engine: OllamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CHARS", 1000)
    played.chat.mock(return_value=ndjson(*[line("雨" * 100)] * 50))
    with pytest.raises(BadAnswer, match="over 1000 characters"):
        await engine.complete(PROMPT)


async def test_the_entry_point_opens_an_engine_for_its_table(played: Played) -> None:
    async with ollama_engine(host=HOST, model="qwen3:8b") as engine:
        assert (await engine.identify()).digest == "c" * 64


def test_options_that_are_not_ollamas_are_refused_before_anything_is_opened() -> None:
    from pressrun import plugins
    from pressrun.errors import SettingsError

    with pytest.raises(SettingsError, match="num_ctx"):
        plugins.build("engines", "ollama", {"num_ctx": 1})
