"""Chinese and English text -> sentences, each an exact substring, and cuts that respect them.

A stop inside a matched pair of quotation marks, brackets or title marks ends nothing: a sentence
taken out of a quotation would read as the paper's own word. Where a stop is in doubt (initials,
"U.S.", an ellipsis in mid-line) the text is left whole: a sentence too long costs a choice, half
a sentence costs the truth.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

PAIRS = {"“": "”", "「": "」", "『": "』", "《": "》", "〈": "〉", "（": "）", "(": ")", "【": "】"}
_CLOSING = {close: open_ for open_, close in PAIRS.items()}

_PARAGRAPH = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
# A mark that joins the character before it (accents, variation selectors, keycap, ZWJ) stays with
# its stop; closing quotation marks belong to the sentence they close.
_STOP = re.compile(r"([。！？｡!?…]+|\.+)([\u0300-\u036f\u200d\u20e3\ufe00-\ufe0f]*[\"”’」』]*)")
_ENDS = re.compile(r"(?:[。！？｡!?…]|\.)[\u0300-\u036f\u200d\u20e3\ufe00-\ufe0f]*[\"”’」』）)]*$")
_URL = re.compile(r"(?:https?://|www\.)[!-~]*[0-9A-Za-z/]")
_CLAUSE = re.compile(r"(?<!\d)[，；：]|[，；：](?!\d)|——|[,;:](?=\s|[\u3400-\u9fff])")

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(r"[A-Za-z.]+$")
_LIST_MARK = re.compile(r"\s*(?:\d{1,3}|[A-Za-z])$")
_ACRONYM = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")
_TITLES = re.compile(
    r"(?:mrs?|ms|mx|drs?|profs?|sens?|reps?|govs?|gen|lt|col|sgt|capt|maj|cmdr|rev|hon|messrs|vs|e\.g|i\.e|"
    r"cf|ca|approx|nos|vol|pp)$|(?-i:No|St|ST|Mt|MT|Ft|FT|Fig|Fr|Al)$",
    re.I,
)
_SELDOM = re.compile(
    r"(?:inc|ltd|co|corp|bros|jr|sr|etc|est|dept|univ|ave|blvd|jan|feb|mar|apr|jun|jul|aug|sept?|"
    r"oct|nov|dec)$",
    re.I,
)
# As after a town, in "JOSEPH, Mich. (AP)" and "in Elkton, Md., ...".
_STATE = re.compile(r", [A-Z][a-z]{1,4}$")
_STARTERS = re.compile(
    r"(?:The|A|An|It|He|She|They|We|I|You|This|That|These|Those|There|But|And|In|On|At|As|For|"
    r"If|When|While|After|Before|However|His|Her|Their|Its|Our|Some|Many|Most|What|Police|Mr|Mrs|"
    r"Ms|Dr)\b"
)
# Words that carry a quotation on: “……。”他说。 / "…!" Ms Smith said.
_SAYS_ZH = re.compile(
    r"[^，。！？；：“”\s]{0,14}(?:说|表示|称|道|指出|认为|问|答|介绍|告诉|强调|解释|坦言|透露|写)"
)
_SAYS_EN = re.compile(
    r"(?:[A-Z][\w.’'-]*,?\s+|(?:the|a|an|of)\s+){1,5}"
    r"(?:said|says|asked|told|added|wrote|replied|warned|shouted|explained|tweeted)\b"
)


class Sentence(NamedTuple):
    """A sentence and where it lies: `article[start:end] == text`."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of *text* in order, without the white space around them.

    A line break ends a sentence, with or without a stop. Every character other than white space
    lies in exactly one sentence.
    """
    return [
        Sentence(start, end, text[start:end])
        for paragraph in _PARAGRAPH.finditer(text)
        for start, end in _spans(paragraph.group(), paragraph.start())
    ]


def is_finished(sentence: str) -> bool:
    """Whether *sentence* ends in a stop, as headings and captions do not."""
    return _ENDS.search(sentence[-12:]) is not None


def is_balanced(text: str) -> bool:
    """Whether each quotation mark and bracket of *text* has its partner in it."""
    unmatched, _ = _match_pairs(text)
    return not unmatched


def fit(text: str, max_chars: int) -> str:
    """The longest beginning of *text* that ends at a sentence end within *max_chars*.

    *text* itself when it is short enough; empty when its first sentence is too long.
    """
    text = text.strip()
    if len(text) <= max_chars:
        return text
    ends = [sentence.end for sentence in split_sentences(text) if is_finished(sentence.text)]
    fitting = bisect_right(ends, max_chars)
    return text[: ends[fitting - 1]] if fitting else ""


def fit_clause(sentence: str, max_chars: int) -> str:
    """The longest beginning of *sentence* that ends before a comma or its like, and "…".

    At most *max_chars* with the "…", at least a quarter of that; empty when there is none. Never
    cut inside a number, a word, an address or a pair of quotation marks.
    """
    _, pairs = _match_pairs(sentence)
    urls = _addresses(sentence)
    best = ""
    for mark in _CLAUSE.finditer(sentence, 0, max_chars + 2):
        cut = mark.start()
        if cut < max_chars and not _inside(cut, pairs) and not _inside(cut, urls):
            best = sentence[:cut].rstrip()
    return f"{best}…" if len(best) + 1 >= max(max_chars // 4, 2) else ""


def _spans(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of one *paragraph* that lies at *offset*."""
    _, pairs = _match_pairs(paragraph)
    urls = _addresses(paragraph)
    begin = 0
    for match in _STOP.finditer(paragraph):
        if (
            not _inside(match.start(), urls)
            and not _inside(match.end(), pairs)
            and _ends_sentence(paragraph, begin, match)
        ):
            yield from _trimmed(paragraph, begin, match.end(), offset)
            begin = match.end()
    yield from _trimmed(paragraph, begin, len(paragraph), offset)


