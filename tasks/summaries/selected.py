"""The selected way: the model chooses sentences of the article, so that it cannot invent."""

import asyncio
import json
from typing import Any

from pressrun.errors import BadAnswer
from pressrun.models import Completion, Prompt, Rung, Way
from tasks.summaries.answer import Answer, answer_schema, read_answer
from tasks.summaries.brief import Brief, Draft, Source, for_readers
from tasks.summaries.budget import shorten
from tasks.summaries.candidates import candidates
from tasks.summaries.sentences import split_sentences
from tasks.summaries.talk import Talk
from tasks.summaries.wording import harmless, one_line
from tasks.verification.marks import MARKS
from tasks.verification.wrapping import RULES
from tasks.verify import verify

READ_CHARS = {"zh": 600, "en": 1500}
"""Most characters of an article that are chosen from: news puts first what matters, and the
embedded model finds it less often the more it reads. Mean of ROUGE-1 and -2 on 12 English and 3
Chinese texts with references, without titles, November 2026: 1,500 (English) and 450 (Chinese)
.169, 4,000 and 1,200 .119, the plain lead .169."""

# JSON escapes these two, and the grammar of xllamacpp 2026.10 ends a string soon after an escape.
_UNESCAPED = str.maketrans('"\\', "”＼")


async def select(brief: Brief, source: Source, talk: Talk) -> Draft:
    """Sentences of the article that the model chose; when its answer is no choice, the first.

    A model that follows instructions is asked for keywords, category and importance too.

    Raises:
        BadAnswer: the article has no sentence that could be chosen (not transient).
        EngineError: from the engine, as it came.
    """
    language, most = source.article.language, brief.selected_chars
    instructed = talk.identity.instructed
    prompt, _ = _question(brief, source, "", instructed=instructed)
    max_tokens = 2 * most + (120 if instructed else 32)
    room = talk.room(prompt, max_tokens)
    read = shorten(source.text, room, READ_CHARS.get(language, READ_CHARS["en"]))
    members = candidates(split_sentences(read), language, most, source.article.title)
    members = {text: parts for text, parts in members.items() if _is_news(text)} or members
    if not members:
        raise BadAnswer(
            f"{source.article.url}: its first {len(read)} characters have nothing to print in "
            f"{most}, as each sentence is too short, is no text, or is too long; if it is too "
            "long, raise max_chars of the paper",
            transient=False,
        )
    spelled = {member.translate(_UNESCAPED): member for member in members}
    prompt, schema = _question(brief, source, read.translate(_UNESCAPED), instructed=instructed)
    choice: dict[str, Any] = {"type": "string", "enum": list(spelled)}
    if schema:
        choice = {**schema, "properties": {**schema["properties"], "summary": choice}}
    done = await talk.ask(
        prompt.model_copy(update={"response_schema": choice, "max_tokens": max_tokens})
    )
    named, answer = _choice(done, brief.categories)
    chosen, rung = spelled.get(named), "selected"
    if chosen is None:
        chosen, rung = next(iter(members)), "first sentences"
    assert all(part in source.text for part in members[chosen])
    verdict = await asyncio.to_thread(
        verify, source.article, chosen, language=language, max_chars=most, way=Way.SELECTED
    )
    cut = chosen.endswith("…") and chosen not in source.text
    return Draft(
        text=chosen,
        language=language,
        way=Way.SELECTED,
        verdict=verdict,
        ladder=(Rung(name=rung, findings=verdict.findings),),
        chars_read=len(read),
        keywords=answer.keywords if answer else (),
        category=answer.category if answer else "",
        importance=answer.importance if answer else None,
        repairs=("cut at a clause",) if cut else (),
    )


def _is_news(text: str) -> bool:
    """Whether *text* has no marks, and no words of prompts, models or the page's frame."""
    return not (
        any(pattern.search(text) for _, pattern in MARKS)
        or any(rule.pattern.search(text) for rule in RULES)
    )


def _question(
    brief: Brief, source: Source, article: str, *, instructed: bool
) -> tuple[Prompt, dict[str, Any]]:
    """The prompt about *article*, and the schema of what is asked for beside the choice."""
    title = one_line(source.article.title)
    if not instructed:
        # A bare model continues a text: it has no ear for instructions.
        prompt = brief.wording.prompt(
            "selected", source.article.language, article=harmless(article), title=title
        )
        return prompt, {}
    prompt = brief.wording.prompt(
        "chosen",
        source.article.language,
        article=harmless(article),
        title=title,
        categories=", ".join(brief.categories),
    )
    prompt = for_readers(brief, prompt, source.article.language)
    return prompt, answer_schema(brief.categories, brief.max_chars)


def _choice(done: Completion, categories: tuple[str, ...]) -> tuple[str, Answer | None]:
    """The sentences that a finished answer names, and what else it says."""
    if done.done_reason == "length":
        return "", None
    if answer := read_answer(done.text, categories).answer:
        return answer.summary, answer
    try:
        value = json.loads(done.text)
    except (ValueError, RecursionError):  # of JSON, and of integers of over 4,300 digits
        return "", None
    return value if isinstance(value, str) else "", None
