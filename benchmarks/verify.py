"""How well the verifier tells a right figure from a wrong one: labelled and corrupted summaries.

    python benchmarks/verify.py [--shared ../shared] [--part all] [--json | --misses]

Summaries whose figures and quotations were judged by hand (`benchmarks/verification/labels.py`)
are verified as they are: a supported figure that is flagged is a false alarm, an unsupported one
should be caught. Then each supported figure is made wrong, one thing at a time, and must be
flagged. A wrong figure that stands nowhere in the article is told from one that stands elsewhere
in it, by `benchmarks/verification/standing.py`. With a bar missed, in either language, the exit
code is 1; without the articles, 2.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.verification.corrupt import corrupt
from benchmarks.verification.labels import SHARED, Labelled, Pair, load_pairs
from benchmarks.verification.standing import stands
from pressrun.models import Finding, FindingKind
from tasks.verify import verify

CAUGHT_NOWHERE = 0.98
CAUGHT_ELSEWHERE = 0.5
"""An aim, not a bar: by the unit and the neighbouring words alone."""
FALSE_ALARMS = 0.03
SEED = 4
KINDS = {FindingKind.FIGURE, FindingKind.QUOTATION, FindingKind.NAME}


class Trial(NamedTuple):
    """One figure put to the verifier.

    *group* is "supported", "unsupported", "nowhere" or "elsewhere"; *context* shows the figure in
    its summary, *original* what stood there before, *reason* why it was flagged.
    """

    language: str
    group: str
    sort: str
    flagged: bool
    id: str
    context: str
    original: str
    reason: str

    @property
    def wrong(self) -> bool:
        """Whether the verifier erred."""
        return self.flagged == (self.group == "supported")


def try_pair(pair: Pair, seed: int) -> Iterator[Trial]:
    """All trials of a pair: its figures as they are, and each supported one corrupted."""
    findings = _findings(pair, pair.summary)
    for figure in pair.figures:
        if figure.supported is None:
            continue
        group = "supported" if figure.supported else "unsupported"
        yield _trial(pair, pair.summary, figure, findings, group, figure.kind)
        if figure.supported:
            yield from _corrupted(pair, figure, seed)
    for finding in findings:
        if finding.kind is not FindingKind.NAME and not any(
            _overlaps(finding, figure) for figure in pair.figures
        ):
            place = Labelled(finding.start, finding.start + len(finding.text), finding.kind, None)
            yield _trial(pair, pair.summary, place, [finding], "unlabelled", finding.kind)


def _corrupted(pair: Pair, figure: Labelled, seed: int) -> Iterator[Trial]:
    original = pair.summary[figure.start : figure.end]
    chance = random.Random(f"{seed} {pair.id} {pair.summary} {figure.start}")
    for sort, text in corrupt(original, figure.kind, pair.language, chance):
        summary = pair.summary[: figure.start] + text + pair.summary[figure.end :]
        place = figure._replace(end=figure.start + len(text))
        group = "elsewhere" if stands(sort, text, original, pair.article.text) else "nowhere"
        yield _trial(pair, summary, place, _findings(pair, summary), group, sort, original)


def _findings(pair: Pair, summary: str) -> list[Finding]:
    verdict = verify(pair.article, summary, language=pair.language, max_chars=len(summary))
    return [finding for finding in verdict.faults if finding.kind in KINDS]


def _overlaps(finding: Finding, figure: Labelled) -> bool:
    return finding.start < figure.end and figure.start < finding.start + len(finding.text)


def _trial(
    pair: Pair,
    summary: str,
    figure: Labelled,
    findings: Iterable[Finding],
    group: str,
    sort: str,
    original: str = "",
) -> Trial:
    reasons = [finding.reason for finding in findings if _overlaps(finding, figure)]
    before, after = summary[: figure.start][-18:], summary[figure.end :][:18]
    context = f"{before}[{summary[figure.start : figure.end]}]{after}".replace("\n", " ")
    reason = "; ".join(reasons)
    return Trial(pair.language, group, sort, bool(reasons), pair.id, context, original, reason)


def share(trials: list[Trial], **wanted: str) -> dict[str, Any]:
    """How many of the trials that have the *wanted* values were flagged."""
    chosen = [t for t in trials if all(getattr(t, name) == v for name, v in wanted.items())]
    flagged = sum(trial.flagged for trial in chosen)
    return {
        "flagged": flagged,
        "of": len(chosen),
        "share": round(flagged / len(chosen), 4) if chosen else None,
    }


def measure(trials: list[Trial]) -> dict[str, Any]:
    """The flagged shares by language and group, and by sort of error within a group."""
    figures: dict[str, Any] = {}
    for language in sorted({trial.language for trial in trials}):
        figures[language] = {
            group: {
                **share(trials, language=language, group=group),
                "by_sort": {
                    sort: share(trials, language=language, group=group, sort=sort)
                    for sort in sorted(
                        {t.sort for t in trials if (t.language, t.group) == (language, group)}
                    )
                },
            }
            for group in ("supported", "unsupported", "nowhere", "elsewhere", "unlabelled")
        }
    return figures


def is_met(figures: dict[str, Any]) -> bool:
    """Whether the bars hold in each language."""
    return all(
        (of["nowhere"]["share"] or 0) >= CAUGHT_NOWHERE
        and (of["supported"]["share"] or 0) <= FALSE_ALARMS
        for of in figures.values()
    )


def _table(figures: dict[str, Any]) -> Iterator[str]:
    for language, groups in figures.items():
        for group, found in groups.items():
            yield f"{language}  {group:24}{_line(found)}"
            for sort, part in found["by_sort"].items():
                yield f"      {sort:22}{_line(part)}"


def _line(found: dict[str, Any]) -> str:
    shown = "-" if found["share"] is None else f"{found['share']:.1%}"
    return f"{found['flagged']:5} of {found['of']:4} flagged  {shown:>6}"


def _misses(trials: list[Trial]) -> Iterator[str]:
    for trial in trials:
        if trial.wrong or trial.group == "unlabelled":
            was = f" was [{trial.original}]" if trial.original else ""
            why = f" because {trial.reason}" if trial.reason else ""
            yield f"{trial.group} {trial.sort} {trial.id}: {trial.context}{was}{why}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder of the articles")
    parser.add_argument("--part", choices=("all", "development", "held-out"), default="all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="one object: figures, bars, met")
    parser.add_argument("--misses", action="store_true", help="list what the verifier got wrong")
    options = parser.parse_args()
    try:
        pairs = load_pairs(options.shared)
    except FileNotFoundError as exc:
        print(f"{exc.filename}: no such file; name the folder with --shared", file=sys.stderr)
        return 2
    parts = {"all": (False, True), "development": (False,), "held-out": (True,)}[options.part]
    trials = [
        trial for pair in pairs if pair.held_out in parts for trial in try_pair(pair, options.seed)
    ]
    figures = measure(trials)
    bars = {"nowhere": CAUGHT_NOWHERE, "supported": FALSE_ALARMS}
    met = is_met(figures)
    if options.json:
        aims = {"elsewhere": CAUGHT_ELSEWHERE}
        print(json.dumps({"figures": figures, "bars": bars, "aims": aims, "met": met}))
    else:
        print("\n".join([*(_misses(trials) if options.misses else ()), *_table(figures)]))
        print(f"bars: nowhere >= {CAUGHT_NOWHERE:.0%}, supported <= {FALSE_ALARMS:.0%}", end=": ")
        print("met" if met else "missed")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
