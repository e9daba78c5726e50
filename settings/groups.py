"""The groups of settings, each the small part that one step needs."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    field_validator,
    model_validator,
)

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


class Group(BaseModel):
    """A table of settings: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
        ("html", "pdf", "png"), min_length=1, description="Renderers by name."
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


class FetchSettings(Group):
    """How pages are fetched."""

    concurrency: int = Field(8, ge=1, le=256, description="Requests under way at once, in all.")
    per_host: int = Field(2, ge=1, le=64, description="Requests under way at once to one host.")
    host_delay_s: float = Field(
        0.2, ge=0, le=60, description="Least time between two starts of requests to one host."
    )
    connect_timeout_s: float = Field(10, gt=0, le=300, description="Time limit of a connection.")
    read_timeout_s: float = Field(15, gt=0, le=300, description="Longest silence of a server.")
    total_timeout_s: float = Field(45, gt=0, le=900, description="Time limit of one attempt.")
    max_bytes: int = Field(
        5_000_000, ge=1_000, le=200_000_000, description="Largest body, decompressed, in bytes."
    )
    max_redirects: int = Field(5, ge=0, le=20, description="Redirects followed for one page.")
    attempts: int = Field(4, ge=1, le=10, description="Attempts at what fails for a while.")
    retry_delay_s: float = Field(
        1.0, ge=0, le=60, description="Wait before the second attempt; doubles for each after it."
    )
    max_retry_after_s: float = Field(
        60, ge=0, le=3600, description="Longest wait that a server's Retry-After is granted."
    )
    private_hosts: bool = Field(
        False,
        description="Whether pages may lie on loopback and private addresses. Lists are other "
        "people's input: leave it off unless the news site is your own.",
    )
    user_agent: str = Field(
        "", description="User-Agent of every request; empty: Pressrun's name and version."
    )
    extract_timeout_s: float = Field(
        20, gt=0, le=600, description="Time limit of reading one page, in a worker process."
    )
    extract_workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Worker processes that read pages; 0: one for each core, at most 4.",
    )


class AlertSettings(Group):
    """Who is told when a run ends otherwise than it should."""

    addresses: tuple[SecretStr, ...] = Field(
        (),
        description="Apprise addresses, such as mailto://... or ntfy://...; `secret:NAME` is "
        "read from the Prefect Secret block of that name, `env:NAME` from the environment.",
    )
    on: tuple[Literal["failed", "partial", "late", "missing"], ...] = Field(
        ("failed", "partial", "late", "missing"),
        description="What is told: a run that failed or crashed, an edition with stories missing, "
        "a run that did not start in time, a day without an edition.",
    )


class MetricsSettings(Group):
    """The end point for Prometheus."""

    port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port on loopback where `pressrun up` serves metrics of the editions; 0: none.",
    )


class SummariseSettings(Group):
    """How articles are summarised, whichever the engine."""

    attempts: int = Field(3, ge=1, le=10, description="Attempts at a request that fails.")
    retry_delay_s: float = Field(
        1.0, ge=0, le=60, description="Wait before the second attempt; doubles for each after it."
    )


class OllamaSettings(Group):
    """The engine `ollama`."""

    host: HttpUrl = Field(HttpUrl("http://127.0.0.1:11434"), description="Where Ollama listens.")
    hosts: tuple[HttpUrl, ...] = Field(
        (),
        description="Several hosts that share the work, in place of `host`: those count that have "
        "the very same model as the first of them that answers.",
    )
    model: str = Field("qwen3:4b", min_length=1, description="The model's name in Ollama.")
    concurrency: int = Field(
        0,
        ge=0,
        le=64,
        description="Requests under way at once at a host; 0: as many as it has slots, found out "
        "from how long requests wait there.",
    )
    shared_limit: bool = Field(
        False,
        description="Whether a host's slots are counted for all workers together, by a Prefect "
        "limit that `pressrun limits set` makes; besides `concurrency`, which is each run's own.",
    )
    num_ctx: int = Field(
        8192,
        ge=1024,
        le=1_048_576,
        description="Context in tokens, one value for a whole run: another value makes Ollama "
        "load the model again.",
    )
    num_predict: int = Field(512, ge=64, le=8192, description="Longest answer in tokens.")
    temperature: float = Field(0.2, ge=0, le=2, description="0 gives the most likely words.")
    seed: int = Field(7, description="Seed of the sampling: the same answer for the same request.")
    keep_alive: str = Field("30m", description="How long Ollama keeps the model after a request.")
    attempts: int = Field(
        4,
        ge=1,
        le=10,
        description="Attempts at one request, at any host, where a host fails or is busy.",
    )
    connect_timeout_s: float = Field(5, gt=0, le=120, description="Time limit of a connection.")
    load_timeout_s: float = Field(
        300, gt=0, le=3600, description="Time limit of loading the model."
    )
    first_token_timeout_s: float = Field(
        120,
        gt=0,
        le=3600,
        description="Longest wait for a loaded model's first token, while the host gives no sign "
        "of life on other requests either: queueing does not count.",
    )
    silence_timeout_s: float = Field(
        30,
        gt=0,
        le=3600,
        description="Longest silence between two tokens, and of a host as a whole.",
    )
    way: Literal["written", "selected"] = Field(
        "written", description="Whether the model writes, or may only choose sentences."
    )


