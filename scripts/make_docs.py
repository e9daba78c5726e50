"""Makes docs/settings.md of the settings and docs/edition.schema.json of the models.

Both are committed, and a test compares them with what is made here: `make docs` after a change.
"""

import json
import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, HttpUrl, SecretStr
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from pressrun import plugins
from pressrun.archive.documents import SCHEMA_VERSION
from pressrun.models import Edition
from settings import PaperSettings, Plugins, Settings
from settings.load import PREFIX

DOCS = Path(__file__).parent.parent / "docs"
MADE = "scripts/make_docs.py"
HEAD = f"""# Settings

All of Pressrun's own settings, with their defaults and bounds. `{MADE}` makes this page of
what the code says of them; what they do together is in the [guide](guide.md).

A key stands in `pressrun.toml`, in the table that heads its section. An environment variable
outranks it, and the command line both. In a variable, NAME is the paper's name in capitals, and a
list is JSON. Unknown keys and values out of bounds are errors.
"""


def settings_reference() -> str:
    """docs/settings.md: a table for each group of settings."""
    sections = [HEAD, *_sections()]
    if bare := _plugins_without_options():
        *most, last = (f"`{name}`" for name in bare)
        sections.append(f"The renderers {', '.join(most)} and {last} have no options.\n")
    return "\n".join(sections)


def edition_schema() -> str:
    """docs/edition.schema.json: what `edition.json` holds, the manifest and the one for readers."""
    schema = Edition.model_json_schema(schema_generator=_Schema, mode="serialization")
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:pressrun:edition:{SCHEMA_VERSION}",
        "title": f"Pressrun's edition.json, schema version {SCHEMA_VERSION}",
        "$comment": f"Made by {MADE} of pressrun/models.",
    }
    schema["required"] = ["schema_version", *schema["required"]]  # though it has a default
    schema = head | {key: value for key, value in schema.items() if key not in head}
    return json.dumps(_flowing(schema), indent=2, ensure_ascii=False) + "\n"


class _Schema(GenerateJsonSchema):
    """Without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def _flowing(node: Any) -> Any:
    """*node* with descriptions on one line, and names in them between backticks."""
    if isinstance(node, list):
        return [_flowing(item) for item in node]
    if not isinstance(node, dict):
        return node
    made: JsonSchemaValue = {key: _flowing(value) for key, value in node.items()}
    if isinstance(text := made.get("description"), str):
        made["description"] = re.sub(r"\*(\w+)\*", r"`\1`", " ".join(text.split()))
    return made


def _sections() -> Iterator[str]:
    top = {name: field for name, field in Settings.model_fields.items() if not _group(field)}
    del top["papers"]
    yield _section("Top level", "Above the first table of the file.", PREFIX, top)
    yield from _tables("papers.NAME", PaperSettings)
    for name, field in Settings.model_fields.items():
        group = _group(field)
        if group is None:
            continue
        if not issubclass(group, Plugins):
            yield from _tables(name, group)
            continue
        for plugin, its_field in group.model_fields.items():
            options = _group(its_field)
            assert options is not None, f"{name}.{plugin} is no table"
            yield from _tables(f"{name}.{plugin}", options)


def _tables(path: str, group: type[BaseModel]) -> Iterator[str]:
    """The section of *group*, whose keys lie at *path*, and those of the tables in it."""
    prefix = PREFIX + path.upper().replace(".", "__") + "__"
    about = (group.__doc__ or "").partition("\n")[0]
    tables = {name: inner for name, field in group.model_fields.items() if (inner := _group(field))}
    keys = {name: field for name, field in group.model_fields.items() if name not in tables}
    # The environment's underscore is a hyphen in a plug-in's name.
    yield _section(f"`[{path.replace('_', '-')}]`", about, prefix, keys)
    for name, inner in tables.items():
        yield from _tables(f"{path}.{name}", inner)


def _section(title: str, about: str, prefix: str, fields: dict[str, FieldInfo]) -> str:
    rows = [
        ("Key", "Variable", "Default", "Values", "Meaning"),
        ("---",) * 5,
        *(_row(name, prefix, field) for name, field in fields.items()),
    ]
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join([f"## {title}", "", about, "", *lines, ""])


def _row(name: str, prefix: str, field: FieldInfo) -> tuple[str, ...]:
    default = field.get_default(call_default_factory=True)
    return (
        f"`{name}`",
        f"`{prefix}{name.upper()}`",
        "" if default is None else f"`{_literal(default)}`",
        _values(field),
        field.description or "",
    )


def _literal(value: object) -> str:
    """*value* as TOML writes it."""
    if isinstance(value, SecretStr):
        return json.dumps(value.get_secret_value())
    if isinstance(value, bool | str | tuple):
        return json.dumps(value, ensure_ascii=False)
    return f'"{value}"' if isinstance(value, HttpUrl) else str(value)


def _values(field: FieldInfo) -> str:
    """What a setting may be: its kind and its bounds, in words."""
    kind = field.annotation
    if type(None) in get_args(kind):
        (kind,) = (part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is Literal:
        return ", ".join(f"`{_literal(choice)}`" for choice in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    words = {
        int: "whole number",
        float: "number",
        str: "text",
        SecretStr: "text",
        HttpUrl: "http(s) address",
        time: "time of day",
    }
    if get_origin(kind) is dict:
        return "table of text"
    if get_origin(kind) is tuple:
        return ", ".join(["list of text", *_size(field, "entries")])
    assert isinstance(kind, type)
    return ", ".join([words[kind], *_size(field, "characters"), *_range(field)])


def _range(field: FieldInfo) -> Iterator[str]:
    rules = {type(rule): rule for rule in field.metadata}
    assert Lt not in rules, "say how an upper bound that is left out reads"
    low, high = rules.get(Ge), rules.get(Le)
    if low and high:
        yield f"{low.ge} to {high.le}"
        return
    if Gt in rules:
        yield f"more than {rules[Gt].gt}"
    if low:
        yield f"at least {low.ge}"
    if high:
        yield f"at most {high.le}"
    yield from (f"`{rule.pattern}`" for rule in field.metadata if getattr(rule, "pattern", None))


def _size(field: FieldInfo, of_what: str) -> Iterator[str]:
    rules = {type(rule): rule for rule in field.metadata}
    low, high = rules.get(MinLen), rules.get(MaxLen)
    if low and high:
        yield f"{low.min_length} to {high.max_length} {of_what}"
    elif low:
        yield "not empty" if low.min_length == 1 else f"at least {low.min_length} {of_what}"
    elif high:
        yield f"at most {high.max_length} {of_what}"


def _group(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _plugins_without_options() -> list[str]:
    """Renderers of ours that have no table; sources and engines have one each."""
    tables = Settings.model_fields["renderers"].annotation
    assert isinstance(tables, type)
    assert issubclass(tables, Plugins)
    return [
        name
        for name, point in plugins.known("renderers").items()
        if point.dist and point.dist.name == "pressrun" and name not in tables.model_fields
    ]


def main() -> None:
    for name, text in (
        ("settings.md", settings_reference()),
        ("edition.schema.json", edition_schema()),
    ):
        DOCS.joinpath(name).write_text(text, "utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
