"""A mail server on loopback, in a thread of its own: commands in this process meet it, too."""

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """Takes what it is sent, unless it is told otherwise.

    *refusals*: what it answers to the next recipients. *at_data*: called with the whole message in
    hand, before it is answered. *is_cut*: "mail" or "data": where it ends the conversation.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, logins: dict[str, str] | None = None
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: Counter[str] = Counter()
        self.refusals: list[str] = []
        self.at_data: Callable[[], object] = lambda: None
        self.cut = ""
        self.port = 0
        self._tls, self._logins = tls, logins
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(
            self._loop.create_server(self._protocol, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.test",
            loop=self._loop,
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=self._logins is not None,
            authenticator=self._login,
        )

    def _login(self, server: Any, session: Any, envelope: Any, way: str, given: Any) -> AuthResult:
        known = (self._logins or {}).get(given.login.decode()) == given.password.decode()
        return AuthResult(success=known, handled=known)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        envelope.mail_from = sender
        if self.cut == "mail":
            self.cut = ""
            _abort(server)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.update(envelope.rcpt_tos)
        self.at_data()
        if self.cut == "data":
            self.cut = ""
            _abort(server)
        return "250 OK"


def _abort(server: SMTP) -> None:
    transport = server.transport
    assert isinstance(transport, asyncio.Transport)
    transport.abort()
