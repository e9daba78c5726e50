"""Which engine a run uses: Ollama is played by respx, the embedded engine is the installed one."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from pressrun.errors import (
    EngineError,
    EngineUnavailable,
    ModelMissing,
    PluginError,
    SettingsError,
)
from pressrun.models import ModelIdentity, Way
from settings import Engines, Settings
from tasks.engines.choose import Choice, choice_from_plan, choose_engine, open_engine
from tasks.engines.embedded import model as embedded

HOST = "http://127.0.0.1:11434"


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Which extras a machine has is not what these tests are about.
    monkeypatch.setattr(embedded, "installed", lambda **_: True)


@pytest.fixture
def not_installed(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "installed", lambda **_: False)


@pytest.fixture
def network() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


def answers(network: respx.MockRouter, *models: str, host: str = HOST) -> None:
    listed = [{"model": name, "digest": "d" * 64} for name in models]
    network.get(f"{host}/api/tags").respond(json={"models": listed})

    def show(request: httpx.Request) -> httpx.Response:
        name = httpx.Response(200, content=request.content).json()["model"]
        if name in models or f"{name}:latest" in models:
            return httpx.Response(200, json={"model_info": {}, "capabilities": ["completion"]})
        return httpx.Response(404, json={"error": f"model '{name}' not found"})

    network.post(f"{host}/api/show").mock(side_effect=show)
    network.post(f"{host}/api/generate").respond(json={"response": "", "done": True})


def silent(network: respx.MockRouter) -> None:
    network.get(f"{HOST}/api/tags").mock(side_effect=httpx.ConnectError("refused"))


def settings(**engines: Any) -> Settings:
    return Settings(engine="auto", engines=Engines.model_validate(engines))


async def test_auto_is_ollama_when_it_answers_and_has_the_model(network: respx.MockRouter) -> None:
    answers(network, "qwen3:4b")
    choice = await choose_engine(settings())
    assert choice.name == "ollama"
    assert choice.reason == "ollama at http://127.0.0.1:11434 with qwen3:4b"


async def test_auto_is_embedded_when_nothing_answers_and_says_why(
    network: respx.MockRouter,
) -> None:
    silent(network)
    choice = await choose_engine(settings())
    assert choice.name == "embedded"
    assert choice.reason.startswith("embedded with ")
    assert "because ollama at http://127.0.0.1:11434 cannot be reached" in choice.reason


async def test_auto_is_embedded_when_the_model_is_missing_and_names_the_pull(
    network: respx.MockRouter,
) -> None:
    answers(network, "llama3.2:latest")
    choice = await choose_engine(settings())
    assert choice.name == "embedded"
    assert "`pressrun models pull qwen3:4b --host http://127.0.0.1:11434`" in choice.reason
    assert "llama3.2:latest" in choice.reason


async def test_auto_is_embedded_when_something_else_listens_there(
    network: respx.MockRouter,
) -> None:
    network.get(f"{HOST}/api/tags").respond(text="<html>hello</html>")
    assert (await choose_engine(settings())).name == "embedded"


@pytest.mark.usefixtures("not_installed")
async def test_auto_without_any_engine_lists_every_remedy(network: respx.MockRouter) -> None:
    silent(network)
    with pytest.raises(EngineError) as caught:
        await choose_engine(settings())
    for remedy in (
        "`ollama serve`",
        "`pressrun models pull qwen3:4b`",
        "pip install 'pressrun[embedded]'",
    ):
        assert remedy in str(caught.value)
    assert not caught.value.transient


async def test_whoever_names_a_model_or_a_host_means_ollama(network: respx.MockRouter) -> None:
    answers(network, "llama3.2:latest")
    answers(network, "qwen3:4b", host="http://gpu:11434")
    by_model = await choose_engine(settings(), model="llama3.2")
    assert (by_model.name, by_model.options["model"]) == ("ollama", "llama3.2")
    by_host = await choose_engine(settings(), host="gpu")
    assert by_host.reason == "ollama at http://gpu:11434 with qwen3:4b"
    with pytest.raises(ModelMissing):
        await choose_engine(settings(), model="phi4")


async def test_hosts_that_will_not_serve_are_told_with_their_reason(
    network: respx.MockRouter,
) -> None:
    silent(network)
    answers(network, "qwen3:4b", host="http://gpu:11434")
    several = settings(ollama={"hosts": [HOST, "http://gpu:11434"]})
    choice = await choose_engine(several)
    assert choice.reason.startswith("ollama at http://gpu:11434 with qwen3:4b; not used: ollama at")
    assert f"{HOST} cannot be reached" in choice.reason


async def test_a_host_that_is_typed_stands_for_all_hosts_of_the_settings(
    network: respx.MockRouter,
) -> None:
    answers(network, "qwen3:4b", host="http://gpu:11434")
    several = settings(ollama={"hosts": [HOST, "http://other:11434"]})
    choice = await choose_engine(several, host="gpu")
    assert choice.reason == "ollama at http://gpu:11434 with qwen3:4b"


async def test_no_host_that_answers_is_final_and_names_each(network: respx.MockRouter) -> None:
    silent(network)
    network.get("http://gpu:11434/api/tags").mock(side_effect=httpx.ConnectError("no route"))
    several = settings(ollama={"hosts": [HOST, "http://gpu:11434"]})
    with pytest.raises(EngineUnavailable, match=rf"{HOST} .*refused.*; .*gpu.*no route") as caught:
        await choose_engine(several, engine="ollama")
    assert not caught.value.transient


async def test_explicit_ollama_that_does_not_answer_is_final(network: respx.MockRouter) -> None:
    silent(network)
    with pytest.raises(EngineUnavailable, match="ollama serve") as caught:
        await choose_engine(settings(), engine="ollama")
    assert not caught.value.transient


async def test_explicit_ollama_without_the_model_lists_those_there(
    network: respx.MockRouter,
) -> None:
    answers(network, "mistral:7b", "qwen3:8b")
    with pytest.raises(ModelMissing, match=r"models there: qwen3:8b, mistral:7b"):
        await choose_engine(settings(), engine="ollama")


async def test_an_address_that_is_none_says_how_to_write_one() -> None:
    with pytest.raises(SettingsError, match=r"--host 'a b' is no address; write one such as"):
        await choose_engine(settings(), engine="ollama", host="a b")


async def test_explicit_embedded_asks_nothing_of_ollama(network: respx.MockRouter) -> None:
    choice = await choose_engine(settings(embedded={"threads": 2}), engine="embedded")
    assert (choice.name, choice.options["threads"]) == ("embedded", 2)
    assert not network.calls


async def test_embedded_with_a_file_of_ones_own_names_it(tmp_path: Path) -> None:
    gguf = tmp_path / "mine.gguf"
    with pytest.raises(EngineUnavailable, match=r"mine\.gguf"):
        await choose_engine(settings(embedded={"gguf": str(gguf)}), engine="embedded")
    gguf.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))  # no tensors, no metadata
    choice = await choose_engine(settings(embedded={"gguf": str(gguf)}), engine="embedded")
    assert choice.reason == f"embedded with {gguf}"


@pytest.mark.usefixtures("not_installed")
async def test_explicit_embedded_that_is_not_installed_names_the_extra() -> None:
    with pytest.raises(EngineUnavailable, match=r"pip install 'pressrun\[embedded\]'") as caught:
        await choose_engine(settings(), engine="embedded")
    assert not caught.value.transient


@pytest.mark.parametrize(
    ("given", "remedy"), [({"model": "qwen3"}, "EMBEDDED__GGUF"), ({"host": "gpu"}, "this machine")]
)
async def test_embedded_takes_neither_a_model_nor_a_host(
    given: dict[str, str], remedy: str
) -> None:
    with pytest.raises(SettingsError, match=remedy):
        await choose_engine(settings(), engine="embedded", **given)


async def test_an_unknown_engine_is_told_before_anything_starts() -> None:
    with pytest.raises(PluginError, match="did you mean 'ollama'"):
        await choose_engine(settings(), engine="olama")


async def test_the_engine_of_a_plugin_gets_its_table_and_what_was_typed(
    plugin: None,
) -> None:
    choice = await choose_engine(settings(paperclip={"speed": 3}), engine="paperclip", model="m")
    assert (choice.name, choice.options) == ("paperclip", {"speed": 3, "model": "m"})


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution on the path with an engine called paperclip."""
    info = tmp_path / "paperclip-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paperclip\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[pressrun.engines]\npaperclip = paperclip:engine\n")
    monkeypatch.syspath_prepend(tmp_path)


