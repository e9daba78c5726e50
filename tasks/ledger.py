"""Edition -> the table that an operator reads in Prefect's UI, as Markdown (pure)."""

import re

from pressrun.models import Edition, Failure, Story
from pressrun.spent import Spent

_MARKS = re.compile(r"([\\`*_\[\]<>|#~!])")
_COLUMNS = ("", "Story", "State", "Seconds", "Queued", "Load", "Tokens in", "Out", "Out/s")


def as_markdown(edition: Edition) -> str:
    """A row an article: story, how it was made, what its summary took; then what it lacks.

    Titles and reasons are other people's text: none of it acts as Markdown or HTML.
    """
    rows = {story.rank: _story(story) for story in edition.stories}
    rows |= {failure.rank: _failure(failure) for failure in edition.failures}
    model = edition.model
    digest = f", {model.digest[:12]}" if model.digest else ""
    lines = [
        f"# {_inert(edition.title)} {edition.edition_date}",
        "",
        f"{len(edition.stories)} of {edition.listed} stories, revision {edition.revision}, "
        f"by {_inert(model.model)} ({_inert(model.engine)}{digest})",
        "",
        f"{Spent.on(story.summary for story in edition.stories)}; context {model.context_tokens}"
        + "".join(f", {one.language} estimates x {one.factor:g}" for one in edition.calibrations),
        "",
        _row(*_COLUMNS),
        "|---:|---|---|---:|---:|---:|---:|---:|---:|",
        *(rows[rank] for rank in sorted(rows)),
    ]
    if edition.render_failures:
        lines += ["", *(f"- not rendered: {_inert(reason)}" for reason in edition.render_failures)]
    return "\n".join(lines) + "\n"


def _story(story: Story) -> str:
    summary = story.summary
    spent = Spent.on((summary,))
    return _row(
        story.rank,
        _inert(story.title),
        _inert(", ".join((summary.way, *_made(story)))),
        f"{summary.wall_s:.1f}",
        f"{summary.queued_s:.1f}",
        f"{summary.load_s:.1f}",
        summary.prompt_tokens,
        summary.output_tokens,
        f"{spent.tokens_per_s:.0f}" if spent.output_s else "",
    )


def _made(story: Story) -> list[str]:
    """What the way of a summary does not say: its parts, its ladder, what was found wrong."""
    summary = story.summary
    made = [f"{summary.parts} parts"] if summary.parts > 1 else []
    names = [rung.name for rung in summary.ladder]
    made += names[1:] if names[:1] in (["asked"], ["selected"]) else names
    return made + [f"{finding.kind}: {finding.text}" for finding in summary.findings]


def _failure(failure: Failure) -> str:
    state = f"failed: {failure.step}: {_inert(failure.reason)}"
    return _row(failure.rank, _inert(failure.title), state, *("" for _ in _COLUMNS[3:]))


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _inert(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
