"""Whether a printing is still to be sent: readers get no story that was taken back meanwhile."""

from pressrun.archive import Archive
from pressrun.archive.retractions import Retractions
from pressrun.models import Edition


def overtaken(archive: Archive, edition: Edition) -> str:
    """Why *edition* is sent to nobody any more; empty while it is. Blocks.

    Raises:
        ArchiveError: the archive cannot be read.
    """
    paper, day = edition.paper, edition.edition_date
    current = archive.editions.current(paper, day)
    if current is None:
        return "the edition is no more"
    if current.revision != edition.revision:
        return f"revision {current.revision} took the place of revision {edition.revision}"
    for one in Retractions(archive.files).of(paper, day):
        for story in edition.stories:
            tellings = any(one.covers(telling.url) for telling in story.also)
            if tellings or one.covers(story.url, story.text_sha256):
                return "a story of it was taken back"
    return ""
