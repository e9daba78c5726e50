"""The renderer `markdown`: an edition as CommonMark, for wikis, chats and programs.

Plain CommonMark 0.31: headings, lists, links, quotes. No HTML, and no emphasis: between Chinese
characters its signs are often not recognised.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pressrun.models import Edition, Rendition
from renderers.charts import Chart
from renderers.claims import Span
from renderers.document import Document, make_document
from renderers.items import Item, Linked
from renderers.words import Words

_REFERENCE = r"(?=&#?\w{1,32};)"
"""Before what would be a character reference."""

_MEANT = re.compile(
    r"(^\d{1,9}(?=[.)])|^(?=[-+=])"  # at the beginning of a line: a list, a rule, a heading
    r"|(?=[\\`*_\[\]<>#|~@])"  # within it; tables and strokes are others' additions
    r"|(?i:https?|ftp)(?=://)|(?i:www)(?=\.)"  # what others make links of
    rf"|{_REFERENCE})"
)
"""Where a backslash says that the next character is meant as it stands."""


class MarkdownRenderer:
    """Makes edition.md."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One file.

        Raises:
            RenderError: the paper's time zone is not known here.
        """
        text = write_markdown(make_document(edition))
        data = text.encode("utf-8")
        return (Rendition(name="edition.md", media_type="text/markdown; charset=utf-8", data=data),)


def write_markdown(document: Document) -> str:
    """*document* as CommonMark. Nobody's words are taken for its signs."""
    return "\n\n".join(_blocks(document)) + "\n"


def escaped(text: str) -> str:
    """*text* as a line, or a part of one, that CommonMark shows as it stands."""
    return _MEANT.sub(r"\1\\", text.strip())


def linked(text: str, link: str | None) -> str:
    """*text* as a link, where there is an address."""
    if not link:
        return escaped(text)
    address = re.sub(_REFERENCE, r"\\", link)
    return f"[{escaped(text)}](<{address}>)"


def _blocks(document: Document) -> Iterator[str]:
    words = document.words
    yield f"# {escaped(document.title)}"
    line = (document.day, document.lunar, *document.stamps, document.counts)
    yield " · ".join(escaped(fact) for fact in line if fact)
    if document.changes:
        yield escaped(document.changes)
    if document.brief:
        yield f"## {escaped(words.overview)}"
        yield _list(_spans(point.spans, words) for point in document.brief.points)
        yield escaped(document.brief.byline)
    if document.lead:
        yield f"## {escaped(words.lead)}"
        yield from _story(document.lead, words)
    else:
        yield escaped(words.nothing_printed)
    for part in document.parts:
        yield f"## {escaped(part.title or words.stories)}"
        for item in part.items:
            yield from _story(item, words)
    if document.gaps:
        yield f"## {escaped(words.missing)}"
        yield _list(
            words.joint.join(
                filter(None, (linked(gap.title, gap.link), escaped(gap.why), escaped(gap.reason)))
            )
            for gap in document.gaps
        )
    yield f"## {escaped(words.colophon)}"
    rows = [*map(_chart, document.charts), *document.colophon]
    yield _list(
        escaped(label) + words.joint + words.semicolon.join(map(escaped, lines))
        for label, lines in rows
    )


def _story(item: Item, words: Words) -> Iterator[str]:
    yield f"### {linked(item.title, item.link)}"
    place = words.rank.format(rank=item.rank)
    facts = (item.medium, item.time, item.reading, place, item.goes_on, item.mark)
    yield " · ".join(escaped(fact) for fact in facts if fact)
    yield _spans(item.summary, words)
    if item.keywords:
        yield escaped(words.keywords) + words.joint + words.comma.join(map(escaped, item.keywords))
    if item.also:
        yield escaped(words.also) + words.joint + words.comma.join(map(_also, item.also))
    if item.earlier:  # without links: they hold in the site alone
        told = (f"{escaped(one.note)} {escaped(one.text)}" for one in item.earlier)
        yield escaped(words.earlier) + words.joint + words.semicolon.join(told)
    if item.proofs:
        proofs = (f"> > {one.number}. {_plain(one.spans)}" for one in item.proofs)
        said = f"> {escaped(words.evidence)}{words.joint}{escaped(item.proven)}"
        yield "\n".join((said, ">", *proofs))
    yield " · ".join(map(escaped, (item.byline, *item.notes)))


def _also(one: Linked) -> str:
    note = f" ({escaped(one.note)})" if one.note else ""
    return linked(one.text, one.link) + note


def _spans(spans: Sequence[Span], words: Words) -> str:
    """A summary; after claims of one proof its number, after one without the word for that."""
    claims = [span for span in spans if span.kind]
    said, place = [], 0
    for span in spans:
        said.append(span.text)
        if not span.kind:
            continue
        place += 1
        following = claims[place].proof if place < len(claims) else 0
        if not span.proof:
            said.append(f"[{words.doubtful}]")
        elif span.proof != following:
            said.append(f"[{span.proof}]")
    return escaped("".join(said))


def _plain(spans: Sequence[Span]) -> str:
    return escaped("".join(span.text for span in spans))


def _chart(chart: Chart) -> tuple[str, tuple[str, ...]]:
    return chart.title, tuple(f"{bar.label} {bar.count}" for bar in chart.bars)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
