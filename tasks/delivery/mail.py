"""E-mail by SMTP: each address gets a message of its own, over a connection of its own.

What is said of the outcome goes by where the conversation broke off. Until the last line of the
message, which is a single dot, a server has nothing that it could deliver (RFC 5321, 4.1.1.4). Once
the dot is on its way and no answer came, it may have delivered (RFC 1047).
"""

import asyncio
import platform
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pressrun.errors import DeliveryError, DeliveryUnknown
from settings.delivery import MailSettings
from tasks.alerts import redacted
from tasks.delivery.addresses import Address
from tasks.delivery.message import make_message
from tasks.delivery.parcel import Parcel
from tasks.order import utc_now
from tasks.secrets import revealed

LONGEST_S = 540.0
"""A server may keep no conversation going for longer, by a line now and then; less than
`sending.ATTEMPT_S`, so that it is known where it was ended."""

_DOTS = re.compile(rb"(?m)^\.")


class Mail:
    """A `Carrier`."""

    def __init__(
        self, settings: MailSettings, timeout_s: float, longest_s: float = LONGEST_S
    ) -> None:
        self._settings, self._timeout_s, self._longest_s = settings, timeout_s, longest_s

    async def send(self, parcel: Parcel, address: Address) -> None:
        """As in `Carrier`."""
        await asyncio.to_thread(self._send, parcel, address)

    def _send(self, parcel: Parcel, address: Address) -> None:
        mail = self._settings
        password = revealed(mail.password) if mail.user else ""
        if not (mail.user + password).isascii():
            raise DeliveryError("user and password of the mail server have to be ASCII")
        message = make_message(parcel, address, mail.sender, utc_now())
        handing = Handing()
        with _explained(handing, address.text, mail.user, password), self._connected() as smtp:
            if mail.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if mail.user:
                smtp.login(mail.user, password)
            size = (f"size={len(message)}",) if smtp.has_extn("size") else ()
            _require(smtp.mail(mail.sender, size))  # too large: refused now, not in the middle
            _require(smtp.rcpt(address.text))
            _require(smtp.docmd("DATA"), 354)
            smtp.send(_DOTS.sub(b"..", message))
            handing.is_open = True
            smtp.send(b".\r\n")
            answer = smtp.getreply()
            handing.is_open = False  # from here on the server says whether it has it
            _require(answer)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        host, port = self._settings.place
        # Its own guess asks the name service, which may take as long as it likes.
        name, limit_s = platform.node() or "localhost", self._timeout_s
        if self._settings.security == "tls":
            safe = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                local_hostname=name, timeout=limit_s, context=safe
            )
        else:
            smtp = smtplib.SMTP(local_hostname=name, timeout=limit_s)
        # Whom a certificate has to name. Given to the constructor it would connect at once, and
        # nothing could end that.
        smtp._host = host  # type: ignore[attr-defined]
        end = threading.Timer(self._longest_s, _shut, (smtp,))
        end.daemon = True
        end.start()
        try:
            _require(smtp.connect(host, port), 220)
            smtp.ehlo_or_helo_if_needed()
            yield smtp
            with suppress(smtplib.SMTPException, OSError):
                smtp.putcmd("quit")  # what it says to that is no matter
        finally:
            end.cancel()
            smtp.close()


class Handing:
    """Whether the message's last line is on its way, and no answer came yet."""

    is_open = False


def _shut(smtp: smtplib.SMTP) -> None:
    """End the conversation, in whichever thread it is going on."""
    with suppress(OSError):
        if smtp.sock:
            # Not as TLS has it: that would take the layer from under who is reading.
            socket.socket.shutdown(smtp.sock, socket.SHUT_RDWR)


def _require(answer: tuple[int, bytes], wanted: int = 250) -> None:
    code, said = answer
    if code != wanted and not (wanted == 250 and code == 251):
        raise smtplib.SMTPResponseException(code, said)


@contextmanager
def _explained(handing: Handing, address: str, *secrets: str) -> Iterator[None]:
    """Turns what smtplib raises into a verdict; `from None`, for it may quote the address."""
    try:
        yield
    except smtplib.SMTPResponseException as exc:
        said = exc.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        text = redacted(text, f"mailto://{address}")
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        text = text[:200]
        raise DeliveryError(
            f"the mail server says {exc.smtp_code} {text}", transient=400 <= exc.smtp_code < 500
        ) from None
    except ssl.SSLCertVerificationError as exc:
        raise DeliveryError(
            f"the mail server's certificate is not trusted: {exc.verify_message}"
        ) from None
    except smtplib.SMTPException as exc:
        if isinstance(exc, smtplib.SMTPServerDisconnected):
            raise _broken(handing, None) from None
        raise DeliveryError(
            "the mail server does not offer what is set; correct security or user"
        ) from None
    except UnicodeError:
        raise DeliveryError("the mail server's name is none; correct it") from None
    except OSError as exc:
        raise _broken(handing, exc.strerror) from None


def _broken(handing: Handing, fault: str | None) -> DeliveryError:
    if handing.is_open:
        return DeliveryUnknown("the mail server did not answer once it had the whole message")
    return DeliveryError(
        f"the mail server went away or does not answer: {fault or 'the connection ended'}",
        transient=True,
    )
