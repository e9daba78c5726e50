"""What the readers of a paper care about: stories that are left out, raised or lowered (pure).

A rule is a word of the headline, `medium:` and the name of a medium, or `section:` and a category.
"""

import re
import unicodedata
from collections.abc import Iterable

from pressrun.models import DROPPED, Failure, Headline, Step, Story
from settings.paper import Interests


def left_out(headline: Headline, interests: Interests) -> Failure | None:
    """What the edition says of *headline* where the list alone tells that it is left out."""
    rule = _first(interests.dropped, headline.title, headline.medium, "")
    return _failure(headline, rule) if rule else None


def weighed(story: Story, interests: Interests) -> Story | Failure:
    """*story* as raised or lowered; or that it is left out, by what only its article told."""
    told = story.title, story.medium, story.category
    if rule := _first(interests.dropped, *told):
        return _failure(story, rule)
    raised, lowered = (
        _first(rules, *told) is not None for rules in (interests.raised, interests.lowered)
    )
    return story.model_copy(update={"interest": raised - lowered})


def _failure(one: Headline | Story, rule: str) -> Failure:
    return Failure(
        rank=one.rank,
        title=one.title,
        url=one.url,
        step=Step.ASSEMBLE,
        kind=DROPPED,
        reason=rule,
    )


def _first(rules: Iterable[str], title: str, medium: str, category: str) -> str | None:
    return next((rule for rule in rules if _fits(rule, title, medium, category)), None)


def _fits(rule: str, title: str, medium: str, category: str) -> bool:
    kind, sign, name = rule.partition(":")
    if sign and kind == "medium":
        return _folded(name) == _folded(medium)
    if sign and kind == "section":
        return _folded(name) == _folded(category)
    # A Latin word is no part of another: AI is not in "said". Chinese has no such borders.
    edges = r"(?<![a-z0-9])", r"(?![a-z0-9])"
    word = _folded(rule)
    before = edges[0] if re.match(r"[a-z0-9]", word) else ""
    after = edges[1] if re.search(r"[a-z0-9]$", word) else ""
    return re.search(f"{before}{re.escape(word)}{after}", _folded(title)) is not None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
