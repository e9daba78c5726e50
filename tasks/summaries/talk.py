"""The requests of one summary: asked of the engine, counted, measured."""

from pressrun.errors import BadAnswer, PromptTooLong
from pressrun.models import Completion, ModelIdentity, Prompt
from pressrun.ports import Engine
from tasks.summaries.budget import DOUBT, TokenMeter, estimate_tokens, prompt_words

TEMPLATE_TOKENS = 64
"""What a chat template adds with marks of its own, which the client does not see."""

LEAST_ROOM_TOKENS = 128
"""The least that a text may have of a context: under it there is nothing to summarise."""

CHARS_A_TOKEN = 16
"""An answer of more characters for each token that it may have did not keep to its limit."""


class Talk:
    """What is asked about one article in *language*, and what that came to."""

    def __init__(
        self, engine: Engine, identity: ModelIdentity, meter: TokenMeter, language: str, url: str
    ) -> None:
        self._engine = engine
        self.identity = identity
        self.meter = meter
        self.language = language
        self.url = url
        self.answers: list[Completion] = []
        self._factor = meter.factor(language)
        self._least_factor = 0.0

    async def ask(self, prompt: Prompt) -> Completion:
        """The engine's answer; one with nothing in it is empty, with `done_reason` "empty".

        One far beyond its limit is cut, with "length": verifying would take minutes.

        Raises:
            PromptTooLong: by the engine; `room` counts more tokens from now on.
            EngineError: from the engine, as it came.
        """
        try:
            answer = await self._engine.complete(prompt)
        except BadAnswer:
            # It was answered, and badly: that is for the ladder, not for another attempt.
            answer = Completion(text="", model=self.identity.model, done_reason="empty")
        except PromptTooLong:
            # What other articles took says little of this one: begin anew, on the high side.
            self._least_factor = max(self._factor, 1.0) * DOUBT
            raise
        most = prompt.max_tokens * CHARS_A_TOKEN
        if len(answer.text) > most:
            answer = answer.model_copy(update={"text": answer.text[:most], "done_reason": "length"})
        self.answers.append(answer)
        self.meter.observe(prompt, self.language, answer.prompt_tokens)
        return answer

    def room(self, frame: Prompt, answer_tokens: int) -> int:
        """Tokens (estimated, uncalibrated) that a text may have in *frame*, beside the answer.

        Raises:
            BadAnswer: hardly any (not transient).
        """
        self._factor = max(self.meter.factor(self.language), self._least_factor)
        left = self._left(frame, answer_tokens, self._factor)
        if left < LEAST_ROOM_TOKENS:
            # Costly words of this article, or of another, make the instructions no dearer.
            left = self._left(frame, answer_tokens, 1.0)
        if left < LEAST_ROOM_TOKENS:
            context = self.identity.context_tokens
            raise BadAnswer(
                f"{self.identity.model}: a context of {context} tokens leaves no room for an "
                f"article beside {context - left} of prompt and answer; raise num_ctx or lower "
                "max_chars",
                transient=False,
            )
        return int(left / self._factor)

    def rest(self, prompt: Prompt) -> int:
        """Tokens (as `room` counts them) that *prompt* and its answer leave of the context."""
        return max(int(self._left(prompt, prompt.max_tokens, self._factor) / self._factor), 0)

    def _left(self, prompt: Prompt, answer_tokens: int, factor: float) -> int:
        taken = int(estimate_tokens(prompt_words(prompt)) * factor) + 1
        return self.identity.context_tokens - taken - answer_tokens - TEMPLATE_TOKENS

    def fits(self, text: str, room: int) -> bool:
        """Whether *text* has at most *room* tokens, as `room` counts them."""
        return estimate_tokens(text) <= room
