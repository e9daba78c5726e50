"""Ollama's API as values: what a request may say, and the records that answer it. Pure.

Source: docs/api.md of the Ollama project. Durations are nanoseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

Record: TypeAlias = dict[str, Any]


class RequestError(Exception):
    """A request that cannot be answered: an HTTP status, and Ollama's `{"error": ...}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Part(BaseModel):
    # Clients send fields of newer releases: ignored, as Ollama does.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Options(_Part):
    """Ollama's options that llama.cpp knows too. What is not given is llama.cpp's default."""

    num_ctx: int | None = Field(None, ge=1)
    num_predict: int | None = Field(None, ge=-2)
    temperature: float | None = Field(None, ge=0)
    seed: int | None = Field(None, ge=-1, le=2**32 - 1)
    stop: str | tuple[str, ...] | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    typical_p: float | None = None
    repeat_last_n: int | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None

    def sampling(self) -> Record:
        """These options in llama.cpp's words, without those about length."""
        given = self.model_dump(exclude_none=True, exclude={"num_ctx", "num_predict"})
        if isinstance(self.stop, str):
            given["stop"] = [self.stop]
        return given

    def budget(self, prompt_tokens: int, context: int) -> int:
        """Tokens that the answer may have, at least 1.

        Raises:
            RequestError: the prompt leaves no room. It is never cut.
        """
        limit = min(self.num_ctx or context, context)
        room = limit - prompt_tokens
        if room < 1:
            raise RequestError(
                400,
                f"the prompt has {prompt_tokens} tokens and the context {limit} (num_ctx): "
                "send less text, or start the engine with a larger num_ctx",
            )
        wanted = self.num_predict if self.num_predict and self.num_predict > 0 else room
        return min(wanted, room)


class Message(_Part):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    images: tuple[str, ...] | None = None


class Ask(_Part):
    """What `/api/chat` and `/api/generate` have in common."""

    model: str = Field(min_length=1, max_length=300)
    stream: bool | None = None
    format: Literal["json", ""] | Record | None = None
    options: Options | None = None
    think: bool | str | None = None

    @property
    def json_schema(self) -> Record | None:
        """The JSON schema that the answer keeps to."""
        if self.format == "json":
            return {"type": "object"}
        return self.format if isinstance(self.format, dict) else None

    def refuse_unable(self) -> None:
        """Refuse what a text model of ours cannot do, as Ollama does.

        Raises:
            RequestError: thinking, or what the kind of request adds, is asked for.
        """
        if self.think:
            raise RequestError(400, f'"{self.model}" does not support thinking')


class ChatAsk(Ask):
    """The body of `/api/chat`."""

    messages: tuple[Message, ...] = ()
    tools: tuple[Any, ...] | None = None

    def refuse_unable(self) -> None:
        """As `Ask.refuse_unable`; also tools and images."""
        super().refuse_unable()
        if self.tools:
            raise RequestError(400, f'"{self.model}" does not support tools')
        if any(message.images for message in self.messages):
            raise RequestError(400, f'"{self.model}" does not support images')


class GenerateAsk(Ask):
    """The body of `/api/generate`. *raw*: the prompt is the model's own text, marks and all."""

    prompt: str = ""
    system: str = ""
    raw: bool = False
    suffix: str = ""
    images: tuple[str, ...] | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """The prompt as a conversation; empty when there is none, which preloads."""
        if not self.prompt:
            return ()
        system = (Message(role="system", content=self.system),) if self.system else ()
        return (*system, Message(role="user", content=self.prompt))

    def refuse_unable(self) -> None:
        """As `Ask.refuse_unable`; also suffix and images."""
        super().refuse_unable()
        if self.suffix:
            raise RequestError(400, f'"{self.model}" does not support insert')
        if self.images:
            raise RequestError(400, f'"{self.model}" does not support images')


class NameAsk(_Part):
    """The body of `/api/show`; *name* is the older word for *model*."""

    model: str = ""
    name: str = ""


AnyAsk = TypeVar("AnyAsk", bound=_Part)


def parse(kind: type[AnyAsk], body: bytes) -> AnyAsk:
    """The request in *body*.

    Raises:
        RequestError: 400, naming each field that is wrong.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as exc:
        faults = (
            f"{'.'.join(str(part) for part in fault['loc']) or 'body'}: {fault['msg']}"
            for fault in exc.errors(include_url=False, include_input=False)
        )
        raise RequestError(400, "invalid request: " + "; ".join(faults)) from exc


def same_model(asked: str, served: str) -> bool:
    """Whether two names mean one model: case and the tag `latest` do not count."""
    return _full_name(asked) == _full_name(served)


def _full_name(name: str) -> str:
    name = name.casefold()
    return name if ":" in name else f"{name}:latest"


@dataclass(frozen=True)
class Counts:
    """What an answer cost. *done_reason* is "stop", or "length" when it was cut."""

    done_reason: str
    prompt_tokens: NonNegativeInt = 0
    prompt_ns: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    output_ns: NonNegativeInt = 0


Voice: TypeAlias = Callable[[str], Record]
"""How a kind of answer carries text."""


def chat_voice(text: str) -> Record:
    """Text as `/api/chat` says it."""
    return {"message": {"role": "assistant", "content": text}}


def generate_voice(text: str) -> Record:
    """Text as `/api/generate` says it."""
    return {"response": text}


def piece(model: str, said: Record) -> Record:
    """A record in the middle of a stream."""
    return {"model": model, "created_at": datetime.now(UTC).isoformat(), **said, "done": False}


def last(model: str, said: Record, counts: Counts, total_ns: int) -> Record:
    """The record that ends an answer; alone, it is the whole of it."""
    return {
        **piece(model, said),
        "done": True,
        "done_reason": counts.done_reason,
        "total_duration": total_ns,
        "load_duration": 0,
        "prompt_eval_count": counts.prompt_tokens,
        "prompt_eval_duration": counts.prompt_ns,
        "eval_count": counts.output_tokens,
        "eval_duration": counts.output_ns,
    }
