"""Which of two printings of an edition is the better one."""

from pressrun.models import RETRACTED, Edition


def is_worse(new: Edition, old: Edition) -> bool:
    """Whether *new* may not take the place of *old*, an earlier printing of the same edition.

    Like is compared with like: with the same settings, and both of a whole day or both of a day
    so far, fewer stories, or headlines that tell them, are worse, then more renditions that failed.
    Otherwise the newer was wanted, and is worse only when it is empty. A printing that takes back
    one of *old*'s stories, or who else tells one, is never worse.
    """
    beside = {telling.url for story in old.stories for telling in story.also}
    if _retracted(new) & (beside | {story.url for story in old.stories}):
        return False
    alike = new.content_sha256 == old.content_sha256 and (new.as_of is None) == (old.as_of is None)
    if not alike:
        return bool(old.stories) and not (new.stories or _retracted(new))
    return _worth(new) < _worth(old)


def _worth(edition: Edition) -> tuple[int, int]:
    told = sum(1 + len(story.also) for story in edition.stories)
    return told, -len(edition.render_failures)


def _retracted(edition: Edition) -> set[str]:
    return {failure.url for failure in edition.failures if failure.kind == RETRACTED}
