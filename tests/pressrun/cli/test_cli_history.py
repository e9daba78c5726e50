"""`pressrun diff`, `gaps` and `retract`, as they are typed."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import pressrun.cli.gaps
from pressrun.archive import Archive, Lease
from pressrun.archive.retractions import Retractions
from pressrun.cli.diff import pieces
from pressrun.models import Earlier, Failure, Step
from tests.pressrun.archive.archive_desk import DAY, Desk
from tests.pressrun.cli.cli_terminal import Ended, Type

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
FIRST, SECOND = "http://news.test/1.html", "http://news.test/2.html"
values = Desk()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Says `NOW`."""
    monkeypatch.setattr(pressrun.cli.gaps, "utc_now", lambda: NOW)


def printed(archive: Archive, *days: int) -> None:
    for day in days:
        values_day = date(2026, 11, day)
        number = archive.editions.begin(values.plan(day=values_day, formats=("html",)))
        archive.publish(values.edition(number, day=values_day), values.renditions())


def test_ideographs_are_compared_one_by_one_and_words_whole() -> None:
    assert list(pieces("涨了3.5%，the bridge", "跌了3.8%，the bridges")) == [
        ("涨", "跌"),
        ("了", "了"),
        ("3.5", "3.8"),
        ("%，the ", "%，the "),
        ("bridge", "bridges"),
    ]


def test_one_printing_alone_is_said_to_be_so(typed: Type, archive: Archive) -> None:
    printed(archive, 21)
    ended = typed("diff", "2026-11-21")
    assert (ended.code, ended.err) == (0, "")
    assert "no printing was before revision 1" in ended.out


def test_equal_printings_are_said_to_be_equal(typed: Type, archive: Archive) -> None:
    printed(archive, 21, 21)
    ended = typed("diff", "2026-11-21")
    assert "revision 1 and revision 2" in ended.out
    assert "equal" in ended.out


def test_the_difference_tells_stories_words_model_and_failures(
    typed: Type, archive: Archive
) -> None:
    printed(archive, 21)
    failure = Failure(
        rank=2, title="第2条", url=SECOND, step=Step.FETCH, kind="HttpStatus", reason="HTTP 503"
    )
    story = values.story(1, summary=values.summary("一句好话。"))
    archive.editions.begin(values.plan())
    other = values.edition(
        2,
        stories=0,
        content_sha256="cd" * 32,
        model=values.model.model_copy(update={"model": "qwen3:8b"}),
    ).model_copy(update={"stories": (story,), "failures": (failure,)})
    archive.publish(other, values.renditions("two"))
    ended = typed("diff", "2026-11-21")
    assert (ended.code, ended.err) == (0, "")
    assert "qwen3:4b d1 -> ollama qwen3:8b d1" in ended.out
    assert "2 of 2 -> 1 of 2" in ended.out
    assert "dropped      2 第2条" in ended.out
    assert "一句{+好+}话。" in ended.out
    assert "missing now: 2 第2条 (fetch): HTTP 503" in ended.out
    made = json.loads(typed("diff", "2026-11-21", "--from", "2", "--to", "1", "--json").out)
    assert not made["equal"]
    assert [change["kind"] for change in made["changes"]] == ["summary", "added"]
    assert made["summaries"] == [{"url": FIRST, "old": "一句好话。", "new": "一句话。"}]
    assert [failure["url"] for failure in made["failures"]["gone"]] == [SECOND]


def test_a_printing_that_was_kept_aside_is_named_and_shown_when_asked_for(
    typed: Type, archive: Archive
) -> None:
    printed(archive, 21)
    values.print(archive, "two", stories=1)
    aside = "revision 2 of 2026-11-22 06:02:00 UTC, with 1 of 2 stories, was kept aside"
    said = typed("diff", "2026-11-21").out
    assert "no printing was before revision 1" in said
    assert aside in said
    command = "look at it: pressrun diff 2026-11-21 --paper daily --to 2"
    assert said.rstrip().endswith(command)
    said = typed(*command.split()[4:]).out
    assert "revision 1 and revision 2" in said
    assert "dropped      2 第2条" in said
    assert aside in said
    assert "look at it" not in said
    (one,) = typed("diff", "2026-11-21", "--json").object["kept_aside"]
    assert (one["revision"], one["stories"]) == (2, "1 of 2")
    printed(archive, 21)
    assert "kept aside" not in typed("diff", "2026-11-21").out


def test_a_printing_that_is_not_there_is_named(typed: Type, archive: Archive) -> None:
    printed(archive, 21)
    ended = typed("diff", "2026-11-21", "--to", "7")
    assert ended.code == 1
    assert "revisions of daily 2026-11-21: r0001" in ended.err
    assert "has no edition; print it" in typed("diff", "2026-11-20").err


def test_gaps_end_with_1_and_a_whole_archive_with_0(typed: Type, archive: Archive) -> None:
    printed(archive, 22, 24)
    ended = typed("gaps")
    assert ended.code == 1
    assert "2026-11-23" in ended.out
    assert "never begun" in ended.out
    assert "pressrun gaps --paper daily --fill" in ended.out
    printed(archive, 23)
    assert typed("gaps") == Ended(0, "daily: no edition is missing\n", "")


