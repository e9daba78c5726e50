"""A server's models, by the official client against a server that answers as Ollama does."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import ollama
import pytest
from aiohttp import web
from pydantic import HttpUrl

from pressrun.errors import EngineError, EngineUnavailable, ModelMissing, SettingsError
from settings import OllamaSettings
from tasks.engines import library, transfer
from tasks.engines.faults import Server
from tasks.engines.library import Library
from tasks.engines.refusals import create_refused, pull_refused
from tasks.engines.transfer import Layers, Progress, step_of
from tests.fakes import LocalServer
from tests.ollama_store import LAYERS, LICENCE, WEIGHTS, OllamaStore

CONTENT = b"GGUF" + bytes(3_000_000)
ALL = sum(LAYERS.values())
SERVER = Server("ollama", "http://127.0.0.1:11434", "other:7b")


@pytest.fixture
async def store() -> AsyncIterator[OllamaStore]:
    async with OllamaStore("first:1b", "second:latest") as fake:
        yield fake


@pytest.fixture
async def shelf(store: OllamaStore) -> AsyncIterator[Library]:
    async with aclosing(at(store)) as opened:
        yield opened


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    file = tmp_path / "own.gguf"
    file.write_bytes(CONTENT)
    return file


def at(server: LocalServer) -> Library:
    return Library(OllamaSettings(host=HttpUrl(server.url)))


def nothing(_: Progress) -> None:
    """Report to nobody."""


async def names(shelf: Library) -> list[str]:
    return [model.name for model in await shelf.installed()]


async def test_a_model_is_listed_with_its_size_and_form(shelf: Library) -> None:
    first, _ = await shelf.installed()
    assert (first.name, first.bytes, first.digest) == ("first:1b", ALL, f"{1:064x}")
    assert (first.family, first.parameters, first.quantisation) == ("test", "1.2B", "Q4_K_M")
    assert first.modified_at is not None
    assert first.modified_at.isoformat() == "2026-03-01T08:30:00.277302+00:00"


async def test_a_loaded_model_is_told_with_its_place_in_memory_and_its_context(
    store: OllamaStore, shelf: Library
) -> None:
    assert await shelf.loaded() == ()
    store.running = [
        {
            "name": "first:1b",
            "model": "first:1b",
            "size": 3_000_000_000,
            "size_vram": 1_500_000_000,
            "digest": "ab" * 32,
            "expires_at": "2318-11-04T14:56:49.277302595-07:00",
            "context_length": 8192,
        },
        {"model": "old:1b", "size": 1, "expires_at": "2026-03-01T08:30:00Z"},
    ]
    loaded, old = await shelf.loaded()
    assert (loaded.bytes, loaded.vram_bytes) == (3_000_000_000, 1_500_000_000)
    assert (loaded.context_tokens, old.context_tokens) == (8192, None)


async def test_a_card_has_context_capabilities_options_and_template(shelf: Library) -> None:
    card = await shelf.card("first:1b")
    assert card.model.quantisation == "Q4_K_M"
    assert card.context_tokens == 8192
    assert card.capabilities == ("completion", "tools")
    assert card.options == ("num_ctx 4096", 'stop "</s>"')
    assert card.template == "{{ .System }}\n{{ .Prompt }}"


async def test_of_a_model_that_is_not_there_those_that_are_there_are_named(shelf: Library) -> None:
    with pytest.raises(ModelMissing, match=r"models there: first:1b, second:latest"):
        await shelf.card("first:2b")


async def test_a_pull_tells_of_all_layers_together_and_the_model_is_there(shelf: Library) -> None:
    told: list[Progress] = []
    await shelf.pull("other:7b", told.append)
    assert "other:7b" in await names(shelf)
    moving = [progress for progress in told if progress.step == "pulling"]
    assert (moving[0].done_bytes, moving[0].total_bytes) == (0, LAYERS[WEIGHTS])
    assert (moving[-1].done_bytes, moving[-1].total_bytes) == (ALL, ALL)
    assert moving[-1].moved_bytes == ALL
    assert [progress.step for progress in told if not progress.total_bytes] == [
        "pulling manifest",
        "verifying sha256 digest",
        "writing manifest",
        "success",
    ]


async def test_a_broken_pull_says_so_and_the_next_goes_on_where_it_was(
    store: OllamaStore, shelf: Library
) -> None:
    store.fault = "cut"
    with pytest.raises(EngineError, match=r"the connection broke .* what has come is kept"):
        await shelf.pull("other:7b", nothing)
    kept = store.parts[WEIGHTS]
    assert 0 < kept < LAYERS[WEIGHTS]
    told: list[Progress] = []
    await shelf.pull("other:7b", told.append)
    moving = [progress for progress in told if progress.step == "pulling"]
    assert (moving[0].done_bytes, moving[0].moved_bytes) == (kept, 0)
    assert moving[-1].moved_bytes == ALL - kept


async def test_a_cancelled_pull_ends_at_the_server_too(store: OllamaStore, shelf: Library) -> None:
    store.go_on.clear()
    pulling = asyncio.create_task(shelf.pull("other:7b", nothing))
    await store.begun.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    store.go_on.set()
    await store.left.wait()
    assert "other:7b" not in store.models


async def test_a_model_that_the_registry_lacks_is_missing(shelf: Library) -> None:
    with pytest.raises(ModelMissing, match="its registry has no model othr:7b"):
        await shelf.pull("othr:7b", nothing)


async def test_a_full_disk_is_told_in_a_stream_that_began_well(
    store: OllamaStore, shelf: Library
) -> None:
    store.fault = "full"
    with pytest.raises(EngineError, match=r"no space left on device; free some .*models rm NAME"):
        await shelf.pull("other:7b", nothing)


async def test_a_pull_that_ends_without_success_has_failed(
    store: OllamaStore, shelf: Library
) -> None:
    store.fault = "unfinished"
    with pytest.raises(EngineError, match="ended at 'verifying sha256 digest', before its success"):
        await shelf.pull("other:7b", nothing)


async def test_a_server_that_falls_silent_while_bytes_move_is_given_up(
    store: OllamaStore, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "MOVING_S", 0.05)
    store.go_on.clear()
    with pytest.raises(EngineError, match="fell silent over other:7b; pull again"):
        await shelf.pull("other:7b", nothing)


async def test_a_file_becomes_a_model_with_its_system_prompt_and_context(
    store: OllamaStore, shelf: Library, gguf: Path
) -> None:
    told: list[Progress] = []
    await shelf.create("own:1b", gguf, told.append, system="Be brief.", num_ctx=4096)
    digest = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    assert store.blobs[digest] == CONTENT
    (asked,) = store.created
    assert asked["files"] == {"model.gguf": digest}
    assert (asked["system"], asked["parameters"]) == ("Be brief.", {"num_ctx": 4096})
    assert "own:1b" in await names(shelf)
    size = len(CONTENT)
    for step in ("reading the file", "sending it"):
        of_step = [progress for progress in told if progress.step == step]
        assert (of_step[0].done_bytes, of_step[-1].done_bytes) == (0, size)
    assert [progress.step for progress in told if not progress.total_bytes] == [
        "parsing GGUF",
        f"using existing layer {digest.removeprefix('sha256:')[:12]}",
        "writing manifest",
        "success",
    ]


async def test_a_file_that_is_there_is_not_sent_again(
    store: OllamaStore, shelf: Library, gguf: Path
) -> None:
    await shelf.create("own:1b", gguf, nothing)
    await shelf.create("own:2b", gguf, nothing)
    assert (store.requests["HEAD blob"], store.requests["POST blob"]) == (2, 1)
    assert "system" not in store.created[1]
    assert "parameters" not in store.created[1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 a zip", r"no GGUF file: it begins with b'PK\\x03\\x04'.* convert_hf_to_gguf"),
        (b"", "no GGUF file: it is empty"),
        (None, "No such file or directory; name another file"),
    ],
)
async def test_what_is_no_gguf_file_is_refused_before_the_server_is_asked(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    file = tmp_path / "own.gguf"
    if content is not None:
        file.write_bytes(content)
    nowhere = Library(OllamaSettings(host=HttpUrl("http://127.0.0.1:9")))
    async with aclosing(nowhere) as shelf:
        with pytest.raises(SettingsError, match=says):
            await shelf.create("own:1b", file, nothing)


async def test_a_file_is_not_read_for_a_server_that_is_not_there(gguf: Path) -> None:
    told: list[Progress] = []
    nowhere = Library(OllamaSettings(host=HttpUrl("http://127.0.0.1:9")))
    async with aclosing(nowhere) as shelf:
        with pytest.raises(EngineUnavailable, match="start it with `ollama serve`"):
            await shelf.create("own:1b", gguf, told.append)
    assert told == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("spoilt", "digest mismatch, expected .*; the file changed meanwhile, or was damaged"),
        ("full", "no space left on device; free some .* then create it again"),
    ],
)
async def test_a_file_that_did_not_arrive_makes_no_model(
    store: OllamaStore, shelf: Library, gguf: Path, fault: str, says: str
) -> None:
    store.fault = fault
    with pytest.raises(EngineError, match=says):
        await shelf.create("own:1b", gguf, nothing)
    assert (store.blobs, store.created) == ({}, [])


async def test_a_file_that_the_server_cannot_read_is_refused_with_its_words(
    store: OllamaStore, shelf: Library, gguf: Path
) -> None:
    store.fault = "unread"
    with pytest.raises(EngineError, match="did not make own:1b: invalid file magic; take a GGUF"):
        await shelf.create("own:1b", gguf, nothing)


async def test_models_are_removed_and_a_name_without_a_tag_means_latest(
    store: OllamaStore, shelf: Library
) -> None:
    gone = await shelf.remove(["first:1b", "SECOND", "second:latest"])
    assert [model.name for model in gone] == ["first:1b", "second:latest"]
    assert store.models == {}


async def test_when_one_is_not_there_none_is_removed(store: OllamaStore, shelf: Library) -> None:
    with pytest.raises(ModelMissing, match="no model third, and nothing was removed; models there"):
        await shelf.remove(["first:1b", "third"])
    assert list(store.models) == ["first:1b", "second:latest"]


class NoOllama(LocalServer):
    """Answers at /api/tags only, as the embedded engine's server does among these paths."""

    def routes(self) -> list[web.RouteDef]:
        async def tags(_: web.Request) -> web.Response:
            return web.json_response({"models": []})

        return [web.get("/api/tags", tags)]