async def test_a_choice_opens_its_engine(network: respx.MockRouter) -> None:
    answers(network, "qwen3:4b")
    choice = await choose_engine(settings(ollama={"num_ctx": 2048}), engine="ollama")
    again = Choice.model_validate_json(choice.model_dump_json())  # a flow's parameters are JSON
    async with open_engine(again) as engine:
        identity = await engine.identify()
    assert (identity.model, identity.context_tokens) == ("qwen3:4b", 2048)


def plan(engine: str, model: str, way: Way = Way.WRITTEN) -> ModelIdentity:
    return ModelIdentity(engine=engine, model=model, way=way)


async def test_a_resumed_run_keeps_the_plans_engine_and_model(network: respx.MockRouter) -> None:
    answers(network, "qwen3:4b", "llama3.2:latest")
    choice = await choice_from_plan(settings(), plan("ollama", "llama3.2:latest", Way.SELECTED))
    assert (choice.name, choice.options["model"]) == ("ollama", "llama3.2:latest")
    assert choice.options["way"] == "selected"
    embedded_choice = await choice_from_plan(settings(), plan("embedded", "gemma", Way.SELECTED))
    assert embedded_choice.name == "embedded"


async def test_a_resumed_run_does_not_turn_to_another_engine(network: respx.MockRouter) -> None:
    silent(network)
    with pytest.raises(EngineUnavailable):
        await choice_from_plan(settings(), plan("ollama", "qwen3:4b"))


async def test_a_resumed_run_may_use_another_host_with_the_same_model(
    network: respx.MockRouter,
) -> None:
    answers(network, "qwen3:latest", host="http://gpu:11434")
    identity = plan("ollama", "qwen3:latest")
    choice = await choice_from_plan(
        settings(), identity, engine="ollama", model="qwen3", host="gpu"
    )
    assert choice.options["host"] == "http://gpu:11434/"


@pytest.mark.parametrize("given", [{"engine": "embedded"}, {"model": "qwen3:8b"}])
async def test_a_resumed_run_refuses_another_engine_or_model(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"begun with ollama and qwen3:4b; leave out --"):
        await choice_from_plan(settings(), plan("ollama", "qwen3:4b"), **given)
