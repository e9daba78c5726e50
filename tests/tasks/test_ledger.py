import pytest

from pressrun.models import Calibration, Rung, Way
from tasks.ledger import as_markdown
from tests.renderers.edition_samples import make_edition, make_story, make_summary


def test_other_peoples_text_is_inert_in_the_table() -> None:
    hostile = make_story(1, title="a|b ![x](javascript:y) <script>\n# z")
    table = as_markdown(make_edition((hostile,)))
    [row] = [line for line in table.splitlines() if line.startswith("| 1 ")]
    assert row.count("|") - row.count("\\|") == 10
    assert row.count("<") == row.count("\\<") == 1
    assert "\\!\\[x\\](javascript:y)" in row
    assert "z" in row, "a line break in a title ends no row"


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
    table = as_markdown(edition)
    assert "selected, 3 parts, asked again | 4.0 | 0.2 | 1.5 | 900 | 80 | 40 |" in table
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
    assert told in as_markdown(make_edition((make_story(1, summary=summary),)))
