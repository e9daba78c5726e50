"""The form of a model's answer: its JSON schema, and an answer read with patience (pure)."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)

KEYWORDS = (3, 5)
"""Fewest and most keywords of a story."""

KEYWORD_CHARS = 40
"""Longest keyword in code points."""

_FENCE = re.compile(r"```(?:json)?\s*|```", re.I)
_OPEN = re.compile(r"[{]")
_OBJECTS = 20


def _listed(category: str, info: ValidationInfo) -> str:
    categories: Sequence[str] = info.context or ()
    for known in categories:
        if known.casefold() == category.casefold():
            return known
    raise ValueError(f"{category!r} is none of {', '.join(categories)}")


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, str) and number.strip().isdecimal() else number


def _different(words: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return tuple(first.values())


Keyword = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=KEYWORD_CHARS)
]
Keywords = Annotated[
    tuple[Keyword, ...],
    Field(min_length=KEYWORDS[0], max_length=KEYWORDS[1]),
    AfterValidator(_different),
]


class Answer(BaseModel):
    """What a model is asked for. The list of categories is the validation's context."""

    model_config = ConfigDict(frozen=True)

    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    keywords: Keywords = ()
    category: Annotated[str, AfterValidator(_listed)] = ""
    importance: Annotated[int, BeforeValidator(_whole), Field(strict=True, ge=1, le=5)] | None = (
        None
    )


class Read(NamedTuple):
    """An answer as far as it could be read, and what is wrong with its form, in one line."""

    answer: Answer | None
    fault: str
    is_json: bool


def answer_schema(categories: Sequence[str], max_chars: int) -> dict[str, Any]:
    """The JSON schema of an `Answer`, the summary first.

    The summary is bounded at half as many again as *max_chars*: a small model that is held to a
    form goes on writing within it until its tokens end.
    """
    return {
        "type": "object",
        "properties": {
            "summary": {"type": "string", "maxLength": max_chars * 3 // 2},
            "keywords": {
                "type": "array",
                "items": {"type": "string", "maxLength": KEYWORD_CHARS},
                "minItems": KEYWORDS[0],
                "maxItems": KEYWORDS[1],
            },
            "category": {"type": "string", "enum": list(categories)},
            "importance": {"type": "integer", "enum": [1, 2, 3, 4, 5]},
        },
        "required": ["summary", "keywords", "category", "importance"],
        "additionalProperties": False,
    }


def read_answer(text: str, categories: Sequence[str]) -> Read:
    """The answer in *text*, which may stand in a code fence or among other words.

    Of several objects the last that has a summary counts: models think aloud first. When only its
    lesser fields are wrong, the answer comes without them, and with the fault.
    """
    found = list(objects_in(text))
    if not found:
        return Read(None, "no JSON object", is_json=_OPEN.search(text) is not None)
    told = [value for value in found if isinstance(value.get("summary"), str)]
    value = (told or found)[-1]
    missing = [name for name in Answer.model_fields if name not in value]
    try:
        answer = Answer.model_validate(value, context=categories)
    except ValidationError as exc:
        faults = exc.errors(include_url=False, include_input=False)
        wrong = {str(fault["loc"][0]) for fault in faults}
        kept = {name: value[name] for name in Answer.model_fields.keys() - wrong if name in value}
        partly = Answer.model_validate(kept, context=categories) if "summary" in kept else None
        said = (f"{fault['loc'][0]}: {fault['msg']}" for fault in faults)
        return Read(partly, "; ".join(dict.fromkeys(said)), is_json=True)
    fault = f"missing: {', '.join(missing)}" if missing else ""
    return Read(answer, fault, is_json=True)


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The first JSON objects in *text*, fences or not; of one that is broken those within it."""
    decoder = json.JSONDecoder(strict=False)
    text, at = _FENCE.sub("", text), 0
    for _ in range(_OBJECTS):
        found = _OPEN.search(text, at)
        if not found:
            return
        try:
            value, at = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):  # of JSON, and of integers of over 4,300 digits
            at = found.end()
            continue
        if isinstance(value, dict):
            yield value
