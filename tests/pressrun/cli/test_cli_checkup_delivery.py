"""What `pressrun doctor` says of delivery: secrets, addresses, the mail server; nothing is sent."""

from typing import Any

import pytest

from pressrun.cli.checkup_delivery import delivery_checks
from pressrun.cli.findings import Finding, Level
from tests.tasks.delivery.mailing import MailServer
from tests.tasks.delivery.posting import mail_to, settings_for

# Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


async def finding(**delivery: Any) -> Finding:
    [one] = await delivery_checks(("daily",), settings_for(**delivery))
    assert one.name == "delivery daily"
    return one


async def test_a_paper_without_addresses_has_no_line() -> None:
    assert await delivery_checks(("daily",), settings_for()) == ()


async def test_what_can_be_sent_to_is_counted() -> None:
    with MailServer() as server:
        one = await finding(
            mail=mail_to("a@home.test", "b@home.test", server=server.place),
            chats=("ntfy://topic",),
            webhooks=("https://hook.test/x",),
        )
    assert (one.level, one.says) == (Level.OK, "mail: 2, chat: 1, webhook: 1")
    assert not server.messages


async def test_a_mail_server_that_is_not_there_is_named() -> None:
    with MailServer() as server:
        place = server.place
    one = await finding(mail=mail_to("a@home.test", server=place))
    assert one.level is Level.WARNING
    assert place in one.says


async def test_a_secret_that_is_missing_is_named() -> None:
    one = await finding(chats=("env:NOT_THERE",))
    assert one.level is Level.WARNING
    assert "set NOT_THERE" in one.remedy


async def test_an_address_that_apprise_does_not_know_is_told_by_its_name() -> None:
    one = await finding(chats=("carrier-pigeon://t0ken",))
    assert one.level is Level.WARNING
    assert one.says.startswith("carrier-pigeon:")
    assert "t0ken" not in str(one)
