"""What a run's state says of what it printed, or of what stopped it: the reason first (pure)."""

import traceback
from pathlib import Path
from zoneinfo import ZoneInfo

from pressrun.models import Edition
from tasks.coverage import missing


def as_said(edition: Edition, early: Edition | None = None, *, is_current: bool = True) -> str:
    """How many stories were printed, when there were two printings, and what is missing.

    *early* is what was printed at the press deadline. *edition* may be that printing, with what
    became of its late stories.
    """
    said = f"{edition.told} of {edition.wanted} stories, revision {edition.revision}"
    if early is not None:
        at = f"{early.printed_at.astimezone(ZoneInfo(early.time_zone)):%H:%M}"
        if early.revision == edition.revision:
            said += f" at {at}"
        else:
            said += f" ({early.told} at {at}, revision {early.revision})"
    if not is_current:
        said += ", kept aside: the edition printed before has more"
    lacks = missing(edition)
    return f"{said}; {lacks}" if lacks else said


def as_bug(exc: Exception) -> str:
    """What to say of an error that nobody foresaw, with the place where it was raised."""
    where = traceback.extract_tb(exc.__traceback__)[-1:]
    place = "".join(f" ({Path(one.filename).name}, line {one.lineno})" for one in where)
    return (
        f"{type(exc).__name__}: {exc}{place}. This is a bug in Pressrun: report it to its makers "
        "with the traceback in this run's log. What was recorded is kept: the next run goes on"
    )
