"""Sina's rolling list: all that was published on a day, in pages, the newest first.

Nothing in it is ranked: of a past day a paper gets headlines that are spread evenly over it.
"""

import json
from datetime import UTC, datetime

from pydantic import PrivateAttr
from yarl import URL

from pressrun.errors import SourceError
from pressrun.models import Headline, Listing, ListRequest
from pressrun.ports import Http
from settings import SinaRollSettings
from tasks.sources.sina_roll_pages import Day, RollPage, later_pages, of_day, parse_page
from tasks.sources.sina_rows import category_of, refuse_day_ahead
from tasks.sources.spread import Row, newest_first, spread
from tasks.sources.text import decode

SECTIONS = {
    "all": 2509,
    "china": 2510,
    "world": 2511,
    "society": 2669,
    "sports": 2512,
    "finance": 2516,
    "entertainment": 2513,
    "technology": 2515,
    "military": 2514,
    "stocks": 2517,
    "us-stocks": 2518,
}
"""Category -> `lid`, as public programs of 2018 to 2026 have it."""

PAGE_ID = "153"
HEADERS = {"Referer": "https://news.sina.com.cn/"}


class SinaRollSource(SinaRollSettings):
    """The source `sina-roll`. Its fields are the settings of the table `[sources.sina-roll]`.

    An object serves one run: a page that was read is not asked for again by a later attempt.
    """

    _read: dict[str, tuple[RollPage, bytes]] = PrivateAttr(default_factory=dict)

    async def headlines(self, request: ListRequest, http: Http) -> Listing:
        """The newest headlines of today, or of a past day some that are spread evenly over it.

        At most `request.limit`, in both cases the newest first. `request.ranking` says nothing
        here. *raw* has a line for each page: a JSON object with its `url` and its `body`.

        Raises:
            SourceError: no such category, a day to come, an answer that is no list.
            FetchError: from *http*, as it came.
        """
        return await self.listing(request, http, datetime.now(UTC))

    async def listing(self, request: ListRequest, http: Http, now: datetime) -> Listing:
        """As `headlines`, at the moment *now*."""
        refuse_day_ahead("sina-roll", request.edition_date, now)
        day = Day.of(request.edition_date)
        over = now.timestamp() >= day.end
        page, line = await self._page(request, 1, http)
        pages, lines = [page], [line]
        for number in later_pages(page, self.max_pages, sampled=over):
            if page.ends(day) or (not over and len(of_day(pages, day)[0]) >= request.limit):
                break
            page, line = await self._page(request, number, http)
            pages.append(page)
            lines.append(line)
        rows, skipped = of_day(pages, day)
        chosen = spread(rows, *day, request.limit) if over else newest_first(rows)
        return Listing(
            source="sina-roll",
            url=self.address(request, 1),
            headlines=tuple(
                _headline(rank, row, request.category)
                for rank, row in enumerate(chosen[: request.limit], start=1)
            ),
            skipped=skipped,
            raw=b"".join(lines),
            ranking="spread" if over else "newest",
        )

    def address(self, request: ListRequest, page: int) -> str:
        """Where that page, from 1, of the list for *request* lies.

        Raises:
            SourceError: there is no such category.
        """
        section = SECTIONS.get(request.category)
        if section is None:
            raise SourceError(
                f"sina-roll has no category {request.category!r}; there are {', '.join(SECTIONS)}"
            )
        day = Day.of(request.edition_date)
        query = {
            "pageid": PAGE_ID,
            "lid": str(section),
            # Yes: etime is where the day begins, and stime where it ends.
            "etime": str(day.begin),
            "stime": str(day.end),
            "ctime": str(day.end),
            "date": request.edition_date.isoformat(),
            "k": "",
            "num": str(self.page_rows),
            "page": str(page),
        }
        return str(URL(self.list_url).extend_query(query))

    async def _page(self, request: ListRequest, number: int, http: Http) -> tuple[RollPage, bytes]:
        url = self.address(request, number)
        if url not in self._read:
            response = await http.get(url, headers=HEADERS)
            page = parse_page(response.body)
            # As JSON it is one line, whatever line breaks the answer has.
            line = json.dumps({"url": url, "body": decode(response.body)}, ensure_ascii=False)
            self._read[url] = page, f"{line}\n".encode()
        return self._read[url]


def _headline(rank: int, row: Row, category: str) -> Headline:
    return Headline(
        rank=rank,
        title=row.title,
        url=row.url,
        medium=row.medium,
        published=datetime.fromtimestamp(row.moment, UTC),
        category=category_of(row.url, category),
        image_url=row.image_url or None,
        source="sina-roll",
    )
