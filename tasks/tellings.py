"""Of headlines that tell one story the first is printed, and the others beside it (pure)."""

from collections.abc import Mapping, Sequence

from pressrun.archive.retractions import Retraction
from pressrun.errors import ArchiveError
from pressrun.models import Story, Telling
from tasks.same_story import Sketch, group


def told_once(stories: Sequence[Story], sketches: Mapping[str, Sketch]) -> list[Story]:
    """*stories* by rank, each story once, with who else tells it.

    *sketches* has, by address, what is compared of their articles; without one, a story is
    another's only where the text is the very same.
    """
    texts: dict[str, list[Story]] = {}
    for story in sorted(stories, key=lambda story: story.rank):
        texts.setdefault(story.text_sha256 or story.url, []).append(story)
    known = {key: sketches[own[0].url] for key, own in texts.items() if own[0].url in sketches}
    keys = [*group(known), *([key] for key in texts if key not in known)]
    together = [[story for key in one for story in texts[key]] for one in keys]
    return sorted(map(_told, together), key=lambda story: story.rank)


def _told(stories: Sequence[Story]) -> Story:
    """The first of *stories* by rank, which tell the same one, with the others."""
    first, *others = sorted(stories, key=lambda story: story.rank)
    also = tuple(_telling(one, first) for one in others)
    interest = max(story.interest for story in stories)
    return first.model_copy(update={"also": also, "interest": interest}) if also else first


def _telling(one: Story, first: Story) -> Telling:
    return Telling(
        rank=one.rank,
        title=one.title,
        url=one.url,
        medium=one.medium,
        published=one.published,
        same_text=one.text_sha256 is not None and one.text_sha256 == first.text_sha256,
    )


def covering(story: Story, retractions: Sequence[Retraction]) -> Retraction | None:
    """The one of *retractions* that keeps *story* out: also where it names a reprint of it."""
    for one in retractions:
        if one.covers(story.url, story.text_sha256) or any(
            telling.same_text and one.covers(telling.url) for telling in story.also
        ):
            return one
    return None


def parted(
    story: Story, retractions: Sequence[Retraction]
) -> tuple[Story, list[tuple[Telling, Retraction]]]:
    """*story* without those of its tellings that were taken back; these, each with the reason."""
    gone = [
        (telling, one)
        for telling in story.also
        if (one := next((one for one in retractions if one.covers(telling.url)), None))
    ]
    if not gone:
        return story, []
    out = [telling for telling, _ in gone]
    also = tuple(telling for telling in story.also if telling not in out)
    return story.model_copy(update={"also": also}), gone


def left_alone(telling: Telling) -> ArchiveError:
    """Why *telling*, which tells in other words what was taken back, is not there now."""
    return ArchiveError(
        f"{telling.url}: stood beside a story that was taken back; the next run prints it",
        transient=True,
    )


def joined(stories: Sequence[Story], back: Sequence[Story]) -> list[Story]:
    """*stories* with those of *back*, as they were printed with their tellings.

    What stands there already stays as it is, and gets back its tellings.
    """
    found = {story.url: story for story in stories}
    for story in back:
        now = found.get(story.url, story)
        beside = {one.url for other in found.values() if other is not now for one in other.also}
        there = found.keys() | beside
        also = {one.url: one for one in (*now.also, *story.also) if one.url not in there}
        by_rank = tuple(sorted(also.values(), key=lambda one: one.rank))
        found[story.url] = now.model_copy(update={"also": by_rank})
    return list(found.values())
