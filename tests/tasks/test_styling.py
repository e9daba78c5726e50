from datetime import UTC, date, datetime

from pressrun.models import Style
from settings import PaperSettings, Settings
from tasks.order import place_order
from tasks.styling import styled
from tests.renderers.edition_samples import full_edition


def test_an_edition_takes_the_style_and_sections_that_its_paper_has_now() -> None:
    paper = PaperSettings(
        theme="plain", frame="zh-TW", pdf_evidence=True, categories=("体育", "财经")
    )
    edition = styled(full_edition(), paper)
    assert edition.style == Style(theme="plain", frame="zh-TW", pdf_evidence=True)
    assert edition.sections == ("体育", "财经")
    assert edition.stories == full_edition().stories


def test_without_its_paper_in_the_settings_an_edition_stays_as_it_was_drawn() -> None:
    assert styled(full_edition(), None) == full_edition()


def test_how_an_edition_is_drawn_makes_it_no_other_edition() -> None:
    plain = PaperSettings(theme="plain", frame="en", pdf_evidence=True)
    moment = datetime(2026, 11, 22, 8, tzinfo=UTC)
    hashes = {
        place_order(
            Settings(papers={"daily": paper}), "daily", date(2026, 11, 21), moment
        ).content_sha256
        for paper in (plain, PaperSettings())
    }
    assert len(hashes) == 1
