"""Two printings of an edition -> how the later differs (pure)."""

from collections.abc import Iterable

from pressrun.models import LATE, RETRACTED, Change, ChangeKind, Edition, Story, Telling

Pair = tuple[Story | None, Story | None]
"""A story of the earlier printing and the same of the later; one of them may be missing."""


def compare(old: Edition, new: Edition) -> tuple[Change, ...]:
    """How the stories of *new* differ from those of *old*, by rank; a story at most once.

    A story that now stands beside another that tells the same was not dropped. Who else tells a
    story counts only where that alone is taken back, or given back.

    That the article changed is said of the publisher: so only where another page was fetched
    and the same extractor read other words in it. Otherwise it is the summary that changed.
    """
    late = {failure.url for failure in old.failures if failure.kind == LATE}
    retracted = _retracted(new)
    beside = {telling.url for story in new.stories for telling in story.also}
    changes = []
    for before, after in pairs(old.stories, new.stories):
        kind: ChangeKind | None = None
        if before and after:
            kind = _kind(before, after)
        elif after:
            kind = ChangeKind.LATE if after.url in late else ChangeKind.ADDED
        elif before and before.url not in beside:
            kind = ChangeKind.RETRACTED if before.url in retracted else ChangeKind.DROPPED
        shown = after or before
        if kind and shown:
            changes.append(_change(kind, shown))
    for kind, edition, urls in (
        (ChangeKind.RETRACTED, old, retracted),
        (ChangeKind.ADDED, new, _retracted(old)),
    ):
        for story in edition.stories:
            if story.url not in urls:
                changes += [_change(kind, one) for one in story.also if one.url in urls]
    return tuple(sorted(changes, key=lambda change: change.rank))


def _change(kind: ChangeKind, one: Story | Telling) -> Change:
    return Change(kind=kind, rank=one.rank, title=one.title, url=one.url)


def _retracted(edition: Edition) -> set[str]:
    return {failure.url for failure in edition.failures if failure.kind == RETRACTED}


def pairs(old: Iterable[Story], new: Iterable[Story]) -> tuple[Pair, ...]:
    """Each story of *old* beside the same one of *new*, by rank: by address, then by text."""
    before, after = list(old), list(new)
    found: list[Pair] = []
    for same in (_by_address, _by_text):
        waiting = {key: story for story in before if (key := same(story))}
        for story in tuple(after):
            first = waiting.pop(same(story) or "", None)
            if first:
                found.append((first, story))
                before.remove(first)
                after.remove(story)
    found += [(story, None) for story in before] + [(None, story) for story in after]
    return tuple(sorted(found, key=_rank))


def _kind(before: Story, after: Story) -> ChangeKind | None:
    texts = before.text_sha256, after.text_sha256
    other_words = (
        texts[0] != texts[1] if all(texts) else before.article_chars != after.article_chars
    )
    if (
        other_words
        and before.page_sha256 != after.page_sha256
        and before.extractor == after.extractor
    ):
        return ChangeKind.ARTICLE
    return ChangeKind.SUMMARY if before.summary.text != after.summary.text else None


def _rank(pair: Pair) -> int:
    return next(story.rank for story in reversed(pair) if story)


def _by_address(story: Story) -> str | None:
    return story.url


def _by_text(story: Story) -> str | None:
    return story.text_sha256
