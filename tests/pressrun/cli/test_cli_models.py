"""`pressrun models`, and `pressrun digest --pull`, as they are typed."""

import asyncio
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer
from anyio.from_thread import start_blocking_portal
from rich.console import Console
from rich.progress import Progress as Table
from rich.progress import TextColumn

from pressrun.cli import main
from pressrun.cli.models import models
from pressrun.cli.models_view import LINE_S, Bar, Lines, Meter
from pressrun.cli.models_work import pull_missing
from pressrun.errors import EngineError
from settings import load_settings
from tasks.engines.transfer import Progress
from tests.fakes import NewsSite
from tests.ollama_store import LAYERS, WEIGHTS, OllamaStore
from tests.pressrun.cli.cli_terminal import PRESSRUN, Ended, Type, digest

COMMANDS: dict[str, Any] = typer.main.get_command(models).commands  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def greenwich(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of Greenwich, in an empty working folder."""
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def typed(typed: Type) -> Type:
    """Type `pressrun models` and these words."""
    return partial(typed, "models")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaStore]:
    """An Ollama on a thread of its own, which the settings name with the model tester:1b."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(OllamaStore("first:1b")) as fake,
    ):
        monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__HOST", fake.url)
        monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__MODEL", "tester:1b")
        yield fake


