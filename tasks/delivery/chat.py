"""A chat, by Apprise: masthead and day, counts, the first headlines, the address, the picture."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pressrun.errors import DeliveryError, DeliveryUnknown
from tasks.alerts import heard, redacted
from tasks.delivery.addresses import Address
from tasks.delivery.overhearing import Exchange, Fault, overheard
from tasks.delivery.parcel import File, Parcel
from tasks.delivery.verdicts import is_taken, refusal

HEADLINES = 8

CODES = {
    "dingtalk": "errcode",
    "feishu": "code",
    "lark": "code",
    "pushdeer": "code",
    "synology": "success",
    "wecombot": "errcode",
}
"""By Apprise's scheme: what a body has that is 0, or true, when the message was taken."""

_HARMLESS = str.maketrans("<>@", "＜＞＠")
"""Services take `@everyone`, `<!channel>` and `<at user_id="all">` for calls of everybody; Apprise
makes the second, for Slack, of `!channel>`."""


class Chat:
    """A `Carrier`."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def send(self, parcel: Parcel, address: Address) -> None:
        """As in `Carrier`."""
        await asyncio.to_thread(self._send, parcel, address)

    def _send(self, parcel: Parcel, address: Address) -> None:
        import apprise  # 0.2 s, for who has something to tell

        asset = apprise.AppriseAsset(
            async_mode=False,  # in this thread, whose requests are then this address's
            app_id="Pressrun",
            app_desc="Pressrun",
        )
        picture = parcel.picture
        with heard() as complaints, overheard() as exchanges:
            bell = apprise.Apprise(asset=asset)
            if not bell.add(address.text) or len(bell) != 1:
                raise DeliveryError(
                    f"Apprise reads {len(bell) or 'no'} services in it; write one an address, as "
                    "https://github.com/caronc/apprise/wiki lists them, such as ntfy://host/topic"
                )
            [service] = list(bell)
            # Four seconds are its default, and a picture takes longer.
            service.socket_read_timeout = max(service.socket_read_timeout, self._timeout_s)
            is_content = bell.notify(
                title=parcel.letter.subject,
                body=body_of(parcel),
                body_format=apprise.NotifyFormat.TEXT,
                attach=_attached(picture) if picture else None,
            )
        scheme = str(service.url_identifier[0] if service.url_identifier else "")
        said = redacted(" ".join(complaints), address.text)
        judge(exchanges, said, is_content=bool(is_content), code=CODES.get(scheme, ""))


def _attached(picture: File) -> Any:
    from apprise.attachment.memory import AttachMemory

    made: Any = AttachMemory  # without types of its own
    return made(picture.data, name=picture.name, mimetype=picture.media_type)


def body_of(parcel: Parcel) -> str:
    """The message under its title, in which no headline calls anybody (pure)."""
    letter = parcel.letter
    numbered = [
        f"{rank}. {title.translate(_HARMLESS)}"
        for rank, title in enumerate(letter.headlines[:HEADLINES], 1)
    ]
    return "\n".join(filter(None, (letter.counts, *numbered, parcel.link)))


def judge(exchanges: Sequence[Exchange], said: str, *, is_content: bool, code: str) -> None:
    """Raise unless all arrived (pure).

    *exchanges* are the requests of one message, *said* what Apprise complains of, *code* the name
    of what tells in an answer whether it is a refusal; see `CODES`.

    Raises:
        DeliveryError: nothing arrived.
        DeliveryUnknown: some of it did, or nobody knows.
    """
    faults = [fault for one in exchanges if (fault := _fault(one, code))]
    if is_content and not (code and faults):
        return
    why = "; ".join(dict.fromkeys(map(str, faults))) or said[:200] or "it was refused"
    unknown = [fault for fault in faults if isinstance(fault, DeliveryUnknown)]
    if not exchanges or unknown or (len(exchanges) > 1 and len(faults) < len(exchanges)):
        raise DeliveryUnknown(f"a part of it may have arrived: {why}")
    waits = [fault.retry_after_s for fault in faults if fault.retry_after_s]
    may_pass = bool(faults) and all(fault.transient for fault in faults)
    raise DeliveryError(why, transient=may_pass, retry_after_s=max(waits, default=None))


def _fault(one: Exchange, code: str) -> DeliveryError | None:
    if one.fault is Fault.BROKEN:
        return DeliveryUnknown(str(one.fault))
    if one.fault:
        return DeliveryError(str(one.fault), transient=one.fault is Fault.UNREACHED)
    if not is_taken(one.status):
        return refusal(one.status, one.headers)
    said = one.code(code) if code else 0
    if said is None:
        return DeliveryUnknown(f"HTTP {one.status} without {code}, so nobody knows if it was taken")
    if not said if isinstance(said, bool) else said != 0:
        # Too often, or a word that the robot asks for is missing: a refusal arrives nowhere, and
        # to try again costs nothing.
        return DeliveryError(f"refused with {code} {said}", transient=True)
    return None
