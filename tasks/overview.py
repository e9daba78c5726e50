"""An edition's summaries -> the day in brief, verified against them.

Written by a model that may write, from the summaries of the stories. Where it may not, or what it
wrote cannot be verified, the first sentences of the top stories' summaries take its place.
"""

from pressrun.models import Edition, ModelIdentity, Overview, Way
from pressrun.ports import Engine
from pressrun.reading import reading_order
from tasks.summaries.budget import TokenMeter
from tasks.summaries.overview_check import check_point
from tasks.summaries.overview_form import FEWEST, LONGEST, MOST, TARGET
from tasks.summaries.overview_selected import selected_overview
from tasks.summaries.overview_written import Day, write_points
from tasks.summaries.talk import Talk
from tasks.summaries.wording import OVERVIEW_PLACES, OVERVIEW_READERS_PLACES, Wording

VERSION = 1
"""Of everything here and in the modules it uses that changes an overview: raise it with them."""


def overview_sha256(language: str, wording: Wording, readers: str = "") -> str:
    """Identifies how overviews in *language* are asked for: wording, limits and `VERSION`.

    *readers* is what the paper says of its readers.
    """
    limits = (FEWEST, MOST, LONGEST[language], TARGET[language])
    if not readers:
        return wording.sha256(OVERVIEW_PLACES, (language,), VERSION, limits)
    places = {**OVERVIEW_PLACES, **OVERVIEW_READERS_PLACES}
    return wording.sha256(places, (language,), VERSION, limits, readers)


def is_writer(identity: ModelIdentity) -> bool:
    """Whether the model is asked for an overview."""
    return identity.way is Way.WRITTEN and identity.instructed


async def make_overview(
    edition: Edition,
    engine: Engine,
    identity: ModelIdentity,
    wording: Wording,
    meter: TokenMeter,
    readers: str = "",
) -> Overview | None:
    """The overview of *edition*, the way *identity* works; None when it has too few stories.

    *readers* is what the paper says of its readers.

    Raises:
        EngineError: from *engine*, as it came.
    """
    stories, language = reading_order(edition), edition.language
    sha256 = overview_sha256(language, wording, readers)
    if len(stories) < FEWEST or not is_writer(identity):
        return selected_overview(edition, sha256)
    talk = Talk(engine, identity, meter, language, f"{edition.paper} {edition.edition_date}")
    points = await write_points(Day(stories, language, wording, readers), talk)
    overview = selected_overview(edition, sha256)
    if points:
        overview = Overview(
            points=points,
            language=language,
            way=Way.WRITTEN,
            engine=identity.engine,
            model=identity.model,
            prompt_sha256=sha256,
        )
    return overview and overview.model_copy(update=_spent(talk))


def verified_overview(overview: Overview, edition: Edition) -> Overview | None:
    """*overview* of *edition* with the findings and evidence of now; None if it is at fault now.

    A record may be from before the verifier learnt something.
    """
    if overview.way is Way.SELECTED:
        selected = selected_overview(edition, overview.prompt_sha256)
        return selected and overview.model_copy(update={"points": selected.points})
    stories = {story.url: story for story in edition.stories}
    points = []
    for point in overview.points:
        if not stories.keys() >= set(point.urls):
            return None
        about = [stories[url] for url in point.urls]
        now, sound = check_point(point.text, about, overview.language)
        if not sound:
            return None
        points.append(now)
    return overview.model_copy(update={"points": tuple(points)})


def _spent(talk: Talk) -> dict[str, float]:
    return {
        "calls": len(talk.answers),
        "prompt_tokens": sum(one.prompt_tokens for one in talk.answers),
        "output_tokens": sum(one.output_tokens for one in talk.answers),
        "wall_s": sum(one.wall_s for one in talk.answers),
    }
