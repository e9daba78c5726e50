"""What a user sees while an edition is printed: each view after the same events."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console
from rich.progress import Progress

from pressrun.cli import progress
from pressrun.cli.progress import Lines, Live, View, make_view
from pressrun.models import Failure, ModelIdentity, Step, Way
from settings import Settings
from tasks.order import place_order
from tests.pressrun.archive.archive_desk import DAY, MOMENT

IDENTITY = ModelIdentity(engine="ollama", model="qwen3:4b")
FAILURE = Failure(
    rank=2, title="[b]第二条[/b]", url="http://x/", step=Step.FETCH, kind="HttpStatus", reason="404"
)


class Clock:
    """A clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        clock = SimpleNamespace(monotonic=lambda: self.now_s)
        monkeypatch.setattr(progress, "time", clock)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def console(width: int = 100) -> Console:
    return Console(file=io.StringIO(), width=width)


def written(target: Console) -> list[str]:
    assert isinstance(target.file, io.StringIO)
    return [line.rstrip() for line in target.file.getvalue().splitlines()]


def lines_after(*events: tuple[str, dict[str, object]]) -> list[str]:
    target = console()
    view = Lines(target)
    for stage, facts in events:
        view.event(stage, **facts)
    return written(target)


def test_a_step_that_is_tried_again_is_counted_once() -> None:
    view = View()
    view.event("listed", count=3)
    for rank in (1, 1, 2, 1):
        view.event("fetched", rank=rank)
    assert view.seen["fetched"] == {1, 2}
    assert view.seen["summarised"] == set()


def test_speed_and_time_left_are_known_after_the_first_summary(clock: Clock) -> None:
    view = View()
    view.event("listed", count=5)
    assert view.speed() == ""
    view.event("summarising", rank=1)
    clock.now_s += 10
    assert view.speed() == ""
    view.event("tokens", count=120)
    view.event("summarised", rank=1)
    assert view.speed() == "12 tokens/s, 0:40 left"


def test_articles_that_failed_are_not_waited_for(clock: Clock) -> None:
    view = View()
    view.event("listed", count=5)
    view.event("summarising", rank=1)
    clock.now_s += 60
    view.event("tokens", count=60)
    view.event("summarised", rank=1)
    for _ in range(2):
        view.event("failed", rank=2, failure=FAILURE)
    assert view.speed() == "1 tokens/s, 3:00 left"
    for rank in (3, 4, 5):
        view.event("summarised", rank=rank)
    assert view.speed().endswith("0:00 left")


def test_what_is_left_out_once_it_is_summarised_is_counted_once(clock: Clock) -> None:
    view = View()
    view.event("listed", count=4)
    view.event("summarising", rank=1)
    clock.now_s += 60
    view.event("tokens", count=60)
    view.event("summarised", rank=1)
    view.event("dropped", rank=1, failure=FAILURE)
    view.event("dropped", rank=2, failure=FAILURE)
    assert view.speed() == "1 tokens/s, 2:00 left"


def test_lines_tell_each_stage_once() -> None:
    assert lines_after(
        ("engine", {"name": "ollama", "reason": "ollama at http://127.0.0.1:11434"}),
        ("prefect starting", {}),
        ("model", {"identity": IDENTITY}),
        ("prefect", {"url": "http://127.0.0.1:4200/api"}),
        ("listed", {"count": 2}),
        ("fetched", {"rank": 1}),
        ("fetched", {"rank": 2}),
        ("extracted", {"rank": 1}),
        ("summarising", {"rank": 1}),
        ("notice", {"line": "ollama at http://b is back"}),
        ("tokens", {"count": 10}),
        ("summarised", {"rank": 1}),
        ("failed", {"rank": 2, "failure": FAILURE}),
        ("overviewing", {}),
        ("overview", {"way": Way.WRITTEN, "sentences": 4}),
        ("rendering", {"name": "pdf", "total": 2}),
        ("rendered", {"name": "pdf"}),
        ("unrendered", {"name": "png", "reason": "no Pango"}),
        ("a stage of a later version", {"rank": 1}),
    ) == [
        "engine: ollama at http://127.0.0.1:11434",
        "starting Prefect",
        "qwen3:4b (ollama, written)",
        "ready at http://127.0.0.1:4200/api",
        "listed 2 headlines",
        "fetched 2 of 2",
        "ollama at http://b is back",
        "summarised 1 of 2",
        "failed: 2 [b]第二条[/b]: 404",
        "in brief: 4 sentences, written",
        "rendered pdf",
        "not rendered: png: no Pango",
    ]


