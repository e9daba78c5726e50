"""The manifest of an edition that the flow printed, held against the published schema."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from pressrun.cli.prefect import Server, using
from settings import load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/edition.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def manifest_in(archive: Path) -> Any:
    (file,) = archive.glob("editions/daily/2026-03-12/r0001/edition.json")
    return json.loads(file.read_text("utf-8"))


async def test_a_printed_manifest_keeps_to_the_published_schema(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    from flows.daily import daily_digest

    async with NewsSite() as site:
        site.answers[2] = [404]
        settings = load_settings(
            {
                "archive": str(archive_dir),
                "engine": "ollama",
                "engines": {"ollama": {"host": ollama.url, "model": ollama.model}},
                "sources": {
                    "sina": {"list_url": site.list_url},
                    "sina-roll": {"list_url": f"{site.url}/nothing-here"},
                },
                "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0},
                "papers": {"daily": {"formats": ("html",), "sources": ("sina-roll", "sina")}},
            }
        )
        order = place_order(settings, "daily", DAY, datetime(2026, 3, 12, 8, tzinfo=UTC))
        async with press_for(order, settings) as press:
            with lend_press(press):
                await daily_digest(edition_date=DAY, paper="daily")
    manifest = manifest_in(archive_dir)
    assert (len(manifest["stories"]), len(manifest["failures"])) == (3, 1)
    assert manifest["listing"]["notes"]
    assert manifest["as_of"]
    VALIDATOR.validate(manifest)
