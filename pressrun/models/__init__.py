"""The values that go from step to step, each frozen.

    Headline -> Page -> Article -> Summary -> Story | Failure -> Edition -> Rendition

Moments are aware UTC datetimes, sizes are bytes, durations are seconds as float, lengths of
text are code points after NFC. An edition's date is a date in its paper's time zone.
"""

from pressrun.models.edition import Edition, Plan, Refresh, Rendition, RenditionRecord
from pressrun.models.engine import Calibration, Completion, ModelIdentity, Prompt, Turn
from pressrun.models.news import Article, Headline, Listing, ListNote, ListRecord, ListRequest, Page
from pressrun.models.story import (
    DUPLICATE,
    LATE,
    RETRACTED,
    Change,
    ChangeKind,
    Failure,
    Step,
    Story,
)
from pressrun.models.summary import Evidence, Finding, FindingKind, Rung, Summary, Verdict, Way
from pressrun.models.value import PAPER_NAME, Moment, Sha256, Value

__all__ = [
    "DUPLICATE",
    "LATE",
    "PAPER_NAME",
    "RETRACTED",
    "Article",
    "Calibration",
    "Change",
    "ChangeKind",
    "Completion",
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
    "Page",
    "Plan",
    "Prompt",
    "Refresh",
    "Rendition",
    "RenditionRecord",
    "Rung",
    "Sha256",
    "Step",
    "Story",
    "Summary",
    "Turn",
    "Value",
    "Verdict",
    "Way",
]
