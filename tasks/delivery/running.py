"""Deliveries as part of a run: a task for each address, lines in the log, a table in the UI."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from prefect import Task, get_run_logger, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from pressrun.archive.deliveries import State as Came
from pressrun.errors import DeliveryError, DeliveryUnknown, PressrunError
from pressrun.letter import Write
from pressrun.models import Edition
from settings import Settings
from tasks.archives import archive_of
from tasks.deliver import as_rows, deliver, deliver_rest, in_words, is_due, is_recent
from tasks.delivery.alarm import ring, sound
from tasks.delivery.sending import Delivery
from tasks.desk import Desk
from tasks.observing import tell
from tasks.order import Order, utc_now
from tasks.showing import tried


async def deliver_printing(desk: Desk, edition: Edition, write: Write) -> None:
    """Send *edition*, which was just printed and is current, where it is to be sent by itself.

    The desk keeps what came of it. The edition is printed, whatever happens here. Where another
    printing takes its place meanwhile, that is sent to who waits.
    """
    now = utc_now()
    if not is_recent(desk.order.paper, edition.edition_date, now):
        return
    try:
        if is_due(desk.order.paper, edition, now):
            found = await deliver(desk.archive, desk.settings, edition, write, each=as_task)
            desk.deliveries += found
            await _tell_all(desk.settings, edition, found)
            if any(one.is_overtaken for one in found):
                await deliver_printed(desk.settings, desk.order, write)
    except Exception as exc:  # noqa: BLE001 - the fan-in: the edition is printed all the same
        desk.deliveries.append(Delivery("all addresses", None, str(exc), is_new=True))
        await _tell_of_none(desk.settings, desk.order, exc)


async def deliver_printed(settings: Settings, order: Order, write: Write) -> None:
    """Send the current printing for *order* to who has none, which its run did not come to send."""
    if not is_recent(order.paper, order.edition_date, utc_now()):
        return
    try:
        archive = await asyncio.to_thread(archive_of, settings)
        edition, found = await deliver_rest(
            archive, settings, order.name, order.edition_date, write, as_task
        )
        if edition and any(one.is_new for one in found):
            await _tell_all(settings, edition, found)
    except Exception as exc:  # noqa: BLE001 - the fan-in: nothing else of the run is concerned
        await _tell_of_none(settings, order, exc)


async def _tell_all(settings: Settings, edition: Edition, found: Sequence[Delivery]) -> None:
    await tell_of(edition, found)
    for line in await ring(settings, edition, found):
        get_run_logger().warning("%s", line)


async def _tell_of_none(settings: Settings, order: Order, exc: Exception) -> None:
    is_ours = isinstance(exc, PressrunError)
    get_run_logger().error("nothing was delivered: %s", exc, exc_info=not is_ours)
    what = "nothing was delivered"
    for line in await sound(settings, order.name, order.edition_date, what, (str(exc),)):
        get_run_logger().warning("%s", line)


async def as_task(name: str, work: Callable[[], Awaitable[Delivery]]) -> Delivery:
    """The work as a task run of its own, which fails as the delivery does."""
    done: list[Delivery] = []

    async def kept() -> None:
        done.append(await work())
        _require_arrived(done[0])

    state: State[None] = await _deliver(name, kept, return_state=True)  # type: ignore[misc]
    return done[0] if done else Delivery(name, None, state.message or "was not run", is_new=True)


async def _never(_task: Task[..., Any], _run: TaskRun, _state: State[Any]) -> bool:
    return False


# `send` tries again. A task without retries logs a traceback of what it raises, one that does not
# want them a line.
@task(
    name="deliver",
    task_run_name="deliver {name}",
    cache_policy=NO_CACHE,
    retries=1,
    retry_condition_fn=_never,
)
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
        rows = as_rows(edition, found)
        key = f"deliveries-{edition.paper}"
        await tried(acreate_table_artifact(rows, key=key, description=said))
