"""Keywords: a model's, as far as the article has them, else the article's own (pure).

The article's own are the nouns and names that its headline shares with its text, by how often
they stand there: the title words of Edmundson (New methods in automatic extracting, 1969).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from pressrun.models import Article
from tasks.summaries.answer import KEYWORDS
from tasks.summaries.clean import clean_answer
from tasks.summaries.markup import without_marks
from tasks.summaries.words_zh import tagged
from tasks.verification.figures import find_figures

MOST_WORDS = 5
"""What is longer is a phrase of the article and no keyword."""

READ_CHARS = 4000
"""How much of an article its own keywords are taken from."""

_FOREIGN = re.compile(r"[0-9A-Za-z]")
_TITLE_WEIGHT = 3
# jieba's tags of nouns and names; not those of times, measures and directions.
_NOUNS = re.compile(r"n|nr\w*|ns\w*|nt\w*|nz|nw|l|i|vn|eng")
_NAMES = re.compile(
    r"[A-Z][\w’'-]+(?:(?: (?:of|the|and|for|de|van|von))* [A-Z][\w’'-]+)*|[A-Z]{2,}"
)
_WORD = re.compile(r"(?<![\w’'-])[a-z][a-z’'-]{4,}")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:”\"\n]\s*)\Z")


def supported_keywords(given: Sequence[str], article: Article, language: str) -> tuple[str, ...]:
    """Those of *given* that stand in *article*, and are words: no markup, nothing unseen.

    In another *language* than the article's they are translations: of these, the ones without
    letters or figures that would have to stand there. That they translate it is not known.
    """
    words = _folded(f"{article.title}\n{article.text}")
    translated = language != article.language
    return tuple(
        word
        for word in given
        if clean_answer(word) == word
        and len(word.split()) <= MOST_WORDS
        and (_stands(_folded(word), words) or (translated and _is_plain(word)))
    )


def _stands(word: str, words: str) -> bool:
    """Whether *word* stands in *words*, not in the middle of a Latin word or of a number."""
    begins = r"(?<![0-9a-z])(?<![0-9][.,])" if word[:1].isascii() else ""
    ends = r"(?![.,]?[0-9])" if word[-1:].isdecimal() else ""
    return re.search(begins + re.escape(word) + ends, words) is not None


def _is_plain(word: str) -> bool:
    folded = unicodedata.normalize("NFKC", word)
    return not _FOREIGN.search(folded) and not find_figures(folded)


def keywords_of(article: Article, given: Sequence[str], language: str) -> tuple[str, ...]:
    """*given*, as far as supported, and where these are too few the article's own, up to three.

    All of the article's own, up to five, where none is supported. A story in another *language*
    than its article has only those given.
    """
    kept = supported_keywords(given, article, language)
    if language != article.language or len(kept) >= KEYWORDS[0]:
        return kept
    known = {_folded(word) for word in kept}
    own = (word for word in own_keywords(article) if _folded(word) not in known)
    return (*kept, *own)[: KEYWORDS[0] if kept else KEYWORDS[1]]


def own_keywords(article: Article) -> tuple[str, ...]:
    """Up to five words of *article* that tell what it is about, the weightiest first."""
    text, title = without_marks(article.text[:READ_CHARS]), without_marks(article.title)
    found = _chinese if article.language == "zh" else _english
    titled = set(found(title))
    counts = Counter(found(text))
    weights = {
        word: count * (_TITLE_WEIGHT if word in titled else 1) * len(word) ** 0.5
        for word, count in counts.items()
        if count > 1 or word in titled
    }
    chosen: list[str] = []
    for word in sorted(weights, key=lambda word: (-weights[word], word)):
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
        if len(chosen) == KEYWORDS[1]:
            break
    return tuple(chosen)


def _chinese(text: str) -> Iterator[str]:
    for word, tag in tagged(text):
        if len(word) > 1 and _NOUNS.fullmatch(tag) and not word.isdecimal():
            yield word


def _english(text: str) -> Iterator[str]:
    for name in _NAMES.finditer(text):
        if " " in name.group() or not _SENTENCE_START.search(
            text[max(name.start() - 4, 0) : name.start()]
        ):
            yield name.group()
    yield from (word.group() for word in _WORD.finditer(text) if word.group() not in _COMMON)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


_COMMON = frozenset(
    re.findall(
        r"\w+",
        "percent million billion minutes about above after again against almost along already "
        "although always among another around because become before began being below between "
        "beyond building called cannot could during early either enough every first found further "
        "given going great group hours house however including inside instead known later least "
        "little local making might month months nearly never night number often other others "
        "outside people perhaps place rather report reported right should since small still taken "
        "their there these thing things think third those though three through today together "
        "toward under until using wanted weeks where whether which while within without world "
        "would years yesterday ",
    )
)
