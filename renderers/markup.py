"""The one template, filled for a page, a PDF or a picture."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Literal

from markupsafe import escape

from pressrun.errors import RenderError
from renderers.document import Document
from renderers.fonts import Face
from renderers.themes import fill_template

Surface = Literal["page", "print", "picture", "card"]
"""What a template is filled for: a browser, paper, a picture without links, or a card."""


def fill(document: Document, style: str, surface: Surface, *, notes: bool = False) -> str:
    """The HTML of *document* in *style*.

    A page has what a browser heeds: a policy under which nothing but this very style sheet works,
    with fonts and pictures that it carries itself, so that no script ever could and nothing is
    ever loaded. *notes*: print has the evidence.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; img-src data:"
    # The style stands unescaped, as a <style> element must; it is code (see `style_sheet`).
    filled = fill_template(
        document.theme,
        "card.html" if surface == "card" else "edition.html",
        document=document,
        words=document.words,
        style=_Trusted(style),
        surface=surface,
        notes=notes,
        policy=policy,
    )
    if surface == "page" and escape(policy) not in filled:
        raise RenderError(
            f"theme {document.theme!r}: edition.html has lost the page's Content-Security-Policy; "
            'give its head <meta http-equiv="Content-Security-Policy" content="{{ policy }}">'
        )
    return filled


class _Trusted(str):
    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def anchors_in(html: str) -> frozenset[str]:
    """The `id`s of *html*, which `fill` made: autoescape leaves no quote to anyone else."""
    return frozenset(re.findall(r'\bid="([^"]+)"', html))


def characters_in(
    html: str, elements: Mapping[Face, frozenset[str]], rest: Face
) -> dict[Face, frozenset[str]]:
    """The characters that *html*, which `fill` made, shows in each face.

    *elements* are those that a face is for; what stands in none of them is in *rest*. They must
    not be nested. Autoescape leaves no "<" or ">" to anyone else.
    """
    body, found = html.partition("<body>")[2], {}
    for face, names in elements.items():
        inside = re.compile(rf"<({'|'.join(sorted(names))})\b[^>]*>(.*?)</\1>", re.DOTALL)
        found[face] = _characters("".join(match[2] for match in inside.finditer(body)))
        body = inside.sub("", body)
    return {**found, rest: _characters(body)}


def _characters(html: str) -> frozenset[str]:
    return frozenset(unescape(re.sub(r"<[^>]*>", "", html)))


def require_placed(document: Document, placed: Iterable[str], where: str) -> None:
    """Check that each story's anchor is among *placed*.

    Raises:
        RenderError: some are not; the message names the stories and *where*.
    """
    found = frozenset(placed)
    lost = [f"{item.rank} {item.title!r}" for item in document.items if item.anchor not in found]
    if lost:
        remedy = (
            f"theme {document.theme!r} has them nowhere, or hides them: mend its templates or "
            "style sheets"
            if document.theme
            else "this is a fault of the style sheet, please report it"
        )
        raise RenderError(
            f"{where}: {len(lost)} of {len(document.items)} stories were not placed: "
            f"{', '.join(lost[:5])}{', ...' if len(lost) > 5 else ''}; {remedy}"
        )
