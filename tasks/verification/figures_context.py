"""The words around a figure, and how well two figures' surroundings agree."""

import re
from collections import Counter
from collections.abc import Iterable

from tasks.verification.values import Figure

# Words of a sentence that tell nothing of what is counted.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """a an the of in on at by for to from with and or but as is are was were be been has have
        had it its he she his her they their this that which who said says will would more than
        about over nearly up out not per after before into also when while during some all last
        year years ago earlier later since old month months week weeks day days only just mr mrs
        ms""",
    )
)
_STOP = re.compile(r"[。！？；!?\n]|[.;](?=\s)")
_WORD = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]+")
_NUMERAL = re.compile("[〇零一二三四五六七八九十百千万亿两]+|[的了]")
_REACH = 100
"""How many characters before and after a figure, within its sentence, are its surroundings."""
_STEM = re.compile(r"(?<=\w\w\w)(?:ing|ed|es|s|e)$")

_NEXT = 0.8

Context = dict[str, float]


def context_of(text: str, figure: Figure) -> Context:
    """The words near *figure* in its sentence of *text*, the nearest with the greatest weight.

    English words without their endings, Chinese pairs of characters; weights from 1 down to 0.
    """
    before = text[max(0, figure.start - _REACH) : figure.start]
    before = _STOP.split(before)[-1]
    after = _STOP.split(text[figure.end : figure.end + _REACH], maxsplit=1)[0]
    context: Context = {}
    for words in (_words(before)[::-1], _words(after)):
        for distance, word in enumerate(words):
            context[word] = max(context.get(word, 0), 1 / (1 + distance / 4))
    return context


def _words(text: str) -> list[str]:
    words: list[str] = []
    for found in _WORD.finditer(text):
        word = found.group()
        if word[0] < "\u3400":
            if word.lower() not in _EMPTY:
                words.append(_STEM.sub("", word.lower()))
            continue
        for run in _NUMERAL.split(word):
            words += (
                [run[at : at + 2] for at in range(len(run) - 1)]
                if len(run) > 1
                else [run] * bool(run)
            )
    return words


def agreement(mine: Context, theirs: Context, rarity: dict[str, float]) -> float:
    """How much of *mine* stands in *theirs* too, from 0 to 1; rare words weigh more."""
    total = sum(weight * rarity.get(word, 1) for word, weight in mine.items())
    shared = sum(
        min(weight, theirs[word]) * rarity.get(word, 1)
        for word, weight in mine.items()
        if word in theirs
    )
    return shared / total if total else 0.0


def adjoin(mine: Context, theirs: Context) -> bool:
    """Whether one of the words next to the figure, or next but one, is so in both."""
    return any(weight >= _NEXT and theirs.get(word, 0) >= _NEXT for word, weight in mine.items())


def rarities(contexts: Iterable[Context]) -> dict[str, float]:
    """For each word of *contexts* one over the root of how many of them it stands in."""
    counts = Counter(word for context in contexts for word in context)
    return {word: count**-0.5 for word, count in counts.items()}
