"""What of a text was checked: its claims marked, and the sentences that support them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pressrun.models import Evidence, Finding, FindingKind
from renderers.inert import inline

CLAIMS = (FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME)

QUOTES = "“”‘’\"'「」『』"

SENTENCE_CHARS = 220
"""A longer sentence is shown around what it supports."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text. *kind* is that of a claim, or empty.

    *proof* is the number of the proof that supports it; 0 for what no sentence was found for.
    """

    text: str
    kind: str = ""
    proof: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence that supports claims, those words of it marked. *number* counts from 1."""

    number: int
    spans: tuple[Span, ...]


class _Claim(NamedTuple):
    start: int
    text: str
    kind: FindingKind
    sentence: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def marked(
    text: str,
    evidence: Sequence[Evidence],
    findings: Sequence[Finding],
    write: Callable[[str], str],
) -> tuple[tuple[Span, ...], tuple[Proof, ...]]:
    """*text* with its claims marked, and a proof for each sentence that supports some.

    Of claims within one another the outer is marked. *write* is applied to what is shown.
    """
    claims = _apart(text, evidence, findings)
    numbers: dict[str, int] = {}
    for claim in claims:
        if claim.sentence:
            numbers.setdefault(claim.sentence, len(numbers) + 1)
    spans, at = [], 0
    for claim in claims:
        spans.append(Span(_shown(text[at : claim.start], write)))
        proof = numbers.get(claim.sentence, 0)
        spans.append(Span(_shown(claim.text, write), claim.kind.value, proof))
        at = claim.end
    spans.append(Span(_shown(text[at:], write)))
    proofs = tuple(
        Proof(number, _proof(sentence, [c for c in claims if c.sentence == sentence], write))
        for sentence, number in numbers.items()
    )
    return tuple(span for span in spans if span.text), proofs


def _apart(
    text: str, evidence: Iterable[Evidence], findings: Iterable[Finding]
) -> tuple[_Claim, ...]:
    """Claims that do not overlap, in their order. What does not stand where it says is left out."""
    found = [_Claim(one.start, one.text, FindingKind(one.kind), one.sentence) for one in evidence]
    found += [
        _Claim(one.start, one.text, one.kind) for one in findings if one.kind in CLAIMS and one.text
    ]
    kept: list[_Claim] = []
    for claim in sorted(found, key=lambda claim: (claim.start, -claim.end, not claim.sentence)):
        stands = text[claim.start : claim.end] == claim.text
        if stands and (not kept or claim.start >= kept[-1].end):
            kept.append(claim)
    return tuple(kept)


def _proof(
    sentence: str, claims: Sequence[_Claim], write: Callable[[str], str]
) -> tuple[Span, ...]:
    words = [c.text if c.text in sentence else c.text.strip(QUOTES) for c in claims]
    places = sorted({(at, at + len(w)) for w in words if w and (at := sentence.find(w)) >= 0})
    first, last = _shown_part(sentence, places)
    spans, at = [Span("…")] if first else [], first
    for start, end in places:
        if at <= start and end <= last:
            spans.append(Span(_shown(sentence[at:start], write)))
            spans.append(Span(_shown(sentence[start:end], write), "claim"))
            at = end
    spans.append(Span(_shown(sentence[at:last], write)))
    if last < len(sentence):
        spans.append(Span("…"))
    return tuple(span for span in spans if span.text)


def _shown_part(sentence: str, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where the part of a long sentence begins and ends that is shown: about the first place."""
    if len(sentence) <= SENTENCE_CHARS:
        return 0, len(sentence)
    middle = sum(places[0]) // 2 if places else 0
    first = max(0, min(middle - SENTENCE_CHARS // 2, len(sentence) - SENTENCE_CHARS))
    return first, first + SENTENCE_CHARS


def _shown(text: str, write: Callable[[str], str]) -> str:
    return write(inline(text))
