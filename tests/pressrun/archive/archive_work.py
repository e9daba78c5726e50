"""An edition with everything in the store that it was made of."""

from datetime import date
from typing import NamedTuple

from pressrun.archive import Archive, ArticleKey, SummaryKey
from pressrun.models import Edition
from tests.pressrun.archive.archive_desk import DAY, SHA, Desk

URL = "http://news.test/1.html"
EXTRACTOR = "readability 0.9"


class Work(NamedTuple):
    """Where in the store the work on one story lies."""

    page: str
    keys: frozenset[str]


def store_keys(archive: Archive) -> frozenset[str]:
    return frozenset(entry.key for entry in archive.files.entries("store"))


def do_work(archive: Archive, desk: Desk, day: date = DAY, *, body: bytes = b"<p>one") -> Work:
    """Fetch, extract and summarise the story at `URL`, as a run does."""
    before, store = store_keys(archive), archive.store
    page = store.record_page(day, desk.page(URL, body))
    article = desk.article(page_sha256=page, text=f"正文 {body.hex()}")
    store.record_article(ArticleKey.of(page, EXTRACTOR, desk.headline()), article)
    key = SummaryKey.of(article, desk.model, prompt_sha256=SHA, max_chars=150)
    store.record_summary(key, desk.summary(), at=desk.moment)
    return Work(page, store_keys(archive) - before)


def print_whole(
    archive: Archive, desk: Desk, day: date = DAY, *, body: bytes = b"<p>one"
) -> tuple[Edition, Work]:
    """An edition of one story, with its list and its work in the store."""
    listing = desk.listing.model_copy(update={"sha256": archive.store.put_list(b"a list")})
    plan = desk.plan(day=day, listing=listing, headlines=(desk.headline(),))
    number = archive.editions.begin(plan)
    work = do_work(archive, desk, day, body=body)
    stories = (desk.story(1, page_sha256=work.page),)
    edition = desk.edition(number, 1, day=day, listing=listing, listed=1).model_copy(
        update={"stories": stories, "failures": ()}
    )
    return archive.publish(edition, desk.renditions()).edition, work
