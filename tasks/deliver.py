"""Printed editions are sent to the addresses of their paper: which, when, and what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from pressrun.archive import Archive
from pressrun.archive.deliveries import Deliveries, Slip, State, again_by
from pressrun.errors import SettingsError
from pressrun.letter import Write
from pressrun.models import Edition
from settings import PaperSettings, Settings
from settings.delivery import DeliverySettings
from tasks.delivery.addresses import Address, Unread, addresses_of
from tasks.delivery.chat import Chat
from tasks.delivery.mail import Mail
from tasks.delivery.overtaken import overtaken
from tasks.delivery.packing import pack
from tasks.delivery.parcel import Carrier
from tasks.delivery.sending import Delivery, Patience, look, send
from tasks.delivery.webhook import Webhook
from tasks.order import utc_now

AT_ONCE = 4
"""Addresses that are served at once."""

Each: TypeAlias = Callable[[str, Callable[[], Awaitable[Delivery]]], Awaitable[Delivery]]
"""Runs the work for the address of a name: plainly, or as a task of Prefect's."""


async def plainly(_name: str, work: Callable[[], Awaitable[Delivery]]) -> Delivery:
    """The work, and no more."""
    return await work()


async def deliver(
    archive: Archive,
    settings: Settings,
    edition: Edition,
    write: Write,
    *,
    only: Sequence[str] = (),
    again: bool = False,
    each: Each = plainly,
    patience: Patience | None = None,
) -> tuple[Delivery, ...]:
    """Send *edition*, as printed, to the addresses of its paper; what is known of each.

    Once: where it was sent, may have been, or failed as often as is tried, that is told and nothing
    is sent, unless it is to be sent *again*. Nor is it once it is not the current printing, or a
    story of it was taken back; and what is the same stories drawn again goes to who has none of the
    printings before. *only*: names of addresses. What fails is a value.

    Raises:
        ArchiveError: the archive cannot be read.
        SettingsError: there is no such paper, or no address of a name in *only*.
    """
    delivery = settings.paper(edition.paper).delivery
    patience = patience or Patience.by(delivery)
    addresses, unread = await asyncio.to_thread(_chosen, delivery, only)
    notes = Deliveries(archive.files)
    slips = {address: notes.slip(edition, address.sha256) for address in addresses}
    limit = patience.attempts
    found: dict[Address, Delivery] = {}
    is_once = not again and await asyncio.to_thread(_is_once, archive, delivery, edition)
    for address, slip in () if again else slips.items():
        before = await asyncio.to_thread(look, slip, address, patience.now(), limit)
        if before is None and is_once:
            before = await asyncio.to_thread(_had_another, notes, edition, address)
        if before:
            found[address] = before
    due = {address: slip for address, slip in slips.items() if address not in found}
    if due:
        parcel = await asyncio.to_thread(pack, archive, settings, edition, write)
        carriers, room = carriers_of(delivery), asyncio.Semaphore(AT_ONCE)
        sending = partial(send, again=again, overtaken=partial(overtaken, archive, edition))

        async def one(address: Address, slip: Slip) -> Delivery:
            work = partial(sending, slip, parcel, address, carriers[address.kind], patience)
            async with room:
                return await _kept(each, address.name, work)

        outcomes = await asyncio.gather(*(one(*pair) for pair in due.items()))
        found |= dict(zip(due, outcomes, strict=True))
    return (*(found[address] for address in addresses), *map(_unreadable, unread))


async def deliver_rest(
    archive: Archive, settings: Settings, paper: str, day: date, write: Write, each: Each = plainly
) -> tuple[Edition | None, tuple[Delivery, ...]]:
    """Send what a killed run printed and did not come to send; the edition, and what came of it.

    Costs nothing for a paper without addresses, and for days too far back to be sent.
    """
    wanted, now = settings.paper(paper), utc_now()
    if not is_recent(wanted, day, now):
        return None, ()
    edition = await asyncio.to_thread(archive.editions.current, paper, day)
    if edition is None or not is_due(wanted, edition, now):
        return edition, ()
    return edition, await deliver(archive, settings, edition, write, each=each)


def is_recent(paper: PaperSettings, day: date, now: datetime) -> bool:
    """Whether editions of *day* are sent by themselves, and to anybody (pure)."""
    today = now.astimezone(ZoneInfo(paper.time_zone)).date()
    delivery = paper.delivery
    return delivery.is_wanted and day >= today - timedelta(days=delivery.days_back)


def is_due(paper: PaperSettings, edition: Edition, now: datetime) -> bool:
    """Whether *edition*, the current one, is one that is sent by itself (pure).

    Not what there is so far of a day that the paper prints when it is over.
    """
    if not is_recent(paper, edition.edition_date, now):
        return False
    return edition.as_of is None or paper.default_day == "today"


