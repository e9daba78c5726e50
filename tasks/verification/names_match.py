"""Where a name stands in an article, in its own form or in another of the same name."""

import re
from collections.abc import Iterator

from tasks.verification.folding import fold
from tasks.verification.passages import Passages
from tasks.verification.words import same_names, without_possessive

_ACRONYM = re.compile(r"[A-Z]{2,6}\Z")
_SMALL = r"(?:[ -](?:of|the|and|for|to|in|on|de|against|&))*[ -]"


def rarest(words: list[str], passages: Passages) -> list[int]:
    """Where that of *words* stands which stands in the fewest places, but does."""
    found = [places for word in words if (places := places_of(word, passages))]
    return min(found, key=len) if found else []


def places_of(word: str, passages: Passages) -> list[int]:
    """Where the name *word* stands in the article, in this form or another of the same name."""
    for form in (*_forms(word), *same_names(word)):
        if found := standing(form, passages):
            return found
    bare = word.replace(".", "").removesuffix("s")
    if _ACRONYM.match(bare) and (found := _spelled_out(bare, passages)):
        return found
    parts = [part for part in word.split("-") if part[:1].isupper()]
    if "-" in word and parts != [word]:
        return rarest(parts, passages) if all(places_of(part, passages) for part in parts) else []
    return []


def standing(name: str, passages: Passages) -> list[int]:
    """Where *name* stands; an acronym only in capitals, as "US" is no "us"."""
    found = passages.folded.find(fold(name))
    return [at for at in found if passages.text[at].isupper()] if name.isupper() else found


def _forms(word: str) -> Iterator[str]:
    """*word* as it may stand: "Kiev's", "the Greens", "U.S."."""
    bare = without_possessive(word)
    yield from (word, bare, f"{bare}s")
    if "." in word:
        yield word.replace(".", "")
    elif word.isupper() and len(word) <= 5:
        yield ".".join(word)
    if len(bare) > 3 and bare.endswith("s"):
        yield bare[:-1]
    if "-" in word:
        yield word.replace("-", "")


def _spelled_out(acronym: str, passages: Passages) -> list[int]:
    """Where capitalised words with these initials stand, small words let be between them."""
    words = _SMALL.join(rf"{letter}[\w’']{{0,40}}" for letter in acronym)
    found = re.search(rf"(?<!\w){words}(?!\w)", passages.text)
    return [found.start()] if found else []
