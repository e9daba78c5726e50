"""An edition in the archive -> the parcel that is sent of it."""

from collections.abc import Iterable, Iterator, Sequence

from pressrun.archive import Archive
from pressrun.letter import Write
from pressrun.models import Edition, RenditionRecord
from pressrun.public import public_json
from settings import Settings
from settings.delivery import DeliverySettings
from tasks.delivery.parcel import File, Parcel
from tasks.ledger import public_folder

PICTURE_BYTES = 2_000_000
"""The largest picture that every chat takes which takes one."""


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
    going, left_out = attachments(edition, delivery)
    picture = picture_of(edition) if delivery.chats else None
    return Parcel(
        edition=edition,
        letter=write(edition, link, tuple(record.name for record in left_out)),
        manifest=public_json(edition),
        files=tuple(_read(archive, edition, going)),
        picture=next(_read(archive, edition, (picture,)), None) if picture else None,
        link=link,
    )


def attachments(
    edition: Edition, delivery: DeliverySettings
) -> tuple[Sequence[RenditionRecord], Sequence[RenditionRecord]]:
    """The files that go with an e-mail, and those that are too large for that (pure).

    In the order of `attach`; a format's files go together or not at all.
    """
    mail = delivery.mail
    if not mail.to:
        return (), ()
    going: list[RenditionRecord] = []
    left_out: list[RenditionRecord] = []
    room = mail.max_bytes
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


def _read(archive: Archive, edition: Edition, records: Iterable[RenditionRecord]) -> Iterator[File]:
    for record in records:
        data = archive.editions.rendition(edition, record.name)
        if data is not None:
            yield File(record.name, record.media_type, data)
