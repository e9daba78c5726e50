"""What is said to a model: prompt files, the article made harmless, the room it may take.

A prompt file is `prompts/WAY.LANGUAGE.txt`. Where it has a line of three hyphens, the unchanging
part before it is the system message, so that an engine can keep it from story to story.
"""

import re
from functools import cache
from importlib.resources import files

from pressrun.models import Prompt, Way
from tasks.summaries.sentences import is_finished, split_sentences

_LANGUAGES = ("zh", "en")
_TITLE_CHARS = 120
_DIVIDER = "\n---\n"
_CONTROL_WORD = re.compile(r"\[(/?[A-Z_]{3,24})\]")
_PLAIN = re.compile(r"[A-Za-z\s]", re.ASCII)


@cache
def prompt_text(way: Way, language: str) -> str:
    """The prompt file of *way* for *language*; for a language without one, the English file."""
    name = language if language in _LANGUAGES else "en"
    return (
        files("tasks.summaries").joinpath("prompts", f"{way.value}.{name}.txt").read_text("utf-8")
    )


def word_prompt(way: Way, language: str, title: str, article: str, max_chars: int) -> Prompt:
    """The messages for *article*, without schema. Models count badly: they are asked for less."""
    title = " ".join(title.split())[:_TITLE_CHARS]
    system, divider, user = prompt_text(way, language).rpartition(_DIVIDER)
    room = {"target": max(max_chars * 4 // 5, 1), "words": max(max_chars * 4 // 5 // 6, 1)}
    return Prompt(
        system=system.format(**room) if divider else "",
        user=user.strip().format(title=harmless(title), article=harmless(article), **room),
    )


def harmless(text: str) -> str:
    """*text* without anything a model's template could take for a mark of its own.

    Angle brackets make the tags, ours and the chat templates' (`<|im_end|>`); words such as [INST]
    are Mistral's. Both become look-alikes. The words between stay, as words.
    """
    text = text.replace("<", "‹").replace(">", "›")
    return _CONTROL_WORD.sub(r"［\1］", text)


def estimate_tokens(text: str) -> int:
    """Tokens of *text*, on the high side: a letter or space 1/3, any other ASCII 1, the rest 1.3.

    Gemma 3 took .65 to .83 a character for 16 Chinese texts and .19 to .25 for 10 English ones
    (news pages, November 2026); digits are a token each in several vocabularies.
    """
    letters = len(_PLAIN.findall(text))
    marks = sum(char.isascii() for char in text) - letters
    return int(letters / 3 + marks + (len(text) - letters - marks) * 1.3) + 1


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
