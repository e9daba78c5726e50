"""What an order is, and what is left to do for it by what the archive has."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.errors import SettingsError
from pressrun.models import Failure, Step
from settings import PaperSettings, Settings, load_settings
from tasks.order import (
    Assignment,
    Order,
    Todo,
    assign,
    overrides,
    place_order,
    resolve_date,
    words_options,
)
from tests.pressrun.archive.archive_desk import DAY, MOMENT, Desk

HALF_PAST_SIX_IN_SHANGHAI = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
values = Desk()


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("folder"))


@pytest.fixture
def archive(archive_dir: Any) -> Archive:
    return Archive.open(str(archive_dir))


def order(
    changes: dict[str, Any] | None = None, day: date = DAY, moment: datetime = MOMENT
) -> Order:
    return place_order(load_settings(changes), "daily", day, moment)


def sha(changes: dict[str, Any]) -> str:
    return order(changes).content_sha256


def printed(
    archive: Archive, made_for: Order, formats: tuple[str, ...] = ("html", "pdf"), **facts: Any
) -> None:
    """Put a printing for *made_for* into the archive, in *formats*."""
    given: dict[str, Any] = {
        "content_sha256": made_for.content_sha256,
        "edition_date": made_for.edition_date,
        "as_of": made_for.as_of,
    }
    number = archive.editions.begin(values.plan(**given))
    renditions = [
        rendition.model_copy(update={"format": name})
        for rendition, name in zip(values.renditions(), formats, strict=False)
    ]
    archive.publish(values.edition(number, **given | facts), renditions)


def left(archive: Archive, wanted: Order) -> Assignment:
    return assign(archive, wanted)


def test_overrides_hold_only_what_was_given() -> None:
    assert overrides("daily") == {}
    assert overrides("tech", limit=3, formats=("pdf",), archive="here") == {
        "archive": "here",
        "papers": {"tech": {"limit": 3, "formats": ("pdf",)}},
    }


@pytest.mark.parametrize("engine", [None, "auto", "ollama"])
def test_whoever_names_a_model_or_a_host_means_ollama(engine: str | None) -> None:
    assert overrides("daily", engine=engine, model="qwen3:8b", host="box") == {
        "engine": "ollama",
        "engines": {"ollama": {"model": "qwen3:8b", "host": "http://box:11434", "hosts": ()}},
    }


def test_a_plug_in_engine_gets_model_and_host_as_they_are() -> None:
    assert overrides("daily", engine="mine", model="m", host="box") == {
        "engine": "mine",
        "engines": {"mine": {"model": "m", "host": "box"}},
    }


@pytest.mark.parametrize("given", [{"model": "x"}, {"host": "http://box"}])
def test_the_embedded_engine_has_no_model_or_host_to_name(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="PRESSRUN_ENGINES__EMBEDDED__GGUF"):
        overrides("daily", engine="embedded", **given)  # type: ignore[arg-type]


def test_a_run_without_a_date_prints_the_last_complete_day_of_the_papers_zone() -> None:
    paper = PaperSettings()
    assert resolve_date(paper, None, HALF_PAST_SIX_IN_SHANGHAI) == date(2026, 11, 21)
    new_york = PaperSettings(time_zone="America/New_York")
    assert resolve_date(new_york, None, HALF_PAST_SIX_IN_SHANGHAI) == date(2026, 11, 20)


def test_a_paper_may_print_today_so_far() -> None:
    paper = PaperSettings(default_day="today")
    assert resolve_date(paper, None, HALF_PAST_SIX_IN_SHANGHAI) == date(2026, 11, 22)


def test_a_given_date_is_taken_as_it_is() -> None:
    assert resolve_date(PaperSettings(), date(2012, 1, 1), HALF_PAST_SIX_IN_SHANGHAI) == date(
        2012, 1, 1
    )


def test_a_past_day_is_whole_and_today_is_as_of_now() -> None:
    assert order(day=date(2026, 11, 21)).as_of is None
    assert order(day=date(2026, 11, 22)).as_of == MOMENT


def test_a_day_begins_at_midnight_in_the_papers_zone() -> None:
    last_second = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(
        SettingsError, match=r"2026-11-22: .* Asia/Shanghai, where it is 2026-11-21"
    ):
        order(day=date(2026, 11, 22), moment=last_second)
    first = order(day=date(2026, 11, 22), moment=last_second + timedelta(seconds=1))
    assert first.as_of == last_second + timedelta(seconds=1)


def test_an_order_for_an_unknown_paper_is_refused() -> None:
    with pytest.raises(SettingsError, match="'weekly'"):
        place_order(Settings(), "weekly", DAY, MOMENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"papers": {"daily": {"title": "晚报"}}},
        {"papers": {"daily": {"limit": 5}}},
        {"papers": {"daily": {"category": "china"}}},
        {"papers": {"daily": {"max_chars": 99}}},
        {"sources": {"sina": {"list_url": "http://127.0.0.1:1/list"}}},
        {"engine": "ollama"},
        {"engines": {"ollama": {"model": "other:1b"}}},
        {"engines": {"ollama": {"temperature": 0}}},
        {"engines": {"embedded": {"gguf": "/a/model.gguf"}}},
        {"papers": {"daily": {"interests": {"dropped": ("赌博",)}}}},
        {"papers": {"daily": {"overview": False}}},
        {"papers": {"daily": {"thumbnails": False}}},
    ],
    ids=str,
)
def test_what_changes_the_content_changes_its_hash(changes: dict[str, Any]) -> None:
    assert sha(changes) != sha({})


@pytest.mark.parametrize(
    "changes",
    [
        {"papers": {"daily": {"formats": ("pdf",)}}},
        {"papers": {"daily": {"coverage": 0.1, "default_day": "today"}}},
        {"engines": {"ollama": {"host": "http://box:1", "concurrency": 8, "keep_alive": "1h"}}},
        {"engines": {"embedded": {"threads": 4, "cache_dir": "/tmp", "concurrency": 2}}},
        {"engines": {"mine": {"anything": 1}}},
        {"fetch": {"concurrency": 3}},
        {"archive": "elsewhere"},
        {"prefect": "temporary"},
    ],
    ids=str,
)
def test_where_and_how_fast_it_runs_does_not(changes: dict[str, Any]) -> None:
    assert sha(changes) == sha({})


def test_what_a_pressrun_before_interests_and_overviews_printed_counts_as_printed() -> None:
    """A new setting of a paper is of no account while it is as it comes."""
    known = "df463cae0ee5cf5e87731429e832f5575f87aaa1651e7d355fde9a9e6575601c"
    assert sha({}) == known


def test_the_options_of_the_engine_that_is_not_used_do_not_count() -> None:
    ollama = {"engine": "ollama"}
    assert sha(ollama) == sha(ollama | {"engines": {"embedded": {"gguf": "/a.gguf"}}})
    assert sha({"engine": "mine", "engines": {"mine": {"tone": 1}}}) != sha({"engine": "mine"})


def test_a_plug_in_whose_options_have_other_names_counts_with_all_of_them() -> None:
    assert words_options({"tone": "dry", "port": 1}) == {"tone": "dry", "port": 1}
    assert words_options({"model": "m", "port": 1}) == {"model": "m"}


def test_an_empty_archive_leaves_all_to_do(archive: Archive) -> None:
    assert left(archive, order()) == Assignment(todo=Todo.PRINT)


def test_a_complete_printing_leaves_nothing(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("html", "pdf")}}})
    printed(archive, wanted)
    assignment = left(archive, wanted)
    assert assignment.todo is Todo.NOTHING
    assert assignment.edition == archive.editions.current("daily", DAY)


def test_fewer_formats_than_were_printed_leave_nothing(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("pdf",)}}})
    printed(archive, wanted)
    assert left(archive, wanted).todo is Todo.NOTHING


def test_another_format_follows_the_plan_of_the_printing(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("html", "pdf", "png")}}})
    printed(archive, wanted)
    assignment = left(archive, wanted)
    assert (assignment.todo, assignment.revision) == (Todo.PRINT, None)
    assert assignment.plan is not None
    assert assignment.plan.formats == ("html", "pdf", "png")
    assert assignment.plan.headlines == values.plan().headlines


@pytest.mark.parametrize("was_killed", [False, True])
def test_another_format_does_not_take_those_away_that_were_printed(
    archive: Archive, was_killed: bool
) -> None:
    wanted = order({"papers": {"daily": {"formats": ("png",)}}})
    printed(archive, wanted)
    if was_killed:
        archive.editions.begin(values.plan(content_sha256=wanted.content_sha256))
    assignment = left(archive, wanted)
    assert assignment.plan is not None
    assert assignment.plan.formats == ("png", "html", "pdf")


@pytest.mark.parametrize(("transient", "todo"), [(True, Todo.PRINT), (False, Todo.NOTHING)])
def test_only_transient_failures_are_tried_again(
    archive: Archive, transient: bool, todo: Todo
) -> None:
    wanted = order({"papers": {"daily": {"formats": ("html", "pdf")}}})
    failure = Failure(
        rank=2, title="x", url="http://x/", step=Step.FETCH, kind="K", reason="r"
    ).model_copy(update={"transient": transient})
    printed(archive, wanted, stories=1, failures=(failure,))
    assignment = left(archive, wanted)
    assert assignment.todo is todo
    assert (assignment.plan is not None) == (todo is Todo.PRINT)


def test_a_renderer_that_failed_is_tried_again(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("html", "pdf")}}})
    printed(archive, wanted, render_failures=("pdf: no Pango",))
    assert left(archive, wanted).todo is Todo.PRINT


def test_other_settings_are_listed_and_printed_anew(archive: Archive) -> None:
    printed(archive, order())
    assignment = left(archive, order({"papers": {"daily": {"limit": 3}}}))
    assert (assignment.todo, assignment.plan) == (Todo.PRINT, None)
    assert assignment.edition is not None, "the printing that may be replaced is known"


def test_a_day_so_far_is_printed_anew_each_time(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("html", "pdf")}}}, day=date(2026, 11, 22))
    printed(archive, wanted)
    assignment = left(archive, wanted)
    assert (assignment.todo, assignment.plan) == (Todo.PRINT, None)


def test_a_run_that_was_killed_is_resumed_at_its_revision(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"formats": ("pdf",)}}})
    plan = values.plan(content_sha256=wanted.content_sha256)
    archive.editions.begin(plan)
    assignment = left(archive, wanted)
    assert (assignment.todo, assignment.revision) == (Todo.RESUME, 1)
    assert assignment.plan == plan.model_copy(update={"formats": ("pdf",)})


def test_a_run_below_the_threshold_is_resumed_by_the_threshold_of_today(archive: Archive) -> None:
    wanted = order({"papers": {"daily": {"coverage": 0.1}}})
    archive.editions.begin(values.plan(content_sha256=wanted.content_sha256, coverage=0.9))
    assignment = left(archive, wanted)
    assert assignment.plan is not None
    assert assignment.plan.coverage == 0.1, "lowering it is the remedy that the error names"


def test_a_killed_run_of_other_settings_is_left_alone(archive: Archive) -> None:
    archive.editions.begin(values.plan(content_sha256="c" * 64))
    assert left(archive, order()) == Assignment(todo=Todo.PRINT)


def test_a_killed_run_of_a_day_so_far_is_not_resumed(archive: Archive) -> None:
    wanted = order(day=date(2026, 11, 22))
    plan = values.plan(
        content_sha256=wanted.content_sha256, edition_date=wanted.edition_date, as_of=MOMENT
    )
    archive.editions.begin(plan)
    assert left(archive, wanted).todo is Todo.PRINT


def test_a_killed_second_printing_is_resumed_though_the_first_stands(archive: Archive) -> None:
    wanted = order()
    printed(archive, wanted, stories=1, content_sha256="c" * 64)
    archive.editions.begin(values.plan(content_sha256=wanted.content_sha256))
    assignment = left(archive, wanted)
    assert (assignment.todo, assignment.revision) == (Todo.RESUME, 2)
    assert assignment.edition is not None
    assert assignment.edition.revision == 1
