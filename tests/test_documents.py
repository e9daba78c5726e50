"""What the documents say of settings, options and files is so."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pressrun import plugins
from pressrun.cli.app import app
from settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in DOCUMENTS}
TABLES = [
    pytest.param(table, id=f"{name}-{number}")
    for name, text in TEXTS.items()
    for number, table in enumerate(re.findall(r"```toml\n(.*?)```", text, re.DOTALL))
    if "entry-points" not in table
]


@pytest.mark.parametrize("table", TABLES)
def test_an_example_of_settings_loads(table: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("example") / "pressrun.toml"
    file.write_text(table, "utf-8")
    loaded = load_settings(file=file)
    for name, paper in tomllib.loads(table).get("papers", {}).items():
        plain = {key: value for key, value in paper.items() if not isinstance(value, dict)}
        assert loaded.paper(name).model_dump(mode="json").items() >= plain.items()


def test_a_variable_that_is_named_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    assignments = dict(re.findall(r"(PRESSRUN_\w+)=('[^'\n]*'|[^\s`]+)", "\n".join(TEXTS.values())))
    assert len(assignments) >= 3
    for name, value in assignments.items():
        monkeypatch.setenv(name, value.strip("'\""))
    loaded = load_settings()
    assert loaded.archive == assignments["PRESSRUN_ARCHIVE"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_link_leads_to_a_file(name: str) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXTS[name]):
        if "://" not in link:
            assert (ROOT / name).parent.joinpath(link).exists(), link


def headings(text: str) -> set[str]:
    """The names that GitHub gives them: small letters, digits and hyphens."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in found}


@pytest.mark.parametrize("name", TEXTS)
def test_a_link_into_a_document_leads_to_a_heading(name: str) -> None:
    for file, heading in re.findall(r"\]\(([\w./-]*\.md|)#([^)]+)\)", TEXTS[name]):
        there = (ROOT / name).parent.joinpath(file) if file else ROOT / name
        assert heading in headings(there.read_text("utf-8")), f"{file}#{heading}"


def test_every_picture_is_shown_and_small_enough_to_be_fetched() -> None:
    pictures = sorted((ROOT / "docs/pictures").iterdir())
    assert pictures
    for path in pictures:
        assert any(f"pictures/{path.name})" in text for text in TEXTS.values()), path.name
        assert path.stat().st_size <= 400_000, path.name


def test_an_option_that_is_named_exists() -> None:
    known = "".join(CliRunner().invoke(app, [command, "--help"]).output for command in COMMANDS)
    for options in re.findall(r"pressrun (?:digest|demo)([^\n`]*)", "\n".join(TEXTS.values())):
        for option in re.findall(r"--[a-z]+", options):
            assert option in known, option


COMMANDS = ("digest", "demo")


def test_the_guide_knows_every_setting_of_a_paper_and_every_renderer() -> None:
    guide = TEXTS["docs/guide.md"]
    papers = Settings().paper("daily")
    for name in (*type(papers).model_fields, *plugins.known("renderers")):
        assert f"\n| `{name}` |" in guide, name


def test_the_readmes_prefect_commands_are_those_of_the_guide_which_a_test_types() -> None:
    def commands(file: str) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", (ROOT / file).read_text("utf-8"), re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        return [line for line in lines if line.startswith(("prefect ", "pressrun up"))]

    assert commands("README.md") == commands("docs/prefect.md")[: len(commands("README.md"))]
    assert len(commands("README.md")) >= 2
