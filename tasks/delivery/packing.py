"""An edition in the archive -> the parcel that is sent of it."""

from collections.abc import Iterable, Iterator, Sequence

from pressrun.archive import Archive
from pressrun.letter import Write
from pressrun.models import Edition, RenditionRecord
from pressrun.public import public_json
from pressrun.reading import reading_order
from settings import Settings
from settings.delivery import DeliverySettings
from tasks.delivery.parcel import File, Parcel
from tasks.ledger import public_folder
from tasks.thumbnail import illustrated

PICTURE_BYTES = 2_000_000
"""The largest picture that every chat takes which takes one."""

LETTER_BYTES = 1_000_000
"""What the pictures in a letter may have together: some thirty, which are fetched with it."""


def pack(archive: Archive, settings: Settings, edition: Edition, write: Write) -> Parcel:
    """The parcel of *edition*, its letter by *write*, for the addresses of its paper.

    Raises:
        ArchiveError: its files cannot be read.
        SettingsError: no paper of that name is in the settings.
    """
    delivery = settings.paper(edition.paper).delivery
    link = None
    if settings.site_url:
        link = public_folder(settings.site_url, edition.paper, edition.edition_date)
    room, shown = delivery.mail.max_bytes, edition
    if delivery.mail.to:
        shown = sparing(illustrated(archive.store, edition), min(room, LETTER_BYTES))
        room -= _bytes_of_pictures(shown)
    going, left_out = attachments(edition, delivery, room)
    files = tuple(_read(archive, edition, going))
    here = {file.name for file in files}
    missing = [record.name for record in (*going, *left_out) if record.name not in here]
    picture = picture_of(edition) if delivery.chats else None
    return Parcel(
        edition=edition,
        letter=write(shown, link, tuple(missing)),
        manifest=public_json(edition),
        files=files,
        picture=next(_read(archive, edition, (picture,)), None) if picture else None,
        link=link,
    )


def sparing(edition: Edition, room: int) -> Edition:
    """*edition* with the bytes of the first pictures that *room* bytes hold (pure)."""
    kept: dict[str, int] = {}
    for story in reading_order(edition):
        if story.thumbnail:
            kept[story.thumbnail.sha256] = len(story.thumbnail.data)
            if sum(kept.values()) > room:
                del kept[story.thumbnail.sha256]
                break
    stories = (
        story
        if story.thumbnail is None or story.thumbnail.sha256 in kept
        else story.model_copy(update={"thumbnail": None})
        for story in edition.stories
    )
    return edition.model_copy(update={"stories": tuple(stories)})


def attachments(
    edition: Edition, delivery: DeliverySettings, room: int
) -> tuple[Sequence[RenditionRecord], Sequence[RenditionRecord]]:
    """The files that go with an e-mail, and those that *room* bytes do not hold (pure).

    In the order of `attach`; a format's files go together or not at all.
    """
    mail = delivery.mail
    if not mail.to:
        return (), ()
    going: list[RenditionRecord] = []
    left_out: list[RenditionRecord] = []
    for name in mail.attach:
        files = [record for record in edition.renditions if record.format == name]
        size = sum(record.bytes for record in files)
        if size > room:
            left_out += files
        else:
            going += files
            room -= size
    return going, left_out


def picture_of(edition: Edition) -> RenditionRecord | None:
    """The picture that a chat shows: the card where there is one, else the first page (pure)."""
    small = [
        record
        for record in edition.renditions
        if record.media_type.startswith("image/") and record.bytes <= PICTURE_BYTES
    ]
    return min(small, key=lambda record: not record.name.startswith("card"), default=None)


def _bytes_of_pictures(edition: Edition) -> int:
    pictures = {one.sha256: one.data for story in edition.stories if (one := story.thumbnail)}
    return sum(map(len, pictures.values()))


def _read(archive: Archive, edition: Edition, records: Iterable[RenditionRecord]) -> Iterator[File]:
    for record in records:
        data = archive.editions.rendition(edition, record.name)
        if data is not None:
            yield File(record.name, record.media_type, data)
