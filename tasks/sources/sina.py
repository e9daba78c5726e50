"""Sina's daily top list: what the readers of a day clicked, commented and shared most.

The service answers `var NAME = {"conf": {...}, "data": [...]};`, at times with more JavaScript
around it. A row has title (or `false`), media, url, create_date, create_time, top_num (a count
with commas, or a rank), ext3 (a picture or nothing) and, in newer lists, time (RFC 822).
"""

from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Any

from yarl import URL

from pressrun.errors import SourceError
from pressrun.models import Headline, Listing, ListRequest
from pressrun.ports import Http
from settings import SinaSettings
from tasks.sources.sina_lists import top_list
from tasks.sources.sina_rows import SHANGHAI, category_of, faults, read_answer, refuse_day_ahead
from tasks.sources.text import decode, excerpt, plain, same_page, web_address

LEAST_ROWS, MOST_ROWS = 10, 100
"""What the service gives at least and at most."""


class SinaSource(SinaSettings):
    """The source `sina`. Its fields are the settings of the table `[sources.sina]`."""

    async def headlines(self, request: ListRequest, http: Http) -> Listing:
        """The day's usable headlines in rank order, at most `request.limit`, at most 100.

        An empty list is a Listing without headlines.

        Raises:
            SourceError: no such category or ranking, a day to come, an answer that is no list.
            FetchError: from *http*, as it came.
        """
        url = self.address(request, datetime.now(UTC))
        response = await http.get(url)
        rows = parse_list(response.body)
        headlines, skipped = read_rows(rows, request.category, request.limit)
        return Listing(
            source="sina", url=url, headlines=headlines, skipped=skipped, raw=response.body
        )

    def address(self, request: ListRequest, now: datetime) -> str:
        """Where the list for *request* lies; more rows than its limit, as some may be unusable.

        Raises:
            SourceError: the day lies ahead of *now*, or there is no such list.
        """
        refuse_day_ahead("sina", request.edition_date, now)
        entry = top_list(request.category, request.ranking, request.edition_date)
        query = {
            "top_type": "day",
            "top_cat": entry.name,
            "top_time": f"{request.edition_date:%Y%m%d}",
            "top_show_num": str(max(LEAST_ROWS, min(2 * request.limit, MOST_ROWS))),
            "top_order": "DESC",
            "js_var": "data",
        }
        return str(URL(self.list_url.replace("{channel}", entry.channel)).extend_query(query))


def parse_list(body: bytes) -> list[Any]:
    """The rows in an answer of the service, in rank order.

    Raises:
        SourceError: it is no list; transient when it is an error page, cut or empty.
    """
    found = read_answer("sina", body, lambda value: "data" in value or "conf" in value)
    rows = found.get("data")
    if not isinstance(rows, list):
        raise SourceError(
            f"sina has no list for this day and category: its answer is {excerpt(decode(body))}"
        )
    return _by_rank(rows)


def _by_rank(rows: list[Any]) -> list[Any]:
    """*rows* by `top_num` when those are ranks, which `top_order=DESC` puts the wrong way round.

    Counts come in order.
    """
    ranks = {}
    for index, row in enumerate(rows):
        number = str(row.get("top_num", "")) if isinstance(row, dict) else ""
        digits = number.replace(",", "").strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
            return rows
        ranks[int(digits)] = index
    if sorted(ranks) != list(range(1, len(rows) + 1)):
        return rows
    return [rows[ranks[rank]] for rank in sorted(ranks)]


def read_rows(
    rows: list[Any], category: str, limit: int
) -> tuple[tuple[Headline, ...], tuple[str, ...]]:
    """The first *limit* usable headlines of *rows*, and why the rows before the last were not.

    Ranks count usable headlines: 1, 2, 3, ...
    """
    headlines: list[Headline] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if len(headlines) == limit:
            break
        fault = next(faults(row, seen), None)
        if fault:
            skipped.append(f"row {number}: {fault}")
            continue
        url = web_address(row["url"])
        seen.add(same_page(url))
        headlines.append(
            Headline(
                rank=len(headlines) + 1,
                title=plain(row["title"]),
                url=url,
                medium=plain(row.get("media"), 60),
                published=published(row),
                category=category_of(url, category),
                image_url=web_address(row.get("ext3")) or None,
                source="sina",
            )
        )
    return tuple(headlines), tuple(skipped)


def published(row: dict[str, Any]) -> datetime | None:
    """When the article was published, in UTC: `time`, else `create_date` and `create_time`.

    `top_time`, the moment of the ranking, is another thing.
    """
    try:
        moment = parsedate_to_datetime(str(row.get("time") or ""))
    except (ValueError, TypeError, OverflowError):
        try:
            day = date.fromisoformat(str(row.get("create_date") or "").strip())
            clock = time.fromisoformat(str(row.get("create_time") or "").strip())
        except ValueError:
            return None
        moment = datetime.combine(day, clock)
    if not 1990 <= moment.year <= 2100:  # nonsense, which may not even fit into UTC
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC)
