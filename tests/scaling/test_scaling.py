"""Three workers, one PostgreSQL, one archive in a bucket, one Ollama with two slots."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from pressrun.archive.lease import live_leases
from tests.scaling.plant import ASKED, COUNT, SLOTS, WORKERS, Plant, plant
from tests.scaling.postgres import postgres_bin

pytestmark = [
    pytest.mark.faults,
    pytest.mark.server,
    pytest.mark.xdist_group("scaling"),
    pytest.mark.timeout(900),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(postgres_bin() is None, reason="no PostgreSQL: apt-get install postgresql"),
]

DAYS = tuple(date(2026, 3, 2) + timedelta(days=number) for number in range(5))
TWICE = DAYS[0]
DATABASE_AWAY, SERVER_AWAY = date(2026, 4, 1), date(2026, 4, 2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def works(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plant]:
    async with plant(tmp_path_factory.mktemp("plant")) as whole:
        yield whole


async def test_each_edition_is_printed_once_whoever_prints_it(works: Plant) -> None:
    runs = await works.submit([*DAYS, TWICE])
    await works.hire()
    ended = await works.ended(runs)
    # Every run did its work or says that another does.
    *firsts, second = ended
    for run in firsts[1:]:
        assert run.state.name == "Completed", run.state.message
        assert run.state.message == f"{COUNT} of {COUNT} stories, revision 1"
    told = sorted((run.state.message for run in (firsts[0], second)), key=len)
    assert f"{COUNT} of {COUNT} stories, revision 1" in told
    told.remove(f"{COUNT} of {COUNT} stories, revision 1")
    assert told[0] == "already printed" or "is being printed" in told[0], told
    # Each worker had a hand in it.
    taken = [len(re.findall("submitting flow run", one.said)) for one in works.workers]
    assert len(taken) == WORKERS
    assert all(taken), taken
    # The archive has all of them, once, and nothing was fetched or asked twice.
    for day in DAYS:
        edition = works.edition(day)
        assert edition is not None
        assert (edition.revision, len(edition.stories)) == (1, COUNT)
        assert works.site.fetched(day) == [1] * COUNT
    assert works.site.requests["/list"] == len(DAYS)
    assert len(works.ollama.asked) == len(DAYS) * ASKED
    index = works.archive.files.read("site/index.html")
    assert index is not None
    assert all(str(day) in index.decode() for day in DAYS)
    assert not list(live_leases(works.archive.files, datetime.now(UTC)))
    # Two slots, used to the full and never more.
    assert works.ollama.peak == SLOTS
    assert await works.slots_in_use() == 0


async def test_a_database_that_is_restarted_costs_no_run(works: Plant) -> None:
    asked = len(works.ollama.asked)
    runs = await works.submit([DATABASE_AWAY])
    await works.ollama.was_asked(asked + 1)
    await works.postgres.restart()
    [run] = await works.ended(runs)
    assert run.state.name == "Completed", run.state.message
    assert works.site.fetched(DATABASE_AWAY) == [1] * COUNT
    assert len(works.ollama.asked) - asked == ASKED
    assert await works.slots_in_use() == 0


async def test_a_server_that_is_killed_costs_no_run(works: Plant) -> None:
    asked = len(works.ollama.asked)
    runs = await works.submit([SERVER_AWAY])
    await works.ollama.was_asked(asked + 1)
    await works.kill_server()
    await works.start_server()
    [run] = await works.ended(runs)
    assert run.state.name == "Completed", run.state.message
    assert works.site.fetched(SERVER_AWAY) == [1] * COUNT
    assert len(works.ollama.asked) - asked == ASKED
    assert await works.slots_in_use() == 0
