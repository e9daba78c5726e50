"""What is wrong with a summary's form, whatever its article says."""

import re
import unicodedata
from collections.abc import Iterator

from pressrun.models import Finding, FindingKind, Way
from tasks.summaries.sentences import is_balanced, is_finished, split_sentences
from tasks.verification.folding import Folded, fold
from tasks.verification.marks import MARKS
from tasks.verification.repetition import repeated
from tasks.verification.wrapping import RULES

SHORTEST_WRITTEN = {"zh": 10, "en": 25}
"""Fewest characters of a written summary: what is shorter ("好的", "None.") is no summary."""

_COPIED_RATIO = 2
"""An article shorter than this many times its summary is hardly told without its own words."""
_COPIED_WORDS = 12

_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN = {
    "zh": re.compile(r"(?:[A-Za-z][A-Za-z'’-]*,?\s){7,}[A-Za-z]+"),
    "en": re.compile(r"[\u3400-\u9fff，、]{8,}"),
}
_NAME_OF = {"zh": "Chinese", "en": "English"}


def form_findings(
    summary: str, article: Folded, *, language: str, max_chars: int, way: Way, done_reason: str
) -> Iterator[Finding]:
    """The findings on *summary*'s form, in no order.

    Of *selected* sentences of the article only length, language, marks, and what belongs to the
    page's frame are findings: that they sound like a model, repeat or copy is the article's.
    """
    text = unicodedata.normalize("NFC", summary)
    if not fold(text):
        yield Finding(kind=FindingKind.EMPTY, reason="there are no words in it")
        return
    if len(text) > max_chars:
        yield Finding(
            kind=FindingKind.LENGTH, reason=f"{len(text)} characters, {max_chars} are allowed"
        )
    yield from _language(text, language)
    yield from _marked(summary)
    yield from _wrapped(summary, article, way)
    if way is Way.WRITTEN:
        yield from _whole(summary, language, max_chars, done_reason)
        yield from _own(summary, article)


def _language(text: str, language: str) -> Iterator[Finding]:
    letters, han = len(_LETTER.findall(text)), len(_HAN.findall(text))
    other = letters - han - len(_LATIN.findall(text))
    # Figures and Latin names take much of a Chinese sentence, Han characters little of an English.
    if letters and (han < letters / 3) == (language == "zh"):
        reason = f"{han} of {letters} letters are Chinese"
        yield Finding(
            kind=FindingKind.LANGUAGE, reason=f"it is not in {_NAME_OF[language]}: {reason}"
        )
    elif other > letters / 10:
        yield Finding(
            kind=FindingKind.LANGUAGE, reason=f"{other} of {letters} letters are of another script"
        )
    elif found := _FOREIGN[language].search(text):
        yield _found(FindingKind.LANGUAGE, found, f"not in {_NAME_OF[language]}")


def _marked(summary: str) -> Iterator[Finding]:
    for what, pattern in MARKS:
        if found := pattern.search(summary):
            yield _found(FindingKind.MARKDOWN, found, what)


def _wrapped(summary: str, article: Folded, way: Way) -> Iterator[Finding]:
    for rule in RULES:
        if way is Way.SELECTED and rule.of_model:
            continue
        for found in rule.pattern.finditer(summary):
            if not (rule.quotable and article.find(fold(found.group()), most=1)):
                yield _found(rule.kind, found, rule.reason)
                break


def _whole(summary: str, language: str, max_chars: int, done_reason: str) -> Iterator[Finding]:
    """Whether anything is missing, at the end above all."""
    least = min(SHORTEST_WRITTEN[language], max_chars // 2)
    if len(summary) < least:
        yield Finding(
            kind=FindingKind.EMPTY, reason=f"{len(summary)} characters, a summary has {least}"
        )
    last = split_sentences(summary)[-1]
    reason = ""
    if done_reason == "length":
        reason = "the answer ran into its limit of tokens"
    elif last.text.endswith(("…", "...", "⋯", "—", "-")) or not is_finished(last.text.rstrip("'")):
        reason = "the last sentence has no end"
    elif not is_balanced(summary):
        reason = "a quotation mark or bracket has no partner"
    if reason:
        yield Finding(kind=FindingKind.CUT_OFF, text=last.text, start=last.start, reason=reason)


def _own(summary: str, article: Folded) -> Iterator[Finding]:
    """Whether the words are a model's own, and each said once."""
    if found := repeated(summary, split_sentences(summary)):
        start, text, reason = found
        yield Finding(kind=FindingKind.REPEATING, text=text, start=start, reason=reason)
    if is_copied(summary, article):
        # All of it is true and to the point; only another way of summarising would be better.
        yield Finding(
            kind=FindingKind.COPIED,
            reason="it is one stretch of the article, word for word",
            warning=True,
        )


def is_copied(summary: str, article: Folded) -> bool:
    """Whether *summary* is nearly one stretch of the article, which is at least twice as long.

    "Nearly": its middle four fifths stand there word for word.
    """
    words = fold(summary)
    if len(words) < _COPIED_WORDS or len(article.words) < _COPIED_RATIO * len(words):
        return False
    tenth = len(words) // 10
    return bool(article.find(words[tenth : len(words) - tenth], most=1))


def _found(kind: FindingKind, found: re.Match[str], reason: str) -> Finding:
    return Finding(kind=kind, text=found.group(), start=found.start(), reason=reason)
