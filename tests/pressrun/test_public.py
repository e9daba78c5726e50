"""What readers see of an edition, and what they do not."""

from typing import Any

import pytest

from pressrun.models import (
    DROPPED,
    RETRACTED,
    Change,
    ChangeKind,
    Edition,
    Failure,
    Finding,
    FindingKind,
    ListNote,
    Rung,
    Step,
    Style,
)
from pressrun.public import public, public_json
from tests.renderers.edition_samples import full_edition, make_edition, make_story, make_summary

HOST = "10.1.2.3"


def failure(kind: str, reason: str) -> Failure:
    url = "https://news.example.com/a"
    return Failure(rank=9, title="题", url=url, step=Step.ASSEMBLE, kind=kind, reason=reason)


def telling_edition() -> Edition:
    """An edition whose manifest names hosts, folders and addresses wherever it can."""
    doubtful = Finding(kind=FindingKind.NAME, text="沈霁川", reason=f"seen by {HOST}", warning=True)
    summary = make_summary(
        "沈霁川说。",
        host=f"http://{HOST}:11434",
        ladder=(Rung(name="asked", findings=(doubtful,)),),
        findings=(doubtful,),
    )
    edition = make_edition((make_story(1, summary=summary),))
    listing = edition.listing.model_copy(
        update={
            "url": "https://list.example.com/top?key=SECRET",
            "notes": (
                ListNote(source="wire", kind="FetchTimeout", reason=f"http://{HOST}/: slow"),
            ),
        }
    )
    return edition.model_copy(
        update={
            "listing": listing,
            "style": Style(theme="/srv/SECRET/theme", frame="zh-TW"),
            "failures": (
                failure("EngineUnavailable", f"http://{HOST}:11434: nothing answers; start it"),
                failure(DROPPED, "“双色球”"),
                failure(RETRACTED, "来源更正"),
            ),
            "changes": (
                Change(kind=ChangeKind.RETRACTED, rank=9, title="题", url="https://gone.example/"),
            ),
            "render_failures": (f"pdf: /srv/SECRET/fonts: no such file on {HOST}",),
        }
    )


def test_no_host_folder_or_key_is_left() -> None:
    shown = public_json(telling_edition()).decode()
    for secret in (HOST, "SECRET", "/srv", "nothing answers", "gone.example"):
        assert secret not in shown


def test_what_readers_may_see_is_all_there() -> None:
    edition, shown = telling_edition(), public(telling_edition())
    assert shown.listing.url == "https://list.example.com/"
    assert [(note.source, note.kind) for note in shown.listing.notes] == [("wire", "FetchTimeout")]
    assert [(one.kind, one.reason) for one in shown.failures] == [
        *(("EngineUnavailable", ""), (DROPPED, "“双色球”"), (RETRACTED, "来源更正")),
    ]
    assert [bool(one.url) for one in shown.failures] == [True, True, False]
    assert shown.render_failures == ("pdf",)
    assert shown.style == Style(frame="zh-TW")
    (story,) = shown.stories
    assert (story.summary.findings[0].text, story.summary.findings[0].start) == ("沈霁川", 0)
    assert [rung.name for rung in story.summary.ladder] == ["asked"]
    assert story.summary.text == edition.stories[0].summary.text


def test_an_edition_without_anything_of_the_operators_is_shown_as_it_is_but_for_reasons() -> None:
    edition = full_edition()
    shown = public(edition)
    assert shown.overview is not None
    assert edition.overview is not None
    assert [one.text for one in shown.overview.points] == [
        one.text for one in edition.overview.points
    ]
    assert shown.stories[0] == edition.stories[0]
    assert public(shown) == shown


@pytest.mark.parametrize(
    ("theme", "left"),
    [("", ""), ("plain", "plain"), ("themes/ours", ""), ("~/theme", ""), ("C:\\theme", "")],
)
def test_the_name_of_a_theme_may_be_seen_and_its_folder_not(theme: str, left: str) -> None:
    update: dict[str, Any] = {"style": Style(theme=theme)}
    assert public(full_edition().model_copy(update=update)).style.theme == left
