"""The one template, filled for a page, a PDF or a picture."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from pressrun.errors import RenderError
from renderers.document import Document


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("renderers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style_sheet(*names: str) -> str:
    """Style sheets of ours, one after the other. They are code: no edition's words get in."""
    folder = files("renderers") / "templates"
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def fill(document: Document, style: str, *, contents: bool = False, secure: bool = False) -> str:
    """The HTML of *document* in *style*.

    *contents* adds a table of contents. *secure* adds what a browser heeds: a policy under
    which nothing but this very style sheet works, with fonts that it carries itself, so that no
    script ever could and nothing is ever loaded.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = _environment().get_template("edition.html")
    # The style stands unescaped, as a <style> element must; it is ours (see `style_sheet`).
    return template.render(
        document=document,
        style=_Trusted(style),
        contents=contents,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:" if secure else "",
    )


class _Trusted(str):
    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def anchors_in(html: str) -> frozenset[str]:
    """The `id`s of *html*, which `fill` made: autoescape leaves no quote to anyone else."""
    return frozenset(re.findall(r'\bid="([^"]+)"', html))


def characters_in(html: str, elements: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The characters that *html*, which `fill` made, shows within *elements*, and elsewhere.

    The elements must not be nested. Autoescape leaves no "<" or ">" to anyone else.
    """
    body = html.partition("<body>")[2]
    names = "|".join(sorted(elements))
    inside = re.compile(rf"<({names})\b[^>]*>(.*?)</\1>", re.DOTALL)
    return (
        _characters("".join(match[2] for match in inside.finditer(body))),
        _characters(inside.sub("", body)),
    )


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
        raise RenderError(
            f"{where}: {len(lost)} of {len(document.items)} stories were not placed: "
            f"{', '.join(lost[:5])}{', ...' if len(lost) > 5 else ''}; "
            "this is a fault of the style sheet, please report it"
        )
