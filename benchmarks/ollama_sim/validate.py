"""The simulated server against a real one: the embedded engine, with one slot and with two.

    python -m benchmarks.ollama_sim.validate [--json]

A request alone gives the speeds of reading and writing, with which the simulator foretells two
requests at one slot. With two slots, two equal requests give the curve's point for two as well, and
two unequal ones, the second of which comes later, are foretold. Needs the model of the extra
`embedded`, and an idle machine: seconds are of the wall.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import ollama

from benchmarks.ollama_sim.spec import Spec
from benchmarks.ollama_sim.virtual import Load, makespan
from settings import EmbeddedSettings
from tasks.engines.embedded import serving

_SENTENCE = (
    "The bridge over the river was opened on Thursday, and the mayor spoke of its {} years. "
)


class Wanted(NamedTuple):
    """A request to make: when, how many sentences to read, how many tokens to write."""

    after_s: float
    sentences: int
    tokens: int


PLAIN = Wanted(0, 14, 48)


class Measured(NamedTuple):
    """The server's own counts and seconds of an answer."""

    after_s: float
    prompt_tokens: int
    output_tokens: int
    prompt_s: float
    output_s: float


@asynccontextmanager
async def embedded(slots: int) -> AsyncIterator[tuple[ollama.AsyncClient, str]]:
    """A client of an embedded server of *slots*, loaded and warm, and the model's name."""
    async with serving(EmbeddedSettings(concurrency=slots, threads=1)) as server:
        client = ollama.AsyncClient(host=server.url, trust_env=False)
        try:
            await ask(client, server.model, Wanted(0, 4, 8))
            yield client, server.model
        finally:
            await client.close()  # type: ignore[no-untyped-call]


async def ask(client: ollama.AsyncClient, model: str, wanted: Wanted) -> Measured:
    """Make a request and wait for its answer."""
    await asyncio.sleep(wanted.after_s)
    text = "".join(_SENTENCE.format(number) for number in range(wanted.sentences))
    options = {"num_predict": wanted.tokens, "temperature": 0}
    said = await client.generate(model, text, raw=True, options=options)
    return Measured(
        wanted.after_s,
        said.prompt_eval_count or 0,
        said.eval_count or 0,
        (said.prompt_eval_duration or 0) / 1e9,
        (said.eval_duration or 0) / 1e9,
    )


async def together(
    client: ollama.AsyncClient, model: str, wanted: Sequence[Wanted]
) -> tuple[float, list[Measured]]:
    """Make the requests; seconds from the first to the last answer, and what each had."""
    begun = time.perf_counter()
    found = await asyncio.gather(*(ask(client, model, one) for one in wanted))
    return time.perf_counter() - begun, found


def foretold(spec: Spec, measured: Sequence[Measured]) -> float:
    """What the simulator says of the requests."""
    return makespan([Load(m.after_s, m.prompt_tokens, m.output_tokens) for m in measured], spec)


def fitted(alone: Measured, slots: int) -> Spec:
    """The server whose one request took what *alone* took."""
    return Spec(
        slots=slots,
        prefill_tps=alone.prompt_tokens / alone.prompt_s,
        decode_tps=alone.output_tokens / alone.output_s,
        speedup=((1, 1.0),),
    )


async def validate() -> dict[str, float]:
    """All figures; seconds and tokens a second."""
    async with embedded(1) as served:
        _, (alone,) = await together(*served, [PLAIN])
        queued_s, queued = await together(*served, [PLAIN, PLAIN])
    one = fitted(alone, 1)
    async with embedded(2) as served:
        _, (alone_of_two,) = await together(*served, [PLAIN])
        equal_s, equal = await together(*served, [PLAIN, PLAIN])
        unequal_s, unequal = await together(*served, [Wanted(0, 20, 64), Wanted(1.0, 6, 32)])
    two = fitted(alone_of_two, 2)
    work_s = sum(two.service_s(each.prompt_tokens, each.output_tokens) for each in equal)
    two = two.model_copy(update={"speedup": ((1, 1.0), (2, work_s / equal_s))})
    figures = {
        "prompt_tokens": alone.prompt_tokens,
        "output_tokens": alone.output_tokens,
        "one_slot_prefill_tps": one.prefill_tps,
        "one_slot_decode_tps": one.decode_tps,
        "two_slots_prefill_tps": two.prefill_tps,
        "two_slots_decode_tps": two.decode_tps,
        "two_slots_speedup": two.total_speed(2),
    }
    for name, took_s, said_s in (
        ("queued_in_one_slot", queued_s, foretold(one, queued)),
        ("unequal_in_two_slots", unequal_s, foretold(two, unequal)),
    ):
        figures |= {f"{name}_s": took_s, f"{name}_foretold_s": said_s}
        figures[f"{name}_error"] = said_s / took_s - 1
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object of figures")
    asked = parser.parse_args()
    figures = asyncio.run(validate())
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")


if __name__ == "__main__":
    main()
