"""Whether a paper's sources can be listed, for `pressrun doctor`."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from pressrun import plugins
from pressrun.cli.findings import Finding, Level, eased, good, within, wrong
from pressrun.errors import FetchError, PressrunError
from pressrun.models import ListRequest
from pressrun.ports import Http, Response
from settings import FetchSettings, PaperSettings, Settings


class EnoughError(PressrunError):
    """A source's first answer came: the rest of its list is no matter here."""


class FirstAnswer:
    """An `Http` that answers once."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._answered = False

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """The answer at *url*, the first time.

        Raises:
            EnoughError: it is not the first time.
        """
        if self._answered:
            raise EnoughError(url)
        response = await self._http.get(url, headers=headers)
        self._answered = True
        return response


async def source_check(
    name: str, options: dict[str, Any], paper: PaperSettings, day: date, fetch: FetchSettings
) -> Finding:
    """Whether the source *name* gives *paper* a list for *day*."""
    from tasks.fetch import Fetcher

    request = ListRequest(
        edition_date=day,
        time_zone=paper.time_zone,
        category=paper.category,
        ranking=paper.ranking,
        limit=paper.limit,
    )
    remedy = "check the network and the proxy, or name another source in the paper's sources"
    try:
        source = plugins.build("sources", name, options)
        async with Fetcher(fetch) as http:
            listing = await source.headlines(request, FirstAnswer(http))
    except EnoughError:
        return good(f"source {name}", f"answers for {day}")
    except FetchError as exc:
        return wrong(f"source {name}", exc, remedy)
    except PressrunError as exc:
        return wrong(f"source {name}", exc, "correct the paper's category, ranking and sources")
    if listing.headlines:
        return good(f"source {name}", f"{len(listing.headlines)} headlines for {day}")
    says = f"answers, without a headline for {day}"
    return wrong(f"source {name}", says, "choose another day or category", Level.WARNING)


async def source_checks(name: str, settings: Settings, day: date) -> tuple[Finding, ...]:
    """The sources of the paper *name*: one that answers is enough."""
    paper = settings.paper(name)
    remedy = "check the network and the proxy, or name another source in the paper's sources"
    found = await asyncio.gather(
        *(
            within(
                f"source {source}",
                source_check(source, settings.sources.options(source), paper, day, settings.fetch),
                remedy,
            )
            for source in paper.sources
        )
    )
    named = [f.model_copy(update={"name": f"{f.name} ({name})"}) for f in found]
    if any(finding.level is not Level.FAILED for finding in named):
        return tuple(map(eased, named))
    return tuple(named)
