"""The values that go from step to step, each frozen.

    Headline -> Page -> Article -> Summary -> Story | Failure -> Edition -> Rendition

Moments are aware UTC datetimes, sizes are bytes, durations are seconds as float, lengths of
text are code points after NFC. An edition's date is a date in its paper's time zone.
"""

from pressrun.models.edition import (
    Edition,
    Overview,
    Plan,
    Point,
    Refresh,
    Rendition,
    RenditionRecord,
    Style,
)
from pressrun.models.engine import Calibration, Completion, ModelIdentity, Prompt, Turn
from pressrun.models.news import Article, Headline, Listing, ListNote, ListRecord, ListRequest, Page
from pressrun.models.story import (
    DROPPED,
    DUPLICATE,
    LATE,
    RETRACTED,
    Change,
    ChangeKind,
    Earlier,
    Failure,
    Step,
    Story,
    Telling,
    Thumbnail,
)
from pressrun.models.summary import Evidence, Finding, FindingKind, Rung, Summary, Verdict, Way
from pressrun.models.value import PAPER_NAME, Moment, Sha256, Value

__all__ = [
    "DROPPED",
    "DUPLICATE",
    "LATE",
    "PAPER_NAME",
    "RETRACTED",
    "Article",
    "Calibration",
    "Change",
    "ChangeKind",
    "Completion",
    "Earlier",
    "Edition",
    "Evidence",
    "Failure",
    "Finding",
    "FindingKind",
    "Headline",
    "ListNote",
    "ListRecord",
    "ListRequest",
    "Listing",
    "ModelIdentity",
    "Moment",
    "Overview",
    "Page",
    "Plan",
    "Point",
    "Prompt",
    "Refresh",
    "Rendition",
    "RenditionRecord",
    "Rung",
    "Sha256",
    "Step",
    "Story",
    "Style",
    "Summary",
    "Telling",
    "Thumbnail",
    "Turn",
    "Value",
    "Verdict",
    "Way",
]
