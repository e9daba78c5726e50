"""What the simulated model reads and says: tokens, and an answer that fits what was asked for."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Asked = Mapping[str, Any]
"""The body of a request to /api/chat or /api/generate."""

_TOKEN = re.compile(r"[\u3400-\u9fff]{1,2}| ?[A-Za-z]{1,8}|\d|\s+|.", re.DOTALL)
_ARTICLE = re.compile(r"<article>\n?(.*?)</article>", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？\n]+?(?:[。！？]|[.!?](?=\s|$))[”’\"']?|[^。！？\n]+")
_RUN = re.compile(r"[\u3400-\u9fff]{2,4}|[A-Za-z]{4,}")
_LONGEST = 120  # characters of a summary where the schema names no limit


def tokens(text: str) -> list[str]:
    """*text* in pieces that join to it again: about .6 a character of Chinese, .2 of English."""
    return _TOKEN.findall(text)


def messages_of(asked: Asked) -> list[tuple[str, str]]:
    """Role and text of each turn, whichever kind of request it is."""
    if "messages" in asked:
        return [(turn.get("role", ""), turn.get("content") or "") for turn in asked["messages"]]
    system = [("system", asked["system"])] if asked.get("system") else []
    return [*system, ("user", asked["prompt"])] if asked.get("prompt") else []


def prompt_of(messages: Sequence[tuple[str, str]]) -> list[str]:
    """The tokens of a conversation, as a chat template would put it."""
    return [
        piece for role, text in messages for piece in (f"<|{role}|>", *tokens(text), "<|end|>")
    ] + ["<|assistant|>"]


def answer(asked: Asked) -> str:
    """The opening of the article in *asked*, in the form that its `format` wants."""
    schema = asked.get("format")
    said = _opening(article_of(asked), _LONGEST)
    if not schema:
        return said
    schema = schema if isinstance(schema, dict) else {"type": "object", "properties": {}}
    return json.dumps(_fill(schema, schema, article_of(asked)), ensure_ascii=False)


def article_of(asked: Asked) -> str:
    """What stands between <article> and </article>, else the longest turn of the user."""
    said = [text for role, text in messages_of(asked) if role == "user"]
    marked = [found for text in said for found in _ARTICLE.findall(text)]
    return max(marked or said, key=len, default="").strip()


def _opening(article: str, longest: int) -> str:
    """The first sentence, and the second where both have room; cut where not even one has."""
    sentences = [match.group().strip() for match in _SENTENCE.finditer(article)]
    sentences = [sentence for sentence in sentences if sentence] or ["-"]
    gap = "" if re.search(r"[\u3400-\u9fff]", sentences[0]) else " "
    both = gap.join(sentences[:2])
    return both if len(both) <= longest else sentences[0][:longest]


def _fill(schema: Mapping[str, Any], root: Mapping[str, Any], article: str) -> Any:
    """The plainest value that *schema* takes, with words of the article."""
    if "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _fill(target, root, article)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in schema:
            return _fill(schema[joined][0], root, article)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        members = schema.get("properties", {})
        return {name: _fill(member, root, article) for name, member in members.items()}
    if kind == "array":
        return _several(schema, root, article)
    if kind in {"integer", "number"}:
        return min(max(schema.get("minimum", 0), 3), schema.get("maximum", 3))
    if kind in {"boolean", "null"}:
        return False if kind == "boolean" else None
    return _opening(article, min(schema.get("maxLength", _LONGEST), _LONGEST))


def _several(schema: Mapping[str, Any], root: Mapping[str, Any], article: str) -> list[Any]:
    """As many as there must be, three where nothing is said; words where strings are wanted."""
    least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
    wanted = min(max(least, 3), most)
    item = schema.get("items", {"type": "string"})
    if item.get("type") != "string" or "enum" in item:
        choices = item.get("enum") or [_fill(item, root, article)]
        return list(choices[:wanted])
    return list(dict.fromkeys(_RUN.findall(article)))[:wanted]
