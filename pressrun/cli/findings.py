"""What `pressrun doctor` finds: a level, words and a remedy for each thing it looks at."""

import asyncio
from collections.abc import Awaitable
from enum import StrEnum

from pressrun.models import Value

LIMIT_S = 4.0
"""Time limit of each check."""


class Level(StrEnum):
    """How a check ended. What fails keeps a digest from running; a warning does not."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(Value):
    """What a check found; *remedy* says what to do about it."""

    name: str
    level: Level = Level.OK
    says: str
    remedy: str = ""


def good(name: str, says: str) -> Finding:
    """*name* is as it should be."""
    return Finding(name=name, says=says)


def wrong(name: str, error: Exception | str, remedy: str, level: Level = Level.FAILED) -> Finding:
    """*name* is not. A message of ours has its remedy after the first semicolon, else *remedy*."""
    says, _, own = str(error).partition("; ")
    return Finding(name=name, level=level, says=says, remedy=own or remedy)


def eased(finding: Finding) -> Finding:
    """*finding* as no more than a warning."""
    if finding.level is Level.FAILED:
        return finding.model_copy(update={"level": Level.WARNING})
    return finding


async def within(
    name: str, check: Awaitable[Finding], remedy: str, limit_s: float = LIMIT_S
) -> Finding:
    """What *check* finds, or that it took too long."""
    try:
        async with asyncio.timeout(limit_s):
            return await check
    except TimeoutError:
        return wrong(name, f"no answer within {limit_s:g} s", remedy)
