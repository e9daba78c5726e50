"""What passes between Pressrun and a language model."""

from typing import Any, Literal

from pydantic import NonNegativeInt, PositiveInt

from pressrun.models.summary import Way
from pressrun.models.value import Value


class ModelIdentity(Value):
    """Which model an engine serves. *digest* names the very weights, where there is one."""

    engine: str
    """Name of the engine, as in the settings."""
    model: str
    digest: str = ""
    way: Way = Way.WRITTEN
    context_tokens: PositiveInt = 4096
    """What the model can read and write for one request."""
    instructed: bool = True
    """Whether the model follows instructions; a bare one only continues texts."""
    note: str = ""
    """What a reader should know of the model, such as its licence."""


class Turn(Value):
    """What was said after a prompt's first question."""

    role: Literal["assistant", "user"]
    content: str


class Prompt(Value):
    """One request to an engine: the unchanging part first, in *system*.

    *turns* carry the conversation on, an answer and the next question in turn, the question
    last. *response_schema* is a JSON schema that the answer keeps to. *max_tokens* bounds the
    answer.
    """

    system: str = ""
    user: str
    turns: tuple[Turn, ...] = ()
    response_schema: dict[str, Any] | None = None
    max_tokens: PositiveInt = 400


class Completion(Value):
    """An engine's answer, with its own counts and durations; zero where it gives none.

    *wall_s* is the client's time, from when the request was sent. *done_reason* is "stop", or
    "length" when the answer was cut by *max_tokens*. *host* is which of several hosts answered.
    """

    text: str
    model: str
    done_reason: str = "stop"
    prompt_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    load_s: float = 0.0
    prompt_s: float = 0.0
    output_s: float = 0.0
    total_s: float = 0.0
    wall_s: float = 0.0
    host: str = ""

    @property
    def queued_s(self) -> float:
        """What the server's own durations leave of the client's time: queueing, and the way."""
        served = self.load_s + self.prompt_s + self.output_s
        return max(self.wall_s - served, 0.0) if served else 0.0


class Calibration(Value):
    """What estimates of a prompt's tokens are multiplied by for a model, as its counts say."""

    language: str
    """Of the articles: "zh" or "en"."""
    factor: float
    requests: NonNegativeInt
    """How many prompts were measured."""
