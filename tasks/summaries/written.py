"""The written way and its ladder: ask, ask again with the findings told, trim, select.

Each rung's result is verified against the whole article, also where the model read notes on its
parts. Nothing with a fault is taken: the last rung says only what the article says.
"""

import asyncio
import json
import unicodedata
from typing import NamedTuple

from pressrun.errors import BadAnswer
from pressrun.models import Completion, FindingKind, Prompt, Rung, Turn, Verdict, Way
from tasks.summaries.answer import Answer, answer_schema, read_answer
from tasks.summaries.brief import Brief, Draft, Source, for_readers
from tasks.summaries.budget import estimate_tokens, shorten
from tasks.summaries.clean import clean_answer
from tasks.summaries.parts import Digest, digest
from tasks.summaries.selected import select
from tasks.summaries.sentences import is_finished, split_sentences
from tasks.summaries.talk import Talk
from tasks.summaries.wording import harmless
from tasks.verification.closeness import is_close
from tasks.verify import verify

_TOLD_TOKENS = 200
"""Most that a follow-up says of the faults, beside its own words."""

_RECORDED = 20
"""Findings of each rejected answer that an edition keeps: a hostile one has thousands."""


class Attempt(NamedTuple):
    """A summary that the model wrote, how it was asked for, and what is wrong with it."""

    rung: str
    prompt: Prompt
    raw: str
    answer: Answer | None
    text: str
    verdict: Verdict

    @property
    def repairs(self) -> tuple[str, ...]:
        """What cleaning did to the words of the model."""
        said = unicodedata.normalize("NFC", self.answer.summary if self.answer else self.raw)
        return ("cleaned",) if "".join(said.split()) != "".join(self.text.split()) else ()


async def write(brief: Brief, source: Source, talk: Talk) -> Draft:
    """A summary in the model's words that nothing is wrong with, else sentences of the article.

    Raises:
        BadAnswer: the article has no sentence that could be chosen either (not transient).
        PromptTooLong: the server cut a prompt; with what *talk* has learnt, another try may do.
        EngineError: from the engine, as it came.
    """
    try:
        room = talk.room(_longest_frame(brief), brief.answer_tokens + _TOLD_TOKENS)
    except BadAnswer:  # no context for writing may yet be one for choosing
        return await select(brief, source, talk)
    read = await digest(brief, source, talk, room)
    attempts = [await _first(brief, source, talk, read)]
    if attempts[-1].verdict.faults:
        attempts.append(await _again(brief, source, talk, attempts[-1]))
    ladder = tuple(
        Rung(name=one.rung, findings=one.verdict.findings[:_RECORDED]) for one in attempts
    )
    draft = _passed(brief, attempts[-1]) or await _trimmed(brief, source, attempts)
    if draft is None:
        draft = await select(brief, source, talk)
    else:
        draft = draft._replace(chars_read=read.chars_read, parts=read.parts)
    told = [one.answer for one in reversed(attempts) if one.answer]
    return draft._replace(
        ladder=(*ladder, *draft.ladder),
        keywords=draft.keywords or next((one.keywords for one in told if one.keywords), ()),
        category=draft.category or next((one.category for one in told if one.category), ""),
        importance=draft.importance or next((one.importance for one in told), None),
    )


def _frame(brief: Brief, name: str, article: str) -> Prompt:
    prompt = brief.wording.prompt(
        name,
        brief.language,
        article=harmless(article),
        schema=json.dumps(answer_schema(brief.categories, brief.max_chars), ensure_ascii=False),
        categories=", ".join(brief.categories),
        **brief.room,
    )
    return for_readers(brief, prompt, brief.language) if name == "written" else prompt


def _asked(brief: Brief, name: str, read: Digest) -> Prompt:
    """The instructions of prompt file *name* with what was *read*, which may be notes on parts."""
    prompt = _frame(brief, name, read.text)
    whole = {"user": _frame(brief, "whole", read.text).user} if read.parts > 1 else {}
    return prompt.model_copy(update=whole)


async def _first(brief: Brief, source: Source, talk: Talk, material: Digest) -> Attempt:
    """The first summary, by way of one correction of its form, and of plain text after that."""
    prompt = _asked(brief, "written", material).model_copy(
        update={
            "response_schema": answer_schema(brief.categories, brief.max_chars),
            "max_tokens": brief.answer_tokens,
        }
    )
    done = await talk.ask(prompt)
    read = read_answer(done.text, brief.categories)
    if read.answer and not read.fault:
        return await _judge(brief, source, "asked", prompt, done)
    follow_up = _follow_up(brief, talk, "correct", prompt, done.text, fault=harmless(read.fault))
    corrected = await talk.ask(follow_up)
    second = read_answer(corrected.text, brief.categories)
    if second.answer:
        return await _judge(brief, source, "corrected", follow_up, corrected)
    if read.answer:  # only its lesser fields were wrong
        return await _judge(brief, source, "asked", prompt, done)
    if clean_answer(corrected.text) and not second.is_json:
        return await _judge(brief, source, "plain text", follow_up, corrected)
    plain = _asked(brief, "plain", material).model_copy(update={"max_tokens": prompt.max_tokens})
    return await _judge(brief, source, "plain text", plain, await talk.ask(plain))


