"""`pressrun diff`: what differs between two printings of an edition."""

import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from difflib import SequenceMatcher
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from pressrun.archive import Archive
from pressrun.cli.digest import parse_day
from pressrun.cli.options import Address, Config, Json
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import ArchiveError
from pressrun.models import Edition, Failure, Story
from settings import load_settings
from tasks.archives import archive_there
from tasks.compare import compare, pairs
from tasks.order import overrides, utc_now

TOKEN = re.compile(r"\s+|[^\W\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff]+(?:[.,'’-]\w+)*|.", re.DOTALL)
"""What is compared as a whole: a word of letters and digits, an ideograph, a sign."""


def diff(
    date_: Annotated[
        str, typer.Argument(metavar="DATE", help="The edition: YYYY-MM-DD, today or yesterday.")
    ],
    paper: Annotated[
        str, typer.Option("--paper", "-p", metavar="NAME", help="The paper.")
    ] = "daily",
    from_: Annotated[
        int | None,
        typer.Option("--from", min=1, metavar="N", help="A revision; default: the one before."),
    ] = None,
    to: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="A revision; default: the current one.")
    ] = None,
    archive: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """What changed between two printings of an edition: stories, summaries, model, files.

    And which printings were kept aside, because the current one has more.
    In a pipe, what went stands in [-brackets-], and what came in {+braces+}.
    """
    settings = load_settings(overrides(paper, archive=archive), file=config)
    opened = archive_there(settings)
    day = parse_day(date_, settings.paper(paper), utc_now())
    new = _later(opened, paper, day, to)
    old = _earlier(opened, new, from_)
    current = opened.editions.current(paper, day)
    aside = opened.editions.kept_aside(current) if current else ()
    if json_:
        say(json.dumps(as_object(old, new, aside), ensure_ascii=not takes_unicode()) + "\n")
        return
    text = io.StringIO()
    terminal = Console().is_terminal
    console = Console(file=text, force_terminal=terminal, soft_wrap=True, highlight=False)
    for line in report(old, new, aside, plain=not console.is_terminal or console.no_color):
        console.print(line)
    say(text.getvalue())


def pieces(old: str, new: str) -> Iterator[tuple[str, str]]:
    """What goes and what comes, piece by piece; what stays is in both parts of its pair."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        yield (gone, gone) if tag == "equal" else (gone, come)


def facts(edition: Edition) -> dict[str, str]:
    """What an edition says of its making, by name."""
    model = edition.model
    prompts = sorted({story.summary.prompt_sha256[:12] for story in edition.stories})
    return {
        "printed": f"{edition.printed_at:%Y-%m-%d %H:%M:%S} UTC",
        "model": " ".join(filter(None, (model.engine, model.model, model.digest[:12]))),
        "prompts": " ".join(prompts) or "none",
        "settings": edition.content_sha256[:12],
        "pressrun": edition.pressrun_version,
        "stories": f"{edition.told} of {edition.wanted}",
        "as of": f"{edition.as_of:%Y-%m-%d %H:%M} UTC" if edition.as_of else "the whole day",
    }


def files(edition: Edition) -> dict[str, str]:
    """An edition's files by name, and what no file was made of."""
    made = {record.name: f"{record.bytes} bytes" for record in edition.renditions}
    return made | {f"not rendered: {line}": "yes" for line in edition.render_failures}


def as_object(old: Edition | None, new: Edition, aside: Sequence[Edition] = ()) -> dict[str, Any]:
    """The difference for a program; *old* is none when no printing was before *new*.

    *aside* are the printings that were kept aside.
    """
    found: dict[str, Any] = {
        "paper": new.paper,
        "date": new.edition_date.isoformat(),
        "to": _described(new),
        "from": _described(old) if old else None,
        "kept_aside": [_described(one) for one in aside],
    }
    if old is None:
        return found
    found["equal"] = _is_equal(old, new)
    found["changes"] = [change.model_dump(mode="json") for change in compare(old, new)]
    found["summaries"] = [
        {"url": b.url, "old": a.summary.text, "new": b.summary.text}
        for a, b in _rewritten(old, new)
    ]
    gone, come = _failures(old, new)
    found["failures"] = {
        "gone": [failure.model_dump(mode="json") for failure in gone],
        "come": [failure.model_dump(mode="json") for failure in come],
    }
    return found


