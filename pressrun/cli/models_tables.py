"""The models of an Ollama as text: on a terminal with emphasis, the same words without."""

import io
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from tasks.engines.catalogue import Card, Installed, Loaded, find

FOR_EVER = 2200
"""A model that is never unloaded has a time centuries away."""

WIDTH = 1000
"""No cell is cut: a terminal that is narrower folds the line."""


def installed_table(models: Sequence[Installed], chosen: str, pull: str) -> str:
    """The models on a disk; *chosen*, the one of the settings, is marked, or *pull* pulls it."""
    if not models:
        return f"no models yet; pull one: {pull}\n"
    found = find(models, chosen)
    table = _table("", "name", "parameters", "quantisation", "size", "changed")
    for model in models:
        changed = _moment(model.modified_at)
        mark, style = ("*", "bold") if model == found else ("", None)
        cells = (
            mark,
            model.name,
            model.parameters,
            model.quantisation,
            _size(model.bytes),
            changed,
        )
        table.add_row(*map(_cell, cells), style=style)
    lacks = f"the model of the settings, {chosen}, is not there; pull it: {pull}\n"
    return _text(table) + ("" if found else lacks)


def loaded_table(models: Sequence[Loaded]) -> str:
    """The models in memory."""
    if not models:
        return "no model is loaded; a digest loads its own\n"
    table = _table("name", "size", "on the GPU", "context", "until")
    for model in models:
        share = model.vram_bytes / model.bytes if model.bytes else 0.0
        context, until = str(model.context_tokens or ""), _until(model.expires_at)
        cells = (model.name, _size(model.bytes), f"{share:.0%}", context, until)
        table.add_row(*map(_cell, cells))
    return _text(table)


def card_text(card: Card) -> str:
    """All of a model: lines of name and value, then its template."""
    model = card.model
    table = Table.grid(padding=(0, 2))
    rows = {
        "name": model.name,
        "digest": model.digest[:12],
        "size": _size(model.bytes),
        "family": model.family,
        "parameters": model.parameters,
        "quantisation": model.quantisation,
        "context length": str(card.context_tokens or ""),
        "capabilities": ", ".join(card.capabilities),
        "options": "\n".join(card.options),
        "template": "" if card.template.strip() else "none: a base model, which cannot chat",
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, _cell(value))
    text = _text(table)
    if card.template.strip():
        text += "template\n" + "".join(
            f"    {_printable(line)}\n" for line in card.template.strip().splitlines()
        )
    return text


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=True, min_width=1)
    return table


def _text(table: Table) -> str:
    target = io.StringIO()
    console = Console(file=target, force_terminal=Console().is_terminal, width=WIDTH)
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in target.getvalue().splitlines())


def _size(size: int) -> str:
    return decimal(size) if size else "-"


def _until(moment: datetime | None) -> str:
    return "for ever" if moment and moment.year >= FOR_EVER else _moment(moment)


def _moment(moment: datetime | None) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M") if moment else ""


def _cell(text: str) -> Text:
    return Text(_printable(text))


def _printable(text: str) -> str:
    """*text* of a model's maker without what would steer the terminal."""
    return "".join(char for char in text if char.isprintable() or char == "\n")
