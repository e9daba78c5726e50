"""The seams that a plug-in fills: what Pressrun asks of a source, an engine and a renderer.

A plug-in is a distribution with an entry point in the group `pressrun.sources`,
`pressrun.engines` or `pressrun.renderers`. The entry point is called with the options of its
table in the settings (`[sources.NAME]`, `[engines.NAME]`, `[renderers.NAME]`) as keyword
arguments. For a source and a renderer it returns the object; for an engine an async context
manager that yields it, so that what an engine holds open ends with the run.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pressrun.models import (
    Completion,
    Edition,
    Listing,
    ListRequest,
    ModelIdentity,
    Prompt,
    Rendition,
)


class Response(Protocol):
    """What an HTTP request brought: a status below 400 and the whole body."""

    @property
    def url(self) -> str:
        """The address that answered, after redirects."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The response's headers; look-ups ignore case."""

    @property
    def body(self) -> bytes:
        """The body, decompressed, within the size limit."""


class Http(Protocol):
    """A polite client, shared by all of a run: limits, time-outs and User-Agent are set."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch *url*.

        Raises:
            FetchError: with `transient` telling whether the same request may succeed later.
        """


class Source(Protocol):
    """Lists a day's headlines."""

    async def headlines(self, request: ListRequest, http: Http) -> Listing:
        """The usable headlines of the day in rank order, at most `request.limit`.

        Raises:
            SourceError: the list cannot be had or read.
            FetchError: from *http*, as it came.
        """


class Engine(Protocol):
    """Turns a prompt into text."""

    async def identify(self) -> ModelIdentity:
        """Which model answers, once it is known to be there.

        Raises:
            EngineUnavailable: nothing answers.
            ModelMissing: the model is not installed there.
        """

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt; cancelling the call cancels the work.

        Raises:
            EngineError: with `transient` telling whether to ask again.
        """


class Renderer(Protocol):
    """Makes files of an edition. Runs in a worker process: pure, synchronous, offline."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """The edition's files in this format, in order.

        Raises:
            RenderError: a story could not be placed.
        """


class Observer(Protocol):
    """Told what a run does, as it does it. Must not block and must not raise."""

    def event(self, stage: str, /, **facts: object) -> None:
        """*stage* happened: "listed", "fetched", "summarised", ... with its *facts*."""
