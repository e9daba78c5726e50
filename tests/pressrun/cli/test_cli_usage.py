"""The command as it is typed: help, version, what is refused, and what is answered at once."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from pressrun import __version__
from pressrun.archive import Archive
from pressrun.cli.app import app
from settings import load_settings
from tasks.order import overrides, place_order
from tests.pressrun.archive.archive_desk import Desk
from tests.pressrun.cli.cli_terminal import Ended, Type

DAY = date(2026, 3, 12)
NOON_AFTER = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
values = Desk()

LOADED = """
import json, sys
from pressrun.cli import main
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""
"""Runs the command, then says how it ended and which packages were imported."""


def squeezed(text: str) -> str:
    """*text* without the frame and the folds of a help page."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_each_option_and_says_what_it_is_for(typed: Type, command: str) -> None:
    ended = typed(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    shown = squeezed(ended.out)
    for option in COMMANDS[command].params:
        is_option = option.param_type_name == "option"
        for name in option.opts if is_option else [option.metavar]:
            assert name in shown
        assert option.help
        assert squeezed(option.help).replace("\\[", "[") in shown


def test_help_without_a_command_names_the_commands_and_where_to_start(typed: Type) -> None:
    for words in ((), ("--help",), ("-h",)):
        ended = typed(*words)
        assert "Start with pressrun demo" in ended.out + ended.err
        assert all(name in ended.out + ended.err for name in COMMANDS)


def test_the_version_is_that_of_the_package(typed: Type) -> None:
    assert typed("--version") == Ended(0, f"pressrun {__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["digest", "--date", "2026-02-30"], "there is no such day"),
        (["digest", "--date", "soon"], "write YYYY-MM-DD, today or yesterday"),
        (["digest", "--date", "2999-01-01"], "this day has not begun in Asia/Shanghai"),
        (["digest", "--paper", "weekly"], "no paper is called 'weekly' (papers: daily"),
        (["digest", "--paper", "dayly", "--limit", "3"], "did you mean daily?"),
        (["digest", "--formats", "html,docx"], "no renderer is called 'docx'; installed: card, h"),
        (
            ["demo", "--formats", "docx"],
            "no renderer is called 'docx'; installed: card, html, json, ",
        ),
        (["digest", "--engine", "olama"], "no engine is called 'olama'; did you mean 'ollama'?"),
        (["digest", "--engine", "embedded", "--model", "x"], "--model and --host are Ollama's"),
        (["digest", "--host", "::::"], "engines.ollama.host"),
        (["digest", "--config", "none.toml"], "none.toml: no such file; correct --config"),
        (["digest", "--limit", "0"], "'--limit'"),
        (["digest", "--limit", "201"], "'--limit'"),
        (["digest", "--limit", "many"], "'--limit'"),
        (["digest", "--prefect", "maybe"], "'--prefect'"),
        (["digest", "--colour"], "--colour"),
        (["digest", "2026-03-12"], "2026-03-12"),
        (["dijest"], "dijest"),
    ],
    ids=" ".join,
)
def test_a_usage_error_ends_with_2_and_a_message_before_anything_is_made(
    typed: Type, folder: Path, words: list[str], says: str
) -> None:
    ended = typed(*words)
    assert (ended.code, ended.out) == (2, "")
    assert says in squeezed(ended.err)
    assert "Traceback" not in ended.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["sources", "formats"])
def test_a_plug_in_that_a_paper_names_in_vain_is_refused_at_once(
    typed: Type, folder: Path, kind: str
) -> None:
    (folder / "pressrun.toml").write_text(f"[papers.daily]\n{kind} = ['nowhere']\n")
    ended = typed("digest", "--date", "2026-03-12")
    assert ended.code == 2
    assert "is called 'nowhere'; installed:" in ended.err
    assert [path.name for path in folder.iterdir()] == ["pressrun.toml"]


def test_an_unknown_variable_is_a_usage_error(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_ARCHIV", "x")
    ended = typed("digest")
    assert (ended.code, ended.out) == (2, "")
    assert "PRESSRUN_ARCHIV: no such setting; did you mean PRESSRUN_ARCHIVE?" in ended.err


def test_an_archive_that_cannot_be_one_ends_with_1_and_a_message(typed: Type, folder: Path) -> None:
    (folder / "file").write_text("")
    ended = typed("digest", "--date", "2026-03-12", "--archive", "file", "--json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("ArchiveError: ")


def print_by_hand(folder: Path, **given: Any) -> None:
    """Have the archive hold what `pressrun digest` with *given* would print."""
    settings = load_settings(overrides("daily", archive=str(folder / "archive"), **given))
    order = place_order(settings, "daily", DAY, NOON_AFTER)
    archive = Archive.open(settings.archive)
    facts: dict[str, Any] = {"content_sha256": order.content_sha256, "edition_date": DAY}
    number = archive.editions.begin(values.plan(**facts))
    made = [
        rendition.model_copy(update={"format": name})
        for rendition, name in zip(values.renditions("x"), ("html", "pdf"), strict=True)
    ]
    archive.publish(values.edition(number, **facts), made)


PRINTED = ["digest", "--date", "2026-03-12", "--formats", "html,pdf"]


def test_an_edition_that_is_printed_already_is_one_object_and_nothing_else(
    typed: Type, folder: Path
) -> None:
    print_by_hand(folder, formats=("html", "pdf"))
    ended = typed(*PRINTED, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("}\n")
    made = json.loads(ended.out)
    assert (made["state"], made["date"], made["revision"]) == ("already printed", "2026-03-12", 1)
    assert all(Path(address).is_file() for address in made["files"].values())


def test_a_person_is_told_so_and_where_it_lies(typed: Type, folder: Path) -> None:
    print_by_hand(folder, formats=("html", "pdf"))
    ended = typed(*PRINTED)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("already printed 每日要闻 2026-03-12: 2 of 2 stories, revision 1")
    assert "archive/editions/daily/2026-03-12/r0001/index.html" in ended.out


@pytest.mark.parametrize("words", [PRINTED, ["--help"], ["digest", "--engine", "olama"]])
def test_what_is_answered_at_once_is_answered_without_prefect_or_a_renderer(
    folder: Path, words: list[str]
) -> None:
    print_by_hand(folder, formats=("html", "pdf"))
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True
    )
    code, loaded = json.loads(ended.stdout.splitlines()[-1])
    assert code == (2 if "olama" in words else 0), ended.stderr
    assert not {"prefect", "weasyprint", "trafilatura", "xllamacpp", "fsspec"} & set(loaded)
