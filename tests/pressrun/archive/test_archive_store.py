"""The store: everything comes back as it was put, and what is damaged is absent."""

import gzip
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pressrun.archive import Archive, ArticleKey, Failed, OverviewKey, SummaryKey
from pressrun.errors import ArchiveError, HttpStatus, PageTooLarge
from pressrun.models import Article, Edition, Headline, ModelIdentity, Page, Way
from tests.pressrun.archive.archive_desk import DAY, SHA, Desk

URL = "http://news.test/1.html"
BODY = bytes(range(256)) * 40


def test_a_list_and_a_page_come_back_as_they_were_put(archive: Archive) -> None:
    assert archive.store.get_list(archive.store.put_list(BODY)) == BODY
    assert archive.store.get_page(archive.store.put_page(b"")) == b""
    assert archive.store.get_page(archive.store.put_page(BODY)) == BODY


def test_what_was_not_put_is_absent(archive: Archive) -> None:
    assert archive.store.get_page(SHA) is None
    assert archive.store.find_page(DAY, URL) is None


def test_the_same_bytes_make_the_same_file(
    local: Archive, every_file: Callable[[], dict[str, bytes]]
) -> None:
    local.store.put_page(BODY)
    before = every_file()
    local.store.put_page(BODY)
    assert every_file() == before
    assert any(path.startswith("store/pages/") and path.endswith(".gz") for path in before)


def test_a_fetched_page_comes_back_with_all_its_facts(archive: Archive, desk: Desk) -> None:
    page = desk.page(body=BODY)
    archive.store.record_page(DAY, page)
    assert archive.store.find_page(DAY, page.url) == page


def test_another_day_looks_at_a_page_anew(archive: Archive, desk: Desk) -> None:
    archive.store.record_page(DAY, desk.page())
    assert archive.store.find_page(DAY + timedelta(days=1), URL) is None


def test_a_failure_comes_back_with_its_transience(archive: Archive) -> None:
    failed = Failed.of(HttpStatus(f"{URL}: 503", status=503))
    archive.store.record_fetch_failure(DAY, URL, failed)
    assert archive.store.find_page(DAY, URL) == failed
    assert failed.transient
    assert failed.kind == "HttpStatus"


def test_a_failure_that_a_setting_may_cure_is_forgotten_under_another_setting(
    archive: Archive,
) -> None:
    failed = Failed.of(PageTooLarge("over 10 bytes"), conditions="max_bytes=10")
    archive.store.record_fetch_failure(DAY, URL, failed)
    assert archive.store.find_page(DAY, URL, conditions="max_bytes=10") == failed
    assert archive.store.find_page(DAY, URL, conditions="max_bytes=99") is None


def test_a_success_replaces_a_failure_and_is_never_replaced_by_one(
    archive: Archive, desk: Desk
) -> None:
    failed = Failed(kind="FetchError", reason="cut", transient=True)
    archive.store.record_fetch_failure(DAY, URL, failed)
    archive.store.record_page(DAY, desk.page())
    archive.store.record_fetch_failure(DAY, URL, failed)
    assert archive.store.find_page(DAY, URL) == desk.page()


def test_what_was_done_before_a_moment_is_not_found_when_it_must_be_newer(
    archive: Archive, desk: Desk
) -> None:
    page, hour = desk.page(), timedelta(hours=1)
    archive.store.record_page(DAY, page)
    assert archive.store.find_page(DAY, URL, since=page.fetched_at) == page
    assert archive.store.find_page(DAY, URL, since=page.fetched_at + hour) is None
    key, made = summary_key(desk.article()), page.fetched_at
    archive.store.record_summary(key, desk.summary(), at=made)
    assert archive.store.find_summary(key, since=made) == desk.summary()
    assert archive.store.find_summary(key, since=made + hour) is None


def test_an_article_comes_back_for_its_page_its_headline_and_its_extractor(
    archive: Archive, desk: Desk
) -> None:
    key = ArticleKey.of(SHA, "rules 1", desk.headline())
    archive.store.record_article(key, desk.article())
    assert archive.store.find_article(key) == desk.article()


@pytest.mark.parametrize(
    "other",
    [
        {"page_sha256": "cd" * 32},
        {"extractor": "rules 2"},
        {"title": "改了的题目"},
        {"url": "http://news.test/2.html"},
        {"medium": "别报"},
        {"published": Desk.moment},
    ],
)
def test_what_changes_an_article_is_in_its_key(
    archive: Archive, desk: Desk, other: dict[str, object]
) -> None:
    key = ArticleKey.of(SHA, "rules 1", desk.headline())
    archive.store.record_article(key, desk.article())
    assert archive.store.find_article(key.model_copy(update=other)) is None


def test_why_a_page_has_no_article_comes_back(archive: Archive, desk: Desk) -> None:
    key = ArticleKey.of(SHA, "rules 1", desk.headline())
    failed = Failed(kind="ExtractionError", reason="a gallery", conditions="timeout_s=20.0")
    archive.store.record_article(key, failed)
    assert archive.store.find_article(key, conditions="timeout_s=20.0") == failed
    assert archive.store.find_article(key, conditions="timeout_s=60.0") is None


def summary_key(
    article: Article, identity: ModelIdentity = Desk.model, prompt: str = SHA, chars: int = 150
) -> SummaryKey:
    return SummaryKey.of(
        article, identity, prompt_sha256=prompt, max_chars=chars, options={"ladder": 1}
    )


def test_a_summary_comes_back_for_the_same_work(archive: Archive, desk: Desk) -> None:
    key = summary_key(desk.article())
    archive.store.record_summary(key, desk.summary())
    assert archive.store.find_summary(summary_key(desk.article())) == desk.summary()


