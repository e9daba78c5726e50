"""Secrets by name, from the environment and from a real Prefect server."""

import asyncio
import uuid
from typing import Any

import pytest
from pydantic import SecretStr

from pressrun.cli.prefect import Server, using
from pressrun.errors import SettingsError
from tasks.secrets import revealed

HIDDEN = "open sesame"


def revealed_on(api: str, text: str) -> str:
    with using(Server(api, {"api.url": api})):
        return revealed(SecretStr(text))


def make_block(api: str, value: Any) -> str:
    from prefect.blocks.system import Secret

    name = f"made-{uuid.uuid4().hex[:8]}"
    with using(Server(api, {"api.url": api})):
        Secret(value=value).save(name)
    return name


def test_plain_text_is_itself() -> None:
    assert revealed(SecretStr(HIDDEN)) == HIDDEN


def test_env_names_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_ADDRESS", HIDDEN)
    assert revealed(SecretStr("env:ALERT_ADDRESS")) == HIDDEN


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_absent_or_empty_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("ALERT_ADDRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("ALERT_ADDRESS", value)
    with pytest.raises(SettingsError, match=r"env:ALERT_ADDRESS: .*; set ALERT_ADDRESS"):
        revealed(SecretStr("env:ALERT_ADDRESS"))


def test_without_a_server_the_message_names_block_and_remedy() -> None:
    from prefect.settings import temporary_settings

    with (
        temporary_settings({"api.url": None}),
        pytest.raises(SettingsError, match=r"Secret block 'bucket'; set PREFECT_API_URL"),
    ):
        revealed(SecretStr("secret:bucket"))


def test_a_server_that_does_not_answer_is_a_passing_fault_of_the_settings() -> None:
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:9/api could not be asked") as caught:
        revealed_on("http://127.0.0.1:9/api", "secret:bucket")
    assert caught.value.transient


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
@pytest.mark.parametrize(
    ("value", "text"),
    [(HIDDEN, HIDDEN), ("12345", "12345"), ({"a": 1}, '{"a": 1}')],
)
def test_a_block_is_read_from_the_server(prefect_api: str, value: Any, text: str) -> None:
    assert revealed_on(prefect_api, f"secret:{make_block(prefect_api, value)}") == text


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
async def test_a_block_is_read_in_a_thread_beside_a_loop_and_inside_one(prefect_api: str) -> None:
    name = await asyncio.to_thread(make_block, prefect_api, HIDDEN)
    assert await asyncio.to_thread(revealed_on, prefect_api, f"secret:{name}") == HIDDEN
    assert revealed_on(prefect_api, f"secret:{name}") == HIDDEN


@pytest.mark.server
@pytest.mark.xdist_group("prefect")
def test_a_block_that_is_absent_is_named_with_the_remedy(prefect_api: str) -> None:
    with pytest.raises(SettingsError, match=r"has no Secret block 'absent'; make one in its UI"):
        revealed_on(prefect_api, "secret:absent")