def _trimmed(paragraph: str, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    piece = paragraph[begin:end]
    if content := piece.strip():
        start = offset + begin + len(piece) - len(piece.lstrip())
        yield start, start + len(content)


def _ends_sentence(paragraph: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the stop of *match* ends the sentence that began at *begin*."""
    stop, closers = match.groups()
    ahead = paragraph[match.end() : match.end() + 60]
    following = ahead.lstrip()
    if not following:
        return True
    spaced = len(following) < len(ahead)
    carried_on = closers and (_SAYS_ZH.match(following) or _SAYS_EN.match(following))
    if stop[-1] in "。｡":
        return not carried_on
    if stop[-1] in "！？" or (stop[-1] in "!?" and _HAN.match(following)):
        # “去哪儿？”节目: a quoted question seldom ends the sentence around it.
        return not closers or (spaced and not carried_on)
    if not spaced or carried_on or following[0].islower():
        return False
    return stop != "." or not _abbreviates(paragraph, begin, match.start(), following)


def _abbreviates(paragraph: str, begin: int, dot: int, following: str) -> bool:
    """Whether the full stop at *dot* belongs to the word before it."""
    if _LIST_MARK.match(paragraph[begin : min(dot, begin + 8)]) and dot - begin < 8:
        return True
    if _STATE.search(paragraph, max(begin, dot - 8), dot):
        return _STARTERS.match(following) is None
    found = _WORD.search(paragraph, max(begin, dot - 16), dot)
    if not found:
        return False
    word = found.group().strip(".")
    if len(word) == 1:
        return word.isupper() and word != "I"
    if _TITLES.match(word):
        return True
    seldom = _ACRONYM.match(word) or _SELDOM.match(word)
    return seldom is not None and _STARTERS.match(following) is None


def _match_pairs(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """Offsets of unmatched marks, and outermost pairs as (after the opening, the closing).

    Straight double quotation marks pair up in order when their number is even. Apostrophes and
    single quotation marks cannot be told apart, and are let be.
    """
    unmatched: list[int] = []
    pairs: list[tuple[int, int]] = []
    open_: list[tuple[str, int]] = []
    for found in re.finditer(r"[“”「」『』《》〈〉（）()【】]", text):
        mark, at = found.group(), found.start()
        if mark in PAIRS:
            open_.append((mark, at))
        elif any(opener == _CLOSING[mark] for opener, _ in open_[-8:]):
            while open_[-1][0] != _CLOSING[mark]:
                unmatched.append(open_.pop()[1])
            pairs.append((open_.pop()[1] + 1, at))
        else:
            unmatched.append(at)
    unmatched += [at for _, at in open_]
    straight = [found.start() for found in re.finditer('"', text)]
    if len(straight) % 2:
        unmatched += straight
    else:
        pairs += [(a + 1, b) for a, b in zip(straight[::2], straight[1::2], strict=True)]
    return unmatched, _outermost(pairs)


def _addresses(text: str) -> list[tuple[int, int]]:
    """First and last offset of each web address of *text*."""
    return [(match.start(), match.end() - 1) for match in _URL.finditer(text)]


def _outermost(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    """Whether *at* lies in one of the disjoint, sorted *spans*, both ends included."""
    index = bisect_right(spans, (at, len(spans) and spans[-1][1])) - 1
    return index >= 0 and spans[index][0] <= at <= spans[index][1]
