"""The crew of a backfill, without a server: what a date that the server does not take costs."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prefect.client.schemas.objects import State
from prefect.logging import disable_run_logger
from prefect.states import Completed

from pressrun.archive import Archive
from settings import load_settings
from tasks.backfill import Came, Outcome
from tasks.crew import Crew
from tasks.order import Order, place_order
from tests.pressrun.archive.archive_desk import Desk

DAYS = tuple(date(2026, 3, 2) + timedelta(days=number) for number in range(3))
NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_run() -> Iterator[None]:
    with disable_run_logger():
        yield


class Printer:
    """Prints days; *refused* has how often the server does not take a day's run."""

    def __init__(self, refused: dict[date, int]) -> None:
        self._refused = Counter(refused)
        self.told: list[Outcome] = []

    async def print_one(self, order: Order) -> State[None]:
        if self._refused[order.edition_date]:
            self._refused[order.edition_date] -= 1
            raise httpx.ConnectError("All connection attempts failed")
        return Completed()

    def done(self, outcome: Outcome) -> None:
        self.told.append(outcome)

    async def came(self, folder: Path) -> list[Outcome]:
        settings = load_settings()
        crew = Crew(self.print_one, Archive.open(str(folder)), 2, self.done)
        return await crew.print_all([place_order(settings, "daily", day, NOW) for day in DAYS])


async def test_a_date_that_the_server_did_not_take_is_tried_again_after_the_others(
    archive_dir: Path,
) -> None:
    printer = Printer({DAYS[1]: 1})
    assert [one.came for one in await printer.came(archive_dir)] == [Came.PRINTED] * 3
    told = [one.edition_date for one in printer.told]
    assert (sorted(told[:2]), told[2:]) == ([DAYS[0], DAYS[2]], [DAYS[1]])


async def test_a_server_that_stays_away_fails_its_date_alone_and_is_named(
    archive_dir: Path,
) -> None:
    outcomes = await Printer({DAYS[1]: 2}).came(archive_dir)
    assert [one.came for one in outcomes] == [Came.PRINTED, Came.FAILED, Came.PRINTED]
    assert outcomes[1].why.startswith("the Prefect server does not take it, run it again: All conn")


async def test_a_date_whose_manifest_cannot_be_read_fails_alone(archive_dir: Path) -> None:
    folder = archive_dir / f"editions/daily/{DAYS[1]}/r0001"
    folder.mkdir(parents=True)
    (folder / "edition.json").write_text('{"schema_version": 99}')
    (folder.parent / "current.json").write_text('{"revision": 1}')
    outcomes = await Printer({}).came(archive_dir)
    assert [one.came for one in outcomes] == [Came.PRINTED, Came.FAILED, Came.PRINTED]
    assert "has schema 99" in outcomes[1].why


@pytest.mark.parametrize("name", ["Completed", "Partial"])
async def test_a_date_whose_new_printing_was_kept_aside_says_so(
    archive_dir: Path, name: str
) -> None:
    archive, values = Archive.open(str(archive_dir)), Desk()
    for stories in (2, 1):
        values.print(archive, stories=stories, day=DAYS[0])

    async def print_one(order: Order) -> State[None]:
        if order.edition_date != DAYS[0]:
            return Completed()
        aside = "revision 2, kept aside: the edition printed before has more"
        return Completed(name=name, message=f"1 of 2 stories, {aside}")

    def done(outcome: Outcome) -> None:
        del outcome

    settings = load_settings()
    orders = [place_order(settings, "daily", day, NOW) for day in DAYS[:2]]
    one, other = await Crew(print_one, archive, 1, done).print_all(orders)
    assert (one.came, one.stories, one.revision) == (Came.KEPT_ASIDE, 2, 1)
    assert one.why.startswith("revision 2, kept aside: ")
    assert other.came is Came.PRINTED
