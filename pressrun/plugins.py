"""Entry points -> objects. An unknown name lists the known ones."""

import difflib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from pressrun.errors import PluginError, SettingsError

Group: TypeAlias = Literal["sources", "engines", "renderers"]


def known(group: Group) -> dict[str, EntryPoint]:
    """Name -> entry point of every installed plug-in of *group*, sorted by name."""
    return dict(_known(group, tuple(sys.path)))


@cache  # looking through all that is installed takes 20 ms
def _known(group: Group, _path: tuple[str, ...]) -> dict[str, EntryPoint]:
    found = entry_points(group=f"pressrun.{group}")
    return {point.name: point for point in sorted(found, key=lambda point: point.name)}


def find(group: Group, name: str) -> EntryPoint:
    """The entry point of the plug-in called *name*.

    Raises:
        PluginError: there is none; the message lists those there are.
    """
    points = known(group)
    if name not in points:
        near = difflib.get_close_matches(name, points, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise PluginError(
            f"no {group[:-1]} is called {name!r}; {hint}installed: {', '.join(points) or 'none'}"
        )
    return points[name]


def build(group: Group, name: str, options: Mapping[str, Any] | None = None) -> Any:
    """What the plug-in's entry point returns for *options*, its table in the settings.

    Raises:
        PluginError: no plug-in has that name, or it cannot be imported.
        SettingsError: it does not take these options.
    """
    point = find(group, name)
    try:
        factory = point.load()
    except (ImportError, AttributeError) as exc:  # no such module, or no such name in it
        raise PluginError(f"{group[:-1]} {name!r} cannot be imported: {exc}") from exc
    try:
        return factory(**(options or {}))
    except ValidationError as exc:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in exc.errors()
        )
        raise SettingsError(f"[{group}.{name}] {faults}") from exc
    except TypeError as exc:
        raise SettingsError(f"[{group}.{name}] does not take these options: {exc}") from exc
