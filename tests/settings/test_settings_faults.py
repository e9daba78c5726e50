"""What is wrong with the settings is said once, with the place, the value and the remedy."""

from pathlib import Path
from typing import Any

import pytest

from pressrun.errors import SettingsError
from settings import load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fault(toml: str = "", overrides: dict[str, Any] | None = None) -> str:
    """The message that loading these settings ends with."""
    if toml:
        Path("pressrun.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("fecth = 1", "fecth: no such setting; did you mean fetch?"),
        ("[fetch]\nperhost = 1", "fetch.perhost: no such setting; did you mean per_host?"),
        (
            "[papers.daily]\nlimt = 1",
            "papers.daily.limt: no such setting; did you mean limit?",
        ),
        (
            "[papers.tech]\ncategry = 'x'",
            "papers.tech.categry: no such setting; did you mean category?",
        ),
        (
            "[engines.ollama]\nmodle = 'x'",
            "engines.ollama.modle: no such setting; did you mean model?",
        ),
        (
            "[engines.embedded]\nthread = 2",
            "engines.embedded.thread: no such setting; did you mean threads?",
        ),
        (
            "[sources.sina]\nlisturl = 'http://x'",
            "sources.sina.listurl: no such setting; did you mean list_url?",
        ),
        (
            "[sources.sina-roll]\nlisturl = 'http://x'",
            "sources.sina-roll.listurl: no such setting; did you mean list_url?",
        ),
        ("[fetch]\nzzz = 1", "fetch.zzz: no such setting [pressrun.toml"),
    ],
)
def test_an_unknown_key_is_refused_with_the_near_one(toml: str, says: str) -> None:
    assert says in fault(toml)


def test_a_key_from_the_command_line_is_refused_as_one_from_the_file_is() -> None:
    says = fault(overrides={"papers": {"daily": {"limt": 4}}})
    assert says == (
        "papers.daily.limt: no such setting; did you mean limit? "
        "[the environment or the command line]"
    )


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("PRESSRUN_FECTH__PER_HOST", "no such setting; did you mean PRESSRUN_FETCH?"),
        ("pressrun_fecth__per_host", "no such setting; did you mean PRESSRUN_FETCH?"),
        ("PRESSRUN_FETCH_PER_HOST", "PRESSRUN_FETCH_PER_HOST: no such setting"),
        ("PRESSRUN_FETCH__PERHOST", "fetch.perhost: no such setting; did you mean per_host?"),
        ("PRESSRUN_PAPERS__DAILY__LIMT", "papers.daily.limt: no such setting; did you mean limit?"),
        ("PRESSRUN_ENGINES__OLLAMA__MODLE", "engines.ollama.modle: no such setting; did you mean"),
    ],
)
def test_an_unknown_variable_is_refused_at_any_depth(
    variable: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "3")
    assert says in fault()


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[papers.daily]\nlimit = 0", "papers.daily.limit: Input should be greater than or equal"),
        ("[papers.daily]\nlimit = 201", "less than or equal to 200 (given: 201)"),
        ("[papers.daily]\nlimit = 'many'", "(given: 'many')"),
        ("[papers.daily]\ncoverage = 1.1", "papers.daily.coverage"),
        ("[papers.daily]\nranking = 'likes'", "'clicks', 'comments' or 'shares'"),
        ("[papers.daily]\nformats = []", "papers.daily.formats"),
        ("[papers.daily]\ntime_zone = 'Mars/Base'", "'Mars/Base' is no IANA time zone; write"),
        ("[papers.daily]\ntime_zone = '../etc'", "'../etc' is no IANA time zone"),
        ("[fetch]\nmax_bytes = 1", "fetch.max_bytes"),
        ("[engines.ollama]\nhost = 'nonsense'", "engines.ollama.host"),
        ("[sources.sina]\nlist_url = 'ftp://x'", "sources.sina.list_url"),
        ("[sources.sina-roll]\npage_rows = 51", "sources.sina-roll.page_rows"),
        ("prefect = 'maybe'", "'auto', 'active' or 'temporary'"),
        ("papers = 3", "papers: Input should be a valid dictionary (given: 3)"),
        ("[engines]\nmine = 3", "mine is no table of options"),
    ],
)
def test_a_value_out_of_bounds_is_named_with_its_bound(toml: str, says: str) -> None:
    assert says in fault(toml)


def test_every_fault_is_told_at_once() -> None:
    lines = fault("fecth = 1\n[papers.daily]\nlimit = 0\nlimt = 1\n").splitlines()
    assert len(lines) == 3
    assert all(line.endswith("]") for line in lines)


@pytest.mark.parametrize("name", ["Daily", "a b", "../up", "-x", "中文", "x" * 41])
def test_a_paper_has_a_plain_name(name: str) -> None:
    says = fault(f'[papers."{name}"]\nlimit = 3\n')
    assert f"{name!r} cannot name a paper; use small letters, digits and hyphens" in says


def test_an_unknown_paper_is_refused_with_the_known_ones() -> None:
    Path("pressrun.toml").write_text("[papers.weekly]\nlimit = 3\n")
    settings = load_settings()
    with pytest.raises(SettingsError, match=r"'weakly'; did you mean weekly\? \(papers: daily, we"):
        settings.paper("weakly")


def test_the_command_line_changes_papers_and_makes_none() -> None:
    says = fault("[papers.weekly]\nlimit = 3\n", {"papers": {"weakly": {"limit": 2}}})
    assert says.startswith("no paper is called 'weakly'; did you mean weekly?")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a = [", "pressrun.toml: not valid TOML"),
        (b"a = 1\na = 2\n", "pressrun.toml: not valid TOML"),
        ("title = '每日'".encode("gbk"), "pressrun.toml: not valid TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_named(content: bytes, says: str) -> None:
    Path("pressrun.toml").write_bytes(content)
    assert says in fault()


def test_a_named_file_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"mine\.toml: no such file; correct --config"):
        load_settings(file=Path("mine.toml"))
    monkeypatch.setenv("PRESSRUN_CONFIG", "yours.toml")
    assert "yours.toml: no such file" in fault()


def test_a_folder_is_no_settings_file(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read"):
        load_settings(file=folder)


@pytest.mark.parametrize("variable", ["PRESSRUN_PAPERS__DAILY__FORMATS", "PRESSRUN_FETCH"])
def test_a_list_that_is_no_json_is_told_how_to_be_one(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "html,pdf")
    says = fault()
    assert says.startswith("environment: error parsing value for field")
    assert """PRESSRUN_PAPERS__DAILY__FORMATS='["html", "pdf"]'""" in says
