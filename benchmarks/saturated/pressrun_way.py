"""Pressrun's way: the path of `pressrun digest`, with a note of when what happened.

    python -m benchmarks.saturated.pressrun_way SETTINGS

SETTINGS is a JSON object, laid over the defaults. A program of its own, since the command ends
and Prefect is read from the environment. Moments are of the system's monotonic clock.
"""

import contextlib
import io
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from benchmarks.saturated.site import DAY

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


class Moments:
    """When each stage was first and last reached; passes on what an observer is told."""

    def __init__(self) -> None:
        self.view: Any = None
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}

    def event(self, stage: str, /, **facts: object) -> None:
        """Note the moment of *stage*."""
        self.last[stage] = time.monotonic()
        self.first.setdefault(stage, self.last[stage])
        self.view.event(stage, **facts)


def main() -> None:
    from pressrun.cli import press
    from settings import load_settings
    from tasks.order import place_order

    begun, moments, printed = time.monotonic(), Moments(), press._print
    settings = load_settings(json.loads(sys.argv[1]))

    async def noted(order: Any, settings: Any, given: Any, view: Any) -> None:
        moments.view = view
        await printed(order, settings, given, moments)  # type: ignore[arg-type]

    press._print = noted
    with contextlib.redirect_stdout(io.StringIO()):
        order = place_order(settings, "daily", DAY, NOW)
        edition = press.print_edition(order, settings, {}, as_json=True)
    summaries = [story.summary for story in edition.stories]
    said = {
        "first_article_s": moments.first["extracted"],
        "last_summary_s": moments.last["summarised"],
        "start_s": moments.first["prefect"] - begun,
        "first_fetch_s": moments.first["extracted"] - moments.first["prefect"],
        "stories": len(edition.stories),
        "calls": sum(summary.calls for summary in summaries),
        "ways": Counter(summary.way for summary in summaries),
        "failures": Counter(failure.reason for failure in edition.failures),
    }
    print(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
