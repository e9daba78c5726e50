"""`pressrun deliver`, as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.deliveries import Deliveries, Note, Sender, State
from tasks.delivery.addresses import make_address
from tasks.order import utc_now
from tests.pressrun.archive.archive_desk import MOMENT, Desk
from tests.pressrun.cli.cli_terminal import Type
from tests.tasks.delivery.mailing import MailServer

READER = make_address("mail", "reader-of-mine@home.test")
values = Desk()


@pytest.fixture
def server(folder: Path) -> Iterator[MailServer]:
    with MailServer() as one:
        (folder / "pressrun.toml").write_text(
            f'[papers.daily.delivery.mail]\nto = ["{READER.text}"]\nserver = "{one.place}"\n'
            'sender = "news@paper.test"\nsecurity = "none"\n'
        )
        yield one


def test_an_edition_that_nobody_got_is_shown_as_such(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    values.print(archive)
    ended = typed("deliver", "2026-11-21")
    assert (ended.code, ended.err) == (0, "")
    assert f"{READER.name}  not sent" in ended.out
    assert not server.messages


def test_it_is_sent_when_asked_for_and_shown_as_sent_then(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    values.print(archive)
    for times in (1, 2):
        ended = typed("deliver", "2026-11-21", "--again", "--to", READER.name)
        assert (ended.code, ended.err) == (0, "")
        assert server.recipients == {READER.text: times}
    shown = typed("deliver", "2026-11-21", "--json").object
    [one] = shown["deliveries"]
    assert (one["name"], one["state"], one["attempts"]) == (READER.name, "sent", 1)
    assert READER.text not in json.dumps(shown) + ended.out


def test_what_may_have_arrived_is_told_with_the_command_that_repeats_it(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    edition = values.print(archive).edition
    sender = Sender.here().model_copy(update={"birth": "long ago"})
    note = Note(name="x", state=State.SENDING, attempts=1, at=MOMENT, sender=sender)
    Deliveries(archive.files).slip(edition, READER.sha256).put(note)
    ended = typed("deliver", "2026-11-21")
    assert ended.code == 1
    assert "unknown" in ended.out
    assert (
        f"pressrun deliver 2026-11-21 --paper daily --again --to {READER.name}"
        in ended.out.splitlines()[-1]
    )
    [one] = typed("deliver", "2026-11-21", "--json").object["deliveries"]
    assert (one["state"], one["again"]) == ("unknown", ended.out.splitlines()[-1].strip())
    assert not server.messages


def test_a_failure_ends_with_1_and_its_reason(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    values.print(archive)
    server.refusals = ["550 no such mailbox"]
    ended = typed("deliver", "2026-11-21", "--again")
    assert ended.code == 1
    assert "failed" in ended.out
    assert "550" in ended.out


def test_what_another_run_is_sending_is_not_sent_and_ends_with_1(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    edition = values.print(archive).edition
    note = Note(name="x", state=State.SENDING, attempts=1, at=utc_now(), sender=Sender.here())
    Deliveries(archive.files).slip(edition, READER.sha256).put(note)
    ended = typed("deliver", "2026-11-21", "--again")
    assert ended.code == 1
    assert "another run is sending it" in ended.out
    assert not server.messages


def test_an_edition_that_is_not_printed_cannot_be_sent(
    typed: Type, archive: Archive, server: MailServer
) -> None:
    ended = typed("deliver", "2026-11-20", "--again")
    assert ended.code == 1
    assert "is not printed; print it: pressrun digest" in ended.err


def test_a_name_without_again_is_refused(typed: Type, archive: Archive, folder: Path) -> None:
    values.print(archive)
    ended = typed("deliver", "2026-11-21", "--to", "mail:home.test:123456")
    assert ended.code == 2
    assert "give --again as well" in ended.err


def test_a_paper_without_addresses_says_where_they_are_named(typed: Type, archive: Archive) -> None:
    values.print(archive)
    ended = typed("deliver", "2026-11-21")
    assert (ended.code, ended.err) == (0, "")
    assert "papers.daily.delivery in the settings names no address" in ended.out
