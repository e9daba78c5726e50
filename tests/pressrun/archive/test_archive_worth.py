"""Which of two printings may not take the other's place; retractions have a test of their own."""

from pressrun.archive import is_worse
from pressrun.models import RETRACTED, Failure, Step, Telling
from tests.pressrun.archive.archive_desk import MOMENT, Desk


def test_worse_is_fewer_stories_then_fewer_files_and_like_is_compared_with_like(desk: Desk) -> None:
    old = desk.edition(1, 2)
    assert is_worse(desk.edition(2, 1), old)
    assert not is_worse(desk.edition(2, 3), old)
    assert is_worse(desk.edition(2, 2, render_failures=("pdf: no font",)), old)
    assert not is_worse(old, desk.edition(2, 2, render_failures=("pdf: no font",)))
    other = "cd" * 32
    assert not is_worse(desk.edition(2, 1, content_sha256=other), old)
    assert is_worse(desk.edition(2, 0, content_sha256=other), old)


def test_headlines_that_tell_one_story_count_as_much_as_stories_of_their_own(desk: Desk) -> None:
    telling = Telling(rank=2, title="第2条", url="http://news.test/2.html")
    merged = desk.edition(2, 1).model_copy(update={"stories": (desk.story(1, also=(telling,)),)})
    assert not is_worse(merged, desk.edition(1, 2))


def test_a_whole_day_takes_the_place_of_the_day_so_far(desk: Desk) -> None:
    assert not is_worse(desk.edition(2, 1), desk.edition(1, 2, as_of=MOMENT))
    assert is_worse(desk.edition(2, 1, as_of=MOMENT), desk.edition(1, 2, as_of=MOMENT))


def test_taking_back_who_else_tells_a_story_is_never_worse(desk: Desk) -> None:
    telling = Telling(rank=2, title="第2条", url="http://news.test/2.html")
    old = desk.edition(1, 1, failures=()).model_copy(
        update={"stories": (desk.story(1, also=(telling,)),)}
    )
    gone = Failure(
        rank=2, title="第2条", url=telling.url, step=Step.ASSEMBLE, kind=RETRACTED, reason=RETRACTED
    )
    assert not is_worse(desk.edition(2, 1, failures=(gone,)), old)
    assert is_worse(desk.edition(2, 1, failures=()), old)
