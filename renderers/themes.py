"""How an edition looks: Pressrun's templates and style sheets, or a theme's in their place.

A theme is a folder. Files in it take the place of Pressrun's by name (edition.html, parts.html,
page.css, ...), and may build on those: `{% import "pressrun/parts.html" as ours with context %}`
in a template, `@import "pressrun/page.css";` in a sheet.
"""

import re
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pressrun.errors import RenderError

OURS = "pressrun"
"""What a theme calls Pressrun's own files by, where it has files of the same name."""

LETTER = "letter.html"
"""Of no theme: mail programs understand too little."""

_IMPORT = re.compile(rf'@import\s+"{OURS}/([\w.-]+)"\s*;')
_FAULTS = (
    *(TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
    RecursionError,
)
"""What a template's own code may raise."""


def theme_folder(theme: str) -> Path | None:
    """Folder of *theme*, the name of one that comes with Pressrun or a path; None for "".

    Raises:
        RenderError: there is none, or it has nothing that an edition is drawn by.
    """
    if not theme:
        return None
    folder = _folder()
    names = {path.name: path for path in folder.iterdir() if path.is_dir()}
    found = names.get(theme) or Path(theme)
    with suppress(RuntimeError):  # of an unknown ~user
        found = found.expanduser()
    if not found.is_dir():
        raise RenderError(
            f"theme {theme!r}: no folder, and Pressrun has no theme of this name; it has: "
            f"{', '.join(sorted(names))}; write one of these, or the path of a folder"
        )
    ours = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != LETTER)
    if not any((found / name).is_file() for name in ours):
        raise RenderError(
            f"theme {theme!r}: {found} has nothing of which an edition is drawn; put one or more "
            f"of these there: {', '.join(ours)}"
        )
    return found


def fill_template(theme: str, name: str, **facts: object) -> str:
    """Template *name* of *theme*, filled with *facts*, which autoescape makes safe.

    Raises:
        RenderError: the template is at fault; the message names file and line.
    """
    try:
        filled: str = _environment(theme).get_template(name).render(**facts)
    except _FAULTS as exc:
        raise RenderError(
            f"theme {theme or OURS!r}: {_where(exc, theme)}: {_said(exc)}; correct the template, "
            "or take it away to have Pressrun's"
        ) from exc
    return filled


def style_sheet(*names: str, theme: str = "") -> str:
    """The sheets *names* of *theme*, one after the other. They are code: no edition's words get in.

    Raises:
        RenderError: a sheet of the theme cannot be used; the message names it.
    """
    folder = theme_folder(theme)
    return "\n".join(_sheet(name, folder) for name in names)


def _sheet(name: str, folder: Path | None) -> str:
    path = folder / name if folder else None
    if path is None or not path.is_file():
        return _own_sheet(name)
    try:
        text = _IMPORT.sub(lambda found: _own_sheet(found[1]), path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as exc:
        raise RenderError(f"{path}: cannot be read: {exc}; write it in UTF-8") from exc
    if "</" in text:  # it stands unescaped in a <style> element
        raise RenderError(f"{path}: has “</”, with which a sheet would end the page; take it out")
    return text


@cache
def _own_sheet(name: str) -> str:
    path = _folder() / name
    if not path.is_file():
        raise RenderError(f"{OURS}/{name}: no such sheet; import one that Pressrun has")
    return path.read_text("utf-8")


def _folder() -> Path:
    return Path(str(files("renderers"))) / "templates"


@cache
def _environment(theme: str) -> ImmutableSandboxedEnvironment:
    """Where templates are found and how they are filled; a file that changes is read again.

    In a sandbox: who takes a theme from somebody gets a look, and no code that does anything else.
    """
    ours, folder = PackageLoader("renderers"), theme_folder(theme)
    own = [FileSystemLoader(folder)] if folder else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({OURS: ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Escaped],
    )
    del environment.filters["safe"]
    return environment


class _Escaped(Extension):
    """Refuses what would turn autoescape off: the words of an edition are other people's."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return self._checked(stream)

    def _checked(self, stream: TokenStream) -> Iterator[Token]:
        before = ""
        for token in stream:
            if (before, token.value) == ("block_begin", "autoescape"):
                raise TemplateSyntaxError(
                    "autoescape stays on", token.lineno, stream.name, stream.filename
                )
            before = token.type
            yield token


def _where(exc: BaseException, theme: str) -> str:
    """File and line that *exc* comes from: the innermost template on its way."""
    if isinstance(exc, TemplateSyntaxError):
        return f"{exc.filename or exc.name}, line {exc.lineno}"
    folders = [str(folder) for folder in (theme_folder(theme), _folder()) if folder]
    frames = reversed(traceback.extract_tb(exc.__traceback__))
    places: Any = (f for f in frames if f.filename.startswith(tuple(folders)))
    place = next(places, None)
    return f"{place.filename}, line {place.lineno}" if place else "a template"


def _said(exc: BaseException) -> str:
    if isinstance(exc, TemplateNotFound):
        return f"no template is called {exc}"
    return str(exc) or type(exc).__name__
