"""What a model that may only choose chooses from: sentences of the article, and pairs of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias
from unicodedata import category

from tasks.summaries.sentences import Sentence, fit_clause, is_balanced, is_finished

MOST = 400
"""Most members of the enum. 496 members cost no more than 61 (benchmark of November 2026): the cap
is for articles of many short sentences, whose pairs grow with the square."""

SHORTEST = {"zh": 15, "en": 40}
"""Fewest characters that make a summary: under it lie cries, datelines and headings."""

# Lines that a page puts among the sentences: captions, credits, calls.
_APART = re.compile(
    r"[（(【\[]?(?:责任编辑|责编|编辑|来源|原标题|作者|摄影|图片来源|资料图|图为|图[：:]|图\d|▲|△|扫码|"
    r"点击|关注|更多|相关阅读|延伸阅读|声明|免责|版权|本文来自|转载|(?:新华社|本报)?记者.{0,12}摄|"
    r"photo\b|image\b|caption\b|file photo|getty|read more|related|advert|subscribe|sign up|click|"
    r"copyright|©|all rights reserved|this material may|follow us|watch:|video:|share this)",
    re.I,
)
_BY_LINE = re.compile(r"[（(]?[^，。]{0,10}记者[^，。]{0,16}(?:报道|摄影?|综合)[)）]?。?$")

# A question tells nothing; words that point back, or join on, say something else elsewhere.
_QUESTION = re.compile(r"[？?]$")
_LEANS = re.compile(
    r"[“「]?(?:[他她它其该此]|这(?!几|次)|那(?!曲|么)|但|而|不过|然而|另外|同时|因此|因而|所以|于是|随后|"
    r"接着|对此|例如|比如|总之|据此|为此|与此|相比|换言之|也就是说|[一二三四五六七八九十]、|第[二三四五]|"
    r"(?:he|she|it|they|his|her|its|their|this|that|these|those|but|and|or|so|also|however|then|"
    r"meanwhile|instead|yet|still|such|both|moreover|furthermore|for example|in addition|"
    r"as a result|there)\b)",
    re.I,
)
# Pairs of Chinese characters, figures, and words of four letters or more.
_TERM = re.compile(r"(?=([\u3400-\u9fff]{2}|\b\d[\d.,]*|\b[a-z][\w’'-]{3,}))")

Placed: TypeAlias = tuple[int, str]
"""A sentence after its place among the article's sentences."""


def candidates(
    sentences: Sequence[Sentence], language: str, max_chars: int, title: str = ""
) -> dict[str, tuple[str, ...]]:
    """Each possible summary of at most *max_chars*, and the sentences it consists of.

    Single sentences first, then pairs in the article's order, those near each other first, `MOST`
    in all. At first only what stands by itself, fills a third of the room and takes up the words of
    the *title*; where there is nothing such, any whole sentence; where none fits, beginnings that
    end in "…".
    """
    usable = [(at, s.text) for at, s in enumerate(sentences) if _is_usable(s.text)]
    whole = [(at, text) for at, text in usable if is_finished(text)]
    shortest = min(SHORTEST.get(language, SHORTEST["en"]), max_chars // 2)
    glue = "" if language == "zh" else " "
    return (
        _on_title(_joined(_standing(whole, shortest), glue, max_chars // 3, max_chars), title)
        or _joined(_choices(whole), glue, shortest, max_chars)
        or _clauses([text for _, text in usable], shortest, max_chars)
    )


def _joined(
    choices: Iterable[Sequence[Placed]], glue: str, least: int, most: int
) -> dict[str, tuple[str, ...]]:
    members: dict[str, tuple[str, ...]] = {}
    for choice in choices:
        parts = tuple(text for _, text in choice)
        joined = glue.join(parts)
        if least <= len(joined) <= most and is_balanced(joined):
            members.setdefault(joined, parts)
            if len(members) == MOST:
                break
    return members


def _on_title(members: dict[str, tuple[str, ...]], title: str) -> dict[str, tuple[str, ...]]:
    """The *members* that share most with *title*: two thirds of the best's words, or more.

    A story's title names its point (Edmundson, New methods in automatic extracting, 1969); a
    small model alone is drawn to the scene that a story opens with.
    """
    wanted = set(_TERM.findall(title.lower()))
    shared = {text: len(wanted.intersection(_TERM.findall(text.lower()))) for text in members}
    best = max(shared.values(), default=0)
    return {text: parts for text, parts in members.items() if 3 * shared[text] >= 2 * best}


def _choices(texts: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    yield from ((text,) for text in texts)
    for distance in range(1, len(texts)):
        for first, second in zip(texts, texts[distance:], strict=False):
            if first[1] != second[1]:
                yield first, second


def _standing(texts: Sequence[Placed], shortest: int) -> Iterator[Sequence[Placed]]:
    """Choices that need nothing before them; a second sentence may lean on the one before it."""
    telling = [
        (at, text) for at, text in texts if len(text) >= shortest and not _QUESTION.search(text)
    ]
    for choice in _choices(telling):
        (first, opening), (last, closing) = choice[0], choice[-1]
        leans = first > 0 and _LEANS.match(opening)
        if not leans and (last - first <= 1 or not _LEANS.match(closing)):
            yield choice


def _clauses(texts: Sequence[str], least: int, max_chars: int) -> dict[str, tuple[str, ...]]:
    members: dict[str, tuple[str, ...]] = {}
    for text in texts[:MOST]:
        short = text if len(text) <= max_chars else fit_clause(text, max_chars)
        if len(short) >= least and is_balanced(short):
            members.setdefault(short, (short.removesuffix("…"),))
    return members


def _is_usable(text: str) -> bool:
    """Whether *text* may be printed: no caption, credit or call, no unseen characters."""
    return not (
        _APART.match(text)
        or _BY_LINE.match(text[:40])
        or any(category(char) in {"Cc", "Cf", "Co", "Cs"} for char in text)
    )
