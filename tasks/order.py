"""An order: one edition to print. And what is left to do for it, given the archive."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pressrun.archive import Archive
from pressrun.errors import SettingsError
from pressrun.models import Edition, Moment, Plan, Refresh, Value
from settings import PaperSettings, Settings
from tasks.archives import archive_of
from tasks.engines.address import from_typed
from tasks.summaries.brief import brief_for, readers_of
from tasks.summaries.wording import load_wording

_NOT_CONTENT = {
    *("formats", "coverage", "default_day", "schedule", "deadline"),
    *("theme", "frame", "pdf_evidence", "delivery"),
}
"""Settings of a paper that leave the words of an edition as they are."""

_LATER = ("interests", "overview", "thumbnails")
"""Settings that came after editions had been printed: of no account while they are as they come."""


PRINTED = "already printed"
"""What a run says that had nothing to do."""


class Order(Value):
    """One edition to print: a paper on a date, as the settings stood at *moment*.

    *as_of* is the moment when the day was not over by then. *content_sha256* names the settings
    that change what is printed, the formats apart. *refresh* is what is made anew, unless it was
    so after *since*.
    """

    name: str
    paper: PaperSettings
    edition_date: date
    moment: Moment
    as_of: Moment | None
    content_sha256: str
    refresh: Refresh | None = None
    since: Moment | None = None


class Todo(StrEnum):
    """What an order still asks for."""

    NOTHING = "nothing"
    PRINT = "print"
    RESUME = "resume"
    REDRAW = "redraw"


class Assignment(Value):
    """What is left to do for an order.

    *edition* is the current printing, if any. *plan* is the one to follow: of the unfinished
    *revision* when resuming, of the current edition when its transient failures are tried
    again, other formats are wanted or it is refreshed; none when the headlines are to be listed.
    """

    todo: Todo
    edition: Edition | None = None
    plan: Plan | None = None
    revision: int | None = None


def overrides(
    paper: str,
    *,
    limit: int | None = None,
    formats: tuple[str, ...] = (),
    engine: str | None = None,
    model: str | None = None,
    host: str | None = None,
    archive: str | None = None,
) -> dict[str, Any]:
    """What a run's parameters change in the settings, as `load_settings` takes it.

    Raises:
        SettingsError: they contradict one another.
    """
    if model or host:
        if engine == "embedded":
            raise SettingsError(
                "--model and --host are Ollama's; the engine embedded runs on this machine: name a "
                "GGUF file of your own by PRESSRUN_ENGINES__EMBEDDED__GGUF"
            )
        # Whoever names a model or a host means Ollama.
        engine = "ollama" if engine in {None, "auto"} else engine
    if host and engine == "ollama":
        host = from_typed(host)
    options = _given(model=model or None, host=host or None)
    if host and engine == "ollama":
        options["hosts"] = ()  # who names one host means that one alone
    wanted = _given(limit=limit, formats=formats or None)
    return _given(
        engine=engine,
        archive=archive,
        engines={engine: options} if engine and options else None,
        papers={paper: wanted} if wanted else None,
    )


def place_order(
    settings: Settings,
    name: str,
    edition_date: date,
    moment: datetime,
    *,
    refresh: Refresh | None = None,
    since: datetime | None = None,
) -> Order:
    """The order for paper *name* on *edition_date*, placed at *moment*.

    *refresh* without *since* makes it anew whenever it was made before *moment*.

    Raises:
        SettingsError: there is no such paper, or the day has not begun in its time zone.
    """
    paper = settings.paper(name)
    today = moment.astimezone(ZoneInfo(paper.time_zone)).date()
    if edition_date > today:
        raise SettingsError(
            f"{edition_date}: this day has not begun in {paper.time_zone}, where it is {today}; "
            "name that day or one before it"
        )
    return Order(
        name=name,
        paper=paper,
        edition_date=edition_date,
        moment=moment,
        as_of=moment if edition_date == today else None,
        content_sha256=_content_sha256(settings, paper),
        refresh=refresh,
        since=(since or moment) if refresh else None,
    )


def resolve_date(paper: PaperSettings, given: date | None, scheduled: datetime) -> date:
    """The edition's date: *given*, else by the paper's setting from the *scheduled* start.

    A schedule's 06:30 in Shanghai is the day before in UTC: days are those of the paper's zone.
    """
    if given is not None:
        return given
    day = scheduled.astimezone(ZoneInfo(paper.time_zone)).date()
    return day if paper.default_day == "today" else day - timedelta(days=1)


def assign(archive: Archive, order: Order) -> Assignment:
    """What is left to do for *order*, once what a killed run left undone is made good.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    current = archive.settle(order.name, order.edition_date)
    redraws = order.refresh is Refresh.RENDITIONS
    if redraws and current is None:
        return Assignment(todo=Todo.NOTHING)
    if order.refresh and current and (redraws or current.as_of is None):
        return _refreshed(archive, order, order.refresh, current)
    same = current if _is_printing_of(order, current) else None
    made = _formats(same) if same else ()
    if same and set(made).issuperset(order.paper.formats) and not _may_better(same):
        return Assignment(todo=Todo.NOTHING, edition=current)
    begun = _begun(archive, order)
    # The list of an unfinished day has moved on since: it is printed anew.
    if begun and begun[1].content_sha256 == order.content_sha256 and begun[1].as_of is None:
        plan = _by_paper(begun[1], order.paper, made)
        return Assignment(todo=Todo.RESUME, edition=current, plan=plan, revision=begun[0])
    if same:
        plan = _plan_of(archive, same)
        plan = _by_paper(plan, order.paper, made)
        return Assignment(todo=Todo.PRINT, edition=current, plan=plan)
    return Assignment(todo=Todo.PRINT, edition=current)


