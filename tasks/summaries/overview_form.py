"""The form of an overview: its limits, the JSON schema of its answer, an answer read with patience.

Pure.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from tasks.summaries.answer import objects_in

FEWEST = 3
MOST = 5
"""Sentences of an overview."""

MOST_STORIES = 3
"""Stories that one sentence tells of."""

LONGEST = {"zh": 100, "en": 240}
"""Longest sentence in characters: two lines of a page's width."""

TARGET = {"zh": 60, "en": 150}
"""The characters a model is asked for: fewer, as models count badly."""

_NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?![\d.])")


class Said(NamedTuple):
    """A sentence as a model wrote it, and the numbers of the stories that it names for it."""

    text: str
    numbers: tuple[int, ...]


def overview_schema(
    numbers: Sequence[int], language: str, wanted: tuple[int, int] = (FEWEST, MOST)
) -> dict[str, Any]:
    """The JSON schema of an answer of sentences on the stories *numbers*, so many to so many.

    The stories stand before the sentence: a model that has named them keeps to them.
    """
    sentence = {
        "type": "object",
        "properties": {
            "stories": {
                "type": "array",
                "items": {"type": "integer", "enum": list(numbers)},
                "minItems": 1,
                "maxItems": MOST_STORIES,
            },
            "text": {"type": "string", "maxLength": LONGEST[language] * 3 // 2},
        },
        "required": ["stories", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "sentences": {
                "type": "array",
                "items": sentence,
                "minItems": wanted[0],
                "maxItems": wanted[1],
            }
        },
        "required": ["sentences"],
        "additionalProperties": False,
    }


def read_overview(text: str, known: Collection[int]) -> tuple[Said, ...]:
    """The sentences in *text*, in order; of an answer that was cut off those that are whole.

    Numbers that are not *known* are left out.
    """
    found = list(objects_in(text))
    lists = [one["sentences"] for one in found if isinstance(one.get("sentences"), list)]
    items = lists[-1] if lists else found  # models think aloud first
    return tuple(
        Said(item["text"], _numbers(item.get("stories"), known))
        for item in items
        if isinstance(item, dict) and isinstance(item.get("text"), str)
    )[:MOST]


def _numbers(given: Any, known: Collection[int]) -> tuple[int, ...]:
    listed = given if isinstance(given, list) else [given]
    found = (int(number) for one in listed for number in _NUMBER.findall(str(one)))
    return tuple(dict.fromkeys(number for number in found if number in known))[:MOST_STORIES]
