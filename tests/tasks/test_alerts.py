"""Alerts by Apprise: who is reached, who is not and why, and that no address is ever shown."""

import logging
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from tasks.alerts import Alert, name_of, redacted, send
from tests.tasks.alerting import Operator

# Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ALERT = Alert("daily-2026-11-21: Failed", "ollama cannot be reached\nstart it", "failed")


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    async with Operator() as one:
        yield one
        one.awake.set()


async def test_every_address_is_told(operator: Operator) -> None:
    assert await send([operator.address(), operator.address(token="other")], ALERT) == ()
    assert [(told["title"], told["message"]) for told in operator.told] == [ALERT[:2]] * 2


async def test_a_failure_and_a_partial_edition_differ_in_severity(operator: Operator) -> None:
    await send([operator.address()], ALERT)
    await send([operator.address()], ALERT._replace(kind="partial"))
    assert [told["type"] for told in operator.told] == ["failure", "warning"]


async def test_an_address_that_refuses_is_named_and_the_others_are_told(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refusing = operator.address("refusing")
    [unsent] = await send([refusing, operator.address()], ALERT)
    assert unsent.address == "address 1 (json://...)"
    assert "403" in unsent.reason
    assert len(operator.told) == 1
    logged = [one.getMessage() for one in caplog.records if one.name != "aiohttp.access"]
    assert "tok3n-of-mine" not in f"{unsent} {logged}"


async def test_an_address_that_does_not_answer_is_given_up(operator: Operator) -> None:
    [unsent] = await send([operator.address("silent"), operator.address()], ALERT, limit_s=0.3)
    assert unsent == ("address 1 (json://...)", "no answer within 0.3 s")
    assert len(operator.told) == 1
    operator.awake.set()


async def test_an_address_may_be_named_by_a_variable(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RING", operator.address().get_secret_value())
    assert await send([SecretStr("env:RING")], ALERT) == ()


async def test_a_variable_that_is_not_set_is_told_with_the_remedy() -> None:
    [unsent] = await send([SecretStr("env:RING")], ALERT)
    assert unsent.address == "env:RING"
    assert "set RING" in unsent.reason


async def test_what_is_no_address_is_said() -> None:
    [unsent] = await send([SecretStr("carrier-pigeon://tok3n-of-mine")], ALERT)
    assert unsent.reason.startswith("Apprise knows no such address")
    assert "tok3n" not in str(unsent)


def test_of_an_address_only_the_scheme_or_its_name_is_told() -> None:
    assert name_of(SecretStr("ntfy://host/topic"), 2) == "address 2 (ntfy://...)"
    assert name_of(SecretStr("secret:alerts"), 1) == "secret:alerts"
    assert name_of(SecretStr("hunter2"), 1) == "address 1"


def test_the_parts_of_an_address_are_taken_out_of_a_reason() -> None:
    said = "POST https://hook.test/T0PS3CRET/v1?key=abcd failed: 403"
    found = redacted(said, "jsons://hook.test/T0PS3CRET/v1?key=abcd")
    assert found == "POST https://***/***/v1?***=*** failed: 403"


def test_a_user_and_password_are_taken_out_too() -> None:
    said = redacted("login of me4ever with hunter2 failed", "mailto://me4ever:hunter2@mail.test")
    assert said == "login of *** with *** failed"
