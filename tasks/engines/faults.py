"""What goes wrong at a server that speaks Ollama's API -> Pressrun's errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import ollama

from pressrun.errors import (
    EngineBusy,
    EngineError,
    EngineUnavailable,
    ModelMissing,
    PromptTooLong,
)
from tasks.engines.names import nearest

IN_STREAM = -1
"""What the client gives as the status of an error inside a stream that began with 200."""

_LISTED = 8  # models named in a message

_TOO_LONG = ("exceed", "too long", "the prompt has")
"""How Ollama, llama.cpp and our own server say that a prompt does not fit the context."""


@dataclass(frozen=True)
class Server:
    """A server and its model, as messages name them."""

    engine: str
    address: str
    model: str

    def __str__(self) -> str:
        return f"{self.engine} at {self.address}"

    def setting(self, name: str) -> str:
        """Where a person changes *name*, a field of OllamaSettings."""
        if self.engine == "embedded" and name.endswith("_timeout_s"):
            name = "answer_timeout_s"  # its table has one time limit for an answer
        return f"{name} in [engines.{self.engine}]"

    @contextmanager
    def faults(self, listed: Sequence[str] = ()) -> Iterator[None]:
        """Turn what the client raises inside the block into an EngineError.

        *listed* are the models known to be there, for the message of ModelMissing.
        """
        try:
            yield
        except ollama.ResponseError as exc:
            raise self._refusal(exc, listed) from exc
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as exc:
            cause = exc.__context__ or exc  # the client's own words are advice for its users
            raise self.unreachable(f"cannot be reached ({_plain(cause)})") from exc
        except httpx.RequestError as exc:
            raise EngineError(
                f"{self}: the connection broke ({_plain(exc) or type(exc).__name__}) before "
                f"{self.model} had answered; see the server's log if it happens again",
                transient=True,
            ) from exc
        except (ValueError, TypeError, AttributeError) as exc:
            # The client unpacks whatever JSON comes: a page of a proxy, a list, half a line.
            raise EngineError(
                f"{self}: the answer is not of Ollama's form ({_plain(exc)}); check that Ollama "
                "listens there, and update it if it is old",
                transient=True,
            ) from exc

    def unreachable(self, why: str) -> EngineUnavailable:
        """The error of a server that gives no sign of life."""
        remedy = (
            f"start it with `ollama serve`, or correct {self.setting('host')}"
            if self.engine == "ollama"
            else "its server has ended or hangs; run again"
        )
        return EngineUnavailable(f"{self} {why}; {remedy}")

    def silent(self, what: str, limit_s: float, setting: str) -> EngineError:
        """The error of *what* that did not come within *limit_s*."""
        return EngineError(
            f"{self}: {what} from {self.model} within {limit_s:g} s; set a lower "
            f"{self.setting('concurrency')}, choose a smaller model, or raise "
            f"{self.setting(setting)}",
            transient=True,
        )

    def missing(self, listed: Sequence[str] = ()) -> ModelMissing:
        """The error of a model that is not installed there."""
        remedy = (
            f"; `pressrun models pull {self.model} --host {self.address}` fetches it"
            if self.engine == "ollama"
            else ""
        )
        near = nearest(self.model, listed)
        more = f" and {len(near) - _LISTED} more" if len(near) > _LISTED else ""
        there = f"; models there: {', '.join(near[:_LISTED])}{more}" if near else ""
        return ModelMissing(f"{self} has no model {self.model}{remedy}{there}")

    def _refusal(self, exc: ollama.ResponseError, listed: Sequence[str]) -> EngineError:
        """Source of words and statuses: Ollama's server/routes.go, August 2026."""
        status, words = exc.status_code, _plain(exc.error)
        about = words.lower()
        said = f"{self}: {words or 'no reason given'}" + (
            "" if status == IN_STREAM else f" (HTTP {status})"
        )
        if status in {404, IN_STREAM} and "model" in about and "not found" in about:
            return self.missing(listed)
        if status == 404:
            return EngineError(f"{said}: no Ollama listens there; correct {self.setting('host')}")
        if status in {401, 403}:
            return EngineError(f"{said}: give its key in the environment variable OLLAMA_API_KEY")
        if "context" in about and any(sign in about for sign in _TOO_LONG):
            return PromptTooLong(
                f"{said}: the prompt does not fit {self.model}; raise {self.setting('num_ctx')}"
            )
        if status in {429, 503}:
            return EngineBusy(
                f"{said}: set a lower {self.setting('concurrency')}",
                retry_after_s=_retry_after_s(exc),
            )
        if "memory" in about:
            return EngineError(
                f"{said}: choose a smaller model than {self.model}, or lower "
                f"{self.setting('num_ctx')}",
                transient=True,
            )
        if status in {IN_STREAM, 408, 425} or status >= 500:
            again = "see the server's log if it happens again"
            return EngineError(f"{said}, from {self.model}: {again}", transient=True)
        return EngineError(f"{said}: {self.model} does not take this request; choose another model")


def _retry_after_s(exc: ollama.ResponseError) -> float | None:
    """Seconds of a Retry-After header, which a proxy may send; its form with a date is not read."""
    cause = exc.__context__  # the client drops the response
    if not isinstance(cause, httpx.HTTPStatusError):
        return None
    said = cause.response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else None


def _plain(words: object) -> str:
    """*words* of another program on one line of at most 200 printable characters."""
    line = " ".join(str(words).split())
    line = "".join(char for char in line if char.isprintable())
    return line if len(line) <= 200 else f"{line[:199]}…"
