"""The fixed words of an edition's frame, one table a language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pressrun.models import ChangeKind, FindingKind, Step


@dataclass(frozen=True, slots=True)
class Words:
    """What a frame says in one language. Strings with braces are for `str.format`."""

    tag: str
    full_date: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    clock: str
    as_of: str
    revision: str
    changed: str
    ranks: str
    comma: str
    counts: str
    counts_all: str
    nothing_listed: str
    nothing_printed: str
    contents: str
    stories: str
    missing: str
    colophon: str
    selected: str
    unchosen: str
    written: str
    partly_read: str
    in_parts: str
    keywords: str
    repaired: str
    unverified: str
    joint: str
    semicolon: str
    untitled: str
    model: str
    source: str
    skipped: str
    skipped_rows: str
    notes: str
    not_from: str
    printed: str
    printed_by: str
    missing_glyphs: str
    glyph: str
    lunar: str
    overview: str
    overview_written: str
    overview_selected: str
    skip: str
    read_on: str
    rank: str
    lead: str
    more: str
    by_section: str
    by_medium: str
    other_sections: str
    other_media: str
    one_each: str
    reading: str
    also: str
    reprint: str
    story_day: str
    earlier: str
    evidence: str
    proven: str
    doubtful: str
    dropped: str
    interests: str
    checked: str
    checked_all: str
    took: str
    short_date: str
    minutes: str
    seconds: str
    converted: str
    no_file: str
    steps: Mapping[Step, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    rankings: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    repairs: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[ChangeKind, str] = field(default_factory=dict)
    marks: Mapping[ChangeKind, str] = field(default_factory=dict)
    claims: Mapping[FindingKind, str] = field(default_factory=dict)

    def day(self, day: date) -> str:
        """*day* with its weekday, in full."""
        return self.full_date.format(
            weekday=self.weekdays[day.weekday()],
            year=day.year,
            month=self.months[day.month - 1],
            day=day.day,
        )
