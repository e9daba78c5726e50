from tasks.ledger import as_markdown
from tests.renderers.edition_samples import make_edition, make_story


def test_other_peoples_text_is_inert_in_the_table() -> None:
    hostile = make_story(1, title="a|b ![x](javascript:y) <script>\n# z")
    table = as_markdown(make_edition((hostile,)))
    [row] = [line for line in table.splitlines() if line.startswith("| 1 ")]
    assert row.count("|") - row.count("\\|") == 7
    assert row.count("<") == row.count("\\<") == 1
    assert "\\!\\[x\\](javascript:y)" in row
    assert "z" in row, "a line break in a title ends no row"
