"""A theme takes the place of Pressrun's templates and sheets, and no more than that."""

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from pressrun.errors import RenderError
from pressrun.models import Edition, Style
from renderers.html import HtmlRenderer
from renderers.image import ImageRenderer
from renderers.pdf import PdfRenderer
from renderers.themes import fill_template, style_sheet, theme_folder
from tests.renderers.edition_samples import full_edition, make_edition, make_story, mixed_edition

OWN_PAGE = """<!DOCTYPE html>
<html lang="{{ document.lang }}">
<head><meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<title>{{ document.heading }}</title><style>{{ style }}</style></head>
<body>{% for item in document.items %}<h2 id="{{ item.anchor }}">{{ item.title }}</h2>{% endfor %}
</body></html>
"""


def themed(theme: object, edition: Edition | None = None) -> Edition:
    return (edition or make_edition((make_story(1),))).model_copy(
        update={"style": Style(theme=str(theme))}
    )


def page(edition: Edition) -> str:
    (made,) = HtmlRenderer().render(edition)
    return made.data.decode()


def test_a_theme_is_a_shipped_one_or_a_folder_and_an_unknown_one_names_those_there_are() -> None:
    assert theme_folder("") is None
    assert (theme_folder("plain") or Path()).is_dir()
    with pytest.raises(RenderError, match=r"theme 'plian': no folder.* it has: plain; write"):
        page(themed("plian"))
    with pytest.raises(RenderError, match=r"theme '~no-such-user/x': no folder"):
        theme_folder("~no-such-user/x")


def test_a_folder_with_nothing_to_draw_by_is_said_to_have_nothing(tmp_path: Path) -> None:
    (tmp_path / "pgae.css").write_text("body { color: red }")
    (tmp_path / "letter.html").write_text("is of no theme")
    with pytest.raises(RenderError, match=r"has nothing of which.* edition.html, .*page.css") as no:
        page(themed(tmp_path))
    assert "letter.html" not in str(no.value)


def test_a_sheet_of_a_theme_takes_the_place_of_pressruns_or_builds_on_it(tmp_path: Path) -> None:
    sheet = tmp_path / "page.css"
    sheet.write_text("h1 { color: #123456 }")
    assert style_sheet("page.css", theme=str(tmp_path)) == "h1 { color: #123456 }"
    sheet.write_text('@import "pressrun/page.css";\nh1 { color: #123456 }')
    made = style_sheet("page.css", theme=str(tmp_path))
    assert made == style_sheet("page.css") + "\nh1 { color: #123456 }"
    assert style_sheet("print.css", theme=str(tmp_path)) == style_sheet("print.css")
    assert "#123456" in page(themed(tmp_path))
    sheet.write_text("h1 { color: #123456 }", "utf-8-sig")  # as editors of Windows save it
    assert style_sheet("page.css", theme=str(tmp_path)) == "h1 { color: #123456 }"


