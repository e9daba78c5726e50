"""Which request fails, and how: drawn by rate and seed, the same in every run."""

import random
from enum import StrEnum

from benchmarks.ollama_sim.spec import Spec


class Fault(StrEnum):
    """What may go wrong with an answer."""

    BUSY = "busy"
    CUT = "cut"
    RESET = "reset"
    STALL = "stall"
    ERROR = "error"


def draw(spec: Spec, number: int) -> tuple[Fault | None, float]:
    """The fault of request *number*, and after what share of its answer it comes."""
    dice = random.Random(f"{spec.seed}:{number}")
    at, after = dice.random(), dice.uniform(0.05, 0.95)
    for fault in Fault:
        at -= getattr(spec, f"{fault}_rate")
        if at < 0:
            return fault, after
    return None, 1.0
