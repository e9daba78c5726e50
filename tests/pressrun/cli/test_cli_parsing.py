"""What a user types, and the code that the command ends with."""

from datetime import UTC, date, datetime

import pytest

from pressrun.cli.app import EXIT_CODES, exit_code
from pressrun.cli.digest import parse_day, split_formats
from pressrun.errors import (
    ArchiveError,
    BadAnswer,
    CoverageError,
    EditionBusy,
    EngineUnavailable,
    FetchError,
    ModelMissing,
    PluginError,
    PressrunError,
    SettingsError,
    SourceError,
)
from settings import PaperSettings

EVENING_IN_UTC = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
SHANGHAI = PaperSettings()
NEW_YORK = PaperSettings(time_zone="America/New_York")


@pytest.mark.parametrize(
    ("text", "paper", "day"),
    [
        ("today", SHANGHAI, date(2026, 3, 13)),
        ("yesterday", SHANGHAI, date(2026, 3, 12)),
        ("today", NEW_YORK, date(2026, 3, 12)),
        ("yesterday", NEW_YORK, date(2026, 3, 11)),
        ("2012-02-29", SHANGHAI, date(2012, 2, 29)),
    ],
)
def test_a_day_is_one_of_the_papers_time_zone(text: str, paper: PaperSettings, day: date) -> None:
    assert parse_day(text, paper, EVENING_IN_UTC) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2026-02-30", "there is no such day"),
        ("2026-13-01", "there is no such day"),
        ("20260312", "write YYYY-MM-DD, today or yesterday"),
        ("2026-W11-4", "write YYYY-MM-DD"),
        ("2026-3-12", "write YYYY-MM-DD"),
        ("12.3.2026", "write YYYY-MM-DD"),
        ("tomorrow", "write YYYY-MM-DD"),
        ("", "write YYYY-MM-DD"),
        ("٢٠٢٦-03-12", "--date"),
    ],
)
def test_what_is_no_day_is_refused(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        parse_day(text, SHANGHAI, EVENING_IN_UTC)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, ()),
        ("", ()),
        (",, ,", ()),
        ("pdf", ("pdf",)),
        ("pdf,html", ("pdf", "html")),
        (" HTML , pdf,html ", ("html", "pdf")),
    ],
)
def test_formats_are_names_by_commas_each_once_in_order(
    text: str | None, names: tuple[str, ...]
) -> None:
    assert split_formats(text) == names


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), 2),
        (PluginError("x"), 2),
        (CoverageError("x"), 3),
        (SourceError("x"), 4),
        (EngineUnavailable("x"), 5),
        (ModelMissing("x"), 5),
        (BadAnswer("x"), 5),
        (ArchiveError("x"), 1),
        (EditionBusy("x"), 1),
        (FetchError("x"), 1),
        (PressrunError("x"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_the_exit_code_tells_the_kind_of_error(error: PressrunError, code: int) -> None:
    assert exit_code(error) == code


def test_no_error_ends_with_the_code_of_success_or_of_a_signal() -> None:
    assert set(EXIT_CODES.values()) <= set(range(2, 64))
