"""Does a summary tell of its article at all? By the words that the two share."""

import re
from collections.abc import Iterator

from pressrun.models import Finding, FindingKind
from tasks.verification.passages import Passages

LEAST_SHARED = {"zh": 0.15, "en": 0.22}
"""Least share of a summary's terms that its article has. Of 99 Chinese and 155 English human
references 2 and 1 % have less (posts of one line); of the same references beside another article 98
and 80 % (November 2026). What is ordered of a model, a poem for instance, has hardly any."""

FEWEST_TERMS = 8
"""Of fewer, down to `LEAST_TERMS`, one has to be shared: no reference is without."""
LEAST_TERMS = 3

_HAN_PAIR = re.compile(r"(?=([\u3400-\u9fff]{2}))")
_WORD = re.compile(r"[A-Za-z]{4,}")
_STEM_CHARS = 5


def off_topic(summary: str, passages: Passages, language: str) -> Iterator[Finding]:
    """The finding that *summary* shares hardly a term with the article, in the same language.

    Terms are pairs of Chinese characters, or beginnings of English words of four letters or more.
    """
    terms = _terms(summary, language)
    shared = len(terms & _terms(passages.text, language))
    least = LEAST_SHARED[language] * len(terms) if len(terms) >= FEWEST_TERMS else 1
    if len(terms) >= LEAST_TERMS and shared < least:
        reason = f"{shared} of its {len(terms)} terms stand in the article"
        yield Finding(kind=FindingKind.TOPIC, reason=reason)


def _terms(text: str, language: str) -> set[str]:
    if language == "zh":
        return set(_HAN_PAIR.findall(text))
    return {word[:_STEM_CHARS].lower() for word in _WORD.findall(text)}
