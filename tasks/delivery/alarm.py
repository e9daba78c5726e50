"""What an operator is told of an edition that did not reach everyone it was sent to.

No automation of the Prefect server does this: who finds a delivery failed, or its outcome unknown,
is a process of ours that can tell. That one was killed in the middle of it is told as any crash.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from pressrun.models import Edition
from settings import Settings
from tasks.alerts import Alert, send
from tasks.deliver import in_words, summed_up
from tasks.delivery.sending import Delivery
from tasks.ledger import public_folder


async def ring(settings: Settings, edition: Edition, found: Sequence[Delivery]) -> tuple[str, ...]:
    """Alert the operator to what is new trouble in *found*; a line for each address not reached."""
    lines = [in_words(edition, one) for one in found if one.is_new and one.is_trouble]
    return await sound(settings, edition.paper, edition.edition_date, summed_up(found), lines)


async def sound(
    settings: Settings, paper: str, day: date, what: str, lines: Iterable[str]
) -> tuple[str, ...]:
    """Alert the operator to *what* happened, where that is wanted; as `ring`."""
    alerts = settings.alerts
    if not what or "undelivered" not in alerts.on:
        return ()
    edition = []
    if settings.site_url:
        edition = [f"Edition: {public_folder(settings.site_url, paper, day)}"]
    alert = Alert(f"{paper}-{day}: {what}", "\n".join((*lines, *edition)), "undelivered")
    unsent = await send(alerts.addresses, alert)
    return tuple(f"the alert did not reach {address}: {reason}" for address, reason in unsent)
