"""Chat templates and hostile text: what a page says is never read as a mark of the model. Pure.

A template is filled with stand-ins instead of texts. In what comes out, all but the stand-ins is
the template's own, and only there "<|im_end|>" ends a turn: a page that says it cannot speak as
the system.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tasks.engines.embedded.wire import Message


class Part(NamedTuple):
    """A stretch of a prompt. *marks*: it is the template's own."""

    text: str
    marks: bool


def stand_ins(messages: Sequence[Message], nonce: str) -> dict[str, str]:
    """Stand-in -> text, one for each message in order. No text can guess *nonce*."""
    return {f"{nonce}-{number}-": message.content for number, message in enumerate(messages)}


def parts(rendered: str, texts: Mapping[str, str]) -> list[Part]:
    """The template's output with the *texts* put back; empty stretches are left out."""
    pattern = "|".join(re.escape(name) for name in texts)
    pieces = re.split(f"({pattern})", rendered)
    found = [Part(texts.get(piece, piece), piece not in texts) for piece in pieces]
    return [part for part in found if part.text]


def join_messages(messages: Sequence[Message]) -> str:
    """The prompt of a model without a template: the contents, joined by blank lines."""
    return "\n\n".join(message.content for message in messages if message.content)
