"""An overview without a model: first sentences of the top stories, and what is left of one."""

from typing import Any

from pressrun.models import Edition, Evidence, Finding, FindingKind, Overview, Point, Way
from tasks.summaries.overview_form import LONGEST
from tasks.summaries.overview_selected import left_of, selected_overview
from tests.pressrun.archive.archive_desk import SHA
from tests.tasks.summaries.overviews import BRIDGE, SHIP, SNOW, TEXTS, edition_of, summary_of

FIRST = "江城三号桥十二日通车，全长3200米。"
LONG = "这一句很长，" + "说了许多别的事情，" * 20 + "才说完。"
ENGLISH = ("A bridge opened.", "Snow fell in the north.", "The bank cut its rate.")


def selected(edition: Edition) -> Overview:
    overview = selected_overview(edition, SHA)
    assert overview
    return overview


def texts(overview: Overview | None) -> list[str]:
    return [point.text for point in overview.points] if overview else []


def ranked(edition: Edition, **importances: int) -> Edition:
    """*edition* with the importance of story n by `rn`."""
    stories = (
        story.model_copy(
            update={
                "summary": summary_of(
                    story.summary.text, importance=importances.get(f"r{story.rank}")
                )
            }
        )
        for story in edition.stories
    )
    return edition.model_copy(update={"stories": tuple(stories)})


def without(edition: Edition, *ranks: int) -> Edition:
    left = tuple(story for story in edition.stories if story.rank not in ranks)
    return edition.model_copy(update={"stories": left})


def test_it_is_the_first_sentences_of_the_top_stories() -> None:
    overview = selected(edition_of())
    assert texts(overview) == [FIRST, *TEXTS[1:]]
    assert [point.urls for point in overview.points] == [
        (story.url,) for story in edition_of().stories
    ]
    assert (overview.way, overview.language, overview.calls) == (Way.SELECTED, "zh", 0)
    assert texts(selected(ranked(edition_of(*TEXTS, "又一座桥通车。"), r6=5, r1=1)))[0] == (
        "又一座桥通车。"
    )
    assert len(selected(edition_of(*TEXTS, "又一座桥通车。")).points) == 5


def test_fewer_than_three_stories_have_none() -> None:
    assert selected_overview(edition_of(BRIDGE, SNOW), SHA) is None
    assert selected_overview(edition_of(BRIDGE, BRIDGE, BRIDGE, SNOW), SHA) is None
    assert selected_overview(without(edition_of(), 1, 2, 3, 4, 5), SHA) is None


def test_a_sentence_that_is_too_long_is_cut_at_a_comma_or_passed_over() -> None:
    overview = selected(edition_of(LONG, "长" * 200 + "。", *TEXTS))
    assert overview.points[0].text.endswith("事情…")
    assert len(overview.points[0].text) <= LONGEST["zh"]
    assert texts(overview)[1] == FIRST


def test_it_has_one_language_the_papers_where_enough_stories_have_it() -> None:
    mixed = [*edition_of(*ENGLISH[:1], *TEXTS).stories, *edition_of(*ENGLISH[:2]).stories]
    english = {"summary": summary_of(ENGLISH[0], language="en")}
    mixed[0] = mixed[0].model_copy(update=english)
    edition = edition_of().model_copy(update={"stories": tuple(mixed[:6])})
    assert ENGLISH[0] not in texts(selected(edition))
    overview = selected(edition_of(*ENGLISH, language="en"))
    assert (overview.language, texts(overview)) == ("en", list(ENGLISH))


def test_what_was_found_of_a_sentence_comes_with_it_and_of_others_not() -> None:
    found: dict[str, Any] = {
        "evidence": (
            Evidence(
                kind=FindingKind.FIGURE,
                text="3200米",
                start=BRIDGE.index("3200"),
                sentence="全桥长3200米。",
                sentence_start=40,
            ),
            Evidence(
                kind=FindingKind.FIGURE,
                text="八分钟",
                start=BRIDGE.index("八"),
                sentence="只要八分钟。",
                sentence_start=80,
            ),
        ),
        "findings": (
            Finding(kind=FindingKind.NAME, text="江城", start=0, reason="r", warning=True),
            Finding(kind=FindingKind.COPIED, reason="r", warning=True),
        ),
    }
    story = edition_of().stories[0].model_copy(update={"summary": summary_of(BRIDGE, **found)})
    edition = edition_of().model_copy(update={"stories": (story, *edition_of().stories[1:])})
    point = selected(edition).points[0]
    [evidence] = point.evidence
    assert (evidence.text, evidence.sentence, evidence.sentence_start) == ("3200米", FIRST, 0)
    assert point.text[evidence.start :].startswith(evidence.text)
    assert [finding.text for finding in point.findings] == ["江城"]


def written(edition: Edition) -> Overview:
    """One sentence a story, and one more on the first two."""
    urls = [story.url for story in edition.stories]
    told = [*((url,) for url in urls[1:]), tuple(urls[:2])]
    points = tuple(Point(text=f"第{n}句。", urls=one) for n, one in enumerate(told))
    update = {"points": points, "way": Way.WRITTEN}
    return selected(edition).model_copy(update=update)


def test_nothing_of_it_tells_of_a_story_that_is_gone() -> None:
    edition = edition_of()
    overview = written(edition)
    left = left_of(overview, without(edition, 1))
    assert left
    assert left == overview.model_copy(update={"points": overview.points[:4]})
    assert texts(left_of(selected(edition), without(edition, 1))) == list(TEXTS[1:])


def test_where_too_little_is_left_it_is_selected_again() -> None:
    edition = edition_of()
    left = left_of(written(edition), without(edition, 1, 2, 3))
    assert left is None
    edition = edition_of(*TEXTS, "又一座桥通车。")
    three = written(edition).points[:3]
    overview = written(edition).model_copy(update={"points": three})
    left = left_of(overview, without(edition, 2))
    assert left
    assert left.way is Way.SELECTED
    assert texts(left) == [FIRST, *TEXTS[2:], "又一座桥通车。"]
    assert SHIP in texts(left)
    assert SNOW not in texts(left)


def test_where_no_story_of_it_is_gone_it_is_as_it_was() -> None:
    edition = edition_of()
    overview = written(edition).model_copy(update={"points": written(edition).points[:3]})
    assert left_of(overview, without(edition, 5)) is overview
    assert left_of(None, edition) is None
