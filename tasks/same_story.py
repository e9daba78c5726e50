"""Which articles of a list tell the same story (pure).

Two articles are compared by what they say beside what most of the list says: their words, weighted
by how few of the others have them, and their figures. Wire copy and its reprints share nearly all
of both; a story retold in other words shares its names and its figures. Where both have figures of
their own and not enough of them are the same, they tell of two things, however alike the words
are: two earthquakes, two matches, the results of two companies.

It errs on the side of printing a story twice: what is merged by mistake, a reader loses.
`benchmarks/same_story.py` has the labelled articles that the numbers here come from.
"""

import math
import re
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

ALIKE = {"zh": 0.36, "en": 0.55}
"""Least likeness of two articles that tell one story, by language. English words, unlike pairs of
ideographs, are often shared by chance."""

FIGURES_SHARED = 0.25
"""Least share of the figures of the article that has fewer which the other has, too."""

READ_CHARS = 3000
"""What is compared of an article: news puts first what matters."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_SCORE = re.compile(r"(?<![\d.:])(\d{1,3})\s?[比:：–-]\s?(\d{1,3})(?![\d.:])")
_NUMERALS = re.compile(r"[\d零〇一二三四五六七八九十百千万]+")
_A_DAY = 31
_YEARS = range(1900, 2101)


class Sketch(NamedTuple):
    """What is compared of an article: some 20 KB for a long one.

    *terms* are hashes of its words, or of the pairs and triples of its characters in Chinese, each
    once; *counts* how often each stands there, 255 at most.
    """

    language: str
    title: str
    terms: "array[int]"
    counts: "array[int]"
    figures: frozenset[str]


def sketch_of(title: str, text: str, language: str) -> Sketch:
    """The sketch of an article in *language* ("zh", or words with spaces between them)."""
    read = f"{title}\n{text[:READ_CHARS]}"
    counted = Counter(zlib.crc32(term.encode()) for term in terms_in(read, language))
    counts = (min(count, 255) for count in counted.values())
    terms = array("I", counted), array("B", counts)
    return Sketch(language, title, *terms, figures_in(read))


def terms_in(text: str, language: str) -> list[str]:
    """The terms of *text*: its words, or for Chinese each two and three characters in a row."""
    words = _WORD.findall(text.casefold())
    if language != "zh":
        return words
    return [
        word[start : start + size]
        for word in words
        for size in (2, 3)
        for start in range(len(word) - size + 1)
    ]


def figures_in(text: str) -> frozenset[str]:
    """The figures of *text* that tell one event from another.

    Not whole numbers that may be a day or an hour, nor years, which all of a day's news has; a
    score counts as one figure.
    """
    text = text.replace(",", "")
    found = {f"{one}:{other}" for one, other in _SCORE.findall(text)}
    for number in _NUMBER.findall(text):
        plain = number.rstrip("%")
        if "." in plain or number != plain or not _is_calendar(plain):
            found.add(plain)
    return frozenset(found)


def _is_calendar(digits: str) -> bool:
    return len(digits) <= 4 and (int(digits) <= _A_DAY or int(digits) in _YEARS)


def group(sketches: Mapping[Key, Sketch]) -> list[list[Key]]:
    """The keys of *sketches* by story, each in their order; most stories have one."""
    leader = {key: key for key in sketches}
    for one, other in same_pairs(sketches):
        first, second = leader[one], leader[other]
        for key in [key for key, led in leader.items() if led == second]:
            leader[key] = first
    groups: defaultdict[Key, list[Key]] = defaultdict(list)
    for key in sketches:
        groups[leader[key]].append(key)
    return list(groups.values())


def same_pairs(sketches: Mapping[Key, Sketch]) -> list[tuple[Key, Key]]:
    """The pairs that tell the same story; a story is told in one language."""
    found: list[tuple[Key, Key]] = []
    for language in dict.fromkeys(sketch.language for sketch in sketches.values()):
        keys = [key for key, sketch in sketches.items() if sketch.language == language]
        least = ALIKE.get(language, ALIKE["en"])
        likeness = _likenesses([sketches[key] for key in keys])
        found += [(keys[i], keys[j]) for (i, j), alike in likeness.items() if alike >= least]
    return found


class _Weighed(NamedTuple):
    """A sketch among others: *logged* has a term's count, damped, where another has it, too.

    *norm* is of the vector of all terms, *rarity* the sum of their squared weights.
    """

    logged: dict[int, float]
    norm: float
    rarity: float


def _likenesses(sketches: Sequence[Sketch]) -> dict[tuple[int, int], float]:
    """How alike each two are whose figures do not tell them apart, by their places.

    Twice the cosine of their terms by tf-idf, a quarter of the share of the smaller one's terms
    that the other has, and what their figures add.
    """
    holders = Counter(term for sketch in sketches for term in sketch.terms)
    weights = {term: math.log((1 + len(sketches)) / held) for term, held in holders.items()}
    weighed = [_weigh(sketch, weights, holders) for sketch in sketches]
    found: dict[tuple[int, int], float] = {}
    for i, j in combinations(range(len(sketches)), 2):
        by_figures = _by_figures(sketches[i].figures, sketches[j].figures)
        if by_figures is None or _are_numbered(sketches[i].title, sketches[j].title):
            continue
        small, large = sorted((weighed[i], weighed[j]), key=lambda one: len(one.logged))
        shared = small.logged.keys() & large.logged.keys()
        product = common = 0.0
        for term in shared:
            square = weights[term] ** 2
            product += small.logged[term] * large.logged[term] * square
            common += square
        cosine = product / (small.norm * large.norm or 1)
        contained = common / (min(small.rarity, large.rarity) or 1)
        found[i, j] = 2 * cosine + contained / 4 + by_figures
    return found


def _weigh(sketch: Sketch, weights: Mapping[int, float], holders: Mapping[int, int]) -> _Weighed:
    logged = {
        term: 1 + math.log(count) for term, count in zip(sketch.terms, sketch.counts, strict=True)
    }
    norm = math.sqrt(sum((logged[term] * weights[term]) ** 2 for term in logged))
    rarity = sum(weights[term] ** 2 for term in logged)
    shared = {term: often for term, often in logged.items() if holders[term] > 1}
    return _Weighed(shared, norm, rarity)


def _are_numbered(title: str, other: str) -> bool:
    """Whether two headlines differ by a number alone, as those of a series do."""
    return title != other and _NUMERALS.sub("0", title) == _NUMERALS.sub("0", other)


def _by_figures(one: frozenset[str], other: frozenset[str]) -> float | None:
    """What their figures add to the likeness of two articles; None: they tell of two things."""
    fewer, shared = min(len(one), len(other)), len(one & other)
    if not fewer:
        return 0.0
    if shared < FIGURES_SHARED * fewer or not shared:
        return None
    return 0.4 * (shared + 0.5) / (fewer + 1) - 0.2
