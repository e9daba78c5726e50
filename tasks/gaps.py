"""Which editions a paper should have and has not: by its schedule, and by its archive."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cronsim import CronSim
from pydantic import ValidationError

from pressrun.archive import Archive
from pressrun.archive.layout import lease
from pressrun.archive.lease import LeaseRecord
from pressrun.errors import SettingsError
from pressrun.models import Edition, Value
from settings import PaperSettings
from tasks.order import resolve_date

GRACE_H = 3.0
"""A scheduled run has this long before its edition counts as missing."""
DATES_SHOWN = 10
"""Dates that a line names before it counts the rest."""


class GapKind(StrEnum):
    """Why a date has no edition, or not a whole one."""

    NEVER = "never begun"
    BEGUN = "begun and not printed"
    SO_FAR = "printed before the day was over"
    PARTIAL = "partial: what is missing may be had"
    PRINTING = "being printed now"


MISSING = (GapKind.NEVER, GapKind.BEGUN, GapKind.SO_FAR)
"""Kinds of a date that has no edition of its whole day."""


class Gap(Value):
    """A date that lacks something. *note* says what, where the kind does not."""

    edition_date: date
    kind: GapKind
    note: str = ""


def scheduled(paper: PaperSettings, first: date, until: datetime) -> Iterator[date]:
    """The editions from *first* that the paper's schedule should have begun by *until*, each once.

    A day that the schedule names twice, or that a change of the clocks repeats, has one edition;
    an hour that a change of the clocks leaves out is the next one (as Debian's cron has it).
    """
    if not paper.schedule:
        return
    zone = ZoneInfo(paper.time_zone)
    day = first
    while day <= until.astimezone(zone).date():
        before = datetime.combine(day, time(), zone) - timedelta(seconds=1)
        at = next(CronSim(paper.schedule, before), None)
        if at is None or at > until:
            return
        if (edition_date := resolve_date(paper, None, at)) >= first:
            yield edition_date
        day = at.date() + timedelta(days=1)


def gaps(due: Iterable[date], seen: Mapping[date, Gap | None]) -> tuple[Gap, ...]:
    """What is lacking, oldest first, given the dates that are *due* (pure).

    *seen* has what a look into the archive said of each date with a folder there: None when all is
    well. Of a date that is not due only a partial edition counts.
    """
    wanted = set(due)
    never = (Gap(edition_date=day, kind=GapKind.NEVER) for day in wanted - seen.keys())
    others = (
        gap
        for day, gap in seen.items()
        if gap and (day in wanted or gap.kind in (GapKind.PARTIAL, GapKind.PRINTING))
    )
    return tuple(sorted((*never, *others), key=lambda gap: gap.edition_date))


def lacking(paper: PaperSettings, day: date, edition: Edition | None) -> Gap | None:
    """What the *edition* of *day*, the current one if any, lacks (pure)."""
    if edition is None:
        return Gap(edition_date=day, kind=GapKind.BEGUN)
    if edition.as_of is not None and paper.default_day == "yesterday":
        note = f"as of {edition.as_of:%Y-%m-%d %H:%M} UTC"
        return Gap(edition_date=day, kind=GapKind.SO_FAR, note=note)
    passing = sum(failure.transient for failure in edition.failures)
    if passing or edition.render_failures:
        note = f"{edition.told} of {edition.wanted} stories, {passing} may be had"
        if edition.render_failures:
            note += f"; not rendered: {'; '.join(edition.render_failures)}"
        return Gap(edition_date=day, kind=GapKind.PARTIAL, note=note)
    return None


def in_words(name: str, found: Iterable[Gap]) -> str:
    """What paper *name* lacks, in one line with the remedy; empty when no edition is missing."""
    missing = [str(gap.edition_date) for gap in found if gap.kind in MISSING]
    if not missing:
        return ""
    shown = ", ".join(missing[:DATES_SHOWN])
    if more := len(missing) - DATES_SHOWN:
        shown += f" and {more} more" if more > 0 else ""
    return f"{name}: no edition of {shown}; print them: pressrun gaps --paper {name} --fill"


def find_gaps(
    archive: Archive,
    name: str,
    paper: PaperSettings,
    now: datetime,
    *,
    first: date | None = None,
    last: date | None = None,
    grace_h: float = GRACE_H,
) -> tuple[Gap, ...]:
    """What paper *name* lacks from *first* (as a rule, its first edition) to *last* (now).

    Raises:
        SettingsError: the paper has no schedule.
        ArchiveError: the archive cannot be read.
    """
    if not paper.schedule:
        raise SettingsError(
            f"paper {name} has no schedule, so no date is due; set papers.{name}.schedule, such "
            "as 30 6 * * *"
        )
    begun = archive.editions.begun(name)
    first = first or min(begun, default=None)
    if first is None:
        return ()
    within = [day for day in begun if first <= day and (last is None or day <= last)]
    seen: dict[date, Gap | None] = {}
    for day in within:
        seen[day] = lacking(paper, day, archive.editions.current(name, day))
        if seen[day] and (holder := _holder(archive, name, day, now)):
            seen[day] = Gap(edition_date=day, kind=GapKind.PRINTING, note=str(holder))
    due = scheduled(paper, first, now - timedelta(hours=grace_h))
    return gaps((day for day in due if last is None or day <= last), seen)


def _holder(archive: Archive, name: str, day: date, now: datetime) -> LeaseRecord | None:
    """Who is printing the edition now."""
    try:
        holder = LeaseRecord.model_validate_json(archive.files.read(lease(name, day)) or b"")
    except ValidationError:
        return None
    return None if holder.is_void(now) else holder
