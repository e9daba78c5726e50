"""A paper: what is printed, and when."""

import re
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator

from settings.delivery import DeliverySettings
from settings.tables import Group

LENGTHS = {"zh": 150, "en": 300}
"""Longest summary by language, in code points; what a paper's `max_chars` defaults to."""

CATEGORIES = {
    "zh": ("时政", "国际", "社会", "财经", "科技", "体育", "文娱", "健康", "教育"),
    "en": (
        "Politics",
        "World",
        "Society",
        "Business",
        "Science and technology",
        "Sport",
        "Culture",
        "Health",
        "Education",
    ),
}
"""Sections by language of the paper; what a paper's `categories` default to."""


_KIND = re.compile(r"^(medium|section)\s*[:：]\s*", re.IGNORECASE)


def _spelled(kind: re.Match[str]) -> str:
    """The kind of a rule as it is compared: a Chinese keyboard types "Medium：新华社"."""
    return f"{kind[1].lower()}:"


class Interests(Group):
    """What a paper's readers care about: what is raised, lowered or left out.

    A rule is a word of a headline, `medium:` and a medium's name, or `section:` and a category.
    """

    raised: tuple[str, ...] = Field(
        (),
        max_length=200,
        description="What is printed earlier: words of a headline, `medium:` and the name of a "
        "medium, or `section:` and a category.",
    )
    lowered: tuple[str, ...] = Field((), max_length=200, description="What is printed later.")
    dropped: tuple[str, ...] = Field(
        (), max_length=200, description="What is left out, which the edition says."
    )
    readers: str = Field(
        "",
        max_length=300,
        description="A sentence on the readers, for a model that judges the importance of "
        "stories, such as: They build software in Shenzhen.",
    )

    @field_validator("raised", "lowered", "dropped")
    @classmethod
    def _usable_rules(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
        tidy = tuple(_KIND.sub(_spelled, " ".join(rule.split())) for rule in rules)
        for rule in tidy:
            kind, sign, name = rule.partition(":")
            said = name.strip() if sign and kind in ("medium", "section") else rule
            if not 1 <= len(said) <= 80:
                raise ValueError(
                    f"{rule!r}: a rule has 1 to 80 characters; write a word, medium:NAME or "
                    "section:CATEGORY"
                )
        return tidy


class PaperSettings(Group):
    """A paper: what is printed."""

    title: str = Field("每日要闻", min_length=1, max_length=80, description="The masthead.")
    sources: tuple[str, ...] = Field(
        ("sina",),
        min_length=1,
        description="Sources by name, in order: the next is asked when one fails or is empty.",
    )
    category: str = Field(
        "all", description="Which list of the source: all, china, world, society, sports, ..."
    )
    ranking: Literal["clicks", "comments", "shares"] = Field(
        "clicks", description="What the source's list is ranked by."
    )
    limit: int = Field(20, ge=1, le=200, description="Usable headlines to list, at most.")
    language: Literal["zh", "en"] = Field(
        "zh", description="Language of the paper: masthead, dates, notes, and its summaries."
    )
    summary_language: Literal["paper", "article"] = Field(
        "paper",
        description="Language of written summaries: the paper's, or each article's own. Sentences "
        "selected from an article are never translated.",
    )
    categories: tuple[str, ...] = Field(
        (),
        max_length=40,
        description="What a story may be put under by a model that writes; empty: the usual "
        "sections, in the paper's language.",
    )
    prompts: str = Field(
        "",
        description="A folder of prompt files of the paper's own, such as written.zh.txt, which "
        "take the place of Pressrun's; empty: none.",
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="IANA time zone in which the paper's days begin and end."
    )
    coverage: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Least share of listed articles that must become stories for a printing.",
    )
    max_chars: int | None = Field(
        None,
        ge=20,
        le=2000,
        description="Longest summary in characters (code points); empty: 150 for Chinese "
        "summaries, 300 for English ones.",
    )
    default_day: Literal["yesterday", "today"] = Field(
        "yesterday",
        description="The day that a scheduled run without a date prints: the last complete day, "
        "or today so far.",
    )
    formats: tuple[str, ...] = Field(
        ("html", "pdf", "png", "card"), min_length=1, description="Renderers by name."
    )
    schedule: str = Field(
        "30 6 * * *",
        description="When an edition is printed, as cron has it, in the paper's time zone: "
        "`pressrun up` schedules by it and `pressrun gaps` counts by it. Empty: only when asked.",
    )
    deadline: time | None = Field(
        None,
        description="Press deadline in the paper's time zone, such as 07:00: a scheduled run "
        "prints then with what is ready, and the rest in a second printing. Empty: it waits.",
    )

    interests: Interests = Field(
        Interests(), description="What the readers care about, and what is left out."
    )
    overview: bool = Field(True, description="Whether the edition opens with the day in brief.")
    thumbnails: bool = Field(
        True, description="Whether stories have the small pictures that the source names."
    )
    theme: str = Field(
        "",
        max_length=200,
        description="How editions look: the name of a theme, or a folder of templates and style "
        "sheets of the paper's own; empty: Pressrun's.",
    )
    frame: Literal["", "zh-CN", "zh-TW", "en"] = Field(
        "",
        description="Language of masthead, dates and notes: zh-CN, zh-TW (its Chinese stories are "
        "written in traditional characters, too) or en; empty: as `language` has it.",
    )
    pdf_evidence: bool = Field(
        False, description="Whether the PDF has, in notes, the sentences that figures rest on."
    )
    delivery: DeliverySettings = Field(
        DeliverySettings(), description="Where each edition is sent."
    )

    @field_validator("categories")
    @classmethod
    def _usable_categories(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        short = tuple(" ".join(name.split()) for name in names)
        if any(not 1 <= len(name) <= 40 for name in short):
            raise ValueError("a category has 1 to 40 characters")
        if len({name.casefold() for name in short}) != len(short) or len(short) == 1:
            raise ValueError("categories differ from one another, and are two or more")
        return short

    @field_validator("schedule")
    @classmethod
    def _cron(cls, line: str) -> str:
        try:
            if line:
                CronSim(line, datetime(2026, 1, 1, tzinfo=UTC))
        except CronSimError as exc:
            raise ValueError(
                f"{line!r} is no cron line ({exc}); write one such as 30 6 * * * (minute, hour, "
                "day, month, weekday)"
            ) from exc
        return line

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as exc:
            raise ValueError(
                f"{name!r} is no IANA time zone; write one such as Asia/Shanghai"
            ) from exc
        return name

    @property
    def sections(self) -> tuple[str, ...]:
        """The closed list of categories."""
        return self.categories or CATEGORIES[self.language]

    def summary_language_for(self, article_language: str) -> str:
        """The language that a written summary of an article is in: "zh" or "en"."""
        return self.language if self.summary_language == "paper" else article_language

    def length_for(self, language: str) -> int:
        """Longest summary of an article in *language*, in code points."""
        return self.max_chars or LENGTHS.get(language, LENGTHS["en"])
