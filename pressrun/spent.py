"""What an edition's summaries cost their model: counts and durations, summed (pure)."""

from collections.abc import Iterable
from typing import NamedTuple, Self

from pressrun.models import Summary


class Spent(NamedTuple):
    """Tokens, calls and seconds. Seconds of calls at once add up: they may exceed the run's."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    load_s: float = 0.0
    prompt_s: float = 0.0
    output_s: float = 0.0
    queued_s: float = 0.0

    @classmethod
    def on(cls, summaries: Iterable[Summary]) -> Self:
        """The sums over *summaries*."""
        made = tuple(summaries)
        sums = {name: sum(getattr(one, name) for one in made) for name in cls._fields}
        return cls(**sums)

    @property
    def tokens_per_s(self) -> float:
        """Tokens written for a second of one answer; 0 where nothing was measured."""
        return self.output_tokens / self.output_s if self.output_s else 0.0

    def __str__(self) -> str:
        """In one line for a person, such as "12 calls, 3,400 tokens in, 900 out, 31 a second"."""
        parts = [
            f"{self.calls} calls" if self.calls != 1 else "1 call",
            f"{self.prompt_tokens:,} tokens in",
            f"{self.output_tokens:,} out",
        ]
        if self.output_s:
            parts.append(f"{self.tokens_per_s:.0f} a second")
        parts += [
            f"{seconds:.1f} s {what}"
            for what, seconds in (("queueing", self.queued_s), ("loading", self.load_s))
            if seconds >= 0.05
        ]
        return ", ".join(parts)