def _refreshed(archive: Archive, order: Order, refresh: Refresh, current: Edition) -> Assignment:
    """What is left of a refresh of *current*, a printing of a whole day."""
    since = order.since
    assert since is not None, "a refresh knows what is too old"
    if refresh is Refresh.PROMPTS:
        done = (
            current.content_sha256 == order.content_sha256
            and _is_worded(current, order.paper)
            and not _may_better(current)
        )
    else:
        done = current.printed_at >= since
    if done:
        return Assignment(todo=Todo.NOTHING, edition=current)
    begun = _begun(archive, order)
    plan = _plan_of(archive, current)
    if refresh is Refresh.RENDITIONS:
        plan = _by_paper(plan, order.paper, _formats(current))
        plan = plan.model_copy(update={"redraws": current.revision})
        begun = begun if begun and begun[1].redraws == current.revision else None
        return Assignment(
            todo=Todo.REDRAW, edition=current, plan=plan, revision=begun[0] if begun else None
        )
    plan = _by_order(_by_paper(plan, order.paper, _formats(current)), order)
    if refresh is Refresh.PAGES:
        plan = plan.model_copy(update={"pages_since": since})
    if refresh is Refresh.SUMMARIES:
        plan = plan.model_copy(update={"summaries_since": since})
    if begun and _is_alike(begun[1], plan):
        return Assignment(todo=Todo.RESUME, edition=current, plan=begun[1], revision=begun[0])
    return Assignment(todo=Todo.PRINT, edition=current, plan=plan)


def is_printed(settings: Settings, order: Order) -> bool:
    """Whether nothing is left to do for *order*, seen without opening a desk for it.

    Raises:
        ArchiveError: the archive cannot be opened or read.
    """
    return assign(archive_of(settings), order).todo is Todo.NOTHING


def words_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """An engine's options that change its words; where it runs and how fast does not."""
    names = ("model", "gguf", "num_ctx", "num_predict", "temperature", "seed", "way")
    return {name: options[name] for name in names if name in options} or dict(options)


def utc_now() -> datetime:
    """This moment. Only the edges call it: the flow's default and the command."""
    return datetime.now(UTC)


def _is_printing_of(order: Order, edition: Edition | None) -> bool:
    """Whether *edition* is of *order*'s content, and of a day that was over."""
    return (
        edition is not None
        and edition.content_sha256 == order.content_sha256
        and edition.as_of is None
    )


def _may_better(edition: Edition) -> bool:
    """Whether something that *edition* lacks may be had by trying again."""
    return bool(edition.render_failures) or any(failure.transient for failure in edition.failures)


def _begun(archive: Archive, order: Order) -> tuple[int, Plan] | None:
    return archive.editions.unfinished(order.name, order.edition_date)


def _plan_of(archive: Archive, edition: Edition) -> Plan:
    plan = archive.editions.plan(edition.paper, edition.edition_date, edition.revision)
    return plan.model_copy(update={"redraws": None})


def _formats(edition: Edition) -> tuple[str, ...]:
    return tuple(record.format for record in edition.renditions)


def _is_worded(edition: Edition, paper: PaperSettings) -> bool:
    """Whether summaries and overview of *edition* were asked for as *paper* asks now."""
    # All that summarises: only a refresh needs it.
    from tasks.overview import overview_sha256
    from tasks.summarise import prompt_sha256

    wording = load_wording(paper.prompts)
    overview = edition.overview
    if overview and overview.prompt_sha256 != overview_sha256(
        paper.language, wording, readers_of(paper)
    ):
        return False
    return all(
        story.summary.prompt_sha256
        == prompt_sha256(brief_for(paper, story.language, wording), story.language)
        for story in edition.stories
    )


def _is_alike(begun: Plan, wanted: Plan) -> bool:
    """Whether what was *begun* comes to what is *wanted*, the model apart."""
    apart = {"model", "created_at", "formats", "coverage"}
    return begun.model_dump(exclude=apart) == wanted.model_dump(exclude=apart)


def _by_order(plan: Plan, order: Order) -> Plan:
    """*plan* with all that the paper's settings say now, its headlines apart."""
    paper = order.paper
    update = {
        "title": paper.title,
        "language": paper.language,
        "content_sha256": order.content_sha256,
        "max_chars": paper.length_for(paper.language),
        "pages_since": None,
        "summaries_since": None,
    }
    return plan.model_copy(update=update)


def _by_paper(plan: Plan, paper: PaperSettings, made: tuple[str, ...]) -> Plan:
    """*plan* with what the paper wants now of those settings that leave its content as it is.

    Formats that are *made* already stay: the new revision takes the place of that one.
    """
    formats = tuple(dict.fromkeys((*paper.formats, *made)))
    return plan.model_copy(update={"formats": formats, "coverage": paper.coverage})


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _content_sha256(settings: Settings, paper: PaperSettings) -> str:
    engines = ("ollama", "embedded") if settings.engine == "auto" else (settings.engine,)
    fresh = PaperSettings()
    unset = {name for name in _LATER if getattr(paper, name) == getattr(fresh, name)}
    content: Mapping[str, Any] = {
        "paper": paper.model_dump(mode="json", exclude=_NOT_CONTENT | unset),
        "prompts": load_wording(paper.prompts).own,
        "sources": {name: settings.sources.options(name) for name in paper.sources},
        "engine": settings.engine,
        "engines": {name: words_options(settings.engines.options(name)) for name in engines},
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
