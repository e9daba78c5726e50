"""The settings reference and the manifest's schema: as made from the code, and true."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError  # type: ignore[import-untyped]

from pressrun.archive.documents import SCHEMA_VERSION, written
from pressrun.models import Edition, ListNote, RenditionRecord
from scripts.make_docs import edition_schema, settings_reference
from settings import Settings, load_settings
from tests.renderers.edition_samples import SHA, mixed_edition

DOCS = Path(__file__).parent.parent / "docs"
SCHEMA = json.loads(edition_schema())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize(
    ("name", "made"),
    [("settings.md", settings_reference()), ("edition.schema.json", edition_schema())],
)
def test_a_made_document_is_what_the_code_makes(name: str, made: str) -> None:
    assert DOCS.joinpath(name).read_text("utf-8") == made, "type `make docs`"


def rows() -> list[tuple[str, str, str, str]]:
    """Table, key, variable and default of every row of the settings reference."""
    found = []
    for section in settings_reference().split("\n## ")[1:]:
        table = re.match(r"`\[(.+)\]`", section)
        for key, variable, default in re.findall(
            r"^\| `(\w+)` \| `(\w+)` \| (?:`(.*?)`)? \|", section, re.MULTILINE
        ):
            found.append((table[1] if table else "", key, variable, default))
    return found


def test_every_setting_of_the_reference_stands_in_the_file_with_its_default(
    tmp_path: Path,
) -> None:
    lines, last = [], ""
    for table, key, _, default in rows():
        if table != last:
            lines.append(f"[{table.replace('NAME', 'daily')}]")
            last = table
        if default:
            lines.append(f"{key} = {default}")
    file = tmp_path / "pressrun.toml"
    file.write_text("\n".join(lines), "utf-8")
    assert load_settings(file=file).model_dump() == Settings().model_dump()


def test_every_variable_of_the_reference_sets_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Settings().model_dump()
    for _, _, variable, default in rows():
        if default:
            value = tomllib.loads(f"value = {default}")["value"]
            plain = value if isinstance(value, str) else json.dumps(value)
            monkeypatch.setenv(variable.replace("NAME", "DAILY"), plain)
    assert load_settings().model_dump() == before
    monkeypatch.setenv("PRESSRUN_RENDERERS__PNG__WIDTH_PX", "319")
    with pytest.raises(ValueError, match="width_px"):
        Settings()


def test_the_reference_has_every_setting() -> None:
    known = {".".join(filter(None, (table, key))) for table, key, _, _ in rows()}
    assert {"archive", "engine", "prefect"} <= known
    assert set(leaves(Settings().model_dump())) == {
        name.replace("sina-roll", "sina_roll").replace("NAME", "daily") for name in known
    }


def leaves(node: dict[str, Any], path: str = "") -> list[str]:
    """Paths of what is no table in *node*."""
    found = []
    for key, value in node.items():
        here = f"{path}.{key}" if path else key
        found += leaves(value, here) if value and isinstance(value, dict) else [here]
    return found


def full_manifest() -> dict[str, Any]:
    """A manifest that has something in every list."""
    edition = mixed_edition()
    note = ListNote(source="sina-roll", kind="Empty", reason="no headlines on 2026-03-12")
    file = RenditionRecord(
        name="index.html", media_type="text/html", format="html", bytes=1, sha256=SHA
    )
    more = {
        "listing": edition.listing.model_copy(update={"notes": (note,), "skipped": ("a video",)}),
        "renditions": (file,),
        "missing_glyphs": ("𠮷",),
        "render_failures": ("pdf: no Pango",),
    }
    manifest: dict[str, Any] = json.loads(written(edition.model_copy(update=more)))
    return manifest


def test_the_schema_is_one_itself_and_names_its_version() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert f"version {SCHEMA_VERSION}" in SCHEMA["title"]
    assert SCHEMA["$id"] == f"urn:pressrun:edition:{SCHEMA_VERSION}"


def test_a_manifest_with_everything_in_it_is_valid() -> None:
    VALIDATOR.validate(full_manifest())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"schema_version": 2}, "1 was expected"),
        ({"more": 1}, "Additional properties"),
        ({"stories": None}, "is not of type 'array'"),
        ({"edition_date": "12 March"}, "is not a 'date'"),
        ({"content_sha256": "A" * 64}, "does not match"),
    ],
)
def test_what_pressrun_would_not_write_is_not_valid(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        VALIDATOR.validate(full_manifest() | change)


@pytest.mark.parametrize("name", Edition.model_fields)
def test_the_schema_says_what_every_field_of_a_manifest_is(name: str) -> None:
    field = SCHEMA["properties"][name]
    where = SCHEMA["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else field
    assert "description" in where or f"`{name}`" in SCHEMA["description"]
