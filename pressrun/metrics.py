"""What the archive's current editions add up to, as metrics for Prometheus.

The numbers are the archive's, not a process's: the same whichever machine printed, and after
every restart. An edition that is printed again counts as it is now, so that a number may fall:
all are gauges, and `delta()` says how they changed.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from pressrun.archive import Archive, layout
from pressrun.archive.documents import document
from pressrun.archive.entries import SiteIndex, YearRecord
from pressrun.errors import ArchiveError
from pressrun.models import DROPPED, DUPLICATE, LATE, RETRACTED, Edition
from pressrun.spent import Spent

logger = logging.getLogger(__name__)

METRICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pressrun_editions": ("Current editions.", ("paper", "state")),
    "pressrun_articles": (
        "Listed articles of the current editions, by what became of them.",
        ("paper", "outcome"),
    ),
    "pressrun_failures": (
        "Articles that the current editions lack, by step and error.",
        ("paper", "step", "kind"),
    ),
    "pressrun_render_failures": ("Renditions that the current editions lack.", ("paper",)),
    "pressrun_model_calls": (
        "Requests to the model for printed summaries and overviews.",
        ("paper", "model"),
    ),
    "pressrun_tokens": (
        "Tokens of printed summaries and overviews that the model read (in) and wrote (out).",
        ("paper", "model", "direction"),
    ),
    "pressrun_model_seconds": (
        "Seconds of printed summaries at the model, by stage; those of calls at once add up.",
        ("paper", "model", "stage"),
    ),
    "pressrun_newest_edition_timestamp_seconds": (
        "When the day of the newest edition began in its paper's time zone.",
        ("paper",),
    ),
    "pressrun_newest_edition_printed_timestamp_seconds": (
        "When the newest edition was printed.",
        ("paper",),
    ),
    "pressrun_newest_edition_articles": (
        "Listed articles of the newest edition, by what became of them.",
        ("paper", "outcome"),
    ),
    "pressrun_missing_editions": (
        "Days of the last 90 that should have an edition by the paper's schedule, and have none.",
        ("paper",),
    ),
    "pressrun_archive_readable": (
        "1 when the archive could be read; 0 when the numbers are those of before.",
        (),
    ),
}
"""Help and labels of each metric."""

OUTCOMES = ("printed", "failed", "duplicate", "late", "dropped", "retracted")
_OUTCOME_OF = {
    DUPLICATE: "duplicate",
    LATE: "late",
    DROPPED: "dropped",
    RETRACTED: "retracted",
}

Sample = tuple[str, tuple[str, ...]]
"""A metric's name, and the values of its labels in order."""


Missing = Callable[[Mapping[str, Set[date]]], Mapping[str, int]]


class _Counted(NamedTuple):
    """What one edition adds to the sums."""

    revision: int
    amounts: Counter[Sample]
    begin_s: float
    printed_s: float


