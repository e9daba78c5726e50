"""The automations: shipped as files, taken by a real Prefect server, installed twice as once."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from prefect.client.orchestration import get_client
from prefect.events.schemas.automations import AutomationCore

from pressrun.cli.prefect import Server, using
from settings import AlertSettings
from tasks.automations import BLOCK_NAME, KINDS, ZOMBIES, automation, install, is_installed, name_of

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

FILES = Path(__file__).parents[2] / "deploy/automations"


def test_the_shipped_files_are_the_automations() -> None:
    shipped = {path.stem: yaml.safe_load(path.read_text()) for path in FILES.glob("*.yaml")}
    assert shipped == {kind: automation(kind) for kind in KINDS}


def test_every_kind_of_the_settings_has_an_automation_but_what_a_run_alone_can_tell() -> None:
    assert {*AlertSettings().on, ZOMBIES} - {"undelivered"} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_prefect_takes_each_as_an_automation(kind: str) -> None:
    core = AutomationCore.model_validate(automation(kind))
    assert core.name == name_of(kind)
    assert core.enabled


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_about_runs_of_pressrun_alone(kind: str) -> None:
    related = automation(kind)["trigger"]["match_related"]
    tags = [one["prefect.resource.id"] for one in (related if kind == "late" else [related])]
    assert "prefect.tag.pressrun" in tags


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_to_install_again_changes_nothing_and_what_is_not_wanted_goes(
    prefect_api: str,
) -> None:
    async def there() -> list[str]:
        async with get_client() as client:
            found: list[Any] = await client.read_automations()
        return sorted(one.name for one in found if one.name.startswith("pressrun-"))

    with using(Server(prefect_api, {"api.url": prefect_api})):
        await install(["json://127.0.0.1:9/a", "json://127.0.0.1:9/b"], ["failed", "late"])
        once = await there()
        again = await install(["json://127.0.0.1:9/a"], ["failed", "late"])
        assert await there() == once == ["pressrun-failed", "pressrun-late", "pressrun-zombies"]
        assert await is_installed("late")
        fewer = await install(["json://127.0.0.1:9/a"], ["partial"])
        assert not await is_installed("late")
        async with get_client() as client:
            await client.create_automation(AutomationCore.model_validate(automation("missing")))
            assert not await is_installed("missing")  # it has no block to notify by
            block = await client.read_block_document_by_name(
                BLOCK_NAME, "slack-webhook", include_secrets=False
            )
            for kind in KINDS:
                for one in await client.read_automations_by_name(name_of(kind)):
                    await client.delete_automation(one.id)
    assert again[0] == f"block {BLOCK_NAME}: 1 addresses"
    assert "automation pressrun-failed: brought up to date" in again
    assert "automation pressrun-failed: removed" in fewer
    assert "127.0.0.1" not in str(block.data)
