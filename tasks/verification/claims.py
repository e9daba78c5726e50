"""What a summary claims to have from its article."""

from typing import Literal, NamedTuple

from pressrun.models import FindingKind


class Claim(NamedTuple):
    """Words of a summary that must stand in the article, and where they do."""

    kind: Literal[FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME]
    start: int
    """Where *text* begins in the summary, in code points."""
    text: str
    where: tuple[int, ...] = ()
    """Offsets in the article; none when nothing supports it."""
    reason: str = ""
    """Why nothing supports it."""
    warning: bool = False
