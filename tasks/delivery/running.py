"""Deliveries as part of a run: a task for each address, lines in the log, a table in the UI."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from prefect import get_run_logger, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from pressrun.archive.deliveries import State as Came
from pressrun.errors import DeliveryError, DeliveryUnknown, PressrunError
from pressrun.letter import Write
from pressrun.models import Edition
from settings import Settings
from tasks.archives import archive_of
from tasks.deliver import as_rows, deliver, deliver_rest, in_words, is_due, is_recent
from tasks.delivery.sending import Delivery
from tasks.desk import Desk
from tasks.observing import tell
from tasks.order import Order, utc_now
from tasks.showing import tried


async def deliver_printing(desk: Desk, edition: Edition, write: Write) -> None:
    """Send *edition*, which was just printed and is current, where it is to be sent by itself.

    The desk keeps what came of it. The edition is printed, whatever happens here.
    """
    now = utc_now()
    if not is_recent(desk.order.paper, edition.edition_date, now):
        return
    try:
        if await asyncio.to_thread(is_due, desk.archive, desk.order.paper, edition, now):
            found = await deliver(desk.archive, desk.settings, edition, write, each=as_task)
            desk.deliveries += found
            await tell_of(edition, found)
    except Exception as exc:  # noqa: BLE001 - the fan-in: the edition is printed all the same
        desk.deliveries.append(Delivery("all addresses", None, str(exc), is_new=True))
        _tell_of_none(exc)


async def deliver_printed(settings: Settings, order: Order, write: Write) -> None:
    """Send what an earlier run printed for *order* and, killed, did not come to send."""
    if not is_recent(order.paper, order.edition_date, utc_now()):
        return
    try:
        archive = await asyncio.to_thread(archive_of, settings)
        edition, found = await deliver_rest(
            archive, settings, order.name, order.edition_date, write, as_task
        )
        if edition and any(one.is_new for one in found):
            await tell_of(edition, found)
    except Exception as exc:  # noqa: BLE001 - the fan-in: nothing else of the run is concerned
        _tell_of_none(exc)


def _tell_of_none(exc: Exception) -> None:
    is_ours = isinstance(exc, PressrunError)
    get_run_logger().error("nothing was delivered: %s", exc, exc_info=not is_ours)


async def as_task(name: str, work: Callable[[], Awaitable[Delivery]]) -> Delivery:
    """The work as a task run of its own, which fails as the delivery does."""
    done: list[Delivery] = []

    async def kept() -> None:
        done.append(await work())
        _require_arrived(done[0])

    state: State[None] = await _deliver(name, kept, return_state=True)  # type: ignore[misc]
    return done[0] if done else Delivery(name, None, state.message or "was not run", is_new=True)


@task(name="deliver", task_run_name="deliver {name}", cache_policy=NO_CACHE)
async def _deliver(name: str, work: Callable[[], Awaitable[None]]) -> None:  # noqa: ARG001
    """Have *work* done.

    Raises:
        DeliveryError: it did not arrive, or nobody knows.
    """
    await work()


def _require_arrived(one: Delivery) -> None:
    if one.state is Came.UNKNOWN:
        raise DeliveryUnknown(one.reason)
    if one.is_trouble:
        raise DeliveryError(one.reason)


async def tell_of(edition: Edition, found: Sequence[Delivery]) -> None:
    """Say in the run's log what is new of *found*, and leave the table of all in the UI."""
    log = get_run_logger()
    for one in found:
        if one.is_new:
            (log.warning if one.is_trouble else log.info)("%s", in_words(edition, one))
            tell("notice", line=in_words(edition, one))
    if found:
        said = f"Where {edition.paper} {edition.edition_date} was sent, revision {edition.revision}"
        rows = as_rows(found)
        key = f"deliveries-{edition.paper}"
        await tried(acreate_table_artifact(rows, key=key, description=said))
