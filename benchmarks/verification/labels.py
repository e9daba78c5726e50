"""The labelled summaries, and the articles that they belong to.

A label is a line of `benchmarks/data/verify_LANGUAGE.jsonl`: the article's *id* in the shared
folder; *held_out*; the *summary* where it is our own sentence, else the article's reference
summary is meant, of which only offsets are kept; and *figures*: start and end in code points,
kind, and whether the article supports it, as a person judged who read both. Strictly: a rounded
figure is another figure, and so is one that a reader has to count or work out. Null where two
readers may differ.
"""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pressrun.models import Article

DATA = Path(__file__).resolve().parents[1] / "data"
SHARED = Path(__file__).resolve().parents[3] / "shared"
SUMMARIES, PAGES = "summaries/dev.jsonl", "pages/manifest.jsonl"


class Labelled(NamedTuple):
    """A figure or quotation of a summary: its place there, its kind, what a person judged."""

    start: int
    end: int
    kind: str
    supported: bool | None


class Pair(NamedTuple):
    """An article and a labelled summary. *held_out*: not looked at to improve the verifier."""

    id: str
    language: str
    article: Article
    summary: str
    figures: tuple[Labelled, ...]
    held_out: bool


def load_pairs(shared: Path) -> list[Pair]:
    """All labelled pairs, of both languages.

    Raises:
        FileNotFoundError: the articles are not in *shared*.
    """
    articles = {row["id"]: row for name in (SUMMARIES, PAGES) for row in _rows(shared / name)}
    return [
        pair
        for language in ("en", "zh")
        for pair in _pairs(language, list(_rows(DATA / f"verify_{language}.jsonl")), articles)
    ]


def _pairs(
    language: str, labels: list[dict[str, Any]], articles: dict[str, dict[str, Any]]
) -> Iterator[Pair]:
    for label in labels:
        row = articles[label["id"]]
        article = Article(
            url="",
            title=row["title"] or "",
            text=unicodedata.normalize("NFC", row.get("article") or row["text"]),
            language=language,
            extractor="",
            page_sha256="0" * 64,
        )
        summary = label.get("summary") or row["reference"]
        figures = tuple(Labelled(*figure) for figure in label["figures"])
        yield Pair(row["id"], language, article, summary, figures, label.get("held_out", False))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
