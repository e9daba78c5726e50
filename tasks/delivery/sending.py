"""One printing to one address, at most once: the note before, the attempts, the note after."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pressrun.archive.deliveries import Note, Sender, Slip, State
from pressrun.errors import ArchiveError, DeliveryError, DeliveryUnknown, PressrunError
from settings.delivery import DeliverySettings
from tasks.delivery.addresses import Address
from tasks.delivery.parcel import Carrier, Parcel
from tasks.order import utc_now

ATTEMPT_S = 600.0
"""An attempt that takes longer has an unknown outcome; see `deliveries.LONGEST`."""

LONGEST_WAIT_S = 300.0


class Delivery(NamedTuple):
    """What became of an edition at an address. *state* is None where nothing was sent.

    *is_new*: this run brought it about, or found it out. *is_overtaken*: it is not sent any more,
    as *reason* says.
    """

    name: str
    state: State | None
    reason: str = ""
    attempts: int = 0
    at: datetime | None = None
    is_new: bool = False
    is_overtaken: bool = False

    @classmethod
    def of(cls, name: str, note: Note, *, is_new: bool = False) -> "Delivery":
        """What *note* says of the address called *name*."""
        return cls(name, note.state, note.reason, note.attempts, note.at, is_new)

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look at it."""
        if self.state:
            return self.state in (State.FAILED, State.UNKNOWN)
        return bool(self.reason) and not self.is_overtaken


@dataclass(frozen=True, slots=True)
class Patience:
    """How often an address is tried, and how long is waited in between."""

    attempts: int
    delay_s: float
    now: Callable[[], datetime] = utc_now
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep

    @classmethod
    def by(cls, settings: DeliverySettings) -> "Patience":
        """As *settings* have it."""
        return cls(settings.attempts, settings.retry_delay_s)

    def wait_s(self, attempts: int, asked_s: float | None) -> float:
        """The wait after so many attempts: doubling, with a jitter, or what the other side asks."""
        doubled = self.delay_s * 2.0 ** (attempts - 1) * random.uniform(1, 1.5)  # noqa: S311
        return min(max(doubled, asked_s or 0), LONGEST_WAIT_S)


def look(slip: Slip, address: Address, now: datetime, limit: int) -> Delivery | None:
    """What became of it before; None when it is to be sent: never tried, or not often enough.

    Where the process is gone that was sending, that is noted as unknown. Blocks.

    Raises:
        ArchiveError: the archive cannot be read or written.
    """
    note = slip.look()
    return _settled(slip, note, address, now, limit) if note else None


def _settled(
    slip: Slip, note: Note, address: Address, now: datetime, limit: int
) -> Delivery | None:
    """As `look`, of *note*, which *slip* was last seen to have."""
    if note.is_abandoned(now):
        update = {"state": State.UNKNOWN, "reason": _broken_off(note), "at": now}
        unknown = note.model_copy(update=update)
        is_new = slip.put(unknown)
        return Delivery.of(address.name, unknown if is_new else note, is_new=is_new)
    if note.state is State.FAILED and note.may_pass and note.attempts < limit:
        return None
    return Delivery.of(address.name, note)


async def send(
    slip: Slip,
    parcel: Parcel,
    address: Address,
    carrier: Carrier,
    patience: Patience,
    *,
    again: bool,
    overtaken: Callable[[], str] = lambda: "",
) -> Delivery:
    """Send *parcel* until it has arrived, cannot, or may have; each step is noted first.

    *again*: whatever became of it before, except that another process is sending it now.
    *overtaken* says why it is not to be sent any more: else that is asked before each attempt. It
    may block.
    """
    try:
        before = await asyncio.to_thread(slip.look)
        if before and before.state is State.SENDING and not before.is_abandoned(patience.now()):
            says = "another run is sending it"
            return Delivery.of(address.name, before)._replace(reason=says)
        if before and not again:  # another run may have come first since the caller looked
            seen = (slip, before, address, patience.now(), patience.attempts)
            if known := await asyncio.to_thread(_settled, *seen):
                return known
        attempts = 0 if again or before is None else before.attempts
        while True:
            if why := "" if again else await asyncio.to_thread(overtaken):
                return Delivery(address.name, None, why, is_new=True, is_overtaken=True)
            attempts += 1
            note = Note(
                name=address.name,
                state=State.SENDING,
                attempts=attempts,
                at=patience.now(),
                sender=Sender.here(),
            )
            if not await asyncio.to_thread(slip.put, note):
                return await _by_another(slip, address)
            outcome, asked_s = await _attempt(carrier, parcel, address, note)
            outcome = outcome.model_copy(update={"at": patience.now()})
            if not await _noted(slip, outcome):
                return Delivery.of(address.name, outcome, is_new=True)
            if not outcome.may_pass or attempts >= patience.attempts:
                return Delivery.of(address.name, outcome, is_new=True)
            await patience.pause(patience.wait_s(attempts, asked_s))
    except ArchiveError as exc:  # before anything was sent
        return Delivery(address.name, None, f"was not sent: {exc}", is_new=True)


async def _attempt(
    carrier: Carrier, parcel: Parcel, address: Address, note: Note
) -> tuple[Note, float | None]:
    """How one attempt ended, and how long the other side asks to wait."""
    try:
        async with asyncio.timeout(ATTEMPT_S):
            await carrier.send(parcel, address)
    except DeliveryUnknown as exc:
        return _ended(note, State.UNKNOWN, str(exc)), None
    except TimeoutError:
        return _ended(note, State.UNKNOWN, f"it took over {ATTEMPT_S:.0f} s"), None
    except DeliveryError as exc:
        return _ended(note, State.FAILED, str(exc), may_pass=exc.transient), exc.retry_after_s
    except PressrunError as exc:  # of a setting or a secret, before anything was sent
        return _ended(note, State.FAILED, str(exc)), None
    except Exception as exc:  # noqa: BLE001 - the fan-in; its text may quote the address
        why = f"a fault of Pressrun's, {type(exc).__name__}: report it to its makers"
        return _ended(note, State.UNKNOWN, why), None
    return _ended(note, State.SENT, ""), None


def _ended(note: Note, state: State, reason: str, *, may_pass: bool = False) -> Note:
    return note.model_copy(update={"state": state, "reason": reason, "may_pass": may_pass})


async def _noted(slip: Slip, outcome: Note) -> bool:
    """Whether *outcome* was noted. If not, the note goes on saying "sending": later, "unknown"."""
    try:
        return await asyncio.to_thread(slip.put, outcome)
    except ArchiveError:
        return False


async def _by_another(slip: Slip, address: Address) -> Delivery:
    note = await asyncio.to_thread(slip.look)
    return Delivery.of(address.name, note) if note else Delivery(address.name, None)


def _broken_off(note: Note) -> str:
    who = note.sender
    return f"process {who.pid} on {who.host} ended while it was sending"
