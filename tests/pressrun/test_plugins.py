"""Plug-ins are found by name among the installed distributions."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pressrun import plugins
from pressrun.errors import PluginError, SettingsError
from pressrun.plugins import Group

MODULE = """
from pydantic import BaseModel, ConfigDict

class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")
    depth: int = 1
    tone: str = "dry"

def checked(**options):
    return Options(**options)

def plain(tone="dry"):
    return tone

def broken():
    raise RuntimeError("a fault of its own")
"""
ENTRY_POINTS = """
[pressrun.sources]
wire = wire_plugin:checked
plain = wire_plugin:plain
broken = wire_plugin:broken
gone = no_such_module_of_anyone:make
bare = wire_plugin:no_such_name
"""


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution on the path that has sources."""
    (tmp_path / "wire_plugin.py").write_text(MODULE)
    info = tmp_path / "wire_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wire-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("wire_plugin", None)


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("sources", {"sina", "sina-roll"}),
        ("engines", {"embedded", "ollama"}),
        ("renderers", {"card", "html", "json", "markdown", "pdf", "png"}),
    ],
)
def test_our_own_plug_ins_are_installed_and_load(group: Group, names: set[str]) -> None:
    known = plugins.known(group)
    assert names <= set(known)
    assert list(known) == sorted(known)
    for name in names:
        assert callable(known[name].load())


@pytest.mark.parametrize(
    ("group", "name", "says"),
    [
        (
            "engines",
            "olama",
            "no engine is called 'olama'; did you mean 'ollama'? installed: embedded, ollama",
        ),
        (
            "renderers",
            "docx",
            "no renderer is called 'docx'; installed: card, html, json, markdown, pdf, png",
        ),
        ("sources", "", "no source is called ''; installed: sina, sina-roll"),
    ],
)
def test_an_unknown_name_lists_the_known_ones(group: Group, name: str, says: str) -> None:
    with pytest.raises(PluginError) as caught:
        plugins.find(group, name)
    assert str(caught.value) == says


@pytest.mark.usefixtures("wire")
def test_a_plug_in_of_another_distribution_is_found_and_built_with_its_options() -> None:
    assert plugins.find("sources", "wire").name == "wire"
    built: Any = plugins.build("sources", "wire", {"depth": 3})
    assert (built.depth, built.tone) == (3, "dry")
    assert plugins.build("sources", "plain") == "dry"


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("wire", {"depth": "deep"}, r"\[sources\.wire\] depth: Input should be a valid integer"),
        ("wire", {"deep": 1}, r"\[sources\.wire\] deep: Extra inputs are not permitted"),
        ("plain", {"depth": 1}, r"\[sources\.plain\] does not take these options: .*'depth'"),
    ],
)
def test_options_that_it_does_not_take_are_a_fault_of_the_settings(
    name: str, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        plugins.build("sources", name, options)


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize("name", ["gone", "bare"])
def test_a_plug_in_that_does_not_load_is_named(name: str) -> None:
    says = f"source {name!r} cannot be imported: .*no_such"
    with pytest.raises(PluginError, match=says) as caught:
        plugins.build("sources", name)
    assert caught.value.__cause__ is not None


@pytest.mark.usefixtures("wire")
def test_a_fault_of_its_own_comes_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="a fault of its own"):
        plugins.build("sources", "broken")
