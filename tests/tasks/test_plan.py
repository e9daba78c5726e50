"""The plan of a printing, and which revision a run works at."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pressrun.archive import Archive
from pressrun.models import Listing, ListNote, ModelIdentity
from settings import Settings
from tasks.desk import Desk
from tasks.order import Assignment, Order, Todo, place_order
from tasks.plan import begin_printing, make_plan
from tests.pressrun.archive.archive_desk import DAY, MOMENT, SHA
from tests.pressrun.archive.archive_desk import Desk as Values

values = Values()
NOW_SERVED = ModelIdentity(engine="ollama", model="qwen3:4b", digest="d2")


@pytest.fixture
def order() -> Order:
    return place_order(Settings(engine="ollama"), "daily", DAY, MOMENT)


@pytest.fixture
def archive(archive_dir: Any) -> Archive:
    return Archive.open(str(archive_dir))


def listing() -> Listing:
    return Listing(
        source="sina",
        url="http://list.test/?day=20261121",
        headlines=(values.headline(1), values.headline(2)),
        skipped=("row 3: no title",),
        raw=b"var data = {};",
    )


def desk(order: Order, archive: Archive) -> Desk:
    """As much of a desk as planning asks for."""

    async def engine() -> tuple[None, ModelIdentity]:
        return None, NOW_SERVED

    return cast(Desk, SimpleNamespace(order=order, archive=archive, engine=engine))


def test_a_plan_says_what_is_printed_from_what_and_by_which_model(order: Order) -> None:
    note = ListNote(source="wire", kind="FetchError", reason="refused")
    plan = make_plan(order, listing(), (note,), SHA, NOW_SERVED)
    assert (plan.paper, plan.title, plan.edition_date) == ("daily", "每日要闻", DAY)
    assert (plan.created_at, plan.as_of) == (MOMENT, None)
    assert plan.headlines == listing().headlines
    assert plan.model == NOW_SERVED
    assert (plan.content_sha256, plan.coverage) == (order.content_sha256, 0.6)
    assert plan.formats == order.paper.formats
    record = plan.listing
    assert (record.source, record.sha256) == ("sina", SHA)
    assert (record.category, record.ranking) == ("all", "clicks")
    assert (record.skipped, record.notes) == (("row 3: no title",), (note,))


def test_a_plan_says_what_the_source_ordered_by_where_that_is_another_thing(order: Order) -> None:
    spread = listing().model_copy(update={"ranking": "spread"})
    assert make_plan(order, spread, (), SHA, NOW_SERVED).listing.ranking == "spread"


@pytest.mark.parametrize(("language", "chars"), [("zh", 150), ("en", 300)])
def test_a_plan_has_the_length_of_the_papers_language(language: str, chars: int) -> None:
    settings = Settings.model_validate({"papers": {"daily": {"language": language}}})
    order = place_order(settings, "daily", DAY, MOMENT)
    assert make_plan(order, listing(), (), SHA, NOW_SERVED).max_chars == chars


async def test_a_first_printing_keeps_the_list_and_its_plan(order: Order, archive: Archive) -> None:
    revision, plan = await begin_printing(
        desk(order, archive), Assignment(todo=Todo.PRINT), (listing(), ())
    )
    assert revision == 1
    assert archive.editions.plan("daily", DAY, 1) == plan
    assert archive.store.get_list(plan.listing.sha256) == listing().raw


async def test_a_resumed_printing_keeps_its_revision_and_its_plan(
    order: Order, archive: Archive
) -> None:
    plan = values.plan(content_sha256=order.content_sha256, model=NOW_SERVED)
    archive.editions.begin(plan)
    assignment = Assignment(todo=Todo.RESUME, plan=plan, revision=1)
    assert await begin_printing(desk(order, archive), assignment, None) == (1, plan)
    assert archive.editions.revisions("daily", DAY) == (1,)


async def test_what_another_model_began_is_printed_anew_from_the_same_list(
    order: Order, archive: Archive
) -> None:
    begun = values.plan(content_sha256=order.content_sha256)
    archive.editions.begin(begun)
    assignment = Assignment(todo=Todo.RESUME, plan=begun, revision=1)
    revision, plan = await begin_printing(desk(order, archive), assignment, None)
    assert (revision, plan.model, plan.headlines) == (2, NOW_SERVED, begun.headlines)


async def test_a_better_printing_has_the_list_of_the_one_before_and_todays_model(
    order: Order, archive: Archive
) -> None:
    before = values.plan(content_sha256=order.content_sha256)
    archive.editions.begin(before)
    assignment = Assignment(todo=Todo.PRINT, plan=before)
    revision, plan = await begin_printing(desk(order, archive), assignment, None)
    assert revision == 2
    assert plan == before.model_copy(update={"model": NOW_SERVED, "created_at": MOMENT})
    assert archive.editions.plan("daily", DAY, 2) == plan
