"""Names of a summary in Latin letters: each must stand in the article.

In English text a name is a run of capitalised words; the first word of a sentence only when it is
no ordinary word. In Chinese text every Latin word is one. A surname alone is supported by the full
name, a full name not by the surname; an acronym also by the words it stands for.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from pressrun.models import FindingKind
from tasks.verification.claims import Claim
from tasks.verification.folding import fold
from tasks.verification.names_match import places_of, rarest, standing
from tasks.verification.passages import Passages
from tasks.verification.words import (
    is_no_name,
    is_ordinary,
    is_role,
    same_names,
    without_possessive,
)

_LETTER = r"[A-Za-z\u00c0-\u024f]"
# "U.S.", "J.", "O'Neill", "AT&T", "al-Qaeda"; with a capital somewhere, as "iPhone" has.
_WORD = re.compile(
    rf"(?<![\w.@/-])(?:(?:[A-Z]\.){{1,6}}|{_LETTER}+(?:['’&-]{_LETTER}+)*['’]?)(?![\w@])"
)
_LINK = r"(?:of the|of|de la|de|del|della|der|den|von|van|bin|ibn|al|la|le|du|da|dos|y|&)"
_BETWEEN = re.compile(rf" {_LINK} ")
_SAYS = re.compile(
    r" (?:said|says|told|tells|announced|announces|warned|warns|claimed|claims|insisted|added|"
    r"admitted|denied|refused|agreed|signed|won|beat|has|had|is|was|plans|unveiled|launched)\b"
)
_PIECE = rf"{_LETTER}[A-Za-z\u00c0-\u024f'’&.-]{{0,60}}"
_LATIN = re.compile(rf"(?<![A-Za-z0-9@/.]){_PIECE}(?: {_PIECE}){{0,6}}")
_UNIT = re.compile(
    r"(?:[kcmn]?m|[kmμ]?g|km/h|[kMGT]?Wh?|[KMGT]B|[GM]?Hz|mAh|ml|L|t|s|h|k?V|A|C|F|ppm|pm|am|bp|"
    r"USD|RMB|CNY)\Z"
)
_MOST_NAMES = 100
"""More than these in one summary are not looked up, so that no text takes long."""
_MOST_WORDS = 8


class Word(NamedTuple):
    """A word of the summary that may belong to a name."""

    start: int
    end: int
    text: str
    opens: bool = False
    """Whether it begins a sentence, a quotation or a bracket: any word has a capital there."""


def support_names(
    summary: str, passages: Passages, language: str, article_language: str
) -> Iterator[Claim]:
    """Each name in Latin letters of *summary*, which is in *language*, in order.

    Names of a Chinese article cannot be compared with English ones: what is not found is a
    warning. So is the first word of a sentence that nothing else tells to be a name.
    """
    runs = _chinese_runs(summary) if language == "zh" else _english_runs(summary, passages)
    for count, run in enumerate(runs):
        text = summary[run[0].start : run[-1].end]
        reason = _fault(run, passages, mixing=language == "en")
        if count == _MOST_NAMES:
            reason = f"it comes after {_MOST_NAMES} other names"
        where = () if reason else _where(run, text, passages)
        if where or reason:
            doubtful = article_language == "zh" != language or _is_doubtful(run, summary)
            yield Claim(FindingKind.NAME, run[0].start, text, where, reason, doubtful)
        if count == _MOST_NAMES:
            return


def _fault(run: list[Word], passages: Passages, *, mixing: bool) -> str:
    """Why *run* is not the article's, if it is not; "President" before a name is anyone's word."""
    missing = [word.text for word in run if not places_of(word.text, passages)]
    if len(run) > 1 and missing:
        if _alias_stands(run, passages):
            return ""
        missing = [word for word in missing if not is_role(word)]
    if missing:
        return f"{' '.join(missing)} stands nowhere in the article"
    return _mixed(run, passages) if mixing else ""


def _alias_stands(run: list[Word], passages: Passages) -> bool:
    """Whether *run* begins with another name of what the article names, and the rest stands."""
    for length in range(len(run), 1, -1):
        name = " ".join(word.text for word in run[:length])
        if any(standing(other, passages) for other in same_names(name)):
            return all(places_of(word.text, passages) for word in run[length:])
    return False


def _where(run: list[Word], text: str, passages: Passages) -> tuple[int, ...]:
    """Where all of the name stands, else its rarest word."""
    for name in (without_possessive(text), *same_names(text)):
        if whole := standing(name, passages):
            return tuple(whole)
    return tuple(rarest([word.text for word in run], passages))


def _mixed(run: list[Word], passages: Passages) -> str:
    """Of which two names of the article one is made, if it is.

    Both words stand in the article, yet the first always with another name after it, the second
    with another before it: "John Brown" and "Mary Smith" make no "John Smith".
    """
    for first, second in pairwise(run):
        if first.end + 1 != second.start or any(
            is_role(word.text) or same_names(word.text) for word in (first, second)
        ):
            continue
        one, other = without_possessive(first.text), without_possessive(second.text)
        after = {_next(passages.text, at) for at in passages.folded.find(fold(one))}
        before = {_last(passages.text, at) for at in passages.folded.find(fold(other))}
        strangers = sorted(name for name in before if name and not is_role(name))
        known = fold(other) in map(fold, after) or fold(one) in map(fold, before)
        if strangers and after and "" not in after and not known:
            return f"the article has {one} {min(after)} and {strangers[0]} {other}"
    return ""


def _next(text: str, at: int) -> str:
    """The capitalised word after the word at *at*, with one space between, or nothing."""
    found = re.match(r"[\w’'-]{1,40} ([A-Z][\w’'-]{0,40})", text[at : at + 82])
    return without_possessive(found.group(1)) if found else ""


def _last(text: str, at: int) -> str:
    """The capitalised word before the word at *at*, with one space between, or nothing."""
    found = re.search(r"\b([A-Z][\w’'-]{0,40}) \Z", text[max(at - 42, 0) : at])
    return without_possessive(found.group(1)) if found else ""


def _chinese_runs(summary: str) -> Iterator[list[Word]]:
    """Latin words of Chinese text, neighbours together; what stands by a digit is no name."""
    for found in _LATIN.finditer(summary):
        end = found.start() + len(found.group().rstrip(".-&'’"))
        words = [
            Word(word.start(), word.end(), word.group())
            for word in re.compile(r"[^ ]+").finditer(summary, found.start(), end)
        ]
        around = summary[max(found.start() - 1, 0) : found.start()] + summary[end : end + 1]
        by_digit = any(char.isdigit() for char in around)
        if len(words) == 1 and (by_digit or len(words[0].text) == 1 or _UNIT.match(words[0].text)):
            continue
        yield words


def _english_runs(summary: str, passages: Passages) -> Iterator[list[Word]]:
    """Capitalised words, neighbours together; over "of" and the like if the article does so."""
    run: list[Word] = []
    for found in _WORD.finditer(summary):
        if len(found.group()) == 1 or found.group().islower():
            continue
        word = Word(found.start(), found.end(), found.group(), _opens(summary, found.start()))
        if run and (word.opens or not _joins(run, word, summary, passages)):
            yield from _named(run, passages)
            run = []
        run.append(word)
    yield from _named(run, passages)


def _joins(run: list[Word], word: Word, summary: str, passages: Passages) -> bool:
    between = summary[run[-1].end : word.start]
    if between == " ":
        return len(run) < _MOST_WORDS
    name = fold(summary[run[-1].start : word.end])
    return _BETWEEN.fullmatch(between) is not None and bool(passages.folded.find(name, most=1))


def _opens(summary: str, start: int) -> bool:
    before = summary[max(start - 6, 0) : start].rstrip(" ")
    lead = before.rstrip("“\"‘'(（[「《")
    return not lead or lead != before or lead[-1] in ".!?:;…—–-\n。！？："


def _named(run: list[Word], passages: Passages) -> Iterator[list[Word]]:
    """*run* without words that only a sentence's beginning, or politeness, has capitalised."""
    while run and (
        is_no_name(run[0].text)
        or (run[0].opens and is_ordinary(run[0].text, passages.folded.known))
    ):
        run = run[1:]
    rest = run[1:]
    # "Adventurer John Smith climbs ...": the name is whole without the first.
    if len(rest) > 1 and run[0].opens and not places_of(run[0].text, passages):
        run = rest if all(places_of(word.text, passages) for word in rest) else run
    if run:
        yield run


def _is_doubtful(run: list[Word], summary: str) -> bool:
    """Whether only its place tells that *run* might be no name."""
    word = run[0]
    if len(run) > 1 or not word.opens or without_possessive(word.text) != word.text:
        return False
    again = re.search(rf"[a-z,] {re.escape(word.text)}\b", summary)
    told = not word.text.endswith("s") and _SAYS.match(summary, word.end)
    return word.text[1:].islower() and not told and not again