def report(
    old: Edition | None, new: Edition, aside: Sequence[Edition] = (), *, plain: bool
) -> Iterator[Text]:
    """The difference for a person, line by line; at the end the printings kept *aside*."""
    if old:
        yield from _difference(old, new, plain=plain)
    else:
        yield Text(
            f"{new.paper} {new.edition_date}: no printing was before revision {new.revision} of "
            f"{facts(new)['printed']} to compare it with"
        )
    for one in aside:
        told = facts(one)
        line = (
            f"revision {one.revision} of {told['printed']}, with {told['stories']} stories, was "
            "kept aside: the current one has more"
        )
        if one.revision != new.revision:
            line += (
                f"; look at it: pressrun diff {one.edition_date} --paper {one.paper} "
                f"--to {one.revision}"
            )
        yield Text(line, style="yellow")


def _difference(old: Edition, new: Edition, *, plain: bool) -> Iterator[Text]:
    name = f"{new.paper} {new.edition_date}"
    yield Text(f"{name}: revision {old.revision} and revision {new.revision}", style="bold")
    if _is_equal(old, new):
        yield Text("  equal: the same stories in the same words, by the same model and settings")
    before, after = facts(old) | files(old), facts(new) | files(new)
    for key in dict.fromkeys((*before, *after)):
        was, is_ = before.get(key, "none"), after.get(key, "none")
        if was != is_:
            yield Text(f"  {key:<12} {was} -> {is_}")
    for change in compare(old, new):
        yield Text(f"  {change.kind:<12} {change.rank} {change.title}", style="bold")
    for a, b in _rewritten(old, new):
        yield Text(f"\n  {b.rank} {b.title}", style="bold")
        yield Text("  ") + _marked(a.summary.text, b.summary.text, plain=plain)
    gone, come = _failures(old, new)
    for failure in gone:
        yield Text(f"  no longer missing: {_said(failure)}")
    for failure in come:
        yield Text(f"  missing now: {_said(failure)}")


def _marked(old: str, new: str, *, plain: bool) -> Text:
    text = Text()
    for gone, come in pieces(old, new):
        if gone == come:
            text.append(gone)
            continue
        if gone:
            text.append(f"[-{gone}-]" if plain else gone, style="red strike")
        if come:
            text.append(f"{{+{come}+}}" if plain else come, style="green")
    return text


def _rewritten(old: Edition, new: Edition) -> list[tuple[Story, Story]]:
    both = ((a, b) for a, b in pairs(old.stories, new.stories) if a and b)
    return [(a, b) for a, b in both if a.summary.text != b.summary.text]


def _failures(old: Edition, new: Edition) -> tuple[list[Failure], list[Failure]]:
    before, after = ({(f.url, f.kind): f for f in one.failures} for one in (old, new))
    gone = [failure for key, failure in before.items() if key not in after]
    return gone, [failure for key, failure in after.items() if key not in before]


def _described(edition: Edition) -> dict[str, Any]:
    return {"revision": edition.revision, **facts(edition), "files": files(edition)}


def _said(failure: Failure) -> str:
    return f"{failure.rank} {failure.title} ({failure.step}): {failure.reason}"


def _is_equal(old: Edition, new: Edition) -> bool:
    """Whether they say the same; when they were printed and how their files look apart."""
    a, b = facts(old) | {"printed": ""}, facts(new) | {"printed": ""}
    return a == b and not compare(old, new) and not any(_failures(old, new))


def _later(archive: Archive, paper: str, day: date, number: int | None) -> Edition:
    if number:
        return archive.editions.revision(paper, day, number)
    current = archive.editions.current(paper, day)
    if current is None:
        raise ArchiveError(
            f"{paper} {day}: has no edition; print it: pressrun digest --paper {paper} --date {day}"
        )
    return current


def _earlier(archive: Archive, new: Edition, number: int | None) -> Edition | None:
    """Revision *number*; without one the printing that *new* follows, or was printed before it."""
    paper, day = new.paper, new.edition_date
    if number:
        return archive.editions.revision(paper, day, number)
    whole = [one for one in archive.editions.revisions(paper, day) if one < new.revision]
    for candidate in filter(None, (new.follows, *reversed(whole))):
        with suppress(ArchiveError):  # begun and never printed
            return archive.editions.revision(paper, day, candidate)
    return None
