"""`kill -9` between the sending and the note: told as unknown, and nothing arrives twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.archive.deliveries import State
from pressrun.models import Edition
from tests.tasks.delivery.mailing import MailServer
from tests.tasks.delivery.posting import mail_to, sent, settings_for, values

READERS = ("a@home.test", "b@home.test")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as one:
        yield one


class Killed:
    """`pressrun deliver --again` in a process of its own, killed when a message is in hand."""

    def __init__(self, server: MailServer, archive_dir: Path, folder: Path) -> None:
        self._server = server
        readers = ", ".join(f'"{reader}"' for reader in READERS)
        (folder / "pressrun.toml").write_text(
            f'archive = "{archive_dir}"\n[papers.daily.delivery.mail]\nto = [{readers}]\n'
            f'server = "{server.place}"\nsender = "news@paper.test"\nsecurity = "none"\n'
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pressrun.cli", "deliver", "2026-11-21", "--again"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        server.at_data = lambda: os.kill(self._process.pid, signal.SIGKILL)

    def wait(self) -> int:
        status = self._process.wait(120)
        self._server.at_data = lambda: None
        return status


async def test_after_a_kill_at_the_receipt_nothing_arrives_twice_and_it_is_said(
    server: MailServer, archive_dir: Path, tmp_path: Path
) -> None:
    archive = Archive.open(str(archive_dir))
    edition: Edition = values.print(archive).edition
    assert Killed(server, archive_dir, tmp_path).wait() == -signal.SIGKILL
    settings = settings_for(mail=mail_to(*READERS, server=server.place))
    for _ in range(2):
        found = await sent(archive, settings, edition)
    states = {one.state for one in found}
    assert State.UNKNOWN in states
    assert states <= {State.UNKNOWN, State.SENT}
    assert max(server.recipients.values()) == 1
    unknown = [one for one in found if one.state is State.UNKNOWN]
    assert all("ended while it was sending" in one.reason for one in unknown)
    # On purpose, and only there.
    again = await sent(archive, settings, edition, again=True, only=[one.name for one in unknown])
    assert {one.state for one in again} == {State.SENT}
    assert set(server.recipients) == set(READERS)
    assert max(server.recipients.values()) <= 2
    ids = [message["Message-ID"] for message in server.messages]
    assert len(set(ids)) == len(READERS)