def test_a_template_of_a_theme_is_used_for_the_page_with_words_escaped(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text(OWN_PAGE)
    text = page(themed(tmp_path, mixed_edition()))
    assert "masthead" not in text.partition("<body>")[2]
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text


def test_a_template_may_change_one_part_and_take_the_others_from_pressrun(tmp_path: Path) -> None:
    (tmp_path / "parts.html").write_text(
        '{% import "pressrun/parts.html" as ours with context %}'
        "{% set linked, marked = ours.linked, ours.marked %}"
        "{% set proofs, story = ours.proofs, ours.story %}"
        "{% macro bars(chart) %}<p>{{ chart.title }}</p>{% endmacro %}"
    )
    text = page(themed(tmp_path, full_edition()))
    assert "<p>各版条数</p>" in text
    assert "<svg" not in text
    assert 'class="summary"' in text


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("one\n{{ document.headline }}", r"edition.html, line 2: .*headline"),
        ("one\n\n{% if %}", r"edition.html, line 3: Expected an expression"),
        ("{{ document.title | safe }}", r"edition.html, line 1: No filter named 'safe'"),
        ("\n{% autoescape false %}{% endautoescape %}", r"line 2: autoescape stays on"),
        ('{% include "mine.html" %}', r"edition.html, line 1: no template is called mine.html"),
        ("\n{{ 1 / 0 }}", r"edition.html, line 2: division by zero"),
        ("{{ document.title.__class__.__mro__ }}", r"line 1: .*__class__.* is unsafe"),
        ("{{ document.items + 1 }}", r"edition.html, line 1: "),
        (
            "\n{% macro one(n) %}{{ one(n) }}{% endmacro %}{{ one(1) }}",
            r"edition.html, line 2: maximum recursion",
        ),
    ],
)
def test_a_fault_in_a_template_is_told_with_its_file_and_line(
    template: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "edition.html").write_text(template)
    with pytest.raises(RenderError, match=says) as caught:
        page(themed(tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert "; correct the template" in str(caught.value)


def test_a_sheet_cannot_end_the_style_element_and_is_utf8(tmp_path: Path) -> None:
    sheet = tmp_path / "page.css"
    sheet.write_text("p { color: red }</style><script>alert(1)</script>")
    with pytest.raises(RenderError, match=r"page.css: has “</”"):
        page(themed(tmp_path))
    sheet.write_bytes("p::before { content: '“' }".encode("gbk"))
    with pytest.raises(RenderError, match=r"page.css: cannot be read: .*; write it in UTF-8"):
        page(themed(tmp_path))
    sheet.write_text('@import "pressrun/pgae.css";')
    with pytest.raises(RenderError, match=r"pressrun/pgae.css: no such sheet"):
        page(themed(tmp_path))


def test_a_page_that_has_lost_its_policy_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text(OWN_PAGE.replace("{{ policy }}", "script-src *"))
    with pytest.raises(RenderError, match=r"has lost the page's Content-Security-Policy"):
        page(themed(tmp_path))


def test_a_theme_that_leaves_out_stories_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text(OWN_PAGE.replace("document.items", "[]"))
    with pytest.raises(RenderError, match="1 of 1 stories were not placed") as caught:
        page(themed(tmp_path))
    assert f"; theme {str(tmp_path)!r} has them nowhere" in str(caught.value)
    assert "report it" not in str(caught.value)


def test_a_sheet_of_a_theme_can_fetch_nothing(tmp_path: Path) -> None:
    far = "http://127.0.0.1:9/x"
    outside = f'@import url("{far}.css"); body {{ background: url("{far}.png") }}'
    for name in ("page.css", "print.css"):
        (tmp_path / name).write_text(outside)
    policy = page(themed(tmp_path)).partition('Policy" content="')[2].partition('"')[0]
    allowed = [rule.split()[:2] for rule in policy.replace("&#39;", "'").split("; ")]
    assert [name for name, _ in allowed] == ["default-src", "style-src", "font-src", "img-src"]
    assert not any("http" in source or source == "*" for _, source in allowed)
    (pdf,) = PdfRenderer().render(themed(tmp_path))
    assert b"127.0.0.1" not in pdf.data


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text("one")
    assert fill_template(str(tmp_path), "edition.html") == "one"
    (tmp_path / "edition.html").write_text("another")
    assert fill_template(str(tmp_path), "edition.html") == "another"


def test_plain_prints_page_pdf_and_picture_with_everything_and_without_a_serif() -> None:
    edition = themed("plain", full_edition())
    text = page(edition)
    assert text.count("<article") == len(edition.stories)
    assert "Pressrun Serif" not in text
    (pdf,) = PdfRenderer().render(edition)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for sheet in pypdf.PdfReader(io.BytesIO(pdf.data)).pages
        for font in sheet["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    assert all("Sans" in name for name in fonts)
    pictures = ImageRenderer().render(edition)
    with Image.open(io.BytesIO(pictures[0].data)) as picture:
        assert picture.convert("RGB").getpixel((540, 4)) == (20, 23, 26)
