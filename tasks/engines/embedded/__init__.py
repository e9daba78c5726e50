"""The engine `embedded`: a small model in a child process that speaks Ollama's API.

Importing it loads neither the model nor llama.cpp; only the child process does.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

from pydantic import HttpUrl

from pressrun.ports import Engine
from settings import EmbeddedSettings, OllamaSettings
from tasks.engines.embedded.model import BundledModel, describe, installed
from tasks.engines.embedded.supervisor import Serving, serving

if TYPE_CHECKING:
    from tasks.engines.ollama import OllamaEngine

__all__ = [
    "BundledModel",
    "Serving",
    "describe",
    "embedded_engine",
    "engine_at",
    "installed",
    "serving",
]


def embedded_engine(**options: Any) -> AbstractAsyncContextManager[Engine]:
    """The engine of *options*, the fields of `EmbeddedSettings`.

    Raises:
        pydantic.ValidationError: an option is unknown or out of bounds.
        EngineUnavailable: on entering; it is not installed, or does not start.
    """
    return _engine(EmbeddedSettings(**options))


@asynccontextmanager
async def _engine(settings: EmbeddedSettings) -> AsyncIterator[Engine]:
    async with serving(settings) as server, aclosing(engine_at(server, settings)) as engine:
        yield engine


def engine_at(server: Serving, settings: EmbeddedSettings) -> "OllamaEngine":
    """The client's side: an engine that asks *server*, as it would ask Ollama."""
    # Here, so that `describe` and `installed` do not pay for the client's import.
    from tasks.engines.ollama import OllamaEngine

    client = OllamaSettings(
        host=HttpUrl(server.url),
        model=server.model,
        concurrency=settings.concurrency,
        num_ctx=settings.num_ctx,
        temperature=0,
        connect_timeout_s=30,  # a busy machine is slow to answer, and nobody else listens there
        first_token_timeout_s=settings.answer_timeout_s,
        way=settings.way,
    )
    note = "" if settings.gguf else describe().notice
    return OllamaEngine(client, name="embedded", note=note)
