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
from itertools import combinations, takewhile
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
    counted = Counter(map(_hashed, terms_in(read, language)))
    counts = (min(count, 255) for count in counted.values())
    terms = array("I", counted), array("B", counts)
    return Sketch(language, title, *terms, figures_in(read))


def _hashed(term: str) -> int:
    return zlib.crc32(term.encode())


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
        likeness = likenesses([sketches[key] for key in keys])
        found += [(keys[i], keys[j]) for (i, j), alike in likeness.items() if alike >= least]
    return found


def likenesses(sketches: Sequence[Sketch]) -> dict[tuple[int, int], float]:
    """How alike each two are whose figures do not tell them apart, by their places.

    Twice the cosine of their terms by tf-idf, a quarter of the share of the smaller one's terms
    that the other has, and what their figures add.
    """
    shared = _shared(sketches)
    found: dict[tuple[int, int], float] = {}
    for i, j in combinations(range(len(sketches)), 2):
        by_figures = _by_figures(sketches[i].figures, sketches[j].figures)
        if by_figures is None or _are_of_a_series(sketches[i], sketches[j]):
            continue
        cosine = shared.products[j][i] / (shared.norms[i] * shared.norms[j] or 1)
        contained = shared.common[j][i] / (min(shared.rarities[i], shared.rarities[j]) or 1)
        found[i, j] = 2 * cosine + contained / 4 + by_figures
    return found


class _Shared(NamedTuple):
    """What articles share, by their places, the later first.

    *norms* are of the vectors of all terms, *products* those of two vectors; *rarities* are the
    sums of the squared weights of all terms, *common* of those that two have.
    """

    norms: list[float]
    products: list[list[float]]
    rarities: list[float]
    common: list[list[float]]


def _shared(sketches: Sequence[Sketch]) -> _Shared:
    """Terms that stand in the same articles, as often in each, are one term of a greater weight.

    So copies and boilerplate, of which hundreds of articles may have thousands of characters,
    cost no more than a word.
    """
    total = len(sketches)
    places: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, sketch in enumerate(sketches):
        for term, count in zip(sketch.terms, sketch.counts, strict=True):
            places[term].append((place, count))
    norms, rarities = [0.0] * total, [0.0] * total
    products = [[0.0] * total for _ in sketches]
    common = [[0.0] * total for _ in sketches]
    for held, terms in Counter(map(tuple, places.values())).items():
        weight = terms * math.log((1 + total) / len(held)) ** 2
        logged = [(place, 1 + math.log(count)) for place, count in held]
        while logged:
            place, mine = logged.pop()
            norms[place] += weight * mine**2
            rarities[place] += weight
            scaled, product, both = weight * mine, products[place], common[place]
            for earlier, theirs in logged:
                product[earlier] += scaled * theirs
                both[earlier] += weight
    return _Shared([math.sqrt(norm) for norm in norms], products, rarities, common)


def _are_of_a_series(one: Sketch, other: Sketch) -> bool:
    """Whether two headlines differ by a number or a name alone, as those of a series do.

    A name stands in its own article, too, and not in the other: else it is one headline in other
    words.
    """
    if one.title == other.title:
        return False
    if _NUMERALS.sub("0", one.title) == _NUMERALS.sub("0", other.title):
        return True
    before = _alike_at_first(one.title, other.title)
    after = _alike_at_first(one.title[before:][::-1], other.title[before:][::-1])
    least = min(len(one.title), len(other.title))
    return least > before + after >= least / 2 and _names(one, other) and _names(other, one)


def _names(one: Sketch, other: Sketch) -> bool:
    """Whether the headline of *one* has a term that its text has, and nothing of *other*."""
    there = set(other.terms)
    often = {
        term: count
        for term, count in zip(one.terms, one.counts, strict=True)
        if count > 1 and term not in there
    }
    return any(_hashed(term) in often for term in terms_in(one.title, one.language))


def _alike_at_first(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _by_figures(one: frozenset[str], other: frozenset[str]) -> float | None:
    """What their figures add to the likeness of two articles; None: they tell of two things."""
    fewer, shared = min(len(one), len(other)), len(one & other)
    if not fewer:
        return 0.0
    if shared < FIGURES_SHARED * fewer or not shared:
        return None
    return 0.4 * (shared + 0.5) / (fewer + 1) - 0.2
