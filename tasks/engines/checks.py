"""Whether an answer is one: not to half a prompt, and not of nothing."""

from pressrun.errors import BadAnswer, PromptTooLong
from pressrun.models import Completion, Prompt
from tasks.engines.faults import Server


def check_answer(
    server: Server, prompt: Prompt, answer: Completion, *, num_ctx: int, limit: int, thought: bool
) -> None:
    """Refuse an answer that must not be used.

    *limit* is the `num_predict` that was sent; *thought* tells that the model thought aloud.

    Raises:
        PromptTooLong: the server cut the prompt.
        BadAnswer: the answer is empty.
    """
    refuses = server.engine == "embedded"  # our own server cuts nothing
    if not refuses and was_cut(prompt, answer.prompt_tokens, answer.output_tokens, num_ctx):
        raise PromptTooLong(
            f"{server} cut the prompt for {server.model}: {answer.prompt_tokens} tokens of it and "
            f"{answer.output_tokens} of answer in a context of {num_ctx}; raise "
            f"{server.setting('num_ctx')}, or choose a model with a longer context"
        )
    if not answer.text.strip():
        spent = thought and answer.done_reason == "length"
        why = f"its thinking took all of the {limit} tokens; " if spent else ""
        remedy = "choose a model that need not think" if thought else "choose another model"
        raise BadAnswer(
            f"{server}: {server.model} answered with nothing (done_reason "
            f"{answer.done_reason!r}, {answer.output_tokens} tokens); {why}{remedy}"
            f"{'' if spent else ' if it happens again'}"
        )


def was_cut(prompt: Prompt, prompt_tokens: int, output_tokens: int, num_ctx: int) -> bool:
    """Whether the counts say that the server silently dropped a part of the prompt.

    A prompt over `num_ctx` becomes its first 4 tokens (5 with a start token) and its tail: of
    `num_ctx / 2 + 2` tokens in all in releases of 2026, of `num_ctx` or one less in older ones.
    A whole prompt of just half the context is told apart by its bytes, which tokens hardly
    outnumber: Ollama itself counts no tokens of a prompt with fewer bytes than `num_ctx`.
    """
    if prompt_tokens + output_tokens >= num_ctx:
        return True
    words = (prompt.system, prompt.user, *(turn.content for turn in prompt.turns))
    could_exceed = sum(len(part.encode()) for part in words) >= num_ctx
    return could_exceed and abs(prompt_tokens - (num_ctx // 2 + 2)) <= 1
