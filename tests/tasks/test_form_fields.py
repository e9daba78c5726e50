"""What Prefect's form offers for the flows' parameters, and what its server takes."""

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import validate

from flows.backfill import backfill
from flows.check import check_editions
from flows.daily import daily_digest
from flows.maintenance import maintain
from pressrun import plugins
from settings import PaperSettings
from tasks.form import Day, PaperName, titled

FLOWS = [daily_digest, backfill, check_editions, maintain]
KINDS = {"string", "integer", "number", "boolean", "array"}


def schema_of(flow: Any) -> dict[str, Any]:
    return parameter_schema(flow).model_dump()


def is_taken(flow: Any, **values: Any) -> bool:
    """Whether the form lets *values* go, by the server's own rules."""
    return not validate(values, schema_of(flow))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: str(flow.name))
def test_every_field_has_a_title_a_line_of_help_and_a_plain_input(flow: Any) -> None:
    for name, field in schema_of(flow)["properties"].items():
        assert field["title"] != name, "Prefect's own, not ours"
        assert 10 <= len(field["description"]) <= 130, name
        # A union begins with a toggle, and what has no type is typed as JSON.
        assert field["type"] in KINDS, name
        assert "anyOf" not in field, name
        assert field["type"] != "array" or "enum" in field["items"], name


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: str(flow.name))
def test_the_form_as_it_opens_is_what_a_server_takes(flow: Any) -> None:
    schema = schema_of(flow)
    # A form sends the defaults that its schema tells, null among them.
    told = {
        name: field["default"] for name, field in schema["properties"].items() if "default" in field
    }
    assert None not in told.values()
    required = dict.fromkeys(schema.get("required", ()), "2026-03-12")
    assert is_taken(flow, **told, **required)


def test_a_day_may_stay_empty_and_is_a_calendar() -> None:
    field = schema_of(daily_digest)["properties"]["edition_date"]
    assert (field["type"], field["format"]) == ("string", "date")
    assert is_taken(daily_digest)
    assert is_taken(daily_digest, edition_date=None)
    assert not is_taken(daily_digest, edition_date="12.3.2026")
    assert not is_taken(backfill, start="2026-03-01")


def test_the_form_offers_the_installed_engines_and_renderers() -> None:
    fields = schema_of(daily_digest)["properties"]
    assert fields["engine"]["enum"] == ["auto", "embedded", "ollama"]
    assert fields["formats"]["items"]["enum"] == list(plugins.known("renderers"))
    assert is_taken(daily_digest, formats=[])
    assert not is_taken(daily_digest, formats=["epub"])
    assert not is_taken(daily_digest, engine="gpt")


def test_the_forms_limit_has_the_bounds_of_the_settings() -> None:
    limit = PaperSettings.model_json_schema()["properties"]["limit"]
    asked = schema_of(daily_digest)["properties"]["limit"]
    assert (asked["minimum"], asked["maximum"]) == (limit["minimum"], limit["maximum"])
    assert not is_taken(daily_digest, limit=limit["maximum"] + 1)


def form_of_a_paper() -> dict[str, Any]:
    def flow(start: Annotated[Day, titled("First day")], paper: PaperName = "daily") -> None:
        """Nothing."""

    return dict(parameter_schema(flow).properties["paper"])


def test_papers_are_those_of_the_settings_when_the_form_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert form_of_a_paper()["enum"] == ["daily"]
    (tmp_path / "pressrun.toml").write_text('[papers.weekend]\ntitle = "周末画刊"\n')
    assert form_of_a_paper()["enum"] == ["daily", "weekend"]


def test_wrong_settings_leave_the_form_any_name_and_the_run_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pressrun.toml").write_text("papers = 3")
    field = form_of_a_paper()
    assert "enum" not in field
    assert json.dumps(field)
