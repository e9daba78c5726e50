"""Summaries and failures become an edition."""

import re
from datetime import UTC, datetime

import pytest

from pressrun import __version__
from pressrun.errors import (
    CoverageError,
    EngineError,
    EngineUnavailable,
    ExtractionError,
    FetchError,
    HttpStatus,
    ModelMissing,
    RenderError,
    WorkerDied,
)
from pressrun.models import Failure, Rendition, Step, Story
from tasks.assemble import (
    add_renditions,
    assemble,
    make_failure,
    make_story,
    text_sha256,
)
from tasks.coverage import missing, require_coverage
from tests.pressrun.archive.archive_desk import MOMENT, Desk

values = Desk()
LATER = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SENTENCE = "临汐港进出港航道上的38座航标灯已全部换新，射程由8海里增加到12海里。"


def file(name: str, *glyphs: str) -> Rendition:
    return Rendition(name=name, media_type="text/html", data=b"x", missing_glyphs=glyphs)


def failure(rank: int, transient: bool = False) -> Failure:
    error = FetchError("http://x/: gone", transient=transient)
    return make_failure(values.headline(rank), Step.FETCH, error)


def test_the_lists_word_goes_before_the_pages() -> None:
    headline = values.headline(
        3, title="榜单的题", medium="榜单的报", published=LATER, category="c"
    )
    story = make_story(headline, values.article(), values.summary())
    assert (story.rank, story.title, story.medium) == (3, "榜单的题", "榜单的报")
    assert (story.published, story.category) == (LATER, "c")


def test_what_the_list_lacks_is_the_pages() -> None:
    article = values.article(title="页面的题")
    story = make_story(values.headline(title=""), article, values.summary())
    assert (story.title, story.medium, story.published) == ("页面的题", "某报", MOMENT)
    assert (story.article_chars, story.extractor) == (len(article.text), article.extractor)


def test_a_failure_keeps_its_reason_its_class_and_whether_it_may_pass() -> None:
    error = HttpStatus("http://x/: HTTP 503", status=503)
    made = make_failure(values.headline(2), Step.FETCH, error)
    assert (made.step, made.kind, made.reason) == (Step.FETCH, "HttpStatus", "http://x/: HTTP 503")
    assert made.transient
    assert not make_failure(values.headline(2), Step.SUMMARISE, EngineError("no")).transient


def test_an_extraction_that_fails_in_the_fetching_task_is_named_by_its_own_step() -> None:
    for error in (ExtractionError("no article"), WorkerDied("extract_article: exit code -11")):
        assert make_failure(values.headline(), Step.FETCH, error).step is Step.EXTRACT


def test_an_error_outside_our_tree_is_ours_to_mend_and_tried_again() -> None:
    made = make_failure(values.headline(), Step.SUMMARISE, KeyError("enum"))
    assert made.reason == "unexpected: KeyError: 'enum'"
    assert made.transient


def test_an_edition_is_in_the_order_of_the_list() -> None:
    outcomes: list[Story | Failure] = [values.story(4), failure(3), values.story(1), failure(2)]
    headlines = tuple(values.headline(rank) for rank in range(1, 5))
    edition = assemble(values.plan(headlines=headlines), 7, outcomes, LATER)
    assert [story.rank for story in edition.stories] == [1, 4]
    assert [line.rank for line in edition.failures] == [2, 3]
    assert (edition.listed, edition.revision, edition.printed_at) == (4, 7, LATER)
    assert edition.pressrun_version == __version__
    assert not edition.is_complete
    assert edition.coverage == 0.5


def test_of_stories_with_the_same_text_the_first_is_printed() -> None:
    same = {"text_sha256": "ab" * 32}
    outcomes = [values.story(3, **same), values.story(1), values.story(2, **same)]
    headlines = tuple(values.headline(rank) for rank in range(1, 4))
    edition = assemble(values.plan(headlines=headlines), 1, outcomes, LATER)
    assert [story.rank for story in edition.stories] == [1, 2]
    assert not edition.failures
    assert not edition.stories[0].also
    [reprint] = edition.stories[1].also
    assert (reprint.rank, reprint.url, reprint.same_text) == (3, "http://news.test/3.html", True)
    assert edition.is_complete
    assert (edition.told, edition.wanted) == (3, 3)
    assert edition.coverage == 1


def test_stories_whose_text_is_not_known_are_not_taken_for_one() -> None:
    edition = assemble(values.plan(), 1, [values.story(1), values.story(2)], LATER)
    assert [story.text_sha256 for story in edition.stories] == [None, None]
    assert not edition.failures


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("1800跟贴\n" + SENTENCE + "\n责任编辑：甲", True),
        (SENTENCE.replace("，", ", ").replace("38", "３８"), True),
        (SENTENCE.replace("38", "39"), False),
        (SENTENCE + "\n" + SENTENCE, False),
    ],
    ids=["what-stands-around-it", "signs-and-widths", "a-figure", "more-text"],
)
def test_a_reprint_has_the_same_words_whatever_stands_around_them(other: str, same: bool) -> None:
    assert (text_sha256(other) == text_sha256(SENTENCE)) is same


def test_a_text_of_short_lines_is_no_reprint_of_another() -> None:
    assert text_sha256("图一\n图二") is None


