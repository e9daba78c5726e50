"""The hosts of a run: requests go by turns to the least loaded one that works."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pressrun.errors import EngineBusy, EngineError, EngineUnavailable
from tasks.engines.described import Described
from tasks.engines.host import Host
from tasks.engines.limiter import Limit, Slots

LONGEST_REST_S = 30.0

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Member:
    """A host, and how it does. *failures* are those in a row, *error* is the last one's."""

    host: Host
    limit: Limit
    model: Described | None = None
    """Its model as last described; none before that, and again after a failure."""
    ready: bool = False
    out: bool = False
    """Whether it is left out for good, because of *error*."""
    in_flight: int = 0
    failures: int = 0
    error: EngineError | None = None
    slots: Slots | None = None
    held_up: bool = False
    """Whether one of its slots is being asked for, or none was to be had a moment ago."""

    @property
    def load(self) -> float:
        """Requests under way, over its limit."""
        return self.in_flight / self.limit.limit


@dataclass(frozen=True)
class Turn:
    """A request's place at a host. *in_flight* counts those taken there, with it."""

    member: Member
    in_flight: int


class Pool:
    """The hosts. *recruit* makes one fit for work, or raises EngineError.

    A host that cannot be reached rests, *rest_s* first and twice as long each time, and is then
    recruited again. One that broke off an answer is recruited at once, and rests only if it fails
    again before it has answered anything.
    """

    def __init__(
        self,
        members: Sequence[Member],
        recruit: Callable[[Member], Awaitable[None]],
        *,
        attempts: int,
        rest_s: float,
    ) -> None:
        self.members = tuple(members)
        self._recruit = recruit
        self._attempts = attempts
        self._rest_s = rest_s
        self._waiting: deque[asyncio.Future[Turn]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._defect: BaseException | None = None

    async def aclose(self) -> None:
        """End what goes on in the background."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self) -> None:
        """Recruit the hosts, in the background; those that have failed rest first."""
        for member in self.members:
            if not member.out:
                self._return(member)

    @asynccontextmanager
    async def turn(self, *, again: bool = False) -> AsyncIterator[Turn]:
        """A place at a host, for the block. Who asks *again* is served first.

        Raises:
            EngineUnavailable: no host can be reached, after as many attempts as one is granted.
            EngineError: all hosts are left out.
        """
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        if again:
            self._waiting.appendleft(future)
        else:
            self._waiting.append(future)
        self._admit()
        self._give_up(left_out_only=True)
        try:
            turn = await future
        except asyncio.CancelledError:
            # Cancelled in the very moment of its admission, it has a place to give back.
            if future.done() and not future.cancelled() and not future.exception():
                member = future.result().member
                member.held_up = False
                self._leave(member)
            raise
        try:
            yield turn
        finally:
            self._leave(turn.member)

    def let_up(self, member: Member) -> None:
        """A slot of the host may be had."""
        member.held_up = False
        self._admit()

    def answered(self, turn: Turn, service_s: float, queued_s: float) -> None:
        """The host has answered, in *service_s* after it had the request wait for *queued_s*."""
        turn.member.failures = 0
        if service_s:
            turn.member.limit.answered(turn.in_flight, service_s, queued_s)

    def failed(self, member: Member, error: EngineError) -> None:
        """The host has failed a request, and takes no more of them until it is fit again.

        One that is busy with others of ours is only given fewer.
        """
        busy = isinstance(error, EngineBusy)
        if busy:
            member.limit.refused()
        if not member.ready or (busy and member.in_flight > 1 and not error.retry_after_s):
            return
        member.ready = False
        self._note(member, error)
        self._return(member)

    def leave_out(self, member: Member, error: EngineError) -> None:
        """The host gets no more requests."""
        logger.warning("%s; it is left out of this run", error)
        member.ready, member.out, member.error = False, True, error
        self._give_up()

    def error(self) -> EngineError:
        """The error of a run without a host, with the reason of each."""
        errors = [member.error for member in self.members if member.error]
        if len(errors) == 1:
            return type(errors[0])(str(errors[0]), transient=errors[0].transient)
        kinds = {type(error) for error in errors}
        mixed = EngineUnavailable if EngineUnavailable in kinds else EngineError
        kind = kinds.pop() if len(kinds) == 1 else mixed
        return kind(
            "no host can serve: " + "; ".join(map(str, errors)),
            transient=any(error.transient for error in errors),
        )

    def _note(self, member: Member, error: EngineError) -> None:
        known = member.failures and str(member.error) == str(error)
        member.failures += 1
        member.error = error
        if not isinstance(error, EngineBusy):
            member.model = None  # who knows what will answer next
        if not known:
            logger.info("%s; it rests, and is tried again", error)
        self._give_up()

    def _return(self, member: Member) -> None:
        if self._closed:
            return
        task = asyncio.create_task(self._bring_back(member))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (defect := task.exception()):
            # A defect of ours: nobody recruits that host any more, and nobody may wait for it.
            self._defect = defect
            self._fail_waiting()

    async def _bring_back(self, member: Member) -> None:
        while not member.out:
            await asyncio.sleep(self._rest(member))
            try:
                await self._recruit(member)
            except EngineError as exc:
                if exc.transient:
                    self._note(member, exc)
                else:
                    self.leave_out(member, exc)
            else:
                if member.failures:
                    logger.info("%s is back", member.host.server)
                member.ready = True
                self._admit()
                return

    def _rest(self, member: Member) -> float:
        lost = isinstance(member.error, EngineUnavailable | EngineBusy)
        rests = min(member.failures if lost else member.failures - 1, 10)
        rest_s: float = self._rest_s * 2 ** (rests - 1) if rests > 0 else 0.0
        asked_s = (member.error and member.error.retry_after_s) or 0.0
        return min(max(rest_s, asked_s), LONGEST_REST_S)

    def _leave(self, member: Member) -> None:
        member.in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            free = [m for m in self.members if m.ready and not m.held_up]
            free = [m for m in free if m.in_flight < m.limit.limit]
            if not free:
                return
            future = self._waiting.popleft()
            if not future.done():
                member = min(free, key=lambda member: member.load)
                member.in_flight += 1
                member.held_up = member.slots is not None
                future.set_result(Turn(member, member.in_flight))

    def _give_up(self, *, left_out_only: bool = False) -> None:
        """Fail all that wait when there is no host to wait for any more."""
        lost = all(m.out or (not left_out_only and self._is_down(m)) for m in self.members)
        if lost or self._defect:
            self._fail_waiting()

    def _fail_waiting(self) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(self._defect or self.error())

    def _is_down(self, member: Member) -> bool:
        lost = isinstance(member.error, EngineUnavailable) and member.failures >= self._attempts
        return lost and not member.ready
