"""How a run ended, for a person and for a program."""

import io
from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape

from pressrun.archive import Archive
from pressrun.cli.streams import say
from pressrun.models import DROPPED, Edition, Failure, Way
from pressrun.spent import Spent


def as_object(archive: Archive, edition: Edition, done: str, seconds: float) -> dict[str, Any]:
    """The outcome as one JSON object: where the edition lies, what failed and why."""
    spent = _spent(edition)
    return {
        "state": done,
        "paper": edition.paper,
        "date": edition.edition_date.isoformat(),
        "revision": edition.revision,
        "as_of": edition.as_of.isoformat() if edition.as_of else None,
        "stories": len(edition.stories),
        "listed": edition.listed,
        "told": edition.told,
        "wanted": edition.wanted,
        "source": edition.listing.source,
        "not_from": [note.model_dump(mode="json") for note in edition.listing.notes],
        "engine": edition.model.engine,
        "model": edition.model.model,
        "files": archive.editions.addresses(edition),
        "failures": [failure.model_dump(mode="json") for failure in edition.failures],
        "render_failures": list(edition.render_failures),
        "missing_glyphs": list(edition.missing_glyphs),
        "tokens": spent.prompt_tokens + spent.output_tokens,
        "spent": spent._asdict(),
        "seconds": round(seconds, 2),
    }


def print_report(archive: Archive, edition: Edition, done: str, seconds: float) -> None:
    """Tell a person, on standard output, what was printed and what is missing."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=Console().is_terminal, soft_wrap=True)
    _report(console, archive, edition, done, seconds)
    say(text.getvalue())


def _report(
    console: Console, archive: Archive, edition: Edition, done: str, seconds: float
) -> None:
    colour = "green" if edition.is_complete else "yellow"
    console.print(
        f"[bold {colour}]{done}[/bold {colour}] {escape(edition.title)} {edition.edition_date}: "
        f"{edition.told} of {edition.wanted} stories, revision {edition.revision}, "
        f"{seconds:.1f} s",
        highlight=False,
    )
    if edition.as_of:
        console.print("  the day is not over: the next run prints it again", highlight=False)
    ways = sum(story.summary.way is Way.SELECTED for story in edition.stories)
    console.print(
        f"  by {escape(edition.model.model)} ({edition.model.engine}); "
        f"{len(edition.stories) - ways} written, {ways} of selected sentences",
        highlight=False,
    )
    console.print(f"  {_spent(edition)}", highlight=False)
    if repaired := _repaired(edition):
        console.print(f"  {repaired}", highlight=False)
    for note in edition.listing.notes:
        console.print(
            f"  [yellow]not from {escape(note.source)}[/yellow] but from "
            f"{escape(edition.listing.source)}: {escape(note.reason)}",
            highlight=False,
        )
    for name, address in archive.editions.addresses(edition).items():
        console.print(f"  {name:<14} {escape(address)}", highlight=False)
    for failure in edition.failures:
        console.print(
            f"  {_fate(failure)} {failure.rank} {escape(failure.title)} "
            f"({failure.step}): {escape(failure.reason)}",
            highlight=False,
        )
    for reason in edition.render_failures:
        console.print(f"  [yellow]not rendered[/yellow] {escape(reason)}", highlight=False)
    if edition.missing_glyphs:
        console.print(
            f"  printed as 〓, for want of a glyph: {escape(' '.join(edition.missing_glyphs))}",
            highlight=False,
        )


def _fate(failure: Failure) -> str:
    return "left out" if failure.kind == DROPPED else "[yellow]missing[/yellow]"


def _spent(edition: Edition) -> Spent:
    return Spent.on(story.summary for story in edition.stories)


def _repaired(edition: Edition) -> str:
    """How many summaries were not printed as the model first wrote them; empty for none."""
    rungs = Counter(
        story.summary.ladder[-1].name for story in edition.stories if len(story.summary.ladder) > 1
    )
    counted = ", ".join(f"{count} {name}" for name, count in rungs.most_common())
    return f"verified and repaired: {counted}" if counted else ""
