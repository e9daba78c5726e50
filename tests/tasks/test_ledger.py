import pytest

from pressrun.models import (
    DROPPED,
    Calibration,
    Change,
    ChangeKind,
    Failure,
    RenditionRecord,
    Rung,
    Step,
    Telling,
    Way,
)
from tasks.ledger import as_markdown, as_table, public_places
from tests.renderers.edition_samples import make_edition, make_story, make_summary


def test_other_peoples_text_is_inert_in_the_table() -> None:
    hostile = make_story(1, title="a|b ![x](javascript:y) <script>\n# z")
    table = as_markdown(make_edition((hostile,)), {})
    [row] = [line for line in table.splitlines() if line.startswith("| 1 ")]
    assert row.count("|") - row.count("\\|") == 6
    assert row.count("<") == row.count("\\<") == 1
    assert "\\!\\[x\\](javascript:y)" in row
    assert "z" in row, "a line break in a title ends no row"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("see http://evil.example/a_b now", "see `http://evil.example/a_b` now"),
        ("HTTPS://evil.example/`<b>|x", "`HTTPS://evil.example/%60<b>%7Cx`"),
        ("(www.evil.example/*)", "(`www.evil.example/*`)"),
        ("_www.evil.example", "\\_`www.evil.example`"),
        ("write to win@evil.example.", "write to `win@evil.example`."),
        ("awww. 3:2 @ home_run", "awww. 3:2 @ home\\_run"),
    ],
)
def test_an_address_in_other_peoples_text_is_no_link(title: str, shown: str) -> None:
    table = as_markdown(make_edition((make_story(1, title=title),)), {})
    assert f"| 1 | {shown} | " in table


def test_the_table_tells_what_each_summary_took_and_how_it_was_made() -> None:
    summary = make_summary(
        parts=3,
        calls=5,
        prompt_tokens=900,
        output_tokens=80,
        output_s=2.0,
        queued_s=0.25,
        load_s=1.5,
        wall_s=4.0,
        ladder=(Rung(name="asked"), Rung(name="asked again")),
    )
    edition = make_edition((make_story(1, summary=summary), make_story(2, summary=summary)))
    edition = edition.model_copy(
        update={"calibrations": (Calibration(language="zh", factor=0.6, requests=12),)}
    )
    table = as_markdown(edition, {})
    assert "selected, 3 parts, asked again | 4.0 | 980 |" in table
    row = as_table(edition)[0]
    assert (row["queued"], row["loading"], row["tokens in"], row["tokens out"]) == (
        0.2,
        1.5,
        900,
        80,
    )
    assert (row["way"], row["out a second"]) == ("selected, 3 parts, asked again", 40)
    assert "10 calls, 1,800 tokens in, 160 out, 40 a second, 0.5 s queueing, 3.0 s loading" in table
    assert "zh estimates x 0.6" in table


@pytest.mark.parametrize(
    ("way", "rungs", "told"),
    [
        (Way.WRITTEN, ("asked",), "written |"),
        (Way.WRITTEN, ("corrected",), "written, corrected |"),
        (Way.SELECTED, ("selected",), "selected |"),
        (Way.SELECTED, ("first sentences",), "selected, first sentences |"),
    ],
)
def test_the_table_tells_of_a_first_step_that_was_not_the_usual_one(
    way: Way, rungs: tuple[str, ...], told: str
) -> None:
    summary = make_summary(way=way, ladder=tuple(Rung(name=name) for name in rungs))
    assert told in as_markdown(make_edition((make_story(1, summary=summary),)), {})


def test_the_plain_table_has_a_row_an_article_by_rank_with_the_same_columns() -> None:
    late = make_story(2, title="后到的一条")
    failure = Failure(
        rank=1,
        title="没有印出的一条",
        url="https://news.example.com/a/9.shtml",
        step=Step.EXTRACT,
        kind="NotArticle",
        reason="a gallery",
    )
    change = Change(kind=ChangeKind.LATE, rank=2, title=late.title, url=late.url)
    edition = make_edition((late, make_story(3)), failures=(failure,), listed=3, changes=(change,))
    table = as_table(edition)
    assert [row["no"] for row in table] == [1, 2, 3]
    assert [row["state"] for row in table] == ["not printed: extract", "late", "printed"]
    assert [row["reason"] for row in table] == ["a gallery", "", ""]
    assert len({tuple(sorted(row)) for row in table}) == 1
    assert table[1]["characters"] == len(late.summary.text)


def test_who_else_tells_a_story_has_a_row_and_what_was_left_out_did_not_fail() -> None:
    telling = Telling(rank=2, title="另一家", url="https://b.example.com/2", medium="某报")
    dropped = Failure(
        rank=3,
        title="双色球开奖",
        url="https://c.example.com/3",
        step=Step.ASSEMBLE,
        kind=DROPPED,
        reason="双色球",
    )
    edition = make_edition((make_story(1, also=(telling,)),), failures=(dropped,), listed=3)
    table = as_table(edition)
    assert [(row["no"], row["state"], row["reason"]) for row in table] == [
        (1, "printed", ""),
        (2, "told by number 1", ""),
        (3, "left out", "双色球"),
    ]
    assert table[1]["medium"] == "某报"
    assert len({tuple(sorted(row)) for row in table}) == 1
    lines = as_markdown(edition, {}).splitlines()
    assert "| 2 | 另一家 | told by number 1 |  |  |" in lines
    assert "| 3 | 双色球开奖 | left out: 双色球 |  |  |" in lines


def test_files_are_linked_where_a_browser_can_get_them_and_named_where_it_cannot() -> None:
    names = ("index.html", "edition.pdf")
    records = tuple(
        RenditionRecord(name=name, media_type="x/y", format="x", bytes=1, sha256="a" * 64)
        for name in names
    )
    edition = make_edition((make_story(1),), renditions=records)
    places = public_places(edition, "https://news.example.org")
    folder = "https://news.example.org/daily/2026-10-31/"
    assert places == {"index.html": folder, "edition.pdf": f"{folder}edition.pdf"}
    assert f"- [edition.pdf](<{folder}edition.pdf>)" in as_markdown(edition, places)
    assert "- `/var/a/edition.pdf`" in as_markdown(edition, {"edition.pdf": "/var/a/edition.pdf"})
