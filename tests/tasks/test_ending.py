"""How a run ends, whatever its work raises."""

from collections.abc import Iterator
from typing import Any

import pytest
from prefect import tags
from prefect.client.schemas.objects import State
from prefect.context import TagsContext
from prefect.logging import disable_run_logger
from prefect.states import Completed

from pressrun.errors import CoverageError
from tasks.ending import ended


@pytest.fixture(autouse=True)
def _no_run() -> Iterator[None]:
    with disable_run_logger():
        yield


async def work(error: BaseException | None = None) -> State[Any]:
    if error:
        raise error
    return Completed(message=f"tags: {sorted(TagsContext.get().current_tags)}")


async def test_an_error_of_ours_is_the_message_and_the_result() -> None:
    error = CoverageError("3 of 20 stories")
    state = await ended(work(error))
    assert (state.is_failed(), state.message) == (True, "3 of 20 stories")
    assert await state.aresult(raise_on_failure=False) is error


async def test_any_other_error_is_told_as_a_bug_with_its_place() -> None:
    state = await ended(work(ZeroDivisionError("by 0")))
    assert state.is_failed()
    assert str(state.message).startswith("ZeroDivisionError: by 0 (test_ending.py, line ")


async def test_what_ends_a_process_is_not_held_up() -> None:
    with pytest.raises(KeyboardInterrupt):
        await ended(work(KeyboardInterrupt()))


async def test_the_tags_of_a_run_are_not_those_of_what_runs_within_it() -> None:
    with tags("pressrun"):
        state = await ended(work())
        assert TagsContext.get().current_tags == {"pressrun"}
    assert state.message == "tags: []"