@pytest.fixture
def gguf(folder: Path) -> Path:
    file = folder / "own.gguf"
    file.write_bytes(b"GGUF" + bytes(1_500_000))
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_each_option_is_for(typed: Type, command: str) -> None:
    ended = typed(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    shown = " ".join(ended.out.replace("│", " ").split())
    for option in COMMANDS[command].params:
        assert option.help in shown


def test_list_marks_the_model_of_the_settings(
    typed: Type, store: OllamaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__MODEL", "FIRST:1b")
    assert typed("list") == Ended(
        0,
        "   name      parameters  quantisation  size    changed\n"
        "*  first:1b  1.2B        Q4_K_M        4.0 MB  2026-03-01 08:30\n",
        "",
    )


def test_list_says_how_to_get_the_model_of_the_settings(typed: Type, store: OllamaStore) -> None:
    ended = typed("list")
    lines = ended.out.splitlines()
    assert lines[1].startswith("   first:1b")
    assert lines[2] == (
        "the model of the settings, tester:1b, is not there; "
        "pull it: pressrun models pull tester:1b"
    )
    store.models.clear()
    ended = typed("list", "--host", store.url)
    assert ended.out == (
        f"no models yet; pull one: pressrun models pull tester:1b --host {store.url}\n"
    )


def test_list_as_an_object_has_the_same(typed: Type, store: OllamaStore) -> None:
    ended = typed("list", "--json")
    made = json.loads(ended.out)
    ((address, (model,)),) = [(host["host"], host["models"]) for host in made["hosts"]]
    assert (address, made["chosen"]) == (store.url, "tester:1b")
    assert (model["name"], model["bytes"]) == ("first:1b", sum(LAYERS.values()))
    assert model["modified_at"].startswith("2026-03-01T08:30:00")


def test_show_has_the_context_the_form_and_the_template(typed: Type, store: OllamaStore) -> None:
    ended = typed("show", "first:1b")
    assert (ended.code, ended.err) == (0, "")
    for line in (
        "quantisation    Q4_K_M",
        "context length  8192",
        "capabilities    completion, tools",
        "options         num_ctx 4096",
        "    {{ .System }}",
    ):
        assert line in ended.out.splitlines()
    assert json.loads(typed("show", "first:1b", "--json").out)["context_tokens"] == 8192


def test_ps_tells_how_much_is_on_the_gpu_and_until_when(typed: Type, store: OllamaStore) -> None:
    assert typed("ps").out == "no model is loaded; a digest loads its own\n"
    entry = {"model": "first:1b", "size": 4_000_000_000, "size_vram": 1_000_000_000}
    store.running = [
        {**entry, "context_length": 8192, "expires_at": "2026-03-01T08:30:00Z"},
        {**entry, "model": "pinned:1b", "expires_at": "2318-03-01T08:30:00Z"},
    ]
    assert typed("ps").out == (
        "name       size    on the GPU  context  until\n"
        "first:1b   4.0 GB  25%         8192     2026-03-01 08:30\n"
        "pinned:1b  4.0 GB  25%                  for ever\n"
    )
    assert json.loads(typed("ps", "--json").out)["hosts"][0]["models"][0]["vram_bytes"] == 10**9


def test_pull_without_a_terminal_is_told_in_lines(typed: Type, store: OllamaStore) -> None:
    ended = typed("pull", "tester:1b")
    assert (ended.code, ended.out) == (0, f"pulled tester:1b, 4.0 MB, at {store.url}\n")
    lines = ended.err.splitlines()
    assert lines[0] == "tester:1b: pulling manifest"
    assert lines[1] == "tester:1b: pulling, 0 bytes of 4.0 MB (0%)"
    assert lines[-2:] == ["tester:1b: writing manifest", "tester:1b: success"]
    assert typed("pull", "tester:1b").out == f"tester:1b is up to date at {store.url}\n"


def test_create_makes_a_model_and_rm_removes_several(
    typed: Type, store: OllamaStore, gguf: Path
) -> None:
    ended = typed("create", "own:1b", "--gguf", "own.gguf", "--system", "[b]", "--num-ctx", "4096")
    assert (ended.code, ended.out) == (0, f"made own:1b of own.gguf, at {store.url}\n")
    assert "own:1b: sending it, 0 bytes of 1.5 MB (0%)" in ended.err.splitlines()
    assert store.created[0]["parameters"] == {"num_ctx": 4096}
    ended = typed("rm", "first:1b", "own:1b")
    assert ended == Ended(
        0, f"removed first:1b, at {store.url}\nremoved own:1b, at {store.url}\n", ""
    )
    assert store.models == {}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["show", "other"], 5, "ModelMissing: ollama at {url} has no model other"),
        (["pull", "none:1b"], 5, "ModelMissing: ollama at {url}: its registry has no model none:1"),
        (["rm", "first:1b", "none"], 5, "and nothing was removed; models there: first:1b"),
        (["list", "--host", "127.0.0.1:9"], 5, "EngineUnavailable: ollama at http://127.0.0.1:9 "),
        (["list", "--host", "::::"], 2, "engines.ollama.host"),
        (["create", "own:1b"], 2, "--gguf"),
        (["create", "own:1b", "--gguf", "none.gguf"], 2, "none.gguf: cannot be read: No such file"),
        (["create", "own:1b", "--gguf", "text.gguf"], 2, "text.gguf: no GGUF file: it begins with"),
        (["rm"], 2, "NAME"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_ends_with_its_code_and_a_message(
    typed: Type, store: OllamaStore, folder: Path, words: list[str], code: int, says: str
) -> None:
    (folder / "text.gguf").write_text("a text")
    ended = typed(*words)
    assert (ended.code, ended.out) == (code, "")
    assert says.format(url=store.url) in ended.err
    assert "Traceback" not in ended.err
    assert "first:1b" in store.models


@pytest.fixture
def second(store: OllamaStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaStore]:
    """A second Ollama, which the settings name beside the first."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(OllamaStore()) as fake,
    ):
        monkeypatch.setenv(
            "PRESSRUN_ENGINES__OLLAMA__HOSTS", json.dumps([f"{store.url}/", fake.url])
        )
        yield fake


def test_several_hosts_are_gone_round_and_one_that_fails_keeps_no_other_from_it(
    typed: Type, store: OllamaStore, second: OllamaStore
) -> None:
    assert [host["host"] for host in json.loads(typed("list", "--json").out)["hosts"]] == [
        store.url,
        second.url,
    ]
    store.fault = "full"
    ended = typed("pull", "tester:1b")
    assert (ended.code, ended.out) == (5, f"pulled tester:1b, 4.0 MB, at {second.url}\n")
    assert f"EngineError: ollama at {store.url} did not pull tester:1b: " in ended.err
    assert typed("list", "--host", second.url).out.count("tester:1b") == 1
    lines = typed("list").out.splitlines()
    assert (lines[0], lines[-3]) == (store.url, second.url)


def test_a_host_that_cannot_pull_does_not_stop_a_run_that_another_can_serve(
    store: OllamaStore, second: OllamaStore, capsys: pytest.CaptureFixture[str]
) -> None:
    own = load_settings().engines.ollama
    store.fault = "full"
    pull_missing(own, quiet=False)
    assert "tester:1b" in second.models
    assert "no space left on device" in capsys.readouterr().err
    second.models.clear()
    second.parts.clear()
    second.fault = store.fault = "full"
    with pytest.raises(EngineError, match="no space left") as caught:
        pull_missing(own, quiet=True)
    assert all(url in str(caught.value) for url in (store.url, second.url))
    assert capsys.readouterr() == ("", "")


class Clock:
    """A clock that a test moves."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def moving(done: int, moved: int) -> Progress:
    return Progress(step="pulling", done_bytes=done, total_bytes=2_000_000_000, moved_bytes=moved)


def test_speed_and_time_left_are_of_what_moves_now() -> None:
    clock = Clock()
    meter = Meter(clock)
    assert meter.words(Progress(step="pulling manifest")) == ""
    had = 1_000_000_000
    assert meter.words(moving(had, 0)) == "1.0 GB of 2.0 GB"
    clock.now_s += 5
    assert meter.words(moving(had + 500_000_000, 500_000_000)) == (
        "1.5 GB of 2.0 GB, 100.0 MB/s, 0:05 left"
    )
    clock.now_s += 60
    assert meter.words(moving(had + 500_000_000, 500_000_000)) == "1.5 GB of 2.0 GB"


def test_lines_come_at_each_step_and_from_time_to_time() -> None:
    clock, target = Clock(), io.StringIO()
    view = Lines(Console(file=target, width=60), "own:1b", clock)
    view.report(Progress(step="pulling manifest"))
    for second in range(8):
        view.report(moving(second * 100_000_000, second * 100_000_000))
        clock.now_s += 1
    view.report(Progress(step="success"))
    assert LINE_S == 5
    assert target.getvalue().splitlines() == [
        "own:1b: pulling manifest",
        "own:1b: pulling, 0 bytes of 2.0 GB (0%)",
        "own:1b: pulling, 500.0 MB of 2.0 GB, 100.0 MB/s, 0:15 left (25%)",
        "own:1b: success",
    ]


def test_the_bar_moves_with_the_bytes_and_takes_no_name_for_markup() -> None:
    clock = Clock()
    console = Console(file=io.StringIO(), width=100)
    column = TextColumn("{task.description} {task.fields[note]}", markup=False)
    with Table(column, console=console, auto_refresh=False) as table:
        view = Bar(table, "[b]own", clock)
        view.report(moving(500_000_000, 0))
        (row,) = table.tasks
        assert (row.completed, row.total) == (500_000_000, 2_000_000_000)
        view.report(Progress(step="verifying sha256 digest"))
        assert (row.completed, row.fields["note"]) == (500_000_000, "verifying sha256 digest")
        view.say("[b]said")
    assert isinstance(console.file, io.StringIO)
    assert "[b]said" in console.file.getvalue()
    assert "[b]own verifying" in console.file.getvalue()


async def test_ctrl_c_ends_a_pull_which_the_next_one_goes_on_with(folder: Path) -> None:
    async with OllamaStore() as fake:
        fake.go_on.clear()

        async def start() -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                *(PRESSRUN, "models", "pull", "tester:1b", "--host", fake.url),
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )

        process = await start()
        await fake.begun.wait()
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        assert (process.returncode, out) == (130, b"")
        last = err.decode().splitlines()[-1]
        assert last == "interrupted; the next pull goes on where this one stopped"
        fake.go_on.set()
        await fake.left.wait()
        kept = fake.parts[WEIGHTS]
        assert 0 < kept < LAYERS[WEIGHTS]
        process = await start()
        out, _ = await process.communicate()
        assert (process.returncode, out) == (
            0,
            f"pulled tester:1b, 4.0 MB, at {fake.url}\n".encode(),
        )


def test_a_digest_with_an_engine_that_pulls_nothing_refuses_to_pull(
    typed: Type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["pressrun", "digest", "--pull", "--engine", "embedded"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "--pull is Ollama's, and the engine is embedded" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_a_digest_pulls_the_model_that_is_missing_and_only_then(
    environment: dict[str, str], tmp_path: Path
) -> None:
    async with OllamaStore() as fake, NewsSite(2) as site:
        ended = await digest(environment, site, fake, tmp_path)
        assert (ended.code, ended.out) == (5, "")
        assert fake.requests["/api/pull"] == 0
        ended = await digest(environment, site, fake, tmp_path, "--pull")
        assert ended.code == 0, ended.err
        lines = ended.err.splitlines()
        assert lines.index(f"pulled tester:1b, 4.0 MB, at {fake.url}") < lines.index(
            "summarised 2 of 2"
        )
        assert ended.out.startswith("printed 每日要闻 2026-03-12: 2 of 2 stories")
        assert fake.requests["/api/pull"] == 1
        other = ("--pull", "--json", "--limit", "1")
        ended = await digest(environment, site, fake, tmp_path, *other)
        assert (ended.code, ended.err) == (0, "")
        assert fake.requests["/api/pull"] == 1
