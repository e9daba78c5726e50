"""An edition as a message: what `pressrun.letter` asks for.

The HTML is for mail programs: tables, inline styles, no fonts, no script, nothing loaded. Pictures
go with it under names of their own (`cid:`, RFC 2392): programs cut HTML that has them in it, as
Gmail does past 102 KB, and ask before they load any from the web.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from pressrun.letter import Inline, Letter
from pressrun.models import Edition, Thumbnail
from pressrun.reading import anchor_of

if TYPE_CHECKING:
    from renderers.claims import Span
    from renderers.document import Document
    from renderers.items import Item

WORDS: Mapping[str, tuple[str, str]] = {
    "en": ("Read it on the web", "Not attached: {names}"),
    "zh": ("在网页上阅读", "未随信附上：{names}"),
}
"""By language: what the link says, and what was left out."""


def write_letter(edition: Edition, link: str | None, left_out: Sequence[str]) -> Letter:
    """The letter of *edition*: a `pressrun.letter.Write`.

    Raises:
        RenderError: its time zone is not known here.
    """
    # A run that has nobody to write to loads nothing of this.
    from renderers.document import make_document
    from renderers.frames import frame_for

    document = make_document(edition)
    frame = frame_for(edition.language, edition.style)
    language = "zh" if frame.words.tag.startswith("zh") else "en"
    read_on, missing = (frame.text(said, language) for said in WORDS[language])
    note = missing.format(names=", ".join(left_out)) if left_out else ""
    shown = {anchor_of(story.url): story.thumbnail for story in edition.stories}
    pictures = {anchor: _inline(one) for anchor, one in shown.items() if one and one.data}
    given = {
        "document": document,
        "words": document.words,
        "link": link,
        "note": note,
        "pictures": pictures,
    }
    return Letter(
        title=document.title,
        subject=" ".join((document.heading, *document.stamps)),
        counts=" · ".join((document.counts, *document.stamps)),
        headlines=tuple(item.title for item in document.items),
        html=_environment().get_template("letter.html").render(**given, read_on=read_on),
        text="\n".join(_lines(document, link, read_on, note)) + "\n",
        pictures=tuple({one.name: one for one in pictures.values()}.values()),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("renderers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["said"] = _said
    return environment


def _inline(thumbnail: Thumbnail) -> Inline:
    name = f"{thumbnail.sha256[:32]}@pictures.pressrun"
    return Inline(name=name, media_type=thumbnail.media_type, data=thumbnail.data)


def _said(spans: "Sequence[Span]") -> str:
    return "".join(span.text for span in spans)


def _lines(document: "Document", link: str | None, read_on: str, note: str) -> Iterator[str]:
    """The edition as plain text."""
    words = document.words
    yield document.title
    yield " · ".join(filter(None, (document.day.replace("\u3000", " "), document.lunar)))
    yield " · ".join((document.counts, *document.stamps))
    if document.changes:
        yield document.changes
    if link:
        yield f"{read_on}{words.joint}{link}"
    if document.brief:
        yield f"\n{words.overview}\n"
        yield from (f"- {_said(point.spans)}" for point in document.brief.points)
    if document.lead:
        yield f"\n== {words.lead} =="
        yield from _story(document.lead)
    for part in document.parts:
        yield f"\n== {part.title or words.stories} =="
        for item in part.items:
            yield from _story(item)
    if not document.items:
        yield f"\n{words.nothing_printed}"
    if document.gaps:
        yield f"\n== {words.missing} ==\n"
        yield from (f"- {gap.title}{words.joint}{gap.why}" for gap in document.gaps)
    if note:
        yield f"\n{note}"
    yield f"\n-- \n{document.generator}"


def _story(item: "Item") -> Iterator[str]:
    yield f"\n{item.title}"
    yield " · ".join(filter(None, (item.medium, item.time, item.byline)))
    yield _said(item.summary)
    if item.link:
        yield item.link
