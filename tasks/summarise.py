"""Article -> summary, verified against the article.

Two ways, by what the engine's identity says. *Written*: the model writes; what cannot be verified
is asked for again, trimmed, and in the end replaced by sentences of the article. *Selected*: the
model may only choose sentences of the article, so that it cannot invent. Long articles are read in
parts, none is cut in silence, and every summary has at most its length.
"""

import asyncio
import unicodedata

from pressrun.errors import BadAnswer, PromptTooLong
from pressrun.models import Article, ModelIdentity, Summary, Way
from pressrun.ports import Engine
from tasks.summaries.brief import Brief, Draft, Source
from tasks.summaries.budget import TokenMeter
from tasks.summaries.keywords import keywords_of
from tasks.summaries.selected import select
from tasks.summaries.talk import Talk
from tasks.summaries.wording import PLACES, READERS_PLACES
from tasks.summaries.written import write
from tasks.verify import verify

VERSION = 3
"""Of everything here and in the modules it uses that changes a summary: raise it with them."""

_TRIES = 4


def prompt_sha256(brief: Brief, article_language: str) -> str:
    """Identifies how articles in a language are summarised for *brief*: wording and `VERSION`."""
    asked = (brief.language, brief.max_chars, brief.selected_chars, brief.categories)
    languages = (brief.language, article_language)
    if not brief.readers:
        return brief.wording.sha256(PLACES, languages, VERSION, asked)
    places = {**PLACES, **READERS_PLACES}
    return brief.wording.sha256(places, languages, VERSION, asked, brief.readers)


async def summarise_article(
    article: Article,
    engine: Engine,
    identity: ModelIdentity,
    brief: Brief,
    meter: TokenMeter,
) -> Summary:
    """A summary of *article* as *brief* asks for it, the way *identity* works.

    Raises:
        BadAnswer: the article has no sentence that could be chosen, or the context has no room for
            any of it (not transient).
        EngineError: from *engine*, as it came.
    """
    source = Source(article, unicodedata.normalize("NFC", article.text))
    talk = Talk(engine, identity, meter, article.language, article.url)
    for _ in range(_TRIES):
        try:
            way = select if identity.way is Way.SELECTED else write
            draft = await way(brief, source, talk)
            break
        except PromptTooLong as exc:
            # The server is right: the next try counts more tokens, and makes more parts.
            meter.raise_factor(article.language)
            refused = exc
    else:
        raise BadAnswer(
            f"{article.url}: the prompt stayed too long for {identity.model} however many parts "
            f"the article was split into; raise num_ctx ({refused})",
            transient=False,
        ) from refused
    keywords = await asyncio.to_thread(keywords_of, article, draft.keywords, draft.language)
    return _summary(brief, source, talk, draft._replace(keywords=keywords))


def verified(summary: Summary, article: Article, brief: Brief) -> Summary:
    """*summary* with the findings and evidence of now, which a record may not have."""
    selected = summary.way is Way.SELECTED
    verdict = verify(
        article,
        summary.text,
        language=summary.language,
        max_chars=brief.selected_chars if selected else brief.max_chars,
        way=summary.way,
    )
    return summary.model_copy(update={"findings": verdict.findings, "evidence": verdict.evidence})


def is_sound(summary: Summary) -> bool:
    """Whether *summary* may be printed as it is: written, without a fault; or selected."""
    return summary.way is Way.SELECTED or all(found.warning for found in summary.findings)


def _summary(brief: Brief, source: Source, talk: Talk, draft: Draft) -> Summary:
    article, identity, answers = source.article, talk.identity, talk.answers
    return Summary(
        text=draft.text,
        language=draft.language,
        way=draft.way,
        keywords=draft.keywords,
        category=draft.category,
        importance=draft.importance,
        engine=identity.engine,
        model=identity.model,
        model_digest=identity.digest,
        host=next((one.host for one in reversed(answers) if one.host), ""),
        prompt_sha256=prompt_sha256(brief, article.language),
        chars_read=draft.chars_read,
        chars_total=len(source.text),
        parts=draft.parts,
        ladder=draft.ladder,
        findings=draft.verdict.findings,
        evidence=draft.verdict.evidence,
        repairs=draft.repairs,
        calls=max(len(answers), 1),
        prompt_tokens=sum(one.prompt_tokens for one in answers),
        output_tokens=sum(one.output_tokens for one in answers),
        load_s=sum(one.load_s for one in answers),
        prompt_s=sum(one.prompt_s for one in answers),
        output_s=sum(one.output_s for one in answers),
        queued_s=sum(one.queued_s for one in answers),
        wall_s=sum(one.wall_s for one in answers),
    )
