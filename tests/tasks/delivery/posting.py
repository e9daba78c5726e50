"""Editions to send, settings that name addresses, and someone who waits for nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pressrun.archive import Archive
from pressrun.errors import DeliveryError
from pressrun.letter import Letter
from pressrun.models import Edition
from renderers.letter import write_letter
from settings import Settings
from tasks.deliver import deliver
from tasks.delivery.addresses import Address, make_address
from tasks.delivery.parcel import Parcel
from tasks.delivery.sending import Delivery, Patience
from tests.pressrun.archive.archive_desk import Desk

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
values = Desk()


class Waiting:
    """Keeps how long was to be waited, and goes on at once."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)


def patience(attempts: int = 3, waiting: Waiting | None = None) -> Patience:
    return Patience(attempts, 1.0, lambda: NOW, (waiting or Waiting()).pause)


def settings_for(site_url: str | None = None, **delivery: Any) -> Settings:
    given: dict[str, Any] = {"papers": {"daily": {"delivery": delivery}}}
    return Settings.model_validate(given | ({"site_url": site_url} if site_url else {}))


def mail_to(*readers: str, server: str, **more: Any) -> dict[str, Any]:
    """Settings of `delivery.mail`."""
    plain = {"to": readers, "server": server, "sender": "news@paper.test", "security": "none"}
    return plain | more


async def sent(
    archive: Archive, settings: Settings, edition: Edition, **how: Any
) -> tuple[Delivery, ...]:
    given = {"patience": patience()} | how
    return await deliver(archive, settings, edition, write_letter, **given)


def parcel(edition: Edition | None = None, **more: Any) -> Parcel:
    edition = edition or values.edition()
    letter = Letter(
        title="每日要闻",
        subject="每日要闻 · 2026年11月21日 星期六",
        counts="共 2 条",
        headlines=("第1条", "第2条"),
        html="<p>第1条</p>",
        text="第1条\n.\n第2条\n",
    )
    return Parcel(edition=edition, letter=letter, manifest=b'{"a":1}', **more)


def chat(text: str) -> Address:
    return make_address("chat", text)


def webhook(text: str) -> Address:
    return make_address("webhook", text)


class Scripted:
    """A carrier that fails as it is told, and keeps what arrived."""

    def __init__(self, *faults: DeliveryError | None) -> None:
        self.faults: list[DeliveryError | None] = list(faults)
        self.arrived: list[str] = []
        self.tried = 0

    async def send(self, parcel: Parcel, address: Address) -> None:
        self.tried += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            raise fault
        self.arrived.append(parcel.key(address))


def states(found: Sequence[Delivery]) -> list[str]:
    return [str(one.state) for one in found]
