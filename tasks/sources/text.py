"""What a list says, made fit for print: titles, addresses, JSON inside JavaScript.

Lists are hostile input: a title may hold markup, control characters or half a surrogate pair.
"""

import html
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tasks.fetching.faults import clean

MAX_TITLE = 200
"""Longest title kept, in code points; the longest of real headlines have about 60."""

MAX_URL = 2000
"""Longest address kept, in characters; longer ones fail in many servers."""

MAX_BRACES = 50
"""Openings of JavaScript blocks looked past for the list; real answers have one or two."""

_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]{0,300}|!--[^<>]{0,300}--)>")
_DECODER = json.JSONDecoder(strict=False)  # raw tabs and line breaks in titles do occur


def plain(value: object, limit: int = MAX_TITLE) -> str:
    """*value* as one line of text: no markup, entities or invisible characters; "" if no string.

    Longer text is cut to *limit* code points, the last of them "…".
    """
    if not isinstance(value, str):
        return ""
    # Markup first: an entity such as &lt;b&gt; stands for text that is meant to be seen.
    text = html.unescape(_TAG.sub("", value[: 20 * limit]))
    text = "".join(_shown(char) for char in unicodedata.normalize("NFC", text))
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Cc":
        return " "
    # Formatting (bidirectional overrides, zero widths), lone surrogates, private use.
    return "" if kind in {"Cf", "Cs", "Co", "Cn"} else char


def web_address(value: object) -> str:
    """*value* as an absolute http(s) address, "//host/path" as https; "" if it is none."""
    if not isinstance(value, str):
        return ""
    url = html.unescape(value.strip())
    if url.startswith("//"):
        url = f"https:{url}"
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def same_page(url: str) -> str:
    """What two addresses of one page have in common: scheme and fragment do not count."""
    return url.partition("://")[2].partition("#")[0].rstrip("/")


def decode(body: bytes) -> str:
    """*body* as text: UTF-8, else GB18030, as Chinese list services send it."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def find_object(text: str, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """The first JSON object in *text* that *is_it*, whatever JavaScript stands around it."""
    at = text.find("{")
    for _ in range(MAX_BRACES):
        if at < 0:
            return None
        try:
            found, _end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and is_it(found):
            return found
        at = text.find("{", at + 1)
    return None


def excerpt(text: str) -> str:
    """The beginning of an answer that cannot be read, for an error message."""
    return clean(text, 120) or "nothing"
