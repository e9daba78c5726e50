"""An Ollama for load tests: slots, queue, loading, batching, prompt cache and faults, no model.

`simulated(spec)` runs one in a process of its own, `serving(Simulator(spec))` in this one;
`makespan(loads, spec)` computes what it would take for given requests, without waiting.
"""

from benchmarks.ollama_sim.faults import Fault
from benchmarks.ollama_sim.job import Job
from benchmarks.ollama_sim.log import LogRow
from benchmarks.ollama_sim.process import Remote, simulated
from benchmarks.ollama_sim.scheduler import Scheduler
from benchmarks.ollama_sim.server import Simulator, serving
from benchmarks.ollama_sim.spec import Spec
from benchmarks.ollama_sim.virtual import Load, makespan, simulate

__all__ = [
    "Fault",
    "Job",
    "Load",
    "LogRow",
    "Remote",
    "Scheduler",
    "Simulator",
    "Spec",
    "makespan",
    "serving",
    "simulate",
    "simulated",
]