def test_an_edition_carries_what_its_plan_set_out() -> None:
    plan = values.plan(as_of=MOMENT)
    edition = assemble(plan, 1, [values.story(1), values.story(2)], LATER)
    for name in ("paper", "title", "edition_date", "time_zone", "language", "as_of"):
        assert getattr(edition, name) == getattr(plan, name)
    assert (edition.listing, edition.model) == (plan.listing, plan.model)
    assert edition.content_sha256 == plan.content_sha256
    assert edition.is_complete


def test_the_threshold_itself_is_enough() -> None:
    edition = assemble(values.plan(), 1, [values.story(1), failure(2)], LATER)
    require_coverage(edition, 0.5)
    with pytest.raises(CoverageError):
        require_coverage(edition, 0.51)


def test_too_few_stories_are_refused_with_the_commonest_reasons() -> None:
    headlines = tuple(values.headline(rank) for rank in range(1, 5))
    outcomes: list[Story | Failure] = [
        values.story(1),
        failure(2),
        failure(3),
        make_failure(values.headline(4), Step.SUMMARISE, EngineError("no")),
    ]
    edition = assemble(values.plan(headlines=headlines), 1, outcomes, LATER)
    says = (
        "daily 2026-11-21: 1 of 4 articles became stories, under the threshold of 60%; nothing "
        "was published (2 x fetch: FetchError, 1 x summarise: EngineError)."
    )
    with pytest.raises(CoverageError, match=re.escape(says)) as caught:
        require_coverage(edition, 0.6)
    assert "lower papers.daily.coverage" in str(caught.value)


def test_the_articles_that_are_counted_are_those_that_the_threshold_is_of() -> None:
    """Who else tells a story is neither a story nor an article that is lacking."""
    headlines = tuple(values.headline(rank) for rank in range(1, 7))
    told = [values.story(rank, text_sha256="a" * 64) for rank in range(1, 5)]
    edition = assemble(values.plan(headlines=headlines), 1, [*told, failure(5), failure(6)], LATER)
    with pytest.raises(CoverageError, match=r"1 of 3 articles .* under the threshold of 60%"):
        require_coverage(edition, 0.6)


@pytest.mark.parametrize("kind", [EngineUnavailable, ModelMissing])
def test_too_few_stories_because_the_engine_went_is_the_engines_error(
    kind: type[EngineError],
) -> None:
    headlines = tuple(values.headline(rank) for rank in range(1, 5))
    gone = [
        make_failure(values.headline(rank), Step.SUMMARISE, kind("http://b: reset"))
        for rank in (2, 3)
    ]
    edition = assemble(
        values.plan(headlines=headlines), 1, [values.story(1), *gone, failure(4)], LATER
    )
    with pytest.raises(EngineUnavailable, match=r"2 of 4 articles .* http://b: reset"):
        require_coverage(edition, 0.6)
    with pytest.raises(CoverageError):
        require_coverage(edition, 0.9)


def test_reasons_past_the_commonest_four_are_counted() -> None:
    kinds = (EngineError, FetchError, ExtractionError, RenderError, CoverageError, WorkerDied)
    headlines = tuple(values.headline(rank) for rank in range(1, 7))
    outcomes = [
        make_failure(headline, Step.FETCH, kind("no"))
        for headline, kind in zip(headlines, kinds, strict=True)
    ]
    edition = assemble(values.plan(headlines=headlines), 1, outcomes, LATER)
    with pytest.raises(CoverageError, match=r"1 x fetch: RenderError, 2 others\)"):
        require_coverage(edition, 0.6)


@pytest.mark.parametrize("transient", [True, False])
def test_too_few_stories_may_pass_when_one_of_the_failures_may(transient: bool) -> None:
    edition = assemble(values.plan(), 1, [failure(1), failure(2, transient)], LATER)
    with pytest.raises(CoverageError) as caught:
        require_coverage(edition, 1)
    assert caught.value.transient is transient


def test_an_empty_list_is_covered() -> None:
    require_coverage(assemble(values.plan(headlines=()), 1, [], LATER), 1)


def test_files_bear_the_name_of_their_renderer_and_failures_its_reason() -> None:
    edition, files = add_renditions(
        values.edition(),
        [
            ("html", (file("index.html", "𠮷"),)),
            ("papyrus", RenderError("no reed")),
            ("png", (file("edition.png", "𠮷", "㐂"), file("edition-2.png"))),
        ],
    )
    assert [(item.name, item.format) for item in files] == [
        ("index.html", "html"),
        ("edition.png", "png"),
        ("edition-2.png", "png"),
    ]
    assert edition.render_failures == ("papyrus: no reed",)
    assert edition.missing_glyphs == ("㐂", "𠮷")
    assert not edition.is_complete


def test_an_edition_without_a_single_file_is_refused() -> None:
    with pytest.raises(RenderError, match=r"no rendition could be made: pdf: no Pango; png: no"):
        add_renditions(
            values.edition(), [("pdf", RenderError("no Pango")), ("png", RenderError("no fonts"))]
        )


def test_what_is_missing_is_one_line_and_nothing_when_all_is_there() -> None:
    assert missing(values.edition()) == ""
    edition = values.edition(stories=1).model_copy(update={"render_failures": ("pdf: no Pango",)})
    assert missing(edition) == "fetch: x: r; render: pdf: no Pango"
