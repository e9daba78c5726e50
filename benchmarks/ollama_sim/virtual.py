"""What a server of a `Spec` would take for a list of requests, computed without waiting."""

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.ollama_sim.job import Job
from benchmarks.ollama_sim.scheduler import Scheduler
from benchmarks.ollama_sim.spec import Spec

_NUM_CTX = 4096


class Load(NamedTuple):
    """A request: when it arrives, its tokens, and how many of the prompt's are cached."""

    arrived_s: float
    prompt_tokens: int
    output_tokens: int
    cached: int = 0


def simulate(loads: Iterable[Load], spec: Spec, *, loaded: bool = True) -> list[Job]:
    """The requests with their times, in order of arrival. *loaded*: the model is there already."""
    scheduler = Scheduler(spec, loaded=_NUM_CTX if loaded else None)
    jobs = []
    for load in sorted(loads, key=lambda load: load.arrived_s):
        job = Job(load.prompt_tokens, load.output_tokens, _NUM_CTX, load.cached)
        if not scheduler.submit(job, load.arrived_s):
            raise ValueError(f"over {spec.max_queue} requests wait; raise max_queue")
        jobs.append(job)
    while (moment := scheduler.next_event_s()) is not None:
        scheduler.advance(moment)
    return jobs


def makespan(loads: Iterable[Load], spec: Spec, *, loaded: bool = True) -> float:
    """Seconds from the first arrival to the last answer; 0 without requests."""
    jobs = simulate(loads, spec, loaded=loaded)
    ends = [job.done_s for job in jobs if job.done_s is not None]
    return max(ends) - jobs[0].arrived_s if ends else 0.0
