"""The news as it comes in: a source's list, the pages it names, the articles on them."""

from datetime import date

from pydantic import PositiveInt

from pressrun.models.value import Moment, Sha256, Value


class Headline(Value):
    """One usable row of a source's list."""

    rank: PositiveInt
    title: str
    url: str
    medium: str = ""
    published: Moment | None = None
    category: str = ""
    image_url: str | None = None
    source: str = ""


class ListRequest(Value):
    """What a paper asks of a source: at most *limit* headlines of one day and category.

    *category* and *ranking* are Pressrun's words, which a source maps to its own.
    """

    edition_date: date
    time_zone: str = "Asia/Shanghai"
    category: str = "all"
    ranking: str = "clicks"
    limit: PositiveInt = 20


class Listing(Value):
    """A source's answer: usable headlines in rank order, and the bytes they were read from.

    *skipped* has one short reason for each row that was not usable. *raw* is kept in the
    archive by its hash. *ranking* is what the headlines are in order of, where the source has
    another order than the one asked for ("newest", "spread" over the day, or its own word).
    """

    source: str
    url: str
    headlines: tuple[Headline, ...]
    skipped: tuple[str, ...] = ()
    raw: bytes = b""
    ranking: str = ""


class ListNote(Value):
    """Why an earlier one of a paper's sources was passed over.

    *kind* is the error's class, or "Empty". *reason* is for a reader. What is *transient* may
    pass.
    """

    source: str
    kind: str
    reason: str
    transient: bool = False


class ListRecord(Value):
    """The list that an edition was made from. *sha256* names its bytes in the store.

    *ranking* is what the headlines are in order of. *notes* tell of the sources that were asked
    before this one, in order.
    """

    source: str
    """Name of the source, as in the settings."""
    url: str
    sha256: Sha256
    category: str
    ranking: str
    skipped: tuple[str, ...] = ()
    """A short reason for each row of the list that was not usable."""
    notes: tuple[ListNote, ...] = ()


class Page(Value):
    """A body as fetched, before any decoding. *url* was asked for, *final_url* answered."""

    url: str
    final_url: str
    status: int = 200
    content_type: str = ""
    body: bytes
    fetched_at: Moment


class Article(Value):
    """The text of a page. Paragraphs are joined by one newline. *language* is "zh" or "en"."""

    url: str
    title: str
    text: str
    language: str
    published: Moment | None = None
    medium: str = ""
    encoding: str = "utf-8"
    extractor: str
    page_sha256: Sha256
