"""What a paper asks of a summary, and what a summary comes to before it is a `Summary`."""

from typing import NamedTuple

from pressrun.models import Article, Prompt, Rung, Verdict, Way
from settings import PaperSettings
from tasks.summaries.wording import Wording


class Brief(NamedTuple):
    """What a paper asks for one article.

    *language* is that of the summary, at most *max_chars* long; sentences selected from the
    article have its own language, and at most *selected_chars*.
    """

    language: str
    max_chars: int
    selected_chars: int
    categories: tuple[str, ...]
    wording: Wording = Wording()
    readers: str = ""
    """A sentence on the paper's readers, who judge what is important; may be empty."""

    @property
    def target(self) -> int:
        """The characters a model is asked for: fewer, as models count badly."""
        return max(self.max_chars * 4 // 5, 1)

    @property
    def room(self) -> dict[str, int]:
        """The length asked for, as prompt files name it."""
        return {"target": self.target, "words": max(self.target // 6, 1)}

    @property
    def answer_tokens(self) -> int:
        """Most tokens of an answer: half as many again as the summary may have, and its frame."""
        a_char = 1 / 3 if self.language == "en" else 1.3
        return int(self.max_chars * a_char * 1.5) + 200


def brief_for(paper: PaperSettings, article_language: str, wording: Wording) -> Brief:
    """What *paper* asks of the summary of an article in that language, in its *wording*."""
    language = paper.summary_language_for(article_language)
    return Brief(
        language=language,
        max_chars=paper.length_for(language),
        selected_chars=paper.length_for(article_language),
        categories=paper.sections,
        wording=wording,
        readers=readers_of(paper),
    )


def readers_of(paper: PaperSettings) -> str:
    """What *paper* says of its readers, on one line; may be empty."""
    return " ".join(paper.interests.readers.split())


def for_readers(brief: Brief, prompt: Prompt, language: str) -> Prompt:
    """*prompt*, in *language*, with what is to be known of the readers, if anything is."""
    return brief.wording.for_readers(prompt, brief.readers, language, "readers")


class Draft(NamedTuple):
    """A summary in the making: its text, how it came to be, what verification says of it."""

    text: str
    language: str
    way: Way
    verdict: Verdict
    ladder: tuple[Rung, ...]
    chars_read: int
    parts: int = 1
    keywords: tuple[str, ...] = ()
    category: str = ""
    importance: int | None = None
    repairs: tuple[str, ...] = ()


class Source(NamedTuple):
    """An article and its text in NFC, which is what models read and verdicts are about."""

    article: Article
    text: str
