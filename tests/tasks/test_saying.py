"""What a run's state says."""

from datetime import UTC, datetime

import pytest

from pressrun.errors import CoverageError
from pressrun.models import Failure, Step
from tasks.coverage import require_coverage
from tasks.saying import as_bug, as_said
from tests.renderers.edition_samples import make_edition, make_story

FAILURE = Failure(
    rank=3,
    title="河湾大桥通车",
    url="https://news.example.com/3",
    step=Step.FETCH,
    kind="HttpStatus",
    reason="HTTP 404 Not Found",
)
EARLY = make_edition(
    (make_story(1),), listed=3, printed_at=datetime(2026, 10, 31, 23, 4, tzinfo=UTC)
)


def test_it_counts_the_stories_and_says_what_is_missing() -> None:
    edition = make_edition((make_story(1), make_story(2)), listed=3, failures=(FAILURE,))
    lacks = "fetch: 河湾大桥通车: HTTP 404 Not Found"
    assert as_said(edition) == f"2 of 3 stories, revision 1; {lacks}"
    aside = as_said(edition, is_current=False)
    assert aside.startswith("2 of 3 stories, revision 1, kept aside: ")


def test_it_tells_of_both_printings_by_the_papers_clock() -> None:
    stories = tuple(make_story(rank) for rank in (1, 2, 3))
    second = make_edition(stories, listed=3, revision=2)
    assert as_said(second, EARLY) == "3 of 3 stories, revision 2 (1 at 07:04, revision 1)"
    assert as_said(EARLY, EARLY) == "1 of 3 stories, revision 1 at 07:04"


def test_a_bug_is_named_with_its_place_and_what_to_do() -> None:
    try:
        dict[str, int]()["zh"]
    except KeyError as exc:
        said = as_bug(exc)
    assert said.startswith("KeyError: 'zh' (test_saying.py, line ")
    assert "report it" in said
    assert "\n" not in said


def test_with_too_few_stories_it_says_which_printing_stands() -> None:
    edition = make_edition((make_story(1),), listed=3, failures=(FAILURE,))
    with pytest.raises(CoverageError, match="nothing was published"):
        require_coverage(edition, 0.6)
    follower = edition.model_copy(update={"revision": 2, "follows": 1})
    with pytest.raises(CoverageError, match="revision 1 stands, and nothing more was published"):
        require_coverage(follower, 0.6)
