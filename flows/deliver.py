"""The delivery on purpose: an edition sent again to the addresses of its paper, or to one."""

import asyncio
from datetime import date
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from pressrun import __version__
from pressrun.archive.deliveries import State as Came
from pressrun.errors import ArchiveError, DeliveryError
from renderers.letter import write_letter
from settings import load_settings
from tasks.archives import archive_there
from tasks.bell import tell_operator
from tasks.deliver import deliver, in_words
from tasks.delivery.running import as_task, tell_of
from tasks.ending import ended
from tasks.form import Day, PaperName, TextOrEmpty, titled
from tasks.order import overrides


def run_name() -> str:
    """`deliver-<paper>-<date>`."""
    given = flow_run.parameters
    return f"deliver-{given.get('paper')}-{str(given.get('edition_date'))[:10]}"


@flow(
    name="deliver-edition",
    flow_run_name=run_name,
    version=__version__,
    on_failure=[tell_operator],
    on_crashed=[tell_operator],
)
async def deliver_edition(
    edition_date: Annotated[Day, titled("Day")],
    paper: Annotated[PaperName, titled("Paper")] = "daily",
    to: Annotated[TextOrEmpty, titled("Only to")] = None,
    archive: Annotated[TextOrEmpty, titled("Archive")] = None,
) -> State[None]:
    """Send a printed edition, whether it was sent before or not.

    Args:
        edition_date: The day whose edition is sent, as it is printed now.
        paper: One of the papers in the settings.
        to: The name of one of its addresses, as a run's table of deliveries has it. Empty: all.
        archive: The archive's folder or address. Empty: as the settings have it.
    """
    return await ended(_deliver(edition_date, paper, to, archive))


async def _deliver(day: date, paper: str, to: str | None, archive: str | None) -> State[None]:
    settings = load_settings(overrides(paper, archive=archive))
    opened = await asyncio.to_thread(archive_there, settings)
    edition = await asyncio.to_thread(opened.editions.current, paper, day)
    if edition is None:
        raise ArchiveError(f"{paper} {day}: is not printed, so that nothing can be sent of it")
    only = (to,) if to else ()
    found = await deliver(
        opened, settings, edition, write_letter, only=only, again=True, each=as_task
    )
    if not found:
        return Completed(message=f"the paper {paper} has no address in papers.{paper}.delivery")
    await tell_of(edition, found)
    missed = [in_words(edition, one) for one in found if one.state is not Came.SENT]
    said = f"delivered to {len(found) - len(missed)} of {len(found)}"
    if missed:
        message = f"{said}; {'; '.join(missed)}"
        return Failed(message=message, data=DeliveryError(message))
    return Completed(message=said)
