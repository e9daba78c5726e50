"""Names of models, compared as Ollama compares them."""

from collections.abc import Iterable
from difflib import SequenceMatcher

_PREFIXES = ("registry.ollama.ai/", "library/")


def same_model(one: str, other: str) -> bool:
    """Whether two names mean one model: no tag is ":latest", case does not count."""
    return _full(one) == _full(other)


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """*names* by likeness to *name*: its own family first, then by spelling."""
    wanted = _full(name)
    family = wanted.rpartition(":")[0]

    def distance(candidate: str) -> tuple[bool, float, str]:
        full = _full(candidate)
        likeness = SequenceMatcher(None, wanted, full).ratio()
        return full.rpartition(":")[0] != family, -likeness, candidate

    return sorted(set(names), key=distance)


def _full(name: str) -> str:
    full = name.strip().casefold()
    for prefix in _PREFIXES:
        full = full.removeprefix(prefix)
    # A colon before the last slash belongs to a registry's port.
    return full if ":" in full.rpartition("/")[2] else f"{full}:latest"
