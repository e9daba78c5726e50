"""A request's turn: a place at a host, and where hosts are shared, one of its slots."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from tasks.engines.pool import Pool, Turn

ASK_AGAIN_S = 1.0
"""How long a host is left alone, on average, whose slots were all taken. Prefect's own wait grows
to 30 s with the length of the answers; the slots would be idle."""


@asynccontextmanager
async def turn_at(pool: Pool, *, again: bool = False) -> AsyncIterator[Turn]:
    """As `pool.turn`, with a slot where the host has them.

    One request at a time asks a host for a slot. Where it gets none, it gives its place there
    back, and goes with those behind it to another host, or waits. That is not queueing at the
    host: neither the limit of requests nor the time limits see it.

    Raises:
        EngineError: as `pool.turn`.
        PressrunError: no slot can be asked for.
    """
    while True:
        async with pool.turn(again=again) as turn:
            member = turn.member
            if member.slots is None:
                yield turn
                return
            let_up = partial(pool.let_up, member)
            try:
                async with member.slots.take(freed=let_up) as taken:
                    if taken:
                        let_up()
                        yield Turn(member, member.in_flight)
                        return
            except BaseException:
                let_up()
                raise
            pause_s = ASK_AGAIN_S * (0.5 + random.random())  # noqa: S311 - not all at one moment
            asyncio.get_running_loop().call_later(pause_s, let_up)
        again = True
