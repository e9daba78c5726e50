"""What an HTTP answer to something that was sent says of its arrival (pure).

    2xx                        it is there
    429, 503, 408, 425         it was not taken: again later
    500                        again where the receiver can tell it by a key, else unknown
    502, 504, other 5xx        unknown: a gateway does not know what stands behind it did
    3xx, other 4xx             it was not taken, and will not be

No answer is "unknown" once the request was on its way, and "again" when there was no connection.
"""

from collections.abc import Mapping

from pressrun.errors import DeliveryError, DeliveryUnknown

LATER = frozenset({408, 425, 429, 503})
LONGEST_WAIT_S = 300.0


def is_taken(status: int) -> bool:
    """Whether an answer of *status* says that it is there."""
    return 200 <= status < 300


def refusal(
    status: int, headers: Mapping[str, str], *, keyed: bool = False
) -> DeliveryError | DeliveryUnknown:
    """What to make of *status*, which is no 2xx. *keyed*: the receiver was given a key."""
    if status in LATER or (status == 500 and keyed):
        wait = retry_after_s(headers.get("Retry-After", ""))
        return DeliveryError(f"HTTP {status}", transient=True, retry_after_s=wait)
    if status >= 500:
        return DeliveryUnknown(f"HTTP {status}, which leaves open whether it was taken")
    return DeliveryError(f"HTTP {status}; correct the address, or what answers there")


def retry_after_s(said: str) -> float | None:
    """Seconds that a server asks to wait, at most five minutes; None for anything but a number."""
    return min(float(said), LONGEST_WAIT_S) if said.strip().isdecimal() else None