class EmbeddedSettings(Group):
    """The engine `embedded`: a model in a child process of Pressrun."""

    gguf: str = Field(
        "", description="Path of a GGUF file of your own; empty: the model that the extra brings."
    )
    threads: int = Field(1, ge=1, le=256, description="Threads of the model.")
    concurrency: int = Field(1, ge=1, le=16, description="Slots of the model: requests at once.")
    num_ctx: int = Field(4096, ge=1024, le=131_072, description="Context of a slot in tokens.")
    start_timeout_s: float = Field(
        120, gt=0, le=1800, description="Time limit of unpacking and loading the model."
    )
    answer_timeout_s: float = Field(
        180, gt=0, le=3600, description="Longest wait for the first token of an answer."
    )
    cache_dir: str = Field(
        "", description="Where the model is unpacked; empty: the user's cache folder."
    )
    way: Literal["written", "selected"] = Field(
        "selected", description="Whether the model writes, or may only choose sentences."
    )


def underscored(tables: Mapping[str, Any]) -> dict[str, Any]:
    """*tables* of plug-ins with underscores for the hyphens of their names."""
    return {str(name).replace("-", "_"): table for name, table in tables.items()}


class Plugins(BaseModel):
    """Tables of plug-ins by name; those of plug-ins that are not ours pass as they are.

    A hyphen in a plug-in's name is an underscore here, as it is in an environment variable:
    `[sources.sina-roll]` and `PRESSRUN_SOURCES__SINA_ROLL__...` are one table.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, tables: Any) -> Any:
        return underscored(tables) if isinstance(tables, Mapping) else tables

    @model_validator(mode="after")
    def _tables(self) -> Self:
        for name, table in (self.model_extra or {}).items():
            if not isinstance(table, Mapping):
                raise ValueError(f"{name} is no table of options; write {name} = {{key = value}}")
        return self

    def options(self, name: str) -> dict[str, Any]:
        """The table of plug-in *name*, as keyword arguments; empty when there is none."""
        table = getattr(self, name.replace("-", "_"), None)
        if isinstance(table, BaseModel):
            return table.model_dump()
        return dict(table or {})


class SinaSettings(Group):
    """The source `sina`: Sina's top list of a day."""

    list_url: str = Field(
        "https://top.{channel}.sina.com.cn/ws/GetTopDataList.php",
        pattern=r"^https?://",
        description="Address of the list; {channel} becomes news, sports, finance, ent, tech or "
        "collection.",
    )


class SinaRollSettings(Group):
    """The source `sina-roll`: Sina's rolling list of a day."""

    list_url: str = Field(
        "https://feed.mix.sina.com.cn/api/roll/get",
        pattern=r"^https?://",
        description="Address of the list.",
    )
    page_rows: int = Field(
        50, ge=1, le=50, description="Rows asked for at once; Sina gives at most 50."
    )
    max_pages: int = Field(
        40,
        ge=1,
        le=400,
        description="Pages read for one day, at most; of a past day that has more, pages spread "
        "evenly over it.",
    )


class PngSettings(Group):
    """The renderer `png`: pictures for a phone."""

    width_px: int = Field(1080, ge=320, le=2160, description="Width of a picture.")
    max_height_px: int = Field(
        8000,
        ge=640,
        le=30_240,
        description="Greatest height of a picture, 2 to 14 times the width; a longer edition "
        "becomes several.",
    )


class Sources(Plugins):
    """`[sources.NAME]`: options of sources."""

    sina: SinaSettings = SinaSettings()
    sina_roll: SinaRollSettings = SinaRollSettings()


class Engines(Plugins):
    """`[engines.NAME]`: options of engines."""

    ollama: OllamaSettings = OllamaSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()


class Renderers(Plugins):
    """`[renderers.NAME]`: options of renderers."""

    png: PngSettings = PngSettings()
