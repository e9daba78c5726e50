"""What is known of the sending of printings: a note for each revision and address.

    editions/<paper>/<YYYY-MM-DD>/deliveries/r0001-<24 hex digits of the address's hash>.json

A note is written before anything is sent ("sending"), and again when the outcome is known. So what
is killed in between leaves "sending", which the next run takes for "unknown": it may have arrived,
and is not sent again by itself. Private: an address stands here by its name and its hash alone.
"""

import os
import platform
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import NonNegativeInt

from pressrun.archive import layout
from pressrun.archive.documents import document, written
from pressrun.archive.editions import Editions
from pressrun.archive.files import Files
from pressrun.archive.processes import machine, process_birth
from pressrun.models import Edition, Moment, Value

LONGEST: Final = timedelta(minutes=15)
"""An attempt ends within ten minutes: who has been sending for longer is gone."""

HEX = 24


class State(StrEnum):
    """How far a delivery is."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """The address does not have it."""
    UNKNOWN = "unknown"
    """The address may have it."""


class Sender(Value):
    """The process that sends; *machine* and *birth* tell it from its namesakes."""

    host: str
    machine: str
    pid: int
    birth: str

    @classmethod
    def here(cls) -> "Sender":
        """This process."""
        pid = os.getpid()
        return cls(host=platform.node(), machine=machine(), pid=pid, birth=process_birth(pid))

    def is_gone(self) -> bool:
        """Whether it was a process of this machine, and is no more."""
        return self.machine == machine() and self.birth != process_birth(self.pid)


class Note(Value):
    """What is known of one printing and one address, of which *name* tells no secret."""

    schema_version: Literal[1] = 1
    name: str
    state: State
    attempts: NonNegativeInt
    """How often it was tried since somebody asked for it."""
    at: Moment
    """When *state* came about."""
    reason: str = ""
    may_pass: bool = False
    """Of what failed: whether the same may succeed later."""
    sender: Sender

    def is_abandoned(self, now: datetime) -> bool:
        """Whether it says "sending", and nobody does."""
        gone = self.at + LONGEST <= now or self.sender.is_gone()
        return self.state is State.SENDING and gone


class Slip:
    """The place of one note."""

    def __init__(self, files: Files, key: str) -> None:
        self._files, self._key = files, key
        self._raw: bytes | None = None

    def look(self) -> Note | None:
        """The note as it is now; None when there is none. A damaged one says "unknown"."""
        self._raw = self._files.read(self._key)
        if self._raw is None:
            return None
        return document(self._files, self._key, Note) or Note(
            name="",
            state=State.UNKNOWN,
            attempts=0,
            at=datetime.fromtimestamp(0).astimezone(),
            reason="what was noted of it is damaged",
            sender=Sender.here(),
        )

    def put(self, note: Note) -> bool:
        """Write *note*, unless the note is another than at the last `look`; whether it was not.

        Raises:
            ArchiveError: the archive cannot be written.
        """
        new = written(note)
        if not self._files.swap(self._key, self._raw, new):
            return False
        self._raw = new
        return True


class Deliveries:
    """The notes of an archive; see `Archive.files`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def slip(self, edition: Edition, address_sha256: str) -> Slip:
        """The place of the note on *edition*, as printed, and an address."""
        name = f"r{edition.revision:04d}-{address_sha256[:HEX]}.json"
        folder = _folder(edition.paper, edition.edition_date)
        return Slip(self._files, f"{folder}/{name}")

    def of(self, edition: Edition) -> Mapping[str, Note]:
        """The notes on *edition*, as printed, by the first digits of the address's hash."""
        folder, mark = _folder(edition.paper, edition.edition_date), f"r{edition.revision:04d}-"
        found = {}
        for name in self._files.names(folder):
            if name.startswith(mark):
                note = Slip(self._files, f"{folder}/{name}").look()
                if note:
                    found[name.removeprefix(mark).removesuffix(".json")] = note
        return found

    def earlier(self, edition: Edition, address_sha256: str) -> tuple[Note, ...]:
        """The notes on the address and the printings before *edition*."""
        numbers = range(1, edition.revision)
        before = (edition.model_copy(update={"revision": number}) for number in numbers)
        slips = (self.slip(one, address_sha256) for one in before)
        return tuple(note for slip in slips if (note := slip.look()))


def uncertain(
    files: Files, editions: Editions, paper: str, day: date, now: datetime
) -> Iterator[tuple[str, str, bool]]:
    """The notes on the current printing of *day* by which it may have arrived.

    Of each its key, what it says with the command that repeats it, and whether it can be read.
    """
    folder = _folder(paper, day)
    names = files.names(folder)
    edition = editions.current(paper, day) if names else None
    if edition is None:
        return
    for name in names:
        key = f"{folder}/{name}"
        note = Slip(files, key).look() if name.startswith(f"r{edition.revision:04d}-") else None
        if note and not note.name:
            see = f"pressrun deliver {day} --paper {paper}"
            yield key, f"does not say whether it was delivered; see {see}", False
        elif note and (note.state is State.UNKNOWN or note.is_abandoned(now)):
            again = again_by(edition, note.name)
            yield key, f"may have arrived at {note.name}; send it again: {again}", True


def again_by(edition: Edition, name: str) -> str:
    """What a person types to send *edition* again to the address called *name*."""
    return f"pressrun deliver {edition.edition_date} --paper {edition.paper} --again --to {name}"


def _folder(paper: str, day: date) -> str:
    return f"{layout.edition_folder(paper, day)}/deliveries"
