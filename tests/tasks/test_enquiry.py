"""A paper's sources are asked in order, and what one has settled is not asked again."""

from typing import Any, cast

import pytest

from pressrun.errors import FetchError, HttpStatus, PluginError, PressrunError, SourceError
from pressrun.models import Listing, ListNote, ListRequest
from pressrun.ports import Http
from settings import Sources
from tasks.enquiry import Enquiry
from tests.pressrun.archive.archive_desk import DAY, Desk

values = Desk()
NO_HTTP = cast(Http, None)
REFUSED = FetchError("http://wire/: refused", transient=True)
GONE = HttpStatus("http://wire/: HTTP 404", status=404)


class Wire:
    """A source that gives so many rows or raises, answer by answer; the last answer stays."""

    def __init__(self, *answers: int | PressrunError) -> None:
        self.answers, self.asked = list(answers), 0

    async def headlines(self, request: ListRequest, http: Http) -> Listing:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, PressrunError):
            raise answer
        found = tuple(values.headline(rank) for rank in range(1, answer + 1))
        return Listing(source="wire", url="http://wire/", headlines=found[: request.limit])


async def ask(enquiry: Enquiry) -> tuple[int, tuple[ListNote, ...]]:
    listing, notes = await enquiry.headlines(ListRequest(edition_date=DAY), NO_HTTP)
    return len(listing.headlines), notes


async def test_the_next_source_is_asked_when_one_fails_or_is_empty() -> None:
    wires = {"down": Wire(REFUSED), "gone": Wire(GONE), "empty": Wire(0)}
    full, unasked = Wire(3), Wire(9)
    count, notes = await ask(Enquiry({**wires, "full": full, "unasked": unasked}))
    assert count == 3
    assert notes == (
        ListNote(source="down", kind="FetchError", reason=str(REFUSED), transient=True),
        ListNote(source="gone", kind="HttpStatus", reason=str(GONE)),
        ListNote(source="empty", kind="Empty", reason="no headlines for 2026-11-21, category all"),
    )
    assert (full.asked, unasked.asked) == (1, 0)


async def test_a_source_that_may_pass_is_not_waited_for_when_another_has_headlines() -> None:
    down = Wire(REFUSED, 5)
    assert (await ask(Enquiry({"down": down, "full": Wire(3)})))[0] == 3
    assert down.asked == 1


async def test_a_later_attempt_asks_only_the_sources_whose_failure_may_pass() -> None:
    empty, gone, down, last = Wire(0), Wire(GONE), Wire(REFUSED, REFUSED, 2), Wire(0)
    enquiry = Enquiry({"empty": empty, "gone": gone, "down": down, "last": last})
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await ask(enquiry)
        assert caught.value.transient
    count, notes = await ask(enquiry)
    assert (count, [note.source for note in notes]) == (2, ["empty", "gone"])
    assert [wire.asked for wire in (empty, gone, down, last)] == [1, 1, 3, 1]


@pytest.mark.parametrize(("error", "transient"), [(REFUSED, True), (GONE, False)])
async def test_when_no_source_has_headlines_all_reasons_are_told(
    error: PressrunError, transient: bool
) -> None:
    with pytest.raises(SourceError) as caught:
        await ask(Enquiry({"empty": Wire(0), "down": Wire(error)}))
    assert str(caught.value) == (f"empty: no headlines for 2026-11-21, category all; down: {error}")
    assert caught.value.transient is transient


async def test_an_empty_list_says_how_many_rows_were_not_usable() -> None:
    class Films:
        async def headlines(self, request: ListRequest, http: Http) -> Listing:
            return Listing(source="films", url="", headlines=(), skipped=("no time",) * 30)

    with pytest.raises(SourceError, match=r"category all \(30 rows not usable\)"):
        await ask(Enquiry({"films": Films()}))


async def test_what_is_no_fault_of_ours_to_foresee_is_not_passed_over() -> None:
    class Broken:
        async def headlines(self, request: ListRequest, http: Http) -> Listing:
            raise KeyError("a fault of its own")

    with pytest.raises(KeyError):
        await ask(Enquiry({"broken": Broken(), "full": Wire(3)}))


def test_sources_are_built_with_their_options_before_any_is_asked() -> None:
    tables = Sources.model_validate({"sina-roll": {"max_pages": 3}})
    sources: dict[str, Any] = dict(Enquiry.of(("sina", "sina-roll"), tables)._sources)
    assert list(sources) == ["sina", "sina-roll"]
    assert sources["sina-roll"].max_pages == 3
    with pytest.raises(PluginError, match="no source is called 'sina-rol'; did you mean 'sina-ro"):
        Enquiry.of(("sina", "sina-rol"), tables)
