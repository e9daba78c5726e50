"""The metrics of an archive, as Prometheus's own parser reads them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from pressrun.archive import Archive, layout
from pressrun.metrics import METRICS, ArchiveMetrics
from pressrun.models import DUPLICATE, RETRACTED, Failure, Step
from tests.pressrun.archive.archive_desk import DAY, Desk

DESK = Desk()


class Scraped:
    """What a scrape says; `reads` are the keys that the archive was asked for."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.archive = Archive.open(str(folder))
        self.reads: list[str] = []
        read = self.archive.files.read

        def counted(key: str) -> bytes | None:
            self.reads.append(key)
            return read(key)

        self.archive.files.read = counted  # type: ignore[method-assign]
        self.registry = CollectorRegistry()
        self.registry.register(ArchiveMetrics(self.archive, **options))

    def __call__(self) -> dict[tuple[str, ...], float]:
        self.reads.clear()
        text = generate_latest(self.registry).decode()
        return {
            (
                sample.name,
                *(sample.labels[label] for label in METRICS[sample.name][1]),
            ): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


def failure(rank: int, kind: str) -> Failure:
    return Failure(
        rank=rank, title="x", url="http://x.test/", step=Step.FETCH, kind=kind, reason="r"
    )


def test_an_empty_archive_has_no_editions_and_can_be_read(tmp_path: Path) -> None:
    assert Scraped(tmp_path)() == {("pressrun_archive_readable",): 1}


def test_articles_add_up_by_what_became_of_them(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    kinds = ("HttpStatus", "HttpStatus", DUPLICATE, RETRACTED)
    failures = tuple(failure(rank, kind) for rank, kind in enumerate(kinds, 3))
    DESK.print(scraped.archive, stories=2, listed=6, failures=failures)
    DESK.print(scraped.archive, stories=2, day=DAY - timedelta(days=1))
    said = scraped()
    outcomes = {key[2]: value for key, value in said.items() if key[0] == "pressrun_articles"}
    assert outcomes == {
        "printed": 4,
        "failed": 2,
        "duplicate": 1,
        "late": 0,
        "dropped": 0,
        "retracted": 1,
    }
    assert said["pressrun_failures", "daily", "fetch", "HttpStatus"] == 2
    assert said["pressrun_editions", "daily", "complete"] == 1
    assert said["pressrun_editions", "daily", "partial"] == 1
    assert said["pressrun_newest_edition_articles", "daily", "failed"] == 2


def test_tokens_and_calls_are_those_of_summaries_and_overview_seconds_of_summaries(
    tmp_path: Path,
) -> None:
    scraped = Scraped(tmp_path)
    summary = DESK.summary().model_copy(
        update={"prompt_tokens": 100, "output_tokens": 20, "output_s": 1.5, "queued_s": 0.25}
    )
    stories = tuple(DESK.story(rank, summary=summary) for rank in (1, 2))
    DESK.print(scraped.archive, stories=2, render_failures=("pdf: no",))
    number = scraped.archive.editions.begin(DESK.plan(day=DAY - timedelta(days=1)))
    edition = DESK.edition(number, day=DAY - timedelta(days=1))
    overview = DESK.overview(calls=2, prompt_tokens=1000, output_tokens=300)
    edition = edition.model_copy(update={"stories": stories, "overview": overview})
    scraped.archive.publish(edition, DESK.renditions())
    said = scraped()
    assert said["pressrun_tokens", "daily", "qwen3:4b", "in"] == 1200
    assert said["pressrun_tokens", "daily", "qwen3:4b", "out"] == 340
    assert said["pressrun_model_seconds", "daily", "qwen3:4b", "output"] == 3
    assert said["pressrun_model_seconds", "daily", "qwen3:4b", "queueing"] == 0.5
    assert said["pressrun_model_calls", "daily", "qwen3:4b"] == 6
    assert said["pressrun_render_failures", "daily"] == 1


def test_another_printing_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    DESK.print(scraped.archive, stories=1)
    before = scraped()
    DESK.print(scraped.archive, stories=2)
    after = scraped()
    assert before["pressrun_articles", "daily", "printed"] == 1
    assert before["pressrun_editions", "daily", "partial"] == 1
    assert after["pressrun_articles", "daily", "printed"] == 2
    assert after["pressrun_articles", "daily", "failed"] == 0
    assert after["pressrun_editions", "daily", "partial"] == 0


def test_a_scrape_reads_one_file_and_the_years_and_manifests_that_are_new(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    for back in range(5):
        DESK.print(scraped.archive, day=DAY - timedelta(days=back))
    scraped()
    assert len(scraped.reads) == 7
    scraped()
    assert scraped.reads == ["site/index.json"]
    DESK.print(scraped.archive, day=DAY - timedelta(days=7))
    scraped()
    assert scraped.reads[:2] == ["site/index.json", "site/daily/2026.json"]
    assert len(scraped.reads) == 3


def test_without_a_site_every_edition_is_looked_at(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    DESK.print(scraped.archive)
    scraped.archive.files.delete("site/index.json")
    assert scraped()["pressrun_articles", "daily", "printed"] == 2


def test_the_newest_edition_tells_its_age(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    DESK.print(scraped.archive, day=date(2026, 3, 13))
    DESK.print(scraped.archive, day=date(2026, 3, 12))
    said = scraped()
    # Midnight in Shanghai is 16:00 the day before in UTC.
    assert said["pressrun_newest_edition_timestamp_seconds", "daily"] == 1_773_331_200


def test_an_archive_that_fails_leaves_the_numbers_of_before(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path)
    DESK.print(scraped.archive)
    scraped()
    (tmp_path / "site/index.json").unlink()
    (tmp_path / "site/index.json").mkdir()
    said = scraped()
    assert said["pressrun_archive_readable",] == 0
    assert said["pressrun_articles", "daily", "printed"] == 2


def test_a_damaged_edition_is_left_out_with_a_warning_and_the_others_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scraped = Scraped(tmp_path)
    DESK.print(scraped.archive)
    damaged, _ = DESK.print(scraped.archive, day=DAY - timedelta(days=1))
    folder = layout.revision_folder("daily", damaged.edition_date, damaged.revision)
    (tmp_path / folder / layout.MANIFEST).write_text("{")
    said = scraped()
    assert said["pressrun_archive_readable",] == 1
    assert said["pressrun_articles", "daily", "printed"] == 2
    assert "left out of the metrics; see pressrun archive check" in caplog.text
    caplog.clear()
    assert scraped() == said
    assert not caplog.text


def test_missing_days_are_counted_by_paper_from_those_that_have_an_edition(tmp_path: Path) -> None:
    scraped = Scraped(tmp_path, missing=lambda days: {name: 5 - len(days[name]) for name in days})
    DESK.print(scraped.archive)
    assert scraped()["pressrun_missing_editions", "daily"] == 4


def test_names_keep_to_prometheus_conventions() -> None:
    for name, (text, labels) in METRICS.items():
        assert name.startswith("pressrun_")
        assert not name.endswith(("_total", "_count", "_sum", "_bucket"))  # they are gauges
        assert text.endswith(".")
        assert all(label.islower() for label in labels)
