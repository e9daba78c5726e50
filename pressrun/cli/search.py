"""`pressrun search`: stories of the archive by their words."""

import io
import json
from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from pressrun.archive import Archive, layout
from pressrun.cli.options import Address, Config, Json
from pressrun.cli.streams import say, takes_unicode
from pressrun.errors import ArchiveError
from settings import Settings, load_settings
from tasks.archives import archive_there

if TYPE_CHECKING:
    from pressrun.archive.searching import Asked, Hit


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write one such as 2026-03-12.") from None


def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS", help="Stories with all of them are found."),
    ],
    since: Annotated[
        date | None,
        typer.Option("--from", parser=_day, metavar="DATE", help="First day: YYYY-MM-DD."),
    ] = None,
    until: Annotated[
        date | None, typer.Option("--to", parser=_day, metavar="DATE", help="Last day.")
    ] = None,
    paper: Annotated[
        str, typer.Option("--paper", "-p", metavar="NAME", help="One paper; default: all.")
    ] = "",
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, metavar="N", help="Stories to show, at most.")
    ] = 50,
    archive: Address = None,
    config: Config = None,
    json_: Json = False,
) -> None:
    """Stories whose title, summary or keywords have all of WORDS, newest first.

    A word is found wherever its characters stand, in Chinese too; capitals make no difference. What
    stands in straight double quotes is one word, spaces and all.
    Ends with 0 when there is one, and with 1 when there is none, as grep does.

    [bold]Example[/bold]

      pressrun search 长江 禁渔 --from 2026-01-01
    """
    from pressrun.archive.searching import Asked, words_in
    from pressrun.archive.searching import search as found_in

    settings = load_settings({"archive": archive} if archive else {}, file=config)
    opened = archive_there(settings)
    if since and until and until < since:
        raise typer.BadParameter(f"{until} is before --from {since}.", param_hint="--to")
    asked = Asked(words_in(" ".join(words)), paper, since or date.min, until or date.max)
    if not asked.words:
        raise typer.BadParameter("there is no word to look for.", param_hint="WORDS")
    _, index = opened.site.shards.index()
    if index is None:
        raise ArchiveError(
            f"{opened.files.address(layout.SITE_INDEX)}: cannot be read, and says what there is to "
            "search; make the site anew: pressrun site rebuild"
        )
    if paper and index.paper(paper) is None:
        known = ", ".join(one.name for one in index.papers) or "none"
        raise ArchiveError(f"no paper called {paper!r} has an edition; papers that have: {known}")
    hits = list(islice(found_in(opened.site.shards, index, asked), limit + 1))
    shown, has_more = hits[:limit], len(hits) > limit
    if json_:
        made = as_object(asked, shown, _places(settings, opened, shown), has_more=has_more)
        say(json.dumps(made, ensure_ascii=not takes_unicode()) + "\n")
    elif shown:
        _print(shown, asked.words, _places(settings, opened, shown), has_more=has_more)
    else:
        _print_none(asked, paper)
    raise typer.Exit(0 if shown else 1)


def as_object(
    asked: "Asked", hits: Sequence["Hit"], places: Sequence[str], *, has_more: bool
) -> dict[str, Any]:
    """What was found, for a program; *places* are the links, in order."""
    return {
        "words": list(asked.words),
        "more": has_more,
        "stories": [
            {
                "paper": hit.paper.name,
                "date": hit.edition_date.isoformat(),
                "title": hit.story.title,
                "summary": hit.story.summary,
                "keywords": list(hit.story.keywords),
                "link": place,
            }
            for hit, place in zip(hits, places, strict=True)
        ],
    }


def _places(settings: Settings, archive: Archive, hits: Sequence["Hit"]) -> list[str]:
    """Where a person finds each: on the site, else in the archive."""
    if settings.site_url:
        return [f"{str(settings.site_url).rstrip('/')}/{hit.href}" for hit in hits]
    return [archive.files.address(f"{layout.SITE}/{hit.href}") for hit in hits]


def _print(
    hits: Sequence["Hit"], words: Sequence[str], places: Sequence[str], *, has_more: bool
) -> None:
    text = io.StringIO()
    console = Console(
        file=text, force_terminal=Console().is_terminal, soft_wrap=True, highlight=False
    )
    for hit, place in zip(hits, places, strict=True):
        console.print(Text(f"{hit.edition_date} {hit.paper.title}", style="dim"))
        console.print(Text("  ") + _marked(hit.story.title, words, "bold"))
        console.print(Text("  ") + _marked(hit.story.summary, words, ""))
        console.print(Text(f"  {place}\n", style="dim"))
    if has_more:
        console.print(Text(f"the newest {len(hits)}; for more: --limit, or --to an earlier day"))
    say(text.getvalue())


def _print_none(asked: "Asked", paper: str) -> None:
    scope = f" of {paper}" if paper else ""
    bounds = [
        f"{word} {day}"
        for word, day in (("from", asked.since), ("to", asked.until))
        if day not in (date.min, date.max)
    ]
    within = f" {' '.join(bounds)}" if bounds else ""
    said = f"no story{scope}{within} has {' and '.join(asked.words)}"
    Console(stderr=True, soft_wrap=True).print(
        f"{said}; try fewer or shorter words", markup=False, highlight=False
    )


def _marked(text: str, words: Sequence[str], style: str) -> Text:
    """*text* with the words in red, where there is colour."""
    from pressrun.archive.searching import marks

    shown = Text(text, style=style)
    for start, end in marks(text, words):
        shown.stylize("bold red", start, end)
    return shown
