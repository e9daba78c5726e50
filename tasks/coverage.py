"""What an edition lacks, and whether it has enough to be printed (pure)."""

from collections import Counter

from pressrun.errors import CoverageError, EngineUnavailable, ModelMissing
from pressrun.models import DROPPED, Edition


def require_coverage(edition: Edition, least: float) -> None:
    """Refuse an edition with too few stories; the printing that it follows stands.

    Raises:
        EngineUnavailable: under *least* (0 to 1) of what was listed became stories, and not
            so if the engine had not gone.
        CoverageError: under *least* for other reasons.
    """
    if edition.coverage >= least:
        return
    stands = f"revision {edition.follows} stands, and nothing more was published"
    left = stands if edition.follows else "nothing was published"
    lost = {EngineUnavailable.__name__, ModelMissing.__name__}
    gone = [one for one in edition.failures if one.kind in lost]
    if gone and (len(edition.stories) + len(gone)) >= least * edition.texts:
        raise EngineUnavailable(
            f"{edition.paper} {edition.edition_date}: {left}, because the engine "
            f"went while {len(gone)} of {edition.texts} articles waited for their summaries: "
            f"{gone[0].reason}. What was read and summarised is kept: run it again"
        )
    transient = any(failure.transient for failure in edition.failures)
    remedy = (
        "Run it again to try once more what may pass, or"
        if transient
        else "None of these is tried again:"
    )
    lacking = [failure for failure in edition.failures if failure.kind != DROPPED]
    reasons = Counter(f"{failure.step}: {failure.kind}" for failure in lacking)
    said = [f"{count} x {reason}" for reason, count in reasons.most_common(4)]
    if others := sum(count for _, count in reasons.most_common()[4:]):
        said.append(f"{others} others")
    raise CoverageError(
        f"{edition.paper} {edition.edition_date}: {len(edition.stories)} of {edition.texts} "
        f"articles became stories, under the threshold of {least:.0%}; {left} "
        f"({', '.join(said)}). "
        f"{remedy} lower papers.{edition.paper}.coverage",
        transient=transient,
    )


def missing(edition: Edition) -> str:
    """What an edition lacks and why, in one line; empty when it is complete."""
    parts = [
        f"{failure.step}: {failure.title}: {failure.reason}"
        for failure in edition.failures
        if failure.kind != DROPPED
    ]
    parts += [f"render: {reason}" for reason in edition.render_failures]
    return "; ".join(parts)
