"""Other people's text made safe to print: pure functions from str to str."""

import re
import unicodedata
from itertools import groupby
from urllib.parse import quote, urlsplit, urlunsplit

LANGUAGE_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")

HOST = re.compile(r"^[a-z0-9._:-]+$")

URL_CHARS = "/:?#[]@!$&()*+,;=~%"
"""What stands in a path, query or fragment as it is, besides letters, digits and "-._"."""

SPACES = re.compile(r"\s+")

MAX_URL_CHARS = 4096
"""Longer addresses are no articles, and no browser promises to follow them."""

MAX_MARKS = 2
"""Combining marks kept in a row: two are a language, twenty are a prank that climbs the page."""


def plain(text: str, max_chars: int) -> str:
    """*text* as one line in NFC, without characters that steer the page rather than show.

    White space and control characters become single spaces. Format characters (bidirectional
    controls, zero-width and soft hyphens, tags), surrogates and private-use characters go. Over
    *max_chars* code points it is cut and ends in "…".
    """
    line = inline(text[: max_chars * 4]).strip()
    return line if len(line) <= max_chars else line[: max_chars - 1].rstrip() + "…"


def inline(text: str) -> str:
    """A piece of a line, as `plain` but of any length: it keeps a space at either end."""
    spaced = "".join(_shown(char) for char in unicodedata.normalize("NFC", text))
    return _few_marks(SPACES.sub(" ", spaced))


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    # Variation selectors (FE00 to FE0F and the supplement) choose a form that few fonts have.
    return "" if category in {"Cf", "Cs", "Co"} or "VARIATION SELECTOR" in _name(char) else char


def _name(char: str) -> str:
    return unicodedata.name(char, "") if unicodedata.category(char) == "Mn" else ""


def _few_marks(text: str) -> str:
    runs = groupby(text, key=lambda char: unicodedata.category(char) in {"Mn", "Me"})
    return "".join("".join(run)[: MAX_MARKS if marks else None] for marks, run in runs)


def web_link(url: str) -> str | None:
    """*url* as an ASCII http or https address, or None where it is anything else."""
    url = url.strip()
    if len(url) > MAX_URL_CHARS or any(ord(char) < 0x21 or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # of which UnicodeError is one
        return None
    if parts.scheme not in {"http", "https"} or not HOST.match(host) or "@" in parts.netloc:
        return None
    host = f"[{host}]" if ":" in host else host
    path, query, fragment = (quote(part, safe=URL_CHARS) for part in parts[2:])
    return urlunsplit((parts.scheme, host + port, path, query, fragment))


def language_tag(language: str, default: str) -> str:
    """*language* for a `lang` attribute: "zh" means simplified; *default* where it is no tag."""
    if not LANGUAGE_TAG.match(language):
        return default
    return "zh-Hans" if language.lower() == "zh" else language
