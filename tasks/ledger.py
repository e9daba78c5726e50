"""Edition -> what an operator reads of it in Prefect's UI: Markdown, and a plain table (pure)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pressrun.archive.layout import SITE, shown_name, site_folder
from pressrun.models import DROPPED, Edition, Failure, Story, Telling
from pressrun.spent import Spent

_MARKS = re.compile(r"([\\`*_\[\]<>|#~!])")
_ADDRESS = re.compile(r"((?:\w+://|(?<![^\W_])www\.|[\w.+-]+@)\S*[^\s.,:;!?'\")\]])", re.IGNORECASE)
"""What GitHub's Markdown makes a link of without being asked; no escape keeps it from that."""
_COLUMNS = ("", "Story", "State", "Seconds", "Tokens")
"""As many as the page of a run has room for beside its panel; the table has the others."""
_MEASURED = (
    *("state", "characters", "way", "seconds", "queued", "loading"),
    *("tokens in", "tokens out", "out a second", "reason"),
)
_PAGE = "index.html"


def public_folder(site_url: object, paper: str, day: date) -> str:
    """Where readers find an edition, with a slash at its end, when the site is at *site_url*."""
    return f"{str(site_url).rstrip('/')}/{site_folder(paper, day).removeprefix(f'{SITE}/')}/"


def public_places(edition: Edition, site_url: object) -> dict[str, str]:
    """Name of each rendition -> its address on the site; the page's is its folder's."""
    folder = public_folder(site_url, edition.paper, edition.edition_date)
    return {r.name: folder + shown_name(r.name) * (r.name != _PAGE) for r in edition.renditions}


def as_markdown(edition: Edition, places: Mapping[str, str], picture: str | None = None) -> str:
    """Where its files are; a row an article: how it was made, what it took; what it lacks.

    At the end the *picture*, an address that a page can show. *places* are the files' addresses by
    name. Titles and reasons are other people's text: none of it acts as Markdown or HTML.
    """
    rows = {story.rank: _story(story) for story in edition.stories}
    rows |= {one.rank: _beside(one, story) for story in edition.stories for one in story.also}
    rows |= {failure.rank: _failure(failure) for failure in edition.failures}
    model = edition.model
    digest = f", {model.digest[:12]}" if model.digest else ""
    lines = [
        f"# {_inert(edition.title)} {edition.edition_date}",
        "",
        f"{edition.told} of {edition.wanted} stories, revision {edition.revision}, "
        f"by {_inert(model.model)} ({_inert(model.engine)}{digest})",
        "",
        *(f"- {_place(name, place)}" for name, place in places.items()),
        "",
        f"{Spent.on(story.summary for story in edition.stories)}; context {model.context_tokens}"
        + "".join(f", {one.language} estimates x {one.factor:g}" for one in edition.calibrations),
        "",
        _row(*_COLUMNS),
        "|---:|---|---|---:|---:|",
        *(rows[rank] for rank in sorted(rows)),
    ]
    if edition.render_failures:
        lines += ["", *(f"- not rendered: {_inert(reason)}" for reason in edition.render_failures)]
    if picture:
        lines += ["", f"![front page]({picture})"]
    return "\n".join(lines) + "\n"


def as_table(edition: Edition) -> list[dict[str, Any]]:
    """A row an article, by rank, each with the same columns."""
    changed = {change.url: change.kind for change in edition.changes}
    rows = {story.rank: _cells(story, changed) for story in edition.stories}
    for story in edition.stories:
        for one in story.also:
            rows[one.rank] = _unmeasured(one, f"told by number {story.rank}") | {
                "medium": one.medium
            }
    for failure in edition.failures:
        state = "left out" if failure.kind == DROPPED else f"not printed: {failure.step}"
        rows[failure.rank] = _unmeasured(failure, state) | {"reason": failure.reason}
    return [rows[rank] for rank in sorted(rows)]


def _unmeasured(one: Failure | Telling, state: str) -> dict[str, Any]:
    facts = {"no": one.rank, "title": one.title, "medium": ""}
    return facts | dict.fromkeys(_MEASURED, "") | {"state": state}


def _cells(story: Story, changed: Mapping[str, str]) -> dict[str, Any]:
    summary = story.summary
    per_s = Spent.on((summary,)).tokens_per_s
    measured = (
        changed.get(story.url, "printed"),
        len(summary.text),
        ", ".join((summary.way, *_made(story))),
        round(summary.wall_s, 1),
        round(summary.queued_s, 1),
        round(summary.load_s, 1),
        summary.prompt_tokens,
        summary.output_tokens,
        round(per_s) if per_s else "",
        "",
    )
    facts = {"no": story.rank, "title": story.title, "medium": story.medium}
    return facts | dict(zip(_MEASURED, measured, strict=True))


def _story(story: Story) -> str:
    summary = story.summary
    return _row(
        story.rank,
        _inert(story.title),
        _inert(", ".join((summary.way, *_made(story)))),
        f"{summary.wall_s:.1f}",
        summary.prompt_tokens + summary.output_tokens,
    )


def _made(story: Story) -> list[str]:
    """What the way of a summary does not say: its parts, its ladder, what was found wrong."""
    summary = story.summary
    made = [f"{summary.parts} parts"] if summary.parts > 1 else []
    names = [rung.name for rung in summary.ladder]
    made += names[1:] if names[:1] in (["asked"], ["selected"]) else names
    return made + [f"{finding.kind}: {finding.text}" for finding in summary.findings]


def _failure(failure: Failure) -> str:
    fate = "left out" if failure.kind == DROPPED else f"failed: {failure.step}"
    state = f"{fate}: {_inert(failure.reason)}"
    return _row(failure.rank, _inert(failure.title), state, *("" for _ in _COLUMNS[3:]))


def _beside(one: Telling, story: Story) -> str:
    state = f"told by number {story.rank}"
    return _row(one.rank, _inert(one.title), state, *("" for _ in _COLUMNS[3:]))


def _place(name: str, place: str) -> str:
    """A link where a browser may follow it; a path as it is, for a page of the UI may not."""
    return f"[{name}](<{place}>)" if is_web(place) else f"`{place}`"


def is_web(place: str) -> bool:
    """Whether a browser can be sent to *place*."""
    return place.startswith(("http://", "https://"))


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _inert(text: str) -> str:
    """*text* of others on one line, as it is and no more: an address as code, marks escaped."""
    parts = _ADDRESS.split(" ".join(text.split()))
    parts[::2] = (_MARKS.sub(r"\\\1", part) for part in parts[::2])
    parts[1::2] = (f"`{part.replace('`', '%60').replace('|', '%7C')}`" for part in parts[1::2])
    return "".join(parts)