async def test_a_server_that_pulls_nothing_is_not_taken_for_one_without_the_model(
    gguf: Path,
) -> None:
    async with NoOllama() as server, aclosing(at(server)) as shelf:
        with pytest.raises(EngineError, match="404") as pulled:
            await shelf.pull("other:7b", nothing)
        with pytest.raises(EngineError, match="404"):
            await shelf.create("own:1b", gguf, nothing)
    assert not isinstance(pulled.value, ModelMissing)


def test_layers_that_were_there_are_done_and_not_moved() -> None:
    layers = Layers()
    record = ollama.ProgressResponse(status="pulling", digest="sha256:a", total=10, completed=10)
    assert layers.note(record) == Progress(step="pulling", done_bytes=10, total_bytes=10)
    record = ollama.ProgressResponse(status="pulling", digest="sha256:b", total=5)
    assert layers.note(record).done_bytes == 10
    record = ollama.ProgressResponse(status="pulling", digest="sha256:b", total=5, completed=5)
    assert layers.note(record).moved_bytes == 5


def test_a_step_has_its_digest_as_short_as_ollama_itself_has_it() -> None:
    assert (
        step_of(f"using existing layer sha256:{WEIGHTS}") == f"using existing layer {WEIGHTS[:12]}"
    )
    assert step_of(f"pulling {LICENCE[:12]}") == f"pulling {LICENCE[:12]}"