def test_a_long_line_is_not_folded() -> None:
    reason = "x" * 300
    assert lines_after(("engine", {"name": "m", "reason": reason})) == [f"engine: {reason}"]


def test_the_live_table_counts_by_stage(clock: Clock) -> None:
    target = console()
    with Progress(console=target, auto_refresh=False) as table:
        view = Live(table)
        view.event("prefect", url="http://127.0.0.1:1/api")
        view.event("model", identity=IDENTITY)
        view.event("listed", count=4)
        for rank in (1, 2, 2):
            view.event("fetched", rank=rank)
        view.event("summarising", rank=1)
        clock.now_s += 5
        view.event("tokens", count=50)
        view.event("summarised", rank=1)
        view.event("rendering", name="pdf", total=3)
        view.event("rendered", name="pdf")
        view.event("unrendered", name="png", reason="no Pango")
        tasks = {task.description: task for task in table.tasks}
    assert (tasks["Fetched"].completed, tasks["Fetched"].total) == (2, 4)
    assert (tasks["Read"].completed, tasks["Read"].total) == (0, 4)
    assert tasks["Summarised"].fields["note"] == "10 tokens/s, 0:15 left"
    assert (tasks["Rendered"].completed, tasks["Rendered"].total) == (2, 3)
    assert tasks["Listed"].fields["note"] == "4 headlines"
    assert tasks["Model"].fields["note"] == "qwen3:4b (ollama, written)"
    assert all(tasks[name].finished for name in ("Model", "Prefect", "Listed"))


def test_the_day_in_brief_has_a_row_from_when_the_model_is_asked_for_it() -> None:
    with Progress(console=console(), auto_refresh=False) as table:
        view = Live(table)
        row = next(task for task in table.tasks if task.description == "In brief")
        assert not row.visible
        view.event("overviewing")
        assert (row.visible, row.finished, row.fields["note"]) == (True, False, "being written")
        view.event("overview", way=Way.SELECTED, sentences=5)
        assert (row.finished, row.fields["note"]) == (True, "5 sentences, selected")


def test_a_failure_stands_above_the_live_table_as_it_is_written() -> None:
    target = console()
    with Progress(console=target, auto_refresh=False) as table:
        Live(table).event("failed", rank=2, failure=FAILURE)
    assert "failed: 2 [b]第二条[/b]: 404" in written(target)


def test_rows_without_work_yet_are_not_shown() -> None:
    with Progress(console=console(), auto_refresh=False) as table:
        view = Live(table)
        assert [task.description for task in table.tasks if task.visible] == [
            "Model",
            "Prefect",
            "Listed",
        ]
        view.event("listed", count=1)
        assert sum(task.visible for task in table.tasks) == 6


def test_without_a_terminal_the_view_is_lines_and_when_quiet_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    order = place_order(Settings(), "daily", DAY, MOMENT)
    with make_view(order, quiet=False) as view:
        assert isinstance(view, Lines)
    shown = capsys.readouterr()
    assert (shown.out, shown.err.strip()) == ("", "每日要闻 2026-11-21")
    with make_view(order, quiet=True) as view:
        view.event("listed", count=1)
        view.say("hush")
    assert capsys.readouterr() == ("", "")