def standing(archive: Archive, settings: Settings, edition: Edition) -> tuple[Delivery, ...]:
    """What is known of *edition* at each address of its paper; nothing is sent or noted. Blocks.

    Raises:
        ArchiveError: the archive cannot be read.
        SettingsError: there is no such paper.
    """
    addresses, unread = addresses_of(settings.paper(edition.paper).delivery)
    notes, now = Deliveries(archive.files), utc_now()
    found = []
    for address in addresses:
        note = notes.slip(edition, address.sha256).look()
        if note and note.is_abandoned(now):
            note = note.model_copy(update={"state": State.UNKNOWN, "reason": "was broken off"})
        found.append(Delivery.of(address.name, note) if note else Delivery(address.name, None))
    return (*found, *map(_unreadable, unread))


def carriers_of(delivery: DeliverySettings) -> Mapping[str, Carrier]:
    """The ways to addresses, by their kind."""
    limit_s = delivery.timeout_s
    return {
        "mail": Mail(delivery.mail, limit_s),
        "chat": Chat(limit_s),
        "webhook": Webhook(limit_s),
    }


def in_words(edition: Edition, one: Delivery) -> str:
    """A line on what became of *edition* at an address, with the command that repeats it."""
    match one.state:
        case State.SENT:
            return f"delivered to {one.name}"
        case State.SENDING:
            return f"{one.name}: is being sent by another run"
        case State.UNKNOWN:
            says = f"{one.name}: whether it arrived is not known: {one.reason}"
        case State.FAILED:
            tries = f"{one.attempts} attempts" if one.attempts > 1 else "1 attempt"
            says = f"{one.name}: not delivered, {tries}: {one.reason}"
        case _:
            return f"{one.name}: not sent{': ' if one.reason else ''}{one.reason}"
    return f"{says}. Send it again: {again_by(edition, one.name)}"


def summed_up(found: Iterable[Delivery]) -> str:
    """What a run says of its deliveries, the troubles only: `1 delivery failed`; else empty."""
    new = [one for one in found if one.is_new and one.is_trouble]
    unknown = sum(one.state is State.UNKNOWN for one in new)
    failed = len(new) - unknown
    said = [f"{failed} {'delivery' if failed == 1 else 'deliveries'} failed"] if failed else []
    if unknown:
        said.append(f"{unknown} {'delivery' if unknown == 1 else 'deliveries'} may have arrived")
    return ", ".join(said)


def as_rows(edition: Edition, found: Iterable[Delivery]) -> list[dict[str, Any]]:
    """A row an address, for a table, with the command that repeats what went wrong."""
    return [
        {
            "address": one.name,
            "state": one.state or "not sent",
            "attempts": one.attempts,
            "at": f"{one.at:%Y-%m-%d %H:%M:%S} UTC" if one.at else "",
            "reason": one.reason,
            "again": again_by(edition, one.name) if one.state and one.is_trouble else "",
        }
        for one in found
    ]


def _chosen(
    delivery: DeliverySettings, only: Sequence[str]
) -> tuple[tuple[Address, ...], tuple[Unread, ...]]:
    addresses, unread = addresses_of(delivery)
    if not only:
        return addresses, unread
    known = {*(one.name for one in addresses), *(one.name for one in unread)}
    if strange := [name for name in only if name not in known]:
        raise SettingsError(
            f"--to {strange[0]}: no address of the paper is called that; there are: "
            f"{', '.join(sorted(known)) or 'none'}"
        )
    return (
        tuple(one for one in addresses if one.name in only),
        tuple(one for one in unread if one.name in only),
    )


async def _kept(each: Each, name: str, work: Callable[[], Awaitable[Delivery]]) -> Delivery:
    """What became of *work*, also where what runs it fails, before it or after it."""
    done: list[Delivery] = []

    async def kept() -> Delivery:
        done.append(await work())
        return done[0]

    try:
        return await each(name, kept)
    except Exception as exc:  # noqa: BLE001 - the fan-in: the other addresses are served
        why = f"its task could not be run: {exc}"
        return done[0] if done else Delivery(name, None, why, is_new=True)


def _is_once(archive: Archive, delivery: DeliverySettings, edition: Edition) -> bool:
    """Whether it goes only to who has none of the printings before, as they had its stories."""
    if delivery.revisions == "first":
        return True
    plan = archive.editions.plan(edition.paper, edition.edition_date, edition.revision)
    return plan.redraws is not None


def _had_another(notes: Deliveries, edition: Edition, address: Address) -> Delivery | None:
    """What is said where one printing is sent to each address, and an earlier one was."""
    earlier = notes.earlier(edition, address.sha256)
    if any(note.state is not State.FAILED for note in earlier):
        return Delivery(address.name, None)
    return None


def _unreadable(one: Unread) -> Delivery:
    return Delivery(one.name, None, one.reason, is_new=True)
