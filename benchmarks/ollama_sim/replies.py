"""How answers leave the server: records, broken streams, errors in Ollama's form."""

import json
import struct
from collections.abc import Awaitable, Callable
from socket import SO_LINGER, SOL_SOCKET
from typing import TypeAlias

from aiohttp import web

from benchmarks.ollama_sim.faults import Fault
from benchmarks.ollama_sim.wire import Record, Refused


async def break_off(
    request: web.Request, response: web.StreamResponse, fault: Fault, *, prepared: bool
) -> web.StreamResponse:
    """End the answer as *fault* does."""
    if not prepared:
        await response.prepare(request)
    if fault is Fault.RESET and request.transport:
        # Without lingering, closing sends a reset.
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
        return response
    if fault is Fault.ERROR:
        await write(response, {"error": "an error was encountered while running the model"})
    await response.write_eof()
    return response


async def write(response: web.StreamResponse, said: Record) -> None:
    """Send a record of a stream."""
    await response.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")


Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def ollama_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in Ollama's form."""
    try:
        return await handler(request)
    except Refused as exc:
        return web.json_response({"error": str(exc)}, status=exc.status)
    except json.JSONDecodeError as exc:
        return web.json_response({"error": str(exc)}, status=400)