def test_gaps_for_a_program_are_one_object(typed: Type, archive: Archive) -> None:
    printed(archive, 22, 24)
    ended = typed("gaps", "--json", "--from", "2026-11-22", "--to", "2026-11-23")
    assert json.loads(ended.out) == {
        "paper": "daily",
        "gaps": [{"edition_date": "2026-11-23", "kind": "never begun", "note": ""}],
    }


def test_a_dry_run_finds_the_story_in_every_edition_and_changes_nothing(
    typed: Type, archive: Archive
) -> None:
    printed(archive, 21, 22)
    ended = typed("retract", FIRST, "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("printed daily 2026-11-2") == 2
    assert Retractions(archive.files).of("daily", DAY) == ()
    assert archive.editions.revisions("daily", DAY) == (1,)


def test_a_story_is_taken_back_and_given_back(typed: Type, archive: Archive) -> None:
    printed(archive, 21, 22)
    ended = typed("retract", FIRST, "--date", "2026-11-21", "--reason", "更正", "--json")
    assert (ended.code, ended.err) == (0, "")
    (one,) = json.loads(ended.out)["editions"]
    assert (one["state"], one["revision"], one["stories"]) == ("taken back", 2, 1)
    assert "更正" in Path(one["page"]).read_text("utf-8")
    (record,) = Retractions(archive.files).of("daily", DAY)
    assert "@" in record.by
    assert "is not printed in 2026-11-21" in typed("retract", FIRST, "--date", "2026-11-21").err
    ended = typed("retract", FIRST, "--undo")
    assert (ended.code, ended.err) == (0, "")
    assert "given back daily 2026-11-21" in ended.out
    current = archive.editions.current("daily", DAY)
    assert current is not None
    assert [story.url for story in current.stories] == [FIRST, SECOND]


def test_later_editions_that_name_what_was_taken_back_are_told_with_the_command(
    typed: Type, archive: Archive
) -> None:
    printed(archive, 21)
    earlier = (Earlier(edition_date=DAY, title="第1条", url=FIRST),)
    for number, day in enumerate((22, 23), start=2):
        own = f"http://news.test/{number}.html"
        story = values.story(1, url=FIRST if day == 23 else own, earlier=earlier)
        printed_day = date(2026, 11, day)
        archive.editions.begin(values.plan(day=printed_day, formats=("html",)))
        edition = values.edition(day=printed_day).model_copy(update={"stories": (story,)})
        archive.publish(edition, values.renditions())
    ended = typed("retract", FIRST)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("taken back daily") == 2, "the older is taken back first"
    command = "pressrun backfill 2026-11-22 2026-11-22 --paper daily --refresh renditions"
    assert ended.out.count("still names it") == 1
    assert f"what a story of that day carries on; draw that again: {command}\n" in ended.out


def test_a_retraction_that_no_printing_tells_of_is_found_and_undone(
    typed: Type, archive: Archive
) -> None:
    printed(archive, 21, 22)
    lease = Lease.acquire(archive.files, "daily", DAY)
    ended = typed("retract", FIRST, "--date", "2026-11-21")
    assert ended.code == 1
    assert "then give this command again" in ended.out
    lease.release()
    ended = typed("retract", FIRST, "--undo", "--dry-run")
    assert "taken back daily 2026-11-21" in ended.out
    assert len(Retractions(archive.files).of("daily", DAY)) == 1
    ended = typed("retract", FIRST, "--undo")
    assert (ended.code, ended.err) == (0, "")
    assert "given back daily 2026-11-21: 第1条 (revision 1, stories: 2)" in ended.out
    assert Retractions(archive.files).of("daily", DAY) == ()
    assert archive.editions.revisions("daily", DAY) == (1,)
    assert "is not taken back" in typed("retract", FIRST, "--undo").err


def test_an_address_that_is_nowhere_brings_the_nearest(typed: Type, archive: Archive) -> None:
    printed(archive, 21)
    ended = typed("retract", "http://news.test/2.htm")
    assert ended.code == 1
    assert f"did you mean {SECOND}?" in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fill", "--json"), "leave out --json"),
        (("--from", "2026-11-20", "--to", "2026-11-10"), "give the earlier day first"),
    ],
)
def test_gaps_refuses_what_cannot_be_meant(typed: Type, words: tuple[str, ...], said: str) -> None:
    ended = typed("gaps", *words)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())


@pytest.mark.parametrize(
    "line",
    [
        ("diff", "2026-03-12"),
        ("gaps", "--from", "2026-03-10"),
        ("retract", "https://news.example.org/a/1.html"),
    ],
    ids=["diff", "gaps", "retract"],
)
def test_a_mistyped_archive_is_named_and_none_is_made(
    typed: Type, folder: Path, line: tuple[str, ...]
) -> None:
    ended = typed(*line, "--archive", "archiv")
    assert ended.code != 0
    assert "there is no archive; correct --archive" in ended.err
    assert not (folder / "archiv").exists()
