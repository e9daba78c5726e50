"""What is said of an edition in a message: made by `renderers`, sent by `tasks.delivery`."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from pydantic import Field

from pressrun.models import Edition, Value


class Inline(Value):
    """A picture in a letter's HTML, where *name* stands behind `cid:`."""

    name: str
    media_type: str
    data: bytes = Field(repr=False)


class Letter(Value):
    """An edition as a message.

    *title* is the paper's, *subject* has the day, too, each one line. *headlines* are titles in
    reading order, *counts* how many of how many. *html* and *text* are the whole edition, as the
    two bodies of an e-mail; *pictures* are those that *html* shows.
    """

    title: str
    subject: str
    counts: str
    headlines: tuple[str, ...]
    html: str
    text: str
    pictures: tuple[Inline, ...] = ()


Write: TypeAlias = Callable[[Edition, str | None, Sequence[str]], Letter]
"""Makes the letter of an edition, given its public address, if any, and the names of the files that
could not go with it. It shows the pictures whose bytes the edition has."""
