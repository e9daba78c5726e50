"""Article -> summary: one prompt, one call, and an answer that keeps to its length.

Two ways, by what the engine's identity says. *Written*: the model writes, the answer is cleaned and
cut at a sentence end. *Selected*: the model may only choose sentences of the article, so that it
cannot invent. In either way every summary has at most `max_chars` characters.
"""

import hashlib
import json
import re
import unicodedata
from typing import NamedTuple

from pressrun.errors import BadAnswer
from pressrun.models import Article, Completion, ModelIdentity, Summary, Way
from pressrun.ports import Engine
from tasks.summaries.candidates import candidates
from tasks.summaries.clean import clean_answer
from tasks.summaries.sentences import fit, is_finished, split_sentences
from tasks.summaries.wording import estimate_tokens, prompt_text, shorten, word_prompt

VERSION = 1
"""Of everything here and in the modules it uses that changes a summary: raise it with them."""

READ_CHARS = {"zh": 600, "en": 1500}
"""Most characters of an article that are chosen from: news puts first what matters, and the
embedded model finds it less often the more it reads. Mean of ROUGE-1 and -2 on 12 English and 3
Chinese texts with references, without titles, November 2026: 1,500 (English) and 450 (Chinese)
.169, 4,000 and 1,200 .119, the plain lead .169."""

SHORTEST_WRITTEN = {"zh": 10, "en": 25}
"""Fewest characters of a written summary: what is shorter ("好的", "None.") is no summary."""

# A chat template's own marks, which the client does not see.
_TEMPLATE_TOKENS = 64
_LEAST_ROOM_TOKENS = 128
# JSON escapes these two, and the grammar of xllamacpp 2026.10 ends a string soon after an escape.
_UNESCAPED = str.maketrans('"\\', "”＼")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


class Draft(NamedTuple):
    """A summary's text, how it was repaired, and how much of the article was read for it."""

    text: str
    repairs: tuple[str, ...]
    chars_read: int
    completion: Completion


def prompt_sha256(way: Way, language: str) -> str:
    """Identifies how articles in *language* are summarised: the wording and `VERSION`."""
    wording = json.dumps([VERSION, way.value, language, prompt_text(way, language)])
    return hashlib.sha256(wording.encode()).hexdigest()


async def summarise_article(
    article: Article, engine: Engine, identity: ModelIdentity, *, max_chars: int
) -> Summary:
    """A summary of *article* of at most *max_chars* characters, the way *identity* works.

    Raises:
        BadAnswer: the answer holds no summary (transient), or the article has no sentence that
            could be chosen (not transient).
        EngineError: from *engine*, as it came.
    """
    text = unicodedata.normalize("NFC", article.text)
    if identity.way is Way.SELECTED:
        draft = await _select(article, text, engine, identity, max_chars)
    else:
        draft = await _write(article, text, engine, identity, max_chars)
    assert len(draft.text) <= max_chars
    done = draft.completion
    return Summary(
        text=draft.text,
        language=article.language,
        way=identity.way,
        engine=identity.engine,
        model=identity.model,
        model_digest=identity.digest,
        prompt_sha256=prompt_sha256(identity.way, article.language),
        chars_read=draft.chars_read,
        chars_total=len(text),
        repairs=draft.repairs,
        prompt_tokens=done.prompt_tokens,
        output_tokens=done.output_tokens,
        load_s=done.load_s,
        prompt_s=done.prompt_s,
        output_s=done.output_s,
        wall_s=done.wall_s,
    )


async def _write(
    article: Article, text: str, engine: Engine, identity: ModelIdentity, max_chars: int
) -> Draft:
    # Room for an answer of twice the length, and for some reasoning that no switch turned off.
    max_tokens = 2 * max_chars + 200
    room = _room_tokens(article, identity, max_chars, max_tokens)
    read = shorten(text, room, len(text))
    prompt = word_prompt(Way.WRITTEN, article.language, article.title, read, max_chars)
    done = await engine.complete(prompt.model_copy(update={"max_tokens": max_tokens}))
    answer, repairs = repair(done.text, done.done_reason, max_chars)
    if fault := _fault(answer, article.language, max_chars):
        raise BadAnswer(
            f"{identity.model}: {fault} for {article.url}; it answered {_excerpt(done)}; "
            f"ask again, or take a larger model"
        )
    return Draft(answer, repairs, len(read), done)


