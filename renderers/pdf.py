"""The renderer `pdf`: an edition on A4, tagged, with contents, bookmarks and links."""

from collections.abc import Sequence

from pressrun.models import Edition, Rendition
from renderers.markup import style_sheet
from renderers.sheet import lay_out


class PdfRenderer:
    """Makes edition.pdf."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One PDF; its `parts` are its pages.

        Raises:
            RenderError: a system library is missing, or a story could not be placed.
        """
        name = "edition.pdf"
        sheet = lay_out(edition, style_sheet("faces.css", "print.css"), contents=True, name=name)
        identity = f"{edition.paper}/{edition.edition_date}/{edition.revision}"
        data = sheet.layout.write_pdf(
            pdf_variant="pdf/ua-1", pdf_identifier=identity.encode(), full_fonts=False
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
