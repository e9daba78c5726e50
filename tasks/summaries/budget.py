"""Tokens of texts that no tokenizer here knows: estimated, measured, and kept within a context.

The estimate errs on the high side. What a server says that a prompt took (`prompt_eval_count`)
makes it fit the model in use: upwards at once, downwards only after several prompts.
"""

import string
from collections import defaultdict, deque

from pressrun.models import Calibration, Prompt
from tasks.summaries.sentences import is_finished, split_sentences

MARGIN = 1.1
"""What an estimate is raised by over the costliest prompt that was measured."""

REMEMBERED = 20
"""Prompts whose cost counts, for each language."""

CONVINCING = 3
"""Prompts that it takes before an estimate is lowered."""

LOWEST = 0.3
"""An estimate is never taken below this share: a server may count what it had cached as nothing."""

DOUBT = 1.5
"""What an estimate is raised by when the server refuses a prompt by it."""

_PLAIN = (string.ascii_letters + string.whitespace).encode()


def estimate_tokens(text: str) -> int:
    """Tokens of *text*, on the high side: a letter or space 1/3, any other ASCII 1, the rest 1.3.

    Gemma 3 took .65 to .83 a character for 16 Chinese texts and .19 to .25 for 10 English ones
    (news pages, November 2026); digits are a token each in several vocabularies.
    """
    ascii_ = text.encode("ascii", "ignore")
    marks = len(ascii_.translate(None, _PLAIN))
    letters = len(ascii_) - marks
    return int(letters / 3 + marks + (len(text) - letters - marks) * 1.3) + 1


class TokenMeter:
    """What estimates of one model have to be multiplied by, for each language of articles."""

    def __init__(self) -> None:
        self._ratios: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._counts: dict[str, int] = defaultdict(int)
        self._guesses: dict[str, float] = {}

    def factor(self, language: str) -> float:
        """The multiplier now: 1 before anything was measured."""
        ratios = self._ratios[language]
        if not ratios:
            return self._guesses.get(language, 1.0)
        return max(max(ratios) * MARGIN, 1.0 if len(ratios) < CONVINCING else LOWEST)

    def observe(self, prompt: Prompt, language: str, prompt_tokens: int) -> None:
        """Learn that *prompt* took *prompt_tokens*; 0 says nothing."""
        if prompt_tokens > 0:
            estimated = estimate_tokens(prompt_words(prompt))
            self._ratios[language].append(prompt_tokens / estimated)
            self._counts[language] += 1

    def raise_factor(self, language: str) -> None:
        """The server says that a prompt was too long, and never yet how long one is.

        What it has counted says more, and one strange article, or many that are refused at once,
        must not leave the others without room.
        """
        self._guesses[language] = DOUBT

    def calibrations(self) -> tuple[Calibration, ...]:
        """What was measured, by language."""
        return tuple(
            Calibration(language=language, factor=round(self.factor(language), 3), requests=count)
            for language, count in sorted(self._counts.items())
        )


def prompt_words(prompt: Prompt) -> str:
    """All that *prompt* says."""
    return "\n".join((prompt.system, prompt.user, *(turn.content for turn in prompt.turns)))


def shorten(text: str, max_tokens: int, max_chars: int) -> str:
    """The beginning of *text* within both bounds, ending at a sentence end.

    When not even the first sentence fits, it is cut: this is for reading, not for printing.
    """
    head = text[: min(max_chars, max_tokens * 3)]
    whole = len(head) == len(text)
    end, tokens = 0, 0
    for sentence in split_sentences(head):
        tokens += estimate_tokens(head[end : sentence.end])
        cut_short = not whole and sentence.end == len(head) and not is_finished(sentence.text)
        if tokens > max_tokens or (cut_short and end):
            break
        end = sentence.end
    return head[:end] or head[: max(int(max_tokens / 1.3), 1)]


def split_parts(text: str, max_tokens: int) -> list[str]:
    """*text* in pieces of at most *max_tokens* (estimated), about equal, each of whole sentences.

    Cut between paragraphs where one ends in the last third of a piece, else between sentences; a
    sentence longer than a piece is cut where it has to be. Nothing is lost: all characters other
    than white space are in exactly one piece, in order.
    """
    max_tokens = max(max_tokens, 8)
    count = -(-estimate_tokens(text) // max_tokens)
    goal = max_tokens if count == 1 else min(max_tokens, estimate_tokens(text) // count + 40)
    parts: list[str] = []
    begin = 0
    while begin < len(text):
        end = _piece_end(text, begin, goal)
        if piece := text[begin:end].strip():
            parts.append(piece)
        begin = end
    return parts


def _piece_end(text: str, begin: int, max_tokens: int) -> int:
    window = text[begin : begin + max_tokens * 3]
    last_chance = begin + len(window) == len(text)
    if last_chance and estimate_tokens(window) <= max_tokens:
        return len(text)
    end, tokens, paragraph = 0, 0, 0
    for sentence in split_sentences(window):
        tokens += estimate_tokens(window[end : sentence.end])
        cut_short = not last_chance and sentence.end == len(window)
        if tokens > max_tokens or (cut_short and end):
            break
        end = sentence.end
        if window[end : end + 1] == "\n" and 3 * tokens >= 2 * max_tokens:
            paragraph = end
    return begin + (paragraph or end or max(int(max_tokens / 1.3), 1))
