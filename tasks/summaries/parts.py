"""Long articles: notes on their parts, which the summary is then written from."""

import asyncio
import sys
from collections.abc import Sequence
from typing import NamedTuple

from pressrun.models import Article, FindingKind
from tasks.summaries.brief import Brief, Source
from tasks.summaries.budget import estimate_tokens, shorten, split_parts
from tasks.summaries.clean import clean_answer
from tasks.summaries.sentences import fit, is_finished, split_sentences
from tasks.summaries.talk import Talk
from tasks.summaries.wording import harmless
from tasks.verify import verify

NOTE_CHARS = {"zh": 160, "en": 400}
"""Longest note on a part, in characters."""

MOST_PARTS = 64
"""Parts of an article that are read. 30,000 characters make 28 in a context of 2,048 tokens; past
this a page is a book, or was made to keep the model from all others."""

_ROUNDS = 6
_UNSUPPORTED = {FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME}


class Digest(NamedTuple):
    """An article's text, or notes on its *parts*, and how much of it was read."""

    text: str
    parts: int
    chars_read: int


async def digest(brief: Brief, source: Source, talk: Talk, room: int) -> Digest:
    """*source*'s text, or notes on its first `MOST_PARTS` parts, of at most *room* tokens.

    Raises:
        EngineError: from the engine, as it came.
    """
    text = source.text
    if talk.fits(text, room):
        return Digest(text, 1, len(text))
    # Two at least: a single note would stand for the article, and no edition could say so.
    texts = _split(brief, text, talk, most=estimate_tokens(text) * 2 // 3)
    parts = min(len(texts), MOST_PARTS)
    read = len(text) if parts == len(texts) else sum(map(len, texts[:parts]))
    for _ in range(_ROUNDS):
        text = "\n".join(await _notes(brief, source, talk, texts[:MOST_PARTS]))
        if talk.fits(text, room):
            break
        texts = _split(brief, text, talk)
    else:
        text = shorten(text, room, len(text))
    return Digest(text, parts, read)


async def _notes(brief: Brief, source: Source, talk: Talk, texts: Sequence[str]) -> list[str]:
    try:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(_note(brief, source, talk, text)) for text in texts]
    except ExceptionGroup as exc:
        raise exc.exceptions[0] from None  # the first; the others were cancelled for it
    return [note for one in asked if (note := one.result())]


def _split(brief: Brief, text: str, talk: Talk, most: int = sys.maxsize) -> list[str]:
    """*text* in pieces that a request has room for, of *most* tokens if that is less."""
    frame = brief.wording.prompt("part", brief.language, article="", **_length(brief))
    room = talk.room(frame, _answer_tokens(brief))
    return split_parts(text, min(room, most))


async def _note(brief: Brief, source: Source, talk: Talk, text: str) -> str:
    """The main points of *text*, a part of the article or notes on some; never longer than it."""
    prompt = brief.wording.prompt("part", brief.language, article=harmless(text), **_length(brief))
    limit = min(_note_chars(brief), max(len(text) // 2, 40), len(text))
    told = await talk.ask(prompt.model_copy(update={"max_tokens": _answer_tokens(brief)}))
    part = source.article.model_copy(update={"text": text})
    note = await asyncio.to_thread(_supported, brief, part, clean_answer(told.text))
    if note:
        return fit(note, limit) or note[:limit]
    return fit(text, limit) or text[:limit]  # the part's own first words, which invent nothing


def _supported(brief: Brief, part: Article, note: str) -> str:
    """The sentences of *note* whose figures, quotations and names stand in *part*."""
    sentences = [s for s in split_sentences(note) if is_finished(s.text)]
    verdict = verify(part, note, language=brief.language, max_chars=len(note) + 1)
    at_fault = [f.start for f in verdict.faults if f.kind in _UNSUPPORTED]
    kept = [s.text for s in sentences if not any(s.start <= at < s.end for at in at_fault)]
    return ("" if brief.language == "zh" else " ").join(kept)


def _note_chars(brief: Brief) -> int:
    return NOTE_CHARS.get(brief.language, NOTE_CHARS["en"])


def _length(brief: Brief) -> dict[str, int]:
    chars = _note_chars(brief) * 3 // 4
    return {"target": chars, "words": chars // 6}


def _answer_tokens(brief: Brief) -> int:
    return int(_note_chars(brief) * (1.3 if brief.language == "zh" else 1 / 3) * 1.5) + 60
