"""A bound on the requests that an engine is given at once, for those without one of their own."""

import asyncio

from pressrun.models import Completion, ModelIdentity, Prompt
from pressrun.ports import Engine


class BoundedEngine:
    """*engine*, asked at most *concurrency* prompts at once; the others wait in order."""

    def __init__(self, engine: Engine, concurrency: int) -> None:
        self._engine = engine
        self._slots = asyncio.Semaphore(concurrency)

    async def identify(self) -> ModelIdentity:
        """As the engine's own."""
        return await self._engine.identify()

    async def complete(self, prompt: Prompt) -> Completion:
        """As the engine's own, once it is this prompt's turn."""
        async with self._slots:
            return await self._engine.complete(prompt)