async def _select(
    article: Article, text: str, engine: Engine, identity: ModelIdentity, max_chars: int
) -> Draft:
    max_tokens = 2 * max_chars + 32
    room = _room_tokens(article, identity, max_chars, max_tokens)
    read = shorten(text, room, READ_CHARS.get(article.language, READ_CHARS["en"]))
    members = candidates(split_sentences(read), article.language, max_chars, article.title)
    if not members:
        raise BadAnswer(
            f"{article.url}: no sentence of its first {len(read)} characters fits in {max_chars}; "
            f"raise max_chars of the paper",
            transient=False,
        )
    spelled = {member.translate(_UNESCAPED): member for member in members}
    prompt = word_prompt(
        Way.SELECTED, article.language, article.title, read.translate(_UNESCAPED), max_chars
    )
    schema = {"type": "string", "enum": list(spelled)}
    done = await engine.complete(
        prompt.model_copy(update={"response_schema": schema, "max_tokens": max_tokens})
    )
    chosen = spelled.get(_decoded(done), "")
    if not chosen:
        raise BadAnswer(
            f"{identity.model}: the answer for {article.url} is none of {len(members)} choices: "
            f"{_excerpt(done)}; the engine has to keep to a JSON schema"
        )
    assert all(part in text for part in members[chosen])
    repairs = ("cut at a clause",) if chosen.endswith("…") and chosen not in text else ()
    return Draft(chosen, repairs, len(read), done)


def repair(answer: str, done_reason: str, max_chars: int) -> tuple[str, tuple[str, ...]]:
    """The summary in a written *answer*, at most *max_chars* long or empty, and what was done."""
    text = clean_answer(answer)
    repairs = []
    if "".join(text.split()) != "".join(unicodedata.normalize("NFC", answer).split()):
        repairs.append("cleaned")
    if done_reason == "length" and text and not is_finished(text):
        text = text[: max((s.end for s in split_sentences(text) if is_finished(s.text)), default=0)]
        repairs.append("unfinished sentence dropped")
    if len(text) > max_chars:
        text = fit(text, max_chars)
        repairs.append("cut at a sentence end")
    return text, tuple(repairs)


def _fault(answer: str, language: str, max_chars: int) -> str:
    """Why *answer* cannot be printed, or nothing."""
    if not answer:
        return f"no whole sentence within {max_chars} characters"
    if len(answer) < min(SHORTEST_WRITTEN.get(language, 25), max_chars // 2):
        return f"a summary of {len(answer)} characters only"
    letters = len(_LETTER.findall(answer))
    chinese = len(_HAN.findall(answer))
    if not letters or (chinese < letters / 3) == (language == "zh"):
        return f"a summary that is not in the article's language ({language})"
    return ""


def _room_tokens(article: Article, identity: ModelIdentity, max_chars: int, max_tokens: int) -> int:
    """Tokens that the article may take beside prompt and answer.

    Raises:
        BadAnswer: hardly any (not transient).
    """
    frame = word_prompt(identity.way, article.language, article.title, "", max_chars)
    taken = estimate_tokens(frame.system + frame.user) + max_tokens + _TEMPLATE_TOKENS
    room = identity.context_tokens - taken
    if room < _LEAST_ROOM_TOKENS:
        raise BadAnswer(
            f"{identity.model}: a context of {identity.context_tokens} tokens leaves no room for "
            f"an article beside {taken} of prompt and answer; raise num_ctx or lower max_chars",
            transient=False,
        )
    return room


def _decoded(done: Completion) -> str:
    """The JSON string of a finished answer; empty when it is cut or is none."""
    if done.done_reason == "length":
        return ""
    try:
        value = json.loads(done.text)
    except (json.JSONDecodeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _excerpt(done: Completion) -> str:
    return f"{done.text[:80]!r} ({done.output_tokens} tokens, {done.done_reason})"
