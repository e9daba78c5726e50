"""Bare extraction: the same pages through the same extractor in one process, without Prefect.

    python -m benchmarks.backfilled.bare_way FIRST DATES ARTICLES PAGES

Reads PAGES of the DATES x ARTICLES pages, spread evenly, and prints a JSON line: the seconds of
CPU that one took. Making the pages is not counted.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta

from benchmarks.backfilled.pages import headline, page
from pressrun.lifeline import exit_with_parent
from pressrun.models import Headline, Page
from tasks.extract import extract_article


def main() -> None:
    first = date.fromisoformat(sys.argv[1])
    dates, articles, wanted = map(int, sys.argv[2:])
    total = dates * articles
    chosen = sorted({at * total // wanted for at in range(min(wanted, total))})
    spent = 0.0
    for at in chosen:
        day, rank = first + timedelta(days=at // articles), at % articles + 1
        url = f"http://127.0.0.1/news/{day}/{rank}.html"
        one = Page(
            url=url,
            final_url=url,
            status=200,
            content_type="text/html; charset=utf-8",
            body=page(day, rank),
            fetched_at=datetime.now(UTC),
        )
        of = Headline(rank=rank, title=headline(day, rank), url=url)
        begun = time.process_time()
        extract_article(one, of)
        spent += time.process_time() - begun
    print(json.dumps({"cpu_s": spent / len(chosen), "pages": len(chosen)}))


if __name__ == "__main__":
    exit_with_parent()
    main()
