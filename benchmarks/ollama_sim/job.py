"""A request on its way through the server."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Job:
    """A request, and when what happened to it; moments are seconds of the caller's clock.

    Of *prompt*, its tokens, what the slot's last prompt began with is not read again. Without
    them *cached* is the number of such tokens. *prompt_tokens* 0 only loads the model. After
    *holds_after* tokens of output it stalls: it computes nothing and keeps its slot.
    """

    prompt_tokens: int
    output_tokens: int
    num_ctx: int = 4096
    cached: int = 0
    prompt: Sequence[str] = ()
    holds_after: int | None = None

    arrived_s: float = 0.0
    ready_s: float | None = None
    """When the model was loaded for it."""
    started_s: float | None = None
    """When it got its slot."""
    first_s: float | None = None
    """When its prompt was read."""
    done_s: float | None = None
    active: int = 0
    """Sequences under way when it began, itself included."""
    held: bool = False
    """Whether it stalls now."""

    wrote_at: float = field(default=0.0, repr=False)
    """Reading of the clock at its first token, less what a stall kept it from."""

    @property
    def queued_s(self) -> float:
        """From arrival to the slot, loading apart."""
        if self.started_s is None or self.ready_s is None:
            return 0.0
        return self.started_s - self.ready_s