@pytest.mark.parametrize(
    ("words", "kind", "helps"),
    [
        ("pull model manifest: file does not exist", ModelMissing, "ollama.com/library"),
        ("invalid model name", EngineError, "write a name such as"),
        ("max retries exceeded: unexpected EOF", EngineError, "pull again: what has come is kept"),
        ("digest mismatch, file must be downloaded again", EngineError, "thrown away; pull again"),
        (
            'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host',
            EngineError,
            "pressrun models create NAME --gguf FILE",
        ),
        (
            "pull model manifest: 412: this model requires a newer version of Ollama",
            EngineError,
            "update Ollama",
        ),
    ],
)
def test_a_refused_pull_ends_with_what_helps(
    words: str, kind: type[EngineError], helps: str
) -> None:
    error = pull_refused(SERVER, words)
    assert type(error) is kind
    assert words in str(error)
    assert helps in str(error).partition(words)[2]


@pytest.mark.parametrize(
    ("words", "helps"),
    [
        ("invalid model name", "write a name"),
        ("supplied file was not in GGUF format", "one whole model"),
        ("something new", "create it again"),
    ],
)
def test_a_refused_file_ends_with_what_helps(words: str, helps: str) -> None:
    assert helps in str(create_refused(SERVER, words)).partition(words)[2]


async def test_a_block_is_told_of_once_it_was_made_use_of(
    gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "BLOCK_BYTES", 1_000_000)
    told: list[Progress] = []
    size = len(CONTENT)
    used = 0
    async for block in transfer.blocks(gguf, size, "sending", told.append):
        assert told[-1].done_bytes == used
        used += len(block)
    assert used == size
    assert not told[-1].is_moving
