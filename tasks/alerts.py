"""Alerts: what an operator is told of a run, and by which addresses, through Apprise."""

import asyncio
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple

from pydantic import SecretStr

from pressrun.errors import PressrunError, SettingsError
from tasks.secrets import BLOCK, VARIABLE, revealed

Kind = Literal["failed", "partial", "late", "missing", "undelivered"]

LIMIT_S = 10.0
"""How long all the addresses together may take; a run waits for its alerts at its end."""

_PARTS = re.compile(r"[/:@?&=,;+#]+")
_LOGGERS = ("apprise", "urllib3.connectionpool")
"""What may quote an address; the second one at the level DEBUG."""


class Alert(NamedTuple):
    """A message: *title* in one line, *body* in a few."""

    title: str
    body: str
    kind: Kind = "failed"


class Unsent(NamedTuple):
    """An address that an alert did not reach, by a name that tells no secret, and why."""

    address: str
    reason: str


async def send(
    addresses: Sequence[SecretStr], alert: Alert, limit_s: float = LIMIT_S
) -> tuple[Unsent, ...]:
    """Send *alert* to all *addresses* at once; those that it did not reach, in their order.

    An address names a secret or is one: see `tasks.secrets`. What Apprise logs meanwhile is not
    logged, for it may quote an address: it is the reason in `Unsent`, without what may be secret.
    """
    sending = [
        asyncio.create_task(asyncio.to_thread(_send_one, address, alert)) for address in addresses
    ]
    if not sending:
        return ()
    await asyncio.wait(sending, timeout=limit_s)
    unsent = []
    for number, (address, task) in enumerate(zip(addresses, sending, strict=True), 1):
        reason = task.result() if task.done() else f"no answer within {limit_s:g} s"
        if reason:
            unsent.append(Unsent(name_of(address, number), reason))
    return tuple(unsent)


def name_of(address: SecretStr, number: int) -> str:
    """What to call an address: its name where it has one, else its number and scheme."""
    text = address.get_secret_value()
    if text.startswith((VARIABLE, BLOCK)):
        return text
    scheme, found, _ = text.partition("://")
    return f"address {number} ({scheme}://...)" if found else f"address {number}"


def as_one_service(address: SecretStr, number: int) -> str:
    """*address* revealed, for who joins several by commas.

    Raises:
        SettingsError: Apprise does not read exactly one service in it, or its secret is not there.
    """
    import apprise

    text = revealed(address)
    with heard():
        bell = apprise.Apprise()
        bell.add(text)
    if len(bell) != 1:
        raise SettingsError(
            f"{name_of(address, number)}: Apprise reads {len(bell) or 'no'} services in it; write "
            "one an address, as https://github.com/caronc/apprise/wiki lists them, such as "
            "ntfy://host/topic"
        )
    return text


def _send_one(address: SecretStr, alert: Alert) -> str:
    """Why *alert* did not reach *address*; empty when it did. Blocks."""
    import apprise  # 0.2 s, for runs that have something to tell

    try:
        text = revealed(address)
    except PressrunError as exc:
        return str(exc)
    asset = apprise.AppriseAsset(
        async_mode=False,  # in this thread, whose log lines are then this address's
        app_id="Pressrun",
        app_desc="Pressrun",
    )
    is_printed = alert.kind in ("partial", "undelivered")
    severity = apprise.NotifyType.WARNING if is_printed else apprise.NotifyType.FAILURE
    with heard() as lines:
        bell = apprise.Apprise(asset=asset)
        if not bell.add(text) or not len(bell):
            return (
                "Apprise knows no such address; write one as "
                "https://github.com/caronc/apprise/wiki lists them, such as ntfy://host/topic"
            )
        sent = bell.notify(
            title=" ".join(alert.title.split()),
            body=alert.body,
            notify_type=severity,
            body_format=apprise.NotifyFormat.TEXT,
        )
    return "" if sent else redacted(" ".join(lines), text) or "it was refused"


def redacted(said: str, address: str) -> str:
    """*said* without the parts of *address*; what stands for the host may be a token, too."""
    _, *parts = _PARTS.split(address)
    for part in sorted({part for part in parts if len(part) > 2}, key=len, reverse=True):
        said = said.replace(part, "***")
    return " ".join(said.split())


@contextmanager
def heard() -> Iterator[list[str]]:
    """What Apprise has to complain of in this thread; none of it is logged."""
    lines: list[str] = []
    thread = threading.get_ident()

    def keep(record: logging.LogRecord) -> bool:
        if record.thread != thread:
            return True
        if record.levelno >= logging.WARNING:
            lines.append(record.getMessage())
        return False

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(keep)
    try:
        yield lines
    finally:
        for logger in loggers:
            logger.removeFilter(keep)