async def _again(brief: Brief, source: Source, talk: Talk, attempt: Attempt) -> Attempt:
    """What the model makes of the findings, which are told beside the article.

    Not after its own answer: small models say that once more (0 of 6 unsupported answers mended by
    SmolLM2 135M, 3 of 6 this way; November 2026).
    """
    told = brief.wording.findings(attempt.verdict.faults, brief.language, target=brief.target)
    asked = _question(brief, "again", findings=shorten(told, _TOLD_TOKENS, len(told)))
    prompt = attempt.prompt
    user = f"{prompt.user}\n\n{asked.content}"
    prompt = prompt.model_copy(update={"user": user, "turns": ()})
    return await _judge(brief, source, "asked again", prompt, await talk.ask(prompt))


def _follow_up(
    brief: Brief, talk: Talk, name: str, prompt: Prompt, raw: str, **words: str
) -> Prompt:
    """*prompt* carried on by its answer *raw*, as far as there is room, and the question *name*."""
    told = {key: shorten(word, _TOLD_TOKENS, len(word)) for key, word in words.items()}
    asked = _question(brief, name, **told)
    # Of an earlier follow-up the first answer would only cost room.
    room = talk.rest(prompt.model_copy(update={"turns": (asked,)}))
    answered = Turn(role="assistant", content=shorten(harmless(raw), room, len(raw)) or "…")
    return prompt.model_copy(update={"turns": (answered, asked)})


def _question(brief: Brief, name: str, **words: str) -> Turn:
    schema = json.dumps(answer_schema(brief.categories, brief.max_chars), ensure_ascii=False)
    prompt = brief.wording.prompt(name, brief.language, schema=schema, **brief.room, **words)
    return Turn(role="user", content=prompt.user)


def _longest_frame(brief: Brief) -> Prompt:
    """All that may stand about an article's text, notes and follow-up included."""
    asked = (_question(brief, "correct", fault=""), _question(brief, "again", findings=""))
    written, plain, whole = (_frame(brief, name, "") for name in ("written", "plain", "whole"))
    return Prompt(
        system=_longest(written.system, plain.system),
        user=_longest(written.user, plain.user, whole.user),
        turns=(Turn(role="user", content=_longest(*(turn.content for turn in asked))),),
    )


def _longest(*texts: str) -> str:
    return max(texts, key=estimate_tokens)


async def _judge(
    brief: Brief, source: Source, rung: str, prompt: Prompt, done: Completion
) -> Attempt:
    read = read_answer(done.text, brief.categories)
    broken = read.answer is None and done.text.lstrip().startswith(("{", "[", "```"))
    words = read.answer.summary if read.answer else "" if broken else done.text
    text = clean_answer(words)
    # The end of a whole object is the end of its text.
    reason = "stop" if read.answer else done.done_reason
    verdict = await _verified(brief, source, text, reason)
    return Attempt(rung, prompt, done.text, read.answer, text, verdict)


def _passed(brief: Brief, attempt: Attempt) -> Draft | None:
    """The draft of *attempt*, if nothing is wrong with it."""
    if attempt.verdict.faults:
        return None
    return Draft(
        text=attempt.text,
        language=brief.language,
        way=Way.WRITTEN,
        verdict=attempt.verdict,
        ladder=(),
        chars_read=0,
        repairs=attempt.repairs,
    )


async def _trimmed(brief: Brief, source: Source, attempts: list[Attempt]) -> Draft | None:
    """The longest beginning of an attempt, of whole sentences, that nothing is wrong with.

    Of a model that was found wrong in more than the length only the article's own words are taken:
    where it loses its way, figures stand that the article has of another thing.
    """
    faults = {fault.kind for attempt in attempts for fault in attempt.verdict.faults}
    doubted = faults != {FindingKind.LENGTH} and brief.language == source.article.language
    drafts = []
    for attempt in reversed(attempts):
        for sentence in reversed(split_sentences(attempt.text)):
            if sentence.end > brief.max_chars or not is_finished(sentence.text):
                continue
            head = attempt.text[: sentence.end]
            verdict = await _verified(brief, source, head, "stop")
            if not verdict.faults and (not doubted or await _close(source, head)):
                rung = Rung(name="trimmed", findings=verdict.findings)
                draft = _passed(brief, attempt._replace(text=head, verdict=verdict))
                assert draft
                drafts.append(
                    draft._replace(
                        ladder=(rung,), repairs=(*attempt.repairs, "cut at a sentence end")
                    )
                )
                break
    return max(drafts, key=lambda draft: len(draft.text), default=None)


async def _close(source: Source, text: str) -> bool:
    return await asyncio.to_thread(is_close, text, source.text)


async def _verified(brief: Brief, source: Source, text: str, done_reason: str) -> Verdict:
    return await asyncio.to_thread(
        verify,
        source.article,
        text,
        language=brief.language,
        max_chars=brief.max_chars,
        done_reason=done_reason,
    )
