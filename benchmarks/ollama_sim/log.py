"""What the server notes of each request."""

from typing import NamedTuple


class LogRow(NamedTuple):
    """A request: how it ended, its moments on the system's monotonic clock, its tokens.

    *outcome* is "answered", "loaded", "left" (by the client), "refused", or the fault's name.
    *load_s* and *queued_s* are before its slot, *prompt_s* and *output_s* in it; *active* is
    how many were under way when it began.
    """

    path: str
    outcome: str
    arrived_s: float
    ended_s: float
    load_s: float = 0.0
    queued_s: float = 0.0
    prompt_s: float = 0.0
    output_s: float = 0.0
    prompt_tokens: int = 0
    cached: int = 0
    output_tokens: int = 0
    active: int = 0
