"""Requests and records of Ollama's API: what is asked, what a prompt becomes. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from benchmarks.ollama_sim.job import Job
from benchmarks.ollama_sim.spec import Spec
from benchmarks.ollama_sim.words import Asked, messages_of, prompt_of, tokens

Record: TypeAlias = dict[str, Any]

BUSY = "server busy, please try again.  maximum pending requests exceeded"
TOO_LONG = "the input length exceeds the context length"
"""Source of both: server/sched.go and runner/ollamarunner/runner.go of the Ollama project."""

_DEFAULT_NUM_CTX = 4096
_THOUGHT = "The story has to be put into one paragraph. What matters most comes first. "


class Refused(Exception):
    """A request that is answered with an HTTP status and Ollama's `{"error": ...}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Ask:
    """A request as the model meets it. *thought* and *said* are the tokens that it will write."""

    path: str
    prompt: list[str]
    num_ctx: int
    thought: list[str]
    said: list[str]
    done_reason: str

    @property
    def output_tokens(self) -> int:
        """Tokens of the whole answer; the end is one."""
        return len(self.thought) + len(self.said) + 1 if self.prompt else 0

    def pieces(self, begin: int, end: int) -> tuple[str, str]:
        """What tokens *begin* to *end* of the answer think and say."""
        split = len(self.thought)
        thought = "".join(self.thought[begin:end])
        return thought, "".join(self.said[max(0, begin - split) : max(0, end - split)])


def read_ask(path: str, asked: Asked, text: str, spec: Spec) -> Ask:
    """What the model makes of *asked*, if it is to answer *text*.

    Raises:
        Refused: another model, thinking that it cannot, a prompt that does not fit.
    """
    check_name(asked.get("model"), spec)
    think = asked.get("think")
    if think and not spec.thinks:
        raise Refused(400, f'"{spec.model}" does not support thinking')
    options = asked.get("options") or {}
    num_ctx = min(options.get("num_ctx") or _DEFAULT_NUM_CTX, spec.context_length)
    messages = messages_of(asked)
    if not messages:
        return Ask(path, [], num_ctx, [], [], "load")
    thinks = spec.thinks and think is not False
    thought = tokens(_THOUGHT * 3) if thinks else []
    said = tokens(text)
    limit = options.get("num_predict") or -1
    reason = "length" if 0 < limit < len(thought) + len(said) + 1 else "stop"
    if reason == "length":
        thought, said = thought[:limit], said[: max(0, limit - len(thought))]
        # The last place is not the end's.
        thought, said = (thought, said[:-1]) if said else (thought[:-1], said)
    return Ask(path, fitted(messages, num_ctx, spec), num_ctx, thought, said, reason)


def fitted(messages: list[tuple[str, str]], num_ctx: int, spec: Spec) -> list[str]:
    """The prompt's tokens as the server cuts them.

    Of a conversation the oldest turns go first, never the system's or the last. What is still too
    long keeps its first 4 tokens and its tail, `num_ctx / 2 + 2` in all.

    Raises:
        Refused: the model's context cannot be shifted.
    """
    turns = list(messages)
    prompt = prompt_of(turns)
    while len(prompt) > num_ctx:
        old = [turn for turn in turns[:-1] if turn[0] != "system"]
        if not old:
            break
        turns.remove(old[0])
        prompt = prompt_of(turns)
    if len(prompt) <= num_ctx:
        return prompt
    if not spec.context_shift:
        raise Refused(400, TOO_LONG)
    return prompt[:4] + prompt[-(num_ctx // 2 - 2) :]


def check_name(name: object, spec: Spec) -> None:
    """Refuse a model that is not there.

    Raises:
        Refused: 404.
    """
    if not isinstance(name, str) or name not in {spec.model, spec.model.removesuffix(":latest")}:
        raise Refused(404, f"model '{name}' not found")


def record(ask: Ask, spec: Spec, thought: str, said: str) -> Record:
    """A record in the middle of a stream."""
    head = {"model": spec.model, "created_at": datetime.now(UTC).isoformat()}
    if ask.path == "/api/generate":
        thinking = {"thinking": thought} if thought else {}
        return {**head, "response": said, **thinking, "done": False}
    message = {"role": "assistant", "content": said}
    if thought:
        message["thinking"] = thought
    return {**head, "message": message, "done": False}


def last_record(ask: Ask, spec: Spec, job: Job, thought: str, said: str) -> Record:
    """The record that ends the answer of *job*, with its counts and durations in nanoseconds.

    As in Ollama, the time in the queue is in the total only.
    """
    moments = (job.arrived_s, job.ready_s, job.started_s, job.first_s, job.done_s)
    arrived, ready, started, first, done = (moment or 0.0 for moment in moments)
    return {
        **record(ask, spec, thought, said),
        "done": True,
        "done_reason": ask.done_reason,
        "total_duration": round((done - arrived) * 1e9),
        "load_duration": round((ready - arrived) * 1e9),
        "prompt_eval_count": job.prompt_tokens,
        "prompt_eval_duration": round((first - started) * 1e9),
        "eval_count": job.output_tokens,
        "eval_duration": round((done - first) * 1e9),
    }


def shown(spec: Spec) -> Record:
    """What /api/show says of the model."""
    return {
        "license": "",
        "modelfile": "",
        "template": "{{ .Messages }}",
        "details": {"family": "simulated", "format": "gguf", "parameter_size": "4B"},
        "model_info": {
            "general.architecture": "simulated",
            "simulated.context_length": spec.context_length,
        },
        "capabilities": ["completion", *(["thinking"] if spec.thinks else [])],
    }


def entry(spec: Spec) -> Record:
    """The model in the lists of /api/tags and /api/ps."""
    digest = "51" * 32
    return {"name": spec.model, "model": spec.model, "digest": digest, "size": 2_500_000_000}
