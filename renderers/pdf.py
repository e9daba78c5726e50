"""The renderer `pdf`: an edition on A4, tagged, with contents, bookmarks and links."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pressrun.models import Edition, Rendition
from renderers.document import Document
from renderers.sheet import lay_out
from renderers.themes import style_sheet


class PdfRenderer:
    """Makes edition.pdf."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One PDF; its `parts` are its pages.

        Raises:
            RenderError: a system library is missing, or a story could not be placed.
        """
        name = "edition.pdf"
        style = style_sheet("faces.css", "print.css", theme=edition.style.theme)
        sheet = lay_out(edition, style, "print", name=name)
        told = dict(_told(sheet.document))
        identity = f"{edition.paper}/{edition.edition_date}/{edition.revision}"
        data = sheet.layout.write_pdf(
            pdf_variant="pdf/ua-1",
            pdf_identifier=identity.encode(),
            full_fonts=False,
            finisher=lambda _, pdf: _describe_links(pdf, told),
        )
        return (
            Rendition(
                name=name,
                media_type="application/pdf",
                data=data,
                parts=len(sheet.layout.pages),
                missing_glyphs=sheet.missing_glyphs,
            ),
        )


def _told(document: Document) -> Iterator[tuple[str, str]]:
    """Where a link leads, and what a screen reader says of it."""
    yield "gaps", document.words.missing
    for gap in document.gaps:
        yield gap.link or "", gap.title
    for item in document.items:
        for one in item.also:
            yield one.link or "", f"{one.text}{document.words.joint}{item.title}"
        yield item.link or "", item.title
        yield item.anchor, item.title
        for proof in item.proofs:
            yield f"{item.anchor}-{proof.number}", f"{document.words.evidence} {proof.number}"


def _describe_links(pdf: Any, told: Mapping[str, str]) -> None:
    """Give links a description, where WeasyPrint repeats the address (ISO 14289-1, 7.18.5)."""
    for one in pdf.objects:
        if isinstance(one, dict) and one.get("Subtype") == "/Link":
            text = one["Contents"]
            one["Contents"] = type(text)(told.get(text.string, text.string))
