"""What the site says of an edition, in the characters that the edition is printed in."""

import pytest

from pressrun.archive.entries import DayText, SiteEntry
from pressrun.archive.frames import traditional, written_in
from pressrun.models import Style
from renderers.frames import frame_for
from tests.pressrun.archive.archive_desk import Desk

TAIWANS = Style(frame="zh-TW")


@pytest.mark.parametrize("text", ["臺灣的里長說：12公里外", "余先生買了鐘錶", "52 km"])
def test_a_text_that_is_in_traditional_characters_stays_as_it_is(text: str) -> None:
    assert traditional(text) == text


@pytest.mark.parametrize("text", ["余先生買了鐘錶", "后天发布", "他支持这个项目，距此12公里"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_site_writes_a_text_as_its_page_does(text: str, language: str) -> None:
    assert written_in("zh-TW", text, language) == frame_for("zh", TAIWANS).text(text, language)
    assert written_in("zh-CN", text, language) == text


def test_a_name_in_traditional_characters_is_kept_in_headlines_and_texts() -> None:
    desk = Desk()
    title = "余先生買了鐘錶"
    story = desk.story(1, title=title, summary=desk.summary("里長說：后天发布。"))
    edition = desk.edition(stories=1, style=TAIWANS).model_copy(update={"stories": (story,)})
    assert SiteEntry.of(edition, ("index.html",)).leads[0].title == title
    (text,) = DayText.of(edition, "index.html").stories
    assert text.title == title
