"""How a run ended, as one object and as lines."""

import json
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.cli.report import as_object, print_report
from pressrun.models import DROPPED, Edition, Failure, ListNote, Step, Telling, Way
from tests.pressrun.archive.archive_desk import MOMENT, Desk

values = Desk()


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


def partial(archive: Archive) -> Edition:
    return values.print(
        archive, stories=1, render_failures=("png: no Pango",), missing_glyphs=("𠮷",)
    ).edition


def report(archive: Archive, edition: Edition, capsys: pytest.CaptureFixture[str]) -> str:
    print_report(archive, edition, "printed", 1.25)
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


def test_the_object_says_where_the_edition_lies(archive: Archive, archive_dir: Path) -> None:
    made = as_object(archive, values.print(archive).edition, "printed", 1.239)
    assert (made["state"], made["paper"], made["date"]) == ("printed", "daily", "2026-11-21")
    assert (made["stories"], made["listed"], made["revision"]) == (2, 2, 1)
    assert (made["engine"], made["model"], made["seconds"]) == ("ollama", "qwen3:4b", 1.24)
    assert set(made["files"]) == {"index.html", "edition.pdf"}
    for name, address in made["files"].items():
        assert Path(address).is_file()
        assert Path(address) == archive_dir / "editions/daily/2026-11-21/r0001" / name


def test_the_object_counts_headlines_as_the_lines_do(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    telling = Telling(rank=2, title="x", url="http://news.test/2.html")
    dropped = Failure(
        rank=3,
        title="双色球开奖",
        url="http://c.test/3",
        step=Step.ASSEMBLE,
        kind=DROPPED,
        reason="双色球",
    )
    edition = values.edition(stories=1, listed=3, failures=(dropped,)).model_copy(
        update={"stories": (values.story(1, also=(telling,)),)}
    )
    made = as_object(archive, edition, "printed", 1)
    assert (made["stories"], made["listed"], made["told"], made["wanted"]) == (1, 3, 2, 2)
    said = report(archive, edition, capsys)
    assert "2 of 2 stories" in said
    assert "left out 3 双色球开奖" in said
    assert "missing" not in said


def test_the_object_says_what_is_missing_and_why(archive: Archive) -> None:
    made = as_object(archive, partial(archive), "partial", 0)
    assert [line["reason"] for line in made["failures"]] == ["r"]
    assert made["failures"][0]["step"] == "fetch"
    assert made["render_failures"] == ["png: no Pango"]
    assert made["missing_glyphs"] == ["𠮷"]


def test_the_object_is_json_whatever_is_in_it(archive: Archive) -> None:
    edition = partial(archive).model_copy(update={"as_of": MOMENT})
    again = json.loads(json.dumps(as_object(archive, edition, "partial", 0)))
    assert again["as_of"] == "2026-11-22T06:30:00+00:00"


def test_tokens_are_those_of_all_summaries(archive: Archive) -> None:
    summary = values.summary().model_copy(update={"prompt_tokens": 10, "output_tokens": 3})
    stories = tuple(values.story(rank, summary=summary) for rank in (1, 2))
    edition = values.print(archive).edition.model_copy(update={"stories": stories})
    assert as_object(archive, edition, "printed", 0)["tokens"] == 26


def test_a_person_reads_where_it_lies_and_by_which_way(
    archive: Archive, archive_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    selected = values.summary().model_copy(update={"way": Way.SELECTED})
    stories = (values.story(1), values.story(2, summary=selected))
    edition = values.print(archive).edition.model_copy(update={"stories": stories})
    out = report(archive, edition, capsys)
    assert out.startswith("printed 每日要闻 2026-11-21: 2 of 2 stories, revision 1, 1.2 s\n")
    assert "by qwen3:4b (ollama); 1 written, 1 of selected sentences" in out
    assert str(archive_dir / "editions/daily/2026-11-21/r0001/edition.pdf") in out


def test_a_person_reads_what_failed_and_why(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    out = report(archive, partial(archive), capsys)
    assert "missing 2 x (fetch): r" in out
    assert "not rendered png: no Pango" in out
    assert "printed as 〓, for want of a glyph: 𠮷" in out


def test_markup_in_a_title_is_text(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    edition = values.print(archive, stories=1).edition
    hostile = edition.failures[0].model_copy(update={"title": "[red]红[/red][/]"})
    out = report(archive, edition.model_copy(update={"failures": (hostile,)}), capsys)
    assert "missing 2 [red]红[/red][/] (fetch): r" in out


def test_an_unfinished_day_is_said_to_be_one(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = values.print(archive, as_of=MOMENT).edition
    assert "the day is not over: the next run prints it again" in report(archive, edition, capsys)


def test_object_and_lines_say_which_source_was_passed_over_and_why(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = values.print(archive).edition
    made = as_object(archive, edition, "printed", 0)
    assert (made["source"], made["not_from"]) == (edition.listing.source, [])
    note = ListNote(source="wire", kind="HttpStatus", reason="http://[wire]/: HTTP 404")
    listing = edition.listing.model_copy(update={"notes": (note,)})
    edition = edition.model_copy(update={"listing": listing})
    assert as_object(archive, edition, "printed", 0)["not_from"] == [note.model_dump()]
    shown = report(archive, edition, capsys)
    assert f"not from wire but from {listing.source}: http://[wire]/: HTTP 404\n" in shown
