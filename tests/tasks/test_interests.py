"""Rules of what is left out, raised and lowered."""

import pytest

from pressrun.models import DROPPED, Failure, Step, Story
from settings.paper import Interests
from tasks.interests import left_out, weighed
from tests.pressrun.archive.archive_desk import Desk

values = Desk()


def rules(**lists: tuple[str, ...]) -> Interests:
    return Interests.model_validate(lists)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ("股市", True),
        ("AI", True),
        ("ai", True),
        ("medium:Ｍeridian daily", True),
        ("Medium：Meridian Daily", True),
        ("MEDIUM : Meridian Daily", True),
        ("Section：财经", False),
        ("medium:Meridian", False),
        ("said", True),
        ("sai", False),
        ("section:财经", False),
        ("(", False),
    ],
)
def test_a_rule_of_the_list_fits_words_and_media_however_they_are_written(
    rule: str, fits: bool
) -> None:
    headline = values.headline(3, title="今日股市：AI said no", medium="Meridian Daily")
    failure = left_out(headline, rules(dropped=(rule,)))
    assert (failure is not None) is fits
    if failure:
        assert (failure.rank, failure.kind, failure.step) == (3, DROPPED, Step.ASSEMBLE)
        assert not failure.transient


def test_what_is_left_out_tells_the_rule_as_it_is_compared() -> None:
    headline = values.headline(1, medium="新华社")
    failure = left_out(headline, rules(dropped=("Medium：新华社",)))
    assert failure is not None
    assert failure.reason == "medium:新华社"


def test_a_section_is_left_out_once_the_summary_has_named_it() -> None:
    story = values.story(1, category="体育")
    one = weighed(story, rules(dropped=("section:体育",)))
    assert isinstance(one, Failure)
    assert one.reason == "section:体育"
    assert weighed(story, rules(dropped=("section:财经",))) == story


def test_stories_are_raised_and_lowered_and_both_is_neither() -> None:
    story = values.story(1, medium="某报", category="体育")

    def interest(**lists: tuple[str, ...]) -> int:
        one = weighed(story, rules(**lists))
        assert isinstance(one, Story)
        return one.interest

    assert interest(raised=("medium:某报",)) == 1
    assert interest(lowered=("section:体育",)) == -1
    assert interest(raised=("第1条",), lowered=("section:体育",)) == 0
    assert interest() == 0
