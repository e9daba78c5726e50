"""What is left of a printing in Prefect's UI: artifacts, and a tag. It costs three requests."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_table_artifact,
)
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException
from prefect.runtime import flow_run

from pressrun.models import Edition
from tasks.ledger import as_markdown, as_table


async def show(
    edition: Edition, places: Mapping[str, str], said: str, picture: str | None = None
) -> None:
    """Leave the run's artifacts: what was printed and where, with its *picture*; each article.

    *places* are the files' addresses by name. *picture* is an address that the UI's page can show.
    What the server does not take is logged: the edition is printed all the same.
    """
    paper, heading = edition.paper, said.partition(";")[0]
    markdown = as_markdown(edition, places, picture)
    await tried(
        acreate_markdown_artifact(markdown, key=f"edition-{paper}", description=heading),
        acreate_table_artifact(as_table(edition), key=f"stories-{paper}", description=heading),
    )


async def tag(*names: str) -> None:
    """Give the run more tags, by which the UI finds runs and automations choose them."""

    async def tagging() -> None:
        async with get_client() as client:
            await client.update_flow_run(flow_run.id, tags={*flow_run.tags, *names})

    await tried(tagging())


async def tried(*calls: Awaitable[Any]) -> None:
    """Await *calls* to the server; if it does not take them, the log says it once, and that is all.

    The work is done anyway.
    """
    told = False
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(outcome, httpx.HTTPError | PrefectException):
            if not told:
                get_run_logger().warning("Prefect did not take what was to be shown: %s", outcome)
            told = True
        elif isinstance(outcome, BaseException):
            raise outcome
