"""What a simulated server is like: its speeds, its limits, and how often it fails."""

from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt

Rate = NonNegativeFloat


class Spec(BaseModel):
    """A server with one model. Speeds are those of a sequence that is alone.

    *speedup* holds points (n, factor): with n sequences under way the server does the work of
    *factor* sequences that are alone, and each gets an equal share of it. Between two points it is
    interpolated; beyond the last it stays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    model: str = "simulated:4b"
    """Name of the model."""
    slots: PositiveInt = 1
    """Sequences under way at once, as OLLAMA_NUM_PARALLEL."""
    max_queue: int = Field(512, ge=0)
    """Requests that wait for a slot before 503, as OLLAMA_MAX_QUEUE."""
    load_s: NonNegativeFloat = 2.0
    """Seconds to load the model, at the first request and when num_ctx changes."""
    prefill_tps: PositiveFloat = 2000.0
    """Prompt tokens read a second."""
    decode_tps: PositiveFloat = 80.0
    """Tokens written a second."""
    speedup: tuple[tuple[PositiveInt, PositiveFloat], ...] = ((1, 1), (2, 1.9), (4, 3.5), (8, 6))
    """How batching shares the speed."""
    context_length: PositiveInt = 32_768
    """The model's own context in tokens."""
    context_shift: bool = True
    """Whether a prompt over num_ctx is cut in silence; else it is refused with 400."""
    thinks: bool = False
    """Whether the model can think, and does where `think` is not false."""
    record_s: PositiveFloat = 0.1
    """Least time between two records of a stream: a record for each token costs the client CPU."""
    busy_rate: Rate = 0.0
    """Share of the requests that are answered 503 at once."""
    cut_rate: Rate = 0.0
    """Share of the streams that end properly, but before their last record."""
    reset_rate: Rate = 0.0
    """Share of the streams whose connection is reset."""
    stall_rate: Rate = 0.0
    """Share of the streams that fall silent and keep their slot, for `stall_s`."""
    error_rate: Rate = 0.0
    """Share of the streams that end with an error under status 200."""
    stall_s: NonNegativeFloat = 0.0
    """Seconds of a stall; 0: until the client leaves."""
    seed: int = 7
    """Of the faults: the n-th request always has the same."""

    def total_speed(self, active: int) -> float:
        """Work done a second by *active* sequences together, in seconds of one that is alone."""
        points = ((0, 0.0), *self.speedup)
        for (low, slow), (high, fast) in pairwise(points):
            if active <= high:
                return slow + (fast - slow) * (active - low) / (high - low)
        return points[-1][1]

    def service_s(self, prompt_tokens: int, output_tokens: int) -> float:
        """Seconds of a request that is alone, with nothing of its prompt in the cache."""
        return prompt_tokens / self.prefill_tps + output_tokens / self.decode_tps

    def faster(self, factor: float) -> Self:
        """The same server with all times divided by *factor*."""
        return self.model_copy(
            update={
                "load_s": self.load_s / factor,
                "stall_s": self.stall_s / factor,
                "prefill_tps": self.prefill_tps * factor,
                "decode_tps": self.decode_tps * factor,
            }
        )
