"""What is sent of an edition, and to whom it is handed."""

from dataclasses import dataclass
from typing import Protocol

from pressrun.letter import Letter
from pressrun.models import Edition
from tasks.delivery.addresses import Address


@dataclass(frozen=True, slots=True)
class File:
    """A rendition to go along."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Parcel:
    """An edition as it is sent.

    *files* are attached to an e-mail, *picture* to a message in a chat. *link* is the edition's
    public address; *manifest* is what readers may see of it, as JSON.
    """

    edition: Edition
    letter: Letter
    manifest: bytes
    files: tuple[File, ...] = ()
    picture: File | None = None
    link: str | None = None

    def key(self, address: Address) -> str:
        """Names this printing to this address: the same however often it is sent."""
        one = self.edition
        day = one.edition_date.isoformat()
        return f"{one.paper}.{day}.r{one.revision}.{address.sha256[:24]}"


class Carrier(Protocol):
    """A way to an address."""

    async def send(self, parcel: Parcel, address: Address) -> None:
        """Hand *parcel* over; return once the other side has taken it.

        Raises:
            DeliveryError: the other side does not have it; `transient` tells whether to try again.
            DeliveryUnknown: it may have it.
        """
