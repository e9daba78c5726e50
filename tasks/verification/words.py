"""Words beside the names: what is no name although a capital begins it, and names of one thing.

The lists are files, one line or paragraph of words; `same.txt` has on each line the names of one
thing: of a country and its people, of an organisation and its short form.
"""

import re
from collections.abc import Set
from functools import cache
from importlib.resources import files

# Of what has no such ending a name is likelier: "Zelensky", "Nokia".
_ENDING = re.compile(
    r".{3,40}(?:ing|ed|ly|tion|tions|sion|sions|ment|ments|ness|ists?|ers|ors|ants|ents|ials|"
    r"ities|ity|ians|ous|ful|less|able|ible|ship|hood|ism|ive|ives|ances?|ences?|ages?|ures?)\Z"
)
_ENDING_OF_WORD = re.compile(r"['’](?:s|re|ve|ll|d|t)?\Z")


def without_possessive(word: str) -> str:
    """*word* without "'s" or an apostrophe at its end."""
    return re.sub(r"['’]s?\Z", "", word)


def is_no_name(word: str) -> bool:
    """Whether *word* is "I", a form of address, or what is verified as a date or a time."""
    return word.lower().replace("’", "'").rstrip(".") in _words("not_names.en.txt")


def is_role(word: str) -> bool:
    """Whether *word* stands before any name: "President", "British"."""
    return word.lower() in _words("roles.en.txt")


def is_ordinary(word: str, known: Set[str]) -> bool:
    """Whether *word*, the first of a sentence, is no name, probably; *known* is the article."""
    lower = _ENDING_OF_WORD.sub("", word.lower())
    if not word[1:].islower():
        return False
    return lower in _words("ordinary.en.txt") or (
        lower not in known and _ENDING.match(lower) is not None
    )


def same_names(name: str) -> tuple[str, ...]:
    """The names of what *name* names, acronyms in capitals; none for most."""
    return _same().get(without_possessive(name.lower()), ())


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_read(name).split())


@cache
def _same() -> dict[str, tuple[str, ...]]:
    groups = (tuple(line.split(", ")) for line in _read("same.txt").splitlines())
    return {name.lower(): group for group in groups for name in group}


def _read(name: str) -> str:
    return (files("tasks.verification") / "lists" / name).read_text("utf-8")
