"""ROUGE-1, -2 and -L between a summary and a reference, for English and for Chinese.

As Lin defines them (ROUGE: a package for automatic evaluation of summaries, 2004), and with the
counts of the package rouge_score 0.1.2 without stemming; that package gives 0 for Chinese, and
brings NLTK. A word is a run of Latin letters and digits, or one Chinese character.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff]")


class Rouge(NamedTuple):
    """F1 of words, of pairs of neighbouring words, and of the longest common subsequence."""

    r1: float
    r2: float
    rl: float


def rouge(summary: str, reference: str) -> Rouge:
    """The three scores, each 0 to 1."""
    said, wanted = words(summary), words(reference)
    return Rouge(
        _shared(said, wanted),
        _shared(list(pairwise(said)), list(pairwise(wanted))),
        _f1(_common(said, wanted), len(said), len(wanted)),
    )


def words(text: str) -> list[str]:
    """The words of *text*, in lower case."""
    return _WORD.findall(text.lower())


def _shared(said: Sequence[object], wanted: Sequence[object]) -> float:
    both = Counter(said) & Counter(wanted)
    return _f1(both.total(), len(said), len(wanted))


def _f1(hits: int, said: int, wanted: int) -> float:
    return 2 * hits / (said + wanted) if hits else 0.0


def _common(said: Sequence[str], wanted: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(wanted) + 1)
    for word in said:
        before = row
        row = [0]
        for at, other in enumerate(wanted):
            row.append(before[at] + 1 if word == other else max(before[at + 1], row[at]))
    return row[-1]
