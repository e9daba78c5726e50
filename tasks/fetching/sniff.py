"""Whether an answer is an HTML page, by its declared type and its first bytes."""

import codecs
import re

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_NEVER_HTML = re.compile(
    r"(?:image|audio|video|font|model)/"
    r"|application/(?:pdf|zip|gzip|msword|x-shockwave-flash|vnd\.(?!wap\.xhtml))"
)

_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF")
"""Beginnings of files that some servers send as text/html."""

# Tags that mark HTML: WHATWG, MIME Sniffing, 7.1 "Identifying a resource with an unknown MIME
# type", with XML's declaration before them, as XHTML has it, and META, as careless pages have it.
_HTML_START = re.compile(
    r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,4000}?-->\s*)*<"
    r"(?:!doctype\s+html|html|head|meta|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)"
    r"[\s>/]",
    re.IGNORECASE | re.DOTALL,
)

_HEAD_BYTES = 8192
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def media_type(content_type: str) -> str:
    """The type and subtype of a Content-Type header, in small letters; "" when there is none."""
    return content_type.partition(";")[0].strip().lower()


def cannot_be_html(content_type: str) -> bool:
    """Whether the declared type alone rules a page out, so that its body need not be read."""
    return bool(_NEVER_HTML.match(media_type(content_type)))


def is_html(content_type: str, body: bytes) -> bool:
    """Whether *body* is an HTML page; its first bytes decide where the type is missing or odd."""
    if cannot_be_html(content_type) or body.startswith(_BINARY):
        return False
    if media_type(content_type) in HTML_TYPES:
        return True
    head = body[:_HEAD_BYTES]
    encoding = "latin-1"
    for bom, name in _BOMS:
        if head.startswith(bom):
            head, encoding = head.removeprefix(bom), name
    return bool(_HTML_START.match(head.decode(encoding, "replace").lstrip()))
