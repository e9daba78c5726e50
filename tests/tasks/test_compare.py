"""How a printing differs from the one before it."""

from pressrun.models import LATE, RETRACTED, ChangeKind, Edition, Failure, Step, Story, Telling
from tasks.compare import compare, pairs
from tests.pressrun.archive.archive_desk import Desk

values = Desk()
ONE, TWO = "1" * 64, "2" * 64


def edition(*stories: Story, failures: tuple[Failure, ...] = ()) -> Edition:
    return values.edition(stories=0, listed=9).model_copy(
        update={"stories": stories, "failures": failures}
    )


def failed(rank: int, kind: str) -> Failure:
    url = values.story(rank).url
    return Failure(rank=rank, title="x", url=url, step=Step.ASSEMBLE, kind=kind, reason=kind)


def kinds(old: Edition, new: Edition) -> list[tuple[ChangeKind, int]]:
    return [(change.kind, change.rank) for change in compare(old, new)]


def test_the_same_stories_are_no_change() -> None:
    old = edition(values.story(1), values.story(2))
    assert compare(old, old) == ()


def test_stories_come_and_go_by_rank() -> None:
    old = edition(values.story(1), values.story(3))
    new = edition(values.story(2), values.story(3))
    assert kinds(old, new) == [(ChangeKind.DROPPED, 1), (ChangeKind.ADDED, 2)]


def test_a_story_that_missed_the_deadline_is_late_and_one_that_failed_is_added() -> None:
    old = edition(failures=(failed(1, LATE), failed(2, "HttpStatus")))
    new = edition(values.story(1), values.story(2))
    assert kinds(old, new) == [(ChangeKind.LATE, 1), (ChangeKind.ADDED, 2)]


def test_a_story_taken_back_is_retracted_once() -> None:
    old = edition(values.story(1))
    new = edition(failures=(failed(1, RETRACTED),))
    assert kinds(old, new) == [(ChangeKind.RETRACTED, 1)]
    assert kinds(new, new) == []


def test_an_article_changed_when_another_page_reads_otherwise() -> None:
    old = edition(values.story(1, text_sha256=ONE, page_sha256=ONE))
    new = edition(values.story(1, text_sha256=TWO, page_sha256=TWO))
    assert kinds(old, new) == [(ChangeKind.ARTICLE, 1)]


def test_another_extractor_does_not_make_an_article_changed() -> None:
    old = edition(values.story(1, text_sha256=ONE, page_sha256=ONE))
    same_page = values.story(1, text_sha256=TWO, page_sha256=ONE)
    other_extractor = values.story(1, text_sha256=TWO, page_sha256=TWO, extractor="another 2")
    assert kinds(old, edition(same_page)) == []
    assert kinds(old, edition(other_extractor)) == []


def test_a_page_with_other_surroundings_and_the_same_words_is_no_change() -> None:
    old = edition(values.story(1, text_sha256=ONE, page_sha256=ONE))
    assert kinds(old, edition(values.story(1, text_sha256=ONE, page_sha256=TWO))) == []


def test_other_words_for_the_same_article_are_another_summary() -> None:
    new = edition(values.story(1, summary=values.summary("另一句话。")))
    assert kinds(edition(values.story(1)), new) == [(ChangeKind.SUMMARY, 1)]


def test_a_story_is_known_by_its_text_at_another_address() -> None:
    old = edition(values.story(1, text_sha256=ONE))
    moved = values.story(2, text_sha256=ONE)
    assert compare(old, edition(moved)) == ()
    assert pairs(old.stories, (moved,)) == ((old.stories[0], moved),)


def test_an_address_counts_before_a_text() -> None:
    first, second = values.story(1, text_sha256=ONE), values.story(2, text_sha256=TWO)
    swapped = (values.story(1, text_sha256=TWO), values.story(2, text_sha256=ONE))
    found = pairs((first, second), swapped)
    assert [(a and a.url, b and b.url) for a, b in found] == [
        (first.url, first.url),
        (second.url, second.url),
    ]


def test_a_story_that_now_stands_beside_another_was_not_dropped() -> None:
    old = values.edition(stories=2)
    telling = Telling(rank=2, title="第2条", url=old.stories[1].url)
    first = old.stories[0].model_copy(update={"also": (telling,)})
    assert compare(old, old.model_copy(update={"stories": (first,)})) == ()


def test_who_else_tells_a_story_is_a_change_when_that_alone_is_taken_back_or_given_back() -> None:
    telling = Telling(rank=2, title="第2条", url=values.story(2).url)
    old = edition(values.story(1, also=(telling,)), values.story(3))
    new = edition(values.story(1), values.story(3), failures=(failed(2, RETRACTED),))
    assert kinds(old, new) == [(ChangeKind.RETRACTED, 2)]
    assert kinds(new, old) == [(ChangeKind.ADDED, 2)]
    assert kinds(new, new) == []
    dropped = edition(values.story(1), values.story(3))
    assert kinds(old, dropped) == [], "it is not said to be taken back"


def test_a_reprint_that_goes_with_its_story_is_no_change_of_its_own() -> None:
    copy = Telling(rank=2, title="第2条", url=values.story(2).url, same_text=True)
    old = edition(values.story(1, also=(copy,)))
    new = edition(failures=(failed(1, RETRACTED), failed(2, RETRACTED)))
    assert kinds(old, new) == [(ChangeKind.RETRACTED, 1)]
    assert kinds(new, old) == [(ChangeKind.ADDED, 1)]
