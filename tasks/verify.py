"""Article and summary -> what is wrong with the summary, and what supports it (pure)."""

import unicodedata
from collections.abc import Iterator

from pressrun.models import Article, Evidence, Finding, FindingKind, Verdict, Way
from tasks.summaries.sentences import Sentence, split_sentences
from tasks.verification.claims import Claim
from tasks.verification.figures import support_figures
from tasks.verification.form import form_findings
from tasks.verification.names import support_names
from tasks.verification.names_zh import support_chinese_names
from tasks.verification.passages import Passages
from tasks.verification.quotations import support_quotations
from tasks.verification.topic import off_topic


def verify(
    article: Article,
    summary: str,
    *,
    language: str,
    max_chars: int,
    way: Way = Way.WRITTEN,
    done_reason: str = "stop",
) -> Verdict:
    """What is wrong with *summary*, which should be in *language*, and what supports it.

    Offsets are code points of *summary* as it is given, which should be NFC, and of the article's
    text in NFC. *done_reason* is the engine's, for a *written* summary.
    """
    passages = Passages(unicodedata.normalize("NFC", article.text))
    findings = list(
        form_findings(
            summary,
            passages.folded,
            language=language,
            max_chars=max_chars,
            way=way,
            done_reason=done_reason,
        )
    )
    if way is Way.WRITTEN and language == article.language:
        findings += off_topic(summary, passages, language)
    evidence = []
    sentences = split_sentences(summary)
    for claim in _claims(summary, passages, language, article.language):
        if claim.where:
            evidence.append(_evidence(claim, passages, sentences))
        else:
            findings.append(_finding(claim))
    return Verdict(
        findings=tuple(sorted(findings, key=lambda finding: finding.start)),
        evidence=tuple(sorted(evidence, key=lambda found: found.start)),
    )


def _claims(
    summary: str, passages: Passages, language: str, article_language: str
) -> Iterator[Claim]:
    for figure, where, reason in support_figures(summary, passages.text):
        yield Claim(
            FindingKind.FIGURE,
            figure.start,
            figure.text,
            (where.start,) if where else (),
            reason,
        )
    yield from support_quotations(summary, passages)
    yield from support_names(summary, passages, language, article_language)
    if language == "zh":
        yield from support_chinese_names(summary, passages, article_language)


def _finding(claim: Claim) -> Finding:
    return Finding(
        kind=claim.kind,
        text=claim.text,
        start=claim.start,
        reason=claim.reason,
        warning=claim.warning,
    )


def _evidence(claim: Claim, passages: Passages, sentences: list[Sentence]) -> Evidence:
    said = next(
        (sentence.text for sentence in sentences if sentence.start <= claim.start < sentence.end),
        claim.text,
    )
    best = passages.best(claim.where, said)
    return Evidence(
        kind=claim.kind,
        text=claim.text,
        start=claim.start,
        sentence=best.text,
        sentence_start=best.start,
    )
