"""Summaries that were made -> figures (pure).

What a summary says of itself is not taken on trust: length, language, wholeness and faults are
looked at again, and selected sentences are sought in the article.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from benchmarks.summarising.dataset import Made, Row
from benchmarks.summarising.rouge import rouge
from pressrun.models import Finding, FindingKind, Summary, Way
from tasks.summaries.sentences import fit, is_finished, split_sentences
from tasks.summarise import is_sound, verified

UNSUPPORTED = (FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME)

ROUGE_FROM_CHARS = 450
"""A shorter article is hardly longer than its summary: any beginning of it scores well."""


def measure(made: Sequence[Made]) -> dict[str, Any]:
    """All figures of the summaries of one language."""
    told = [(one.row, one.summary) for one in made if one.summary]
    summaries = [summary for _, summary in told]
    now = [verified(summary, row.article, row.brief) for row, summary in told]
    return {
        "articles": len(made),
        "failed": len(made) - len(told),
        "within_length": _share(len(s.text) <= r.brief.max_chars for r, s in told),
        "right_language": _share(FindingKind.LANGUAGE not in _kinds(s.findings) for s in now),
        "whole": _share(_is_whole(summary) for summary in now),
        "unmarked_faults": sum(not is_sound(summary) for summary in now),
        "not_in_the_article": sum(not is_verbatim(row, summary) for row, summary in told),
        "unsupported": {
            kind.value: {
                "first": _counted(kind, (s.ladder[0].findings for s in summaries if s.ladder)),
                "printed": _counted(kind, (summary.findings for summary in now)),
            }
            for kind in UNSUPPORTED
        },
        "first_faults": dict(Counter(k.value for s in summaries for k in sorted(_first(s)))),
        "warnings_printed": sum(found.warning for s in now for found in s.findings),
        "rungs_used": _used(rung.name for s in summaries for rung in s.ladder),
        "rungs_last": _ends(summaries),
        "ends_after_unsupported": _ends(s for s in summaries if _first(s) & set(UNSUPPORTED)),
        "ends_after_a_figure": _ends(s for s in summaries if FindingKind.FIGURE in _first(s)),
        "asked_again": _asked_again(summaries),
        "in_parts": sum(summary.parts > 1 for summary in summaries),
        "evidence": sum(len(summary.evidence) for summary in now),
        "rouge": _rouge(told),
        **_cost(made, summaries),
    }


def is_verbatim(row: Row, summary: Summary) -> bool:
    """Whether *summary* is written, or one or two stretches of the article as they stand there."""
    if summary.way is not Way.SELECTED:
        return True
    article, text = row.article.text, summary.text
    text = text if text in article else text.removesuffix("…")
    ends = [sentence.end for sentence in split_sentences(text)]
    return any(text[:end] in article and text[end:].strip() in article for end in ends)


def lead(row: Row) -> str:
    """What a summary is held against: the article's first sentences, up to the limit."""
    most = row.brief.max_chars
    return fit(row.article.text, most) or row.article.text[:most]


def _share(holds: Iterable[bool]) -> float | None:
    """Of those for which something holds; none of nothing."""
    answers = list(holds)
    return round(sum(answers) / len(answers), 4) if answers else None


def _kinds(findings: Iterable[Finding]) -> set[FindingKind]:
    return {finding.kind for finding in findings if not finding.warning}


def _first(summary: Summary) -> set[FindingKind]:
    """What was wrong with the first answer."""
    return _kinds(summary.ladder[0].findings) if summary.ladder else set()


def _is_whole(summary: Summary) -> bool:
    return is_finished(summary.text) and FindingKind.CUT_OFF not in _kinds(summary.findings)


def _counted(kind: FindingKind, verdicts: Iterable[Iterable[Finding]]) -> dict[str, int]:
    """How many faults of *kind* there are, and in how many summaries."""
    counts = [sum(f.kind is kind and not f.warning for f in verdict) for verdict in verdicts]
    return {"findings": sum(counts), "summaries": sum(map(bool, counts))}


def _used(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _ends(summaries: Iterable[Summary]) -> dict[str, int]:
    """How many ended at each rung."""
    return _used(summary.ladder[-1].name for summary in summaries if summary.ladder)


def _asked_again(summaries: Iterable[Summary]) -> dict[str, int]:
    """What telling the findings did to first answers that had something unsupported."""
    seconds = [
        _kinds(rung.findings)
        for summary in summaries
        if _first(summary) & set(UNSUPPORTED)
        for rung in summary.ladder
        if rung.name == "asked again"
    ]
    return {
        "after_unsupported": len(seconds),
        "nothing_unsupported_left": sum(not kinds & set(UNSUPPORTED) for kinds in seconds),
        "no_fault_left": sum(not kinds for kinds in seconds),
    }


def _rouge(told: Iterable[tuple[Row, Summary]]) -> dict[str, Any]:
    """Mean F1 in percent of the summaries and of the leads, over the same articles."""
    long = [
        (row, summary)
        for row, summary in told
        if row.reference and len(row.article.text) > ROUGE_FROM_CHARS
    ]
    texts = {"summary": [summary.text for _, summary in long], "lead": [lead(r) for r, _ in long]}
    figures: dict[str, Any] = {"articles": len(long)}
    for name, of in texts.items():
        scores = [rouge(text, row.reference) for text, (row, _) in zip(of, long, strict=True)]
        means = (round(100 * fmean(values), 1) for values in zip(*scores, strict=True))
        figures[name] = dict(zip(("1", "2", "L"), means, strict=False))
    return figures


def _cost(made: Iterable[Made], summaries: Sequence[Summary]) -> dict[str, Any]:
    output_s = sum(summary.output_s for summary in summaries)
    prompt_s = sum(summary.prompt_s for summary in summaries)
    read = sum(summary.prompt_tokens for summary in summaries)
    written = sum(summary.output_tokens for summary in summaries)
    seconds = [one.seconds for one in made]
    return {
        "calls": sum(summary.calls for summary in summaries),
        "tokens_in": read,
        "tokens_out": written,
        "tokens_in_per_s": round(read / prompt_s, 1) if prompt_s else None,
        "tokens_out_per_s": round(written / output_s, 1) if output_s else None,
        "seconds_of_requests": round(sum(summary.wall_s for summary in summaries), 1),
        "seconds_a_story": round(fmean(seconds), 2) if seconds else None,
        "longest_s": round(max(seconds, default=0.0), 2),
    }
