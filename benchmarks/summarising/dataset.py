"""Articles with reference summaries, and what was made of them."""

import json
import random
import unicodedata
from pathlib import Path
from typing import Any, NamedTuple

from pressrun.models import Article, Summary
from settings import CATEGORIES, LENGTHS
from tasks.summaries.brief import Brief


class Row(NamedTuple):
    """An article and what a person wrote of it."""

    id: str
    article: Article
    reference: str

    @property
    def brief(self) -> Brief:
        """What a paper in the article's language asks for, by the settings' defaults."""
        language = self.article.language
        most = LENGTHS[language]
        return Brief(language, most, most, CATEGORIES[language])


class Made(NamedTuple):
    """A row and its summary, or why there is none; *seconds* by the clock."""

    row: Row
    summary: Summary | None
    failure: str
    seconds: float

    def record(self) -> dict[str, Any]:
        """As a JSON value, for reading."""
        summary = self.summary.model_dump(mode="json") if self.summary else None
        kept = {"id": self.row.id, "seconds": round(self.seconds, 2), "summary": summary}
        return kept | ({"failure": self.failure} if self.failure else {})


def load_rows(path: Path, language: str = "", sample: int = 0, seed: int = 0) -> list[Row]:
    """The rows of *path* in *language*, or *sample* of them drawn by *seed*, in their order.

    A line is a JSON object with id, lang ("zh" or "en"), article, reference and title; the last
    two may be null. Others' fields are passed over.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not in that form.
    """
    with path.open(encoding="utf-8") as lines:
        rows = [_row(json.loads(line), number) for number, line in enumerate(lines, 1)]
    rows = [row for row in rows if language in {"", row.article.language}]
    if 0 < sample < len(rows):
        chosen = sorted(random.Random(seed).sample(range(len(rows)), sample))
        rows = [rows[at] for at in chosen]
    return rows


def _row(fields: Any, number: int) -> Row:
    try:
        language, name = fields["lang"], str(fields["id"])
        text = unicodedata.normalize("NFC", fields["article"])
        title, reference = fields.get("title") or "", fields.get("reference") or ""
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"line {number} lacks id, lang or article ({exc!r})") from exc
    if language not in LENGTHS:
        raise ValueError(f"line {number}: lang is {language!r}, not one of {', '.join(LENGTHS)}")
    article = Article(
        url=f"row:{name}",
        title=title,
        text=text,
        language=language,
        extractor="",
        page_sha256="0" * 64,
    )
    return Row(name, article, reference)