class ArchiveMetrics(Collector):
    """Collects from *archive* whenever it is scraped, reading only manifests that are new.

    One read, of the site's index, tells whether there are any, and of which years. *missing*, given
    the days that have an edition, counts those that should, both by paper.
    """

    def __init__(self, archive: Archive, missing: Missing | None = None) -> None:
        self._archive, self._missing = archive, missing
        self._lock = threading.Lock()
        self._seen: bytes | None = None
        self._years: dict[tuple[str, int, str], Mapping[tuple[str, date], int]] = {}
        self._counted: dict[tuple[str, date], _Counted] = {}
        self._sums: Counter[Sample] = Counter()
        self._samples: dict[Sample, float] = {}

    def describe(self) -> list[GaugeMetricFamily]:
        """The metrics without values: to register a collector reads nothing."""
        return [_family(name) for name in METRICS]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All metrics; those of before, when the archive cannot be read."""
        with self._lock:
            try:
                self.refresh()
                readable = 1
            except ArchiveError as exc:
                logger.warning("%s", exc)
                readable = 0
            samples = {**self._samples, ("pressrun_archive_readable", ()): readable}
        families = {name: _family(name) for name in METRICS}
        for (name, labels), value in sorted(samples.items()):
            families[name].add_metric(labels, value)
        yield from families.values()

    def refresh(self) -> None:
        """Take up what was printed since the last time.

        Raises:
            ArchiveError: the archive cannot be read.
        """
        raw, index = self._archive.site.shards.index()
        if raw is None or raw != self._seen:
            current = self._current(index)
            for key in self._counted.keys() - current.keys():
                self._forget(key)
            for (paper, day), revision in current.items():
                known = self._counted.get((paper, day))
                if known is None or known.revision != revision:
                    self._take_up(paper, day, revision)
            self._seen = raw
        # Floats that were added and taken away again leave a dust of 1e-17.
        self._samples = {sample: round(value, 6) for sample, value in self._sums.items()}
        days: dict[str, set[date]] = {}
        for paper, day in self._counted:
            days.setdefault(paper, set()).add(day)
        self._samples |= self._of_the_newest(days)
        for paper, count in (self._missing(days) if self._missing else {}).items():
            self._samples["pressrun_missing_editions", (paper,)] = count

    def _current(self, index: SiteIndex | None) -> dict[tuple[str, date], int]:
        """The revision of each current edition: by the site's years, else one by one."""
        if index is not None:
            self._years = {
                (paper.name, year.year, year.sha256): self._of_year(paper.name, year)
                for paper in index.papers
                for year in paper.years
            }
            return {key: one for year in self._years.values() for key, one in year.items()}
        editions = self._archive.editions
        return {
            (paper, day): edition.revision
            for paper in editions.papers()
            for day in editions.begun(paper)
            if (edition := editions.current(paper, day))
        }

    def _of_year(self, paper: str, record: YearRecord) -> Mapping[tuple[str, date], int]:
        known = self._years.get((paper, record.year, record.sha256))
        if known is not None:
            return known
        year = self._archive.site.shards.year(paper, record.year)
        entries = year.entries if year else ()
        return {(paper, entry.edition_date): entry.revision for entry in entries}

    def _take_up(self, paper: str, day: date, revision: int) -> None:
        """Count the edition, or leave it out where it is damaged: the others are worth knowing."""
        self._forget((paper, day))
        manifest = f"{layout.revision_folder(paper, day, revision)}/{layout.MANIFEST}"
        if edition := document(self._archive.files, manifest, Edition):
            self._count(edition)
        else:
            logger.warning(
                "%s is missing or damaged, and left out of the metrics; see pressrun archive check",
                self._archive.files.address(manifest),
            )

    def _count(self, edition: Edition) -> None:
        key = edition.paper, edition.edition_date
        amounts = amounts_of(edition)
        begin = datetime.combine(
            edition.edition_date, datetime.min.time(), ZoneInfo(edition.time_zone)
        )
        self._counted[key] = _Counted(
            edition.revision, amounts, begin.timestamp(), edition.printed_at.timestamp()
        )
        self._sums.update(amounts)

    def _forget(self, key: tuple[str, date]) -> None:
        if known := self._counted.pop(key, None):
            self._sums.subtract(known.amounts)

    def _of_the_newest(self, days: Mapping[str, Set[date]]) -> dict[Sample, float]:
        samples: dict[Sample, float] = {}
        for paper in days:
            counted, name = self._counted[paper, max(days[paper])], "pressrun_newest_edition"
            samples[f"{name}_timestamp_seconds", (paper,)] = counted.begin_s
            samples[f"{name}_printed_timestamp_seconds", (paper,)] = counted.printed_s
            for outcome in OUTCOMES:
                amount = counted.amounts["pressrun_articles", (paper, outcome)]
                samples[f"{name}_articles", (paper, outcome)] = amount
        return samples


def amounts_of(edition: Edition) -> Counter[Sample]:
    """What *edition* adds to each of the sums."""
    paper, amounts = edition.paper, Counter[Sample]()
    for state, counts in (("complete", edition.is_complete), ("partial", not edition.is_complete)):
        amounts["pressrun_editions", (paper, state)] = int(counts)
    for outcome in OUTCOMES:
        amounts["pressrun_articles", (paper, outcome)] = 0
    amounts["pressrun_articles", (paper, "printed")] = len(edition.stories)
    beside = sum(len(story.also) for story in edition.stories)
    amounts["pressrun_articles", (paper, "duplicate")] = beside
    amounts["pressrun_render_failures", (paper,)] = len(edition.render_failures)
    for failure in edition.failures:
        fate = _OUTCOME_OF.get(failure.kind, "failed")
        amounts["pressrun_articles", (paper, fate)] += 1
        amounts["pressrun_failures", (paper, failure.step.value, failure.kind)] += 1
    for model in {story.summary.model for story in edition.stories}:
        spent = Spent.on(s.summary for s in edition.stories if s.summary.model == model)
        amounts["pressrun_model_calls", (paper, model)] = spent.calls
        amounts["pressrun_tokens", (paper, model, "in")] = spent.prompt_tokens
        amounts["pressrun_tokens", (paper, model, "out")] = spent.output_tokens
        for stage in ("queueing", "load", "prompt", "output"):
            field = "queued_s" if stage == "queueing" else f"{stage}_s"
            seconds = "pressrun_model_seconds", (paper, model, stage)
            amounts[seconds] = getattr(spent, field)
    if (overview := edition.overview) and overview.calls:
        amounts["pressrun_model_calls", (paper, overview.model)] += overview.calls
        amounts["pressrun_tokens", (paper, overview.model, "in")] += overview.prompt_tokens
        amounts["pressrun_tokens", (paper, overview.model, "out")] += overview.output_tokens
    return amounts


def _family(name: str) -> GaugeMetricFamily:
    text, labels = METRICS[name]
    return GaugeMetricFamily(name, text, labels=labels)
