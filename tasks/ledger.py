"""Edition -> the table that an operator reads in Prefect's UI, as Markdown (pure)."""

import re

from pressrun.models import Edition, Failure, Story

_MARKS = re.compile(r"([\\`*_\[\]<>|#~!])")


def as_markdown(edition: Edition) -> str:
    """A row an article: story, state, seconds and tokens of its summary; then what it lacks.

    Titles and reasons are other people's text: none of it acts as Markdown or HTML.
    """
    rows = {story.rank: _story(story) for story in edition.stories}
    rows |= {failure.rank: _failure(failure) for failure in edition.failures}
    lines = [
        f"# {_inert(edition.title)} {edition.edition_date}",
        "",
        f"{len(edition.stories)} of {edition.listed} stories, revision {edition.revision}, "
        f"by {_inert(edition.model.model)} ({_inert(edition.model.engine)})",
        "",
        "| | Story | State | Seconds | Tokens in | Tokens out |",
        "|---:|---|---|---:|---:|---:|",
        *(rows[rank] for rank in sorted(rows)),
    ]
    if edition.render_failures:
        lines += ["", *(f"- not rendered: {_inert(reason)}" for reason in edition.render_failures)]
    return "\n".join(lines) + "\n"


def _story(story: Story) -> str:
    summary = story.summary
    cells = (
        story.rank,
        _inert(story.title),
        summary.way,
        f"{summary.wall_s:.1f}",
        summary.prompt_tokens,
        summary.output_tokens,
    )
    return _row(*cells)


def _failure(failure: Failure) -> str:
    state = f"failed: {failure.step}: {_inert(failure.reason)}"
    return _row(failure.rank, _inert(failure.title), state, "", "", "")


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _inert(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
