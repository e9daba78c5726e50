"""An Ollama for load tests, on loopback.

    python -m benchmarks.ollama_sim --port 11500 --slots 2 --decode-tps 40 --busy-rate 0.05

Prints a JSON line with its address and answers until it is stopped. `GET /sim/log` tells of each
request how long it queued, read and wrote, and with how many others.
"""

import argparse
import asyncio
import contextlib
import json

from benchmarks.ollama_sim.server import Simulator, serving
from benchmarks.ollama_sim.spec import Spec
from pressrun.lifeline import exit_with_parent


async def serve(spec: Spec, port: int) -> None:
    """Serve until cancelled."""
    async with serving(Simulator(spec), port) as url:
        print(json.dumps({"url": url, "model": spec.model}), flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ollama_sim",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0: a free one")
    parser.add_argument("--spec", default="{}", help="all of the below as a JSON object")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    for name, field in Spec.model_fields.items():
        words = f"{(field.description or '').split(chr(10))[0]} Default: {field.default}"
        parser.add_argument(f"--{name.replace('_', '-')}", help=words, metavar="VALUE")
    given = vars(parser.parse_args())
    if given["child"]:
        exit_with_parent()
    spec = json.loads(given["spec"])
    for name in Spec.model_fields:
        if given[name] is not None:
            spec[name] = json.loads(given[name]) if name == "speedup" else given[name]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Spec.model_validate(spec), given["port"]))


if __name__ == "__main__":
    main()
