"""Command line over environment over file, key by key; and what stands without any of them."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from settings import LENGTHS, PaperSettings, Settings, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a pressrun.toml, until a test writes one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "pressrun.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_file_or_environment_there_is_the_paper_daily() -> None:
    settings = load_settings()
    assert settings.papers == {"daily": PaperSettings()}
    daily = settings.paper("daily")
    assert (daily.title, daily.sources, daily.limit) == ("每日要闻", ("sina",), 20)
    assert (daily.time_zone, daily.formats) == ("Asia/Shanghai", ("html", "pdf", "png", "card"))


def test_the_file_lies_under_the_environment_and_both_under_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("[fetch]\nconcurrency = 11\nper_host = 12\nattempts = 9\n")
    monkeypatch.setenv("PRESSRUN_FETCH__PER_HOST", "13")
    monkeypatch.setenv("PRESSRUN_FETCH__ATTEMPTS", "8")
    fetch = load_settings({"fetch": {"attempts": 7}}).fetch
    assert (fetch.concurrency, fetch.per_host, fetch.attempts) == (11, 13, 7)
    assert fetch.max_redirects == type(fetch)().max_redirects


def test_a_paper_is_merged_key_by_key_from_all_three(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[papers.daily]\ntitle = '早报'\nlimit = 5\ncategory = 'china'\n")
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__LIMIT", "6")
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__LANGUAGE", "en")
    paper = load_settings({"papers": {"daily": {"category": "world"}}}).paper("daily")
    assert (paper.title, paper.limit, paper.language) == ("早报", 6, "en")
    assert paper.category == "world"


def test_an_engine_is_merged_key_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[engines.ollama]\nmodel = 'a:1b'\nnum_ctx = 4096\n")
    monkeypatch.setenv("PRESSRUN_ENGINES__OLLAMA__NUM_CTX", "2048")
    ollama = load_settings({"engines": {"ollama": {"host": "http://box:1"}}}).engines.ollama
    assert (ollama.model, ollama.num_ctx, str(ollama.host)) == ("a:1b", 2048, "http://box:1/")


def test_a_table_in_json_and_a_key_of_it_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_FETCH", '{"per_host": 5, "attempts": 2}')
    monkeypatch.setenv("PRESSRUN_FETCH__ATTEMPTS", "3")
    fetch = load_settings().fetch
    assert (fetch.per_host, fetch.attempts) == (5, 3)


def test_a_list_in_the_environment_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_PAPERS__DAILY__FORMATS", '["pdf", "html"]')
    assert load_settings().paper("daily").formats == ("pdf", "html")


def test_a_paper_of_the_file_stands_beside_daily_and_may_be_changed() -> None:
    write("[papers.evening-2]\ncategory = 'technology'\n")
    settings = load_settings({"papers": {"evening-2": {"limit": 3}}})
    assert set(settings.papers) == {"daily", "evening-2"}
    paper = settings.paper("evening-2")
    assert (paper.category, paper.limit) == ("technology", 3)


def test_a_paper_of_the_environment_counts_as_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_PAPERS__TECH__CATEGORY", "technology")
    assert load_settings({"papers": {"tech": {"limit": 3}}}).paper("tech").limit == 3


def test_a_named_file_is_read_in_the_place_of_pressrun_toml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("archive = 'of-the-folder'\n")
    by_variable = write("archive = 'by-variable'\n", "other.toml")
    by_option = write("archive = 'by-option'\n", "third.toml")
    assert load_settings().archive == "of-the-folder"
    monkeypatch.setenv("PRESSRUN_CONFIG", str(by_variable))
    assert load_settings().archive == "by-variable"
    assert load_settings(file=by_option).archive == "by-option"


def test_tables_of_plug_ins_pass_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[engines.mine]\nurl = 'x'\ndepth = 3\n[engines.mine.more]\ndeep = true\n")
    monkeypatch.setenv("PRESSRUN_SOURCES__WIRE__TOKEN", "t")
    settings = load_settings()
    assert settings.engines.options("mine") == {"url": "x", "depth": 3, "more": {"deep": True}}
    assert settings.sources.options("wire") == {"token": "t"}
    assert settings.renderers.options("unheard-of") == {}


def test_a_plug_in_with_a_hyphen_has_an_underscore_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("[sources.sina-roll]\nmax_pages = 2\npage_rows = 3\n[sources.my-wire]\na = 1\nb = 2\n")
    monkeypatch.setenv("PRESSRUN_SOURCES__SINA_ROLL__PAGE_ROWS", "4")
    monkeypatch.setenv("PRESSRUN_SOURCES__MY_WIRE__B", "3")
    given = {"sources": {"sina-roll": {"list_url": "http://here/"}}}
    sources = load_settings(given).sources
    assert sources.options("sina-roll") == {
        "list_url": "http://here/",
        "page_rows": 4,
        "max_pages": 2,
    }
    assert sources.options("my-wire") == {"a": 1, "b": "3"}
    monkeypatch.setenv("PRESSRUN_SOURCES", '{"sina-roll": {"max_pages": 9}}')
    monkeypatch.delenv("PRESSRUN_SOURCES__SINA_ROLL__PAGE_ROWS")
    Path("pressrun.toml").unlink()
    assert load_settings().sources.options("sina-roll")["max_pages"] == 9


def test_options_of_our_own_plug_ins_are_complete() -> None:
    settings = load_settings({"sources": {"sina": {"list_url": "http://here/"}}})
    assert settings.sources.options("sina") == {"list_url": "http://here/"}
    assert settings.engines.options("embedded")["way"] == "selected"


def test_no_summary_length_is_the_languages_own() -> None:
    paper = PaperSettings()
    assert [paper.length_for(language) for language in ("zh", "en")] == [150, 300]
    assert paper.length_for("de") == LENGTHS["en"]
    assert PaperSettings(max_chars=80).length_for("zh") == 80


def test_settings_do_not_change_once_built() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.archive = "elsewhere"  # type: ignore[misc]


def groups(model: type[BaseModel], name: str = "settings") -> list[tuple[str, type[BaseModel]]]:
    """*model* and every group under it, each with its path."""
    found: list[tuple[str, type[BaseModel]]] = [(name, model)]
    for key, field in model.model_fields.items():
        kind: Any = PaperSettings if key == "papers" else field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += groups(kind, f"{name}.{key}")
    return found


@pytest.mark.parametrize(("name", "model"), groups(Settings))
def test_every_field_has_a_default_that_works(name: str, model: type[BaseModel]) -> None:
    for key, field in model.model_fields.items():
        given = field.get_default(call_default_factory=True)
        assert given is not PydanticUndefined, f"{name}.{key} has no default"
        model.model_validate({key: given})


@pytest.mark.parametrize(("name", "model"), groups(Settings))
def test_every_field_says_what_it_is_in_a_sentence(name: str, model: type[BaseModel]) -> None:
    for key, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            continue  # a table: its keys speak for it
        assert (field.description or "").rstrip().endswith("."), f"{name}.{key}"


@pytest.mark.parametrize(("name", "model"), groups(Settings))
def test_every_number_has_a_bound_but_the_seed(name: str, model: type[BaseModel]) -> None:
    for key, field in model.model_fields.items():
        if field.annotation in {int, float, int | None} and key != "seed":
            kinds = {type(rule).__name__ for rule in field.metadata}
            assert kinds & {"Ge", "Gt"}, f"{name}.{key} has no lower bound"
            assert kinds & {"Le", "Lt"}, f"{name}.{key} has no upper bound"
