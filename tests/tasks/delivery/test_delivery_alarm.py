"""What an operator is told of deliveries that went wrong."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from pressrun.archive.deliveries import State
from settings import Settings
from tasks.delivery.alarm import ring, sound
from tasks.delivery.sending import Delivery
from tests.tasks.alerting import Operator
from tests.tasks.delivery.posting import values

# Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

EDITION = values.edition()
FAILED = Delivery("mail:home.test:1f", State.FAILED, "550 no such mailbox", 1, is_new=True)
UNKNOWN = Delivery("json:2f", State.UNKNOWN, "no answer", 1, is_new=True)
UNREAD = Delivery("env:HOOK", None, "set HOOK", is_new=True)


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    async with Operator() as one:
        yield one


def settings_for(*addresses: object, **alerts: Any) -> Settings:
    given = {"addresses": addresses, **alerts}
    return Settings.model_validate({"alerts": given, "site_url": "https://news.test/"})


async def test_all_that_went_wrong_is_told_at_once_with_the_commands_that_repeat_it(
    operator: Operator,
) -> None:
    settings = settings_for(operator.address())
    assert await ring(settings, EDITION, (FAILED, UNKNOWN, UNREAD)) == ()
    [told] = operator.told
    assert told["title"] == "daily-2026-11-21: 2 deliveries failed, 1 delivery may have arrived"
    assert told["type"] == "warning"
    again = "Send it again: pressrun deliver 2026-11-21 --paper daily --again --to"
    assert told["message"].splitlines() == [
        f"{FAILED.name}: not delivered, 1 attempt: 550 no such mailbox. {again} {FAILED.name}",
        f"{UNKNOWN.name}: whether it arrived is not known: no answer. {again} {UNKNOWN.name}",
        "env:HOOK: not sent: set HOOK",
        "Edition: https://news.test/daily/2026-11-21/",
    ]


@pytest.mark.parametrize(
    "one",
    [
        Delivery("json:1f", State.SENT, is_new=True),
        Delivery("json:1f", None),
        FAILED._replace(is_new=False),
    ],
    ids=["sent", "not to be sent", "told before"],
)
async def test_what_went_well_or_was_told_before_rings_nobody(
    operator: Operator, one: Delivery
) -> None:
    assert await ring(settings_for(operator.address()), EDITION, (one,)) == ()
    assert not operator.told


async def test_who_does_not_want_it_is_not_told(operator: Operator) -> None:
    settings = settings_for(operator.address(), on=("failed",))
    await ring(settings, EDITION, (FAILED,))
    assert not operator.told


async def test_an_operator_who_is_not_reached_is_named_without_the_secret(
    operator: Operator,
) -> None:
    settings = settings_for(operator.address("refusing"))
    day = EDITION.edition_date
    [line] = await sound(settings, "daily", day, "nothing was delivered", ("no archive",))
    assert line.startswith("the alert did not reach address 1 (json://...)")
    assert "tok3n" not in line
