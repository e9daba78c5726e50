"""The campaign: many moments on one plant, each kept in a file as soon as it is over."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from pressrun.models import Value
from tests.kills.moments import SIZES, Outcome, live_through
from tests.kills.plant import plant
from tests.kills.post import slow_post
from tests.kills.stages import Moment, Victim, moment

MOMENTS = 20


class State(Value):
    """What is over of a campaign; in a file of JSON."""

    outcomes: tuple[Outcome, ...] = ()

    @classmethod
    def read(cls, path: Path) -> "State":
        """The state in *path*; nothing is over when it is not there."""
        return cls.model_validate_json(path.read_bytes()) if path.exists() else cls()

    def write(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        aside = path.with_suffix(".new")
        aside.write_text(self.model_dump_json(indent=1) + "\n")
        aside.replace(path)

    def left(self, moments: Iterable[Moment]) -> list[Moment]:
        """Those of *moments* that are not over."""
        over = {outcome.moment for outcome in self.outcomes}
        return [one for one in moments if one not in over]


def moments(victims: Sequence[Victim], numbers: Iterable[int]) -> list[Moment]:
    """The moments of a campaign, victim by victim."""
    numbers = tuple(numbers)
    return [moment(one, number, *SIZES[one]) for one in victims for number in numbers]


async def run(
    wanted: Sequence[Moment],
    path: Path,
    folder: Path,
    say: Callable[[str], object],
    *,
    delivering: bool = False,
) -> State:
    """Live through those of *wanted* that are not over, in *folder*; the state is kept in *path*.

    An archive stays in *folder* when something is wrong with it. A moment that the run did not come
    to in time is left for the next campaign. *delivering*: every edition is sent to two readers.
    """
    state = State.read(path)
    left = state.left(wanted)
    say(f"{len(wanted) - len(left)} of {len(wanted)} moments are over")
    if not left:
        return state
    async with AsyncExitStack() as stack:
        post = stack.enter_context(slow_post()) if delivering else None
        whole = await stack.enter_async_context(plant(folder, post=post))
        for one in left:
            archive = folder / one.name.replace(" ", "-")
            shutil.rmtree(archive, ignore_errors=True)
            try:
                outcome = await live_through(whole, one, archive)
            except TimeoutError:
                say(f"{one.name}, {one.stage}: its run did not come to it, or to an end, in time")
                continue
            state = State(outcomes=(*state.outcomes, outcome))
            state.write(path)
            say(in_words(outcome))
            if outcome.is_good:
                shutil.rmtree(archive)
    return state


def in_words(outcome: Outcome) -> str:
    """A line on *outcome*, and one for each thing that is wrong."""
    held, more, one = outcome.held, outcome.more, outcome.moment
    return "\n  ".join(
        [
            f"{one.name}, {one.stage} ({one.occurrence}, +{one.delay_s:.3f} s): "
            f"held {held.pages} pages, {held.summaries} summaries, {held.editions} editions; "
            f"{outcome.state}; then {more.pages} pages, {more.summaries} summaries; "
            f"{outcome.next_state}; {outcome.seconds:.0f} s",
            *(f"DONE AGAIN {what}" for what in outcome.again),
            *(f"WRONG {what}" for what in outcome.faults),
        ]
    )
