"""The campaign sees what arrived twice, and what is noted otherwise than it went."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.deliveries import Deliveries, Note, Sender, State
from pressrun.models import Edition
from tasks.delivery.addresses import make_address
from tasks.delivery.message import make_message
from tests.kills.post import HOST, READERS, faults_of_delivery
from tests.tasks.delivery.posting import NOW, parcel, values


@pytest.fixture
def edition(archive_dir: Path) -> Edition:
    return values.print(Archive.open(str(archive_dir))).edition


def arrived(edition: Edition, *readers: str) -> list[EmailMessage]:
    messages = []
    for reader in readers:
        made = make_message(parcel(edition), make_address("mail", reader), f"news@{HOST}", NOW)
        message = message_from_bytes(made, policy=default)
        assert isinstance(message, EmailMessage)
        messages.append(message)
    return messages


def noted(folder: Path, edition: Edition, *states: State) -> None:
    notes = Deliveries(Archive.open(str(folder)).files)
    for reader, state in zip(READERS, states, strict=True):
        note = Note(name="x", state=state, attempts=1, at=NOW, sender=Sender.here())
        assert notes.slip(edition, make_address("mail", reader).sha256).put(note)


def faults(folder: Path, edition: Edition, *readers: str) -> list[str]:
    return faults_of_delivery(folder, [edition.edition_date], arrived(edition, *readers))


def test_once_to_each_reader_is_right_and_unknown_may_be_either(
    archive_dir: Path, edition: Edition
) -> None:
    noted(archive_dir, edition, State.SENT, State.UNKNOWN)
    assert faults(archive_dir, edition, *READERS) == []
    assert faults(archive_dir, edition, READERS[0]) == []


def test_what_arrived_twice_is_wrong_whatever_is_noted(archive_dir: Path, edition: Edition) -> None:
    noted(archive_dir, edition, State.SENT, State.UNKNOWN)
    assert "arrived 2 times" in faults(archive_dir, edition, *READERS, READERS[1])[0]


def test_what_is_noted_as_sent_and_did_not_arrive_is_wrong_and_so_is_no_note(
    archive_dir: Path, edition: Edition
) -> None:
    assert len(faults(archive_dir, edition, *READERS)) == 2
    noted(archive_dir, edition, State.SENT, State.SENDING)
    assert len(faults(archive_dir, edition, READERS[1])) == 2
