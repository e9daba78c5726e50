"""Delivery in the campaign: two readers by mail, and what arrived beside what is noted of it."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from pressrun.archive import Archive
from pressrun.archive.deliveries import HEX, Deliveries, State
from tasks.delivery.addresses import make_address
from tests.kills.evidence import PAPER
from tests.tasks.delivery.mailing import MailServer

READERS = ("a@home.test", "b@home.test")
HOST = "paper.test"


ANSWER_S = 0.2
"""So long that kills meet it."""


def slow_post() -> MailServer:
    """A mail server that takes its time over each message."""
    server = MailServer()
    server.at_data = lambda: time.sleep(ANSWER_S)
    return server


def delivery_by(server: MailServer) -> dict[str, str]:
    """What has a worker send every edition that it prints, however old, to the readers."""
    group = "PRESSRUN_PAPERS__DAILY__DELIVERY"
    return {
        f"{group}__DAYS_BACK": "36500",
        f"{group}__RETRY_DELAY_S": "0.1",
        f"{group}__MAIL__TO": json.dumps(READERS),
        f"{group}__MAIL__SERVER": server.place,
        f"{group}__MAIL__SENDER": f"news@{HOST}",
        f"{group}__MAIL__SECURITY": "none",
    }


def arrivals(messages: Iterable[EmailMessage]) -> Counter[str]:
    """How often each message arrived: it is named by its printing and its reader."""
    return Counter(str(message["Message-ID"]) for message in messages)


def faults_of_delivery(
    folder: Path, days: Sequence[date], messages: Iterable[EmailMessage]
) -> list[str]:
    """What arrived twice, what is noted otherwise than it went, and who got nothing untold."""
    arrived = arrivals(messages)
    twice = [f"arrived {count} times: {name}" for name, count in arrived.items() if count > 1]
    return [*twice, *_misnoted(Archive.open(str(folder)), days, arrived)]


def _misnoted(archive: Archive, days: Sequence[date], arrived: Counter[str]) -> Iterator[str]:
    notes = Deliveries(archive.files)
    for day in days:
        edition = archive.editions.current(PAPER, day)
        for reader in READERS if edition else ():
            assert edition
            mark = make_address("mail", reader).sha256[:HEX]
            note = notes.of(edition).get(mark)
            count = arrived[f"<{PAPER}.{day}.r{edition.revision}.{mark}@{HOST}>"]
            state = note.state if note else None
            if not (state is State.UNKNOWN or (state is State.SENT and count == 1)):
                yield f"{day}: {reader} is noted as {state}, and it arrived {count} times"