def test_what_changes_a_summary_is_in_its_key(desk: Desk) -> None:
    article, model = desk.article(), Desk.model
    keys = [
        summary_key(article),
        summary_key(desk.article(text="别的。")),
        summary_key(desk.article(title="别的")),
        summary_key(article, model.model_copy(update={"model": "other"})),
        summary_key(article, model.model_copy(update={"digest": "d2"})),
        summary_key(article, model.model_copy(update={"way": Way.SELECTED})),
        summary_key(article, model.model_copy(update={"context_tokens": 8192})),
        summary_key(article, prompt="cd" * 32),
        summary_key(article, chars=300),
        summary_key(article).model_copy(update={"options": {"ladder": 2}}),
    ]
    assert len({key.model_dump_json() for key in keys}) == len(keys)


def test_an_overview_comes_back_for_the_same_summaries_of_its_day(
    archive: Archive, desk: Desk
) -> None:
    def key(edition: Edition, prompt: str = SHA) -> OverviewKey:
        return OverviewKey.of(edition, desk.model, prompt_sha256=prompt)

    edition, overview = desk.edition(), desk.overview()
    archive.store.record_overview(key(edition), overview, at=desk.moment)
    assert archive.store.find_overview(key(edition)) == overview
    assert archive.store.find_overview(key(edition), since=desk.moment) == overview
    later = desk.moment + timedelta(seconds=1)
    assert archive.store.find_overview(key(edition), since=later) is None
    reworded = desk.story(2, summary=desk.summary("另一句话。"))
    facts = {"stories": (edition.stories[0], reworded)}
    assert archive.store.find_overview(key(edition.model_copy(update=facts))) is None
    assert archive.store.find_overview(key(desk.edition(day=DAY + timedelta(days=1)))) is None
    assert archive.store.find_overview(key(edition, "0" * 64)) is None


def test_a_page_that_changed_around_the_same_text_keeps_its_summary(desk: Desk) -> None:
    rotated = desk.article(page_sha256="cd" * 32, encoding="utf-8", extractor="rules 2")
    assert summary_key(rotated) == summary_key(desk.article())


def damaged_files(folder: Path, kind: str) -> list[Path]:
    return [path for path in (folder / "store" / kind).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "damage", [b"", b"\x00" * 90, gzip.compress(b"other", mtime=0), b"\x1f\x8b\x08"]
)
def test_a_damaged_page_is_absent_and_mended_by_the_next_fetch(
    local: Archive, folder: Path, desk: Desk, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    local.store.record_page(DAY, desk.page())
    (path,) = damaged_files(folder, "pages")
    path.write_bytes(damage)
    assert local.store.find_page(DAY, URL) is None
    assert str(path) in caplog.text
    local.store.record_page(DAY, desk.page())
    assert local.store.find_page(DAY, URL) == desk.page()


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"schema_version":2}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_damaged_record_is_absent(
    local: Archive, folder: Path, desk: Desk, damage: bytes
) -> None:
    key, summary = ArticleKey.of(SHA, "rules 1", desk.headline()), summary_key(desk.article())
    local.store.record_page(DAY, desk.page())
    local.store.record_article(key, desk.article())
    local.store.record_summary(summary, desk.summary())
    for kind in ("fetches", "articles", "summaries"):
        (path,) = damaged_files(folder, kind)
        path.write_bytes(damage)
    assert local.store.find_page(DAY, URL) is None
    assert local.store.find_article(key) is None
    assert local.store.find_summary(summary) is None


def test_a_record_that_lies_in_the_place_of_another_is_absent(
    local: Archive, folder: Path, desk: Desk
) -> None:
    local.store.record_page(DAY, desk.page("http://a.test/"))
    (first,) = damaged_files(folder, "fetches")
    local.store.record_page(DAY, desk.page("http://b.test/"))
    (second,) = set(damaged_files(folder, "fetches")) - {first}
    second.write_bytes(first.read_bytes())
    assert local.store.find_page(DAY, "http://b.test/") is None


@pytest.mark.parametrize(
    "url", ["http://x/../../../etc/passwd", "../../up", "a\x00b", "\ud83d", "长" * 5000, ""]
)
def test_no_address_leads_out_of_the_archive(
    local: Archive, folder: Path, every_file: Callable[[], dict[str, bytes]], url: str
) -> None:
    failed = Failed(kind="FetchError", reason="no such page")
    try:
        local.store.record_fetch_failure(DAY, url, failed)
    except ValueError:
        assert url == "\ud83d"  # half a character is no text, and no model lets it in
        return
    assert local.store.find_page(DAY, url) == failed
    assert set(folder.parent.rglob("*.json")) == {folder / path for path in every_file()}


def test_a_hash_that_is_none_is_refused(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="64 hexadecimal"):
        archive.store.get_page("../../archive")


def test_runs_that_record_the_same_at_once_all_succeed(local: Archive, desk: Desk) -> None:
    page, start = desk.page(body=BODY), threading.Barrier(6)
    found: list[Page | Failed | None] = []

    def work() -> None:
        start.wait()
        for _ in range(20):
            local.store.record_page(DAY, page)
            found.append(local.store.find_page(DAY, page.url))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [page] * 120


def test_a_headline_without_medium_or_time_has_a_key(archive: Archive) -> None:
    headline = Headline(rank=1, title="t", url=URL)
    key = ArticleKey.of(SHA, "rules 1", headline)
    archive.store.record_article(key, Failed(kind="ExtractionError", reason="empty"))
    assert archive.store.find_article(key) is not None
    assert date.fromisoformat("2026-11-21") == DAY
