"""An edition laid out on pages by WeasyPrint, for PDF, picture and card."""

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pressrun.errors import RenderError
from pressrun.models import Edition
from renderers.document import Document, make_document
from renderers.fonts import describe, fit
from renderers.markup import Surface, fill, require_placed
from renderers.spacing import spaced

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0"
"""What WeasyPrint 70 needs, by the names of Debian and Ubuntu; the rest comes along.

libharfbuzz-subset0 makes it faster. Ubuntu 22.04 has no such package (WeasyPrint's pull request
2713), and apt-get installs nothing at all when one name is unknown: so it is named apart.
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pages with every story on them. *layout* is a `weasyprint.Document`."""

    document: Document
    layout: Any
    missing_glyphs: tuple[str, ...]


def lay_out(edition: Edition, style: str, surface: Surface, *, name: str) -> Sheet:
    """*edition* on pages in *style*.

    Raises:
        RenderError: a system library is missing, or a story has no place on the pages of *name*.
    """
    notes = edition.style.pdf_evidence
    sheet = typeset(
        make_document(edition), lambda document: fill(document, style, surface, notes=notes)
    )
    placed = {
        anchor
        for page in sheet.layout.pages
        for anchor, (_, _, _, bottom) in page.anchors.items()
        if bottom <= page.height
    }
    require_placed(sheet.document, placed, name)
    return sheet


def typeset(document: Document, filled: Callable[[Document], str]) -> Sheet:
    """*document* on pages, in characters that our fonts have; *filled* gives its HTML.

    Raises:
        RenderError: a system library is missing.
    """
    weasyprint, fetcher = weasyprint_library()
    html, missing = fit(filled(document))
    if missing:
        document = _with_missing(document, missing)
        html, _ = fit(filled(document))
    page = weasyprint.HTML(string=spaced(html), base_url="about:blank", url_fetcher=fetcher())
    return Sheet(document, page.render(), missing)


def _with_missing(document: Document, missing: tuple[str, ...]) -> Document:
    words = document.words
    names = ", ".join(describe(char) for char in missing[:40]) + ("…" if len(missing) > 40 else "")
    row = (words.missing_glyphs, (words.glyph.format(glyphs=names),))
    return replace(document, colophon=(*document.colophon, row))


def weasyprint_library() -> tuple[Any, Any]:
    """The library and our fetcher, imported only here: without Pango the import fails.

    Raises:
        RenderError: a system library is missing.
    """
    try:
        # It prints a notice when a library is missing, and warns when fontconfig knows no font:
        # the first belongs into our error, the second is no matter, since we bring our fonts.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import weasyprint

            from renderers.fetcher import FontFetcher
    except OSError as exc:
        raise RenderError(
            f"WeasyPrint needs system libraries that are missing ({exc}); "
            f"install them: apt-get install -y {PACKAGES} (and libharfbuzz-subset0, where packaged)"
        ) from exc
    return weasyprint, FontFetcher
