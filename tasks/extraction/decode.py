"""Bytes of a page -> text. Labels lie more often than bytes do, so bytes are asked first.

The order is measured on real GB pages, re-encoded, mislabelled and cut ones (docs/decisions/):
a byte order mark; UTF-16 by its NULs; strict UTF-8; UTF-8 with a few bad bytes; a detector that
ignores labels; the page's own label; the server's; and at last UTF-8 with replacements.
"""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}
_LABEL = re.compile(
    rb"""(?i)<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)"""
)
_CHARSET = re.compile(r"""(?i)charset\s*=\s*["']?([\w.:-]+)""")
_LABEL_BYTES = 4096
_BAD_SHARE = 0.02
"""Bad bytes over high bytes up to which a page is damaged UTF-8, not another encoding."""


def decode_page(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of *body* and the Python name of the encoding that it was read by.

    Never raises: what cannot be read becomes U+FFFD. A last character that was cut off is
    dropped. *content_type* is the response's header, the last to be believed.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _read(body[len(mark) :], encoding), encoding
    encoding = _wide(body) or _utf8(body) or _detected(body) or _labelled(body, content_type)
    return _read(body, encoding), encoding


def _read(body: bytes, encoding: str) -> str:
    # Not final: a character whose last bytes are missing is held back instead of replaced.
    return codecs.getincrementaldecoder(encoding)("replace").decode(body)


def _wide(body: bytes) -> str | None:
    """UTF-16 without its mark: in markup, which is ASCII, every other byte is a NUL."""
    head = body[:_LABEL_BYTES]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8(body: bytes) -> str | None:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(body)
    except UnicodeDecodeError:
        high = len(body) - len(body.translate(None, bytes(range(0x80, 0x100))))
        bad = body.decode("utf-8", "replace").count("\ufffd") - body.count(b"\xef\xbf\xbd")
        return "utf-8" if bad < high * _BAD_SHARE else None
    return "utf-8"


def _detected(body: bytes) -> str | None:
    found = detect_encoding(body, max_len=len(body))
    return _SUPERSETS.get(found, found) if found else None


def _labelled(body: bytes, content_type: str) -> str:
    in_page = _LABEL.search(body[:_LABEL_BYTES])
    in_header = _CHARSET.search(content_type)
    for label in (in_page and in_page[1].decode("ascii", "replace"), in_header and in_header[1]):
        # What the web means by a label (WHATWG Encoding Standard, 4.2), in Python's names.
        found = map_encoding_to_html5(label, fallback_utf8=False) if label else None
        if found and not found.startswith("utf-16"):  # its label could not be read as ASCII
            return _SUPERSETS.get(found, found)
    return "utf-8"
