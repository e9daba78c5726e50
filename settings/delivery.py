"""Where editions are sent once they are printed."""

from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from settings.tables import Group

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Where an SMTP server listens, by `security`."""

NAMED = ("env:", "secret:")


class MailSettings(Group):
    """An edition by e-mail: the page as the body, with a text alternative, and files attached."""

    to: tuple[SecretStr, ...] = Field(
        (),
        max_length=100,
        description="Addresses, each of which gets a message of its own; `secret:NAME` and "
        "`env:NAME` as for alerts. Empty: no mail.",
    )
    sender: str = Field("", max_length=200, description="The address in From.")
    server: str = Field(
        "",
        max_length=200,
        description="Host of the SMTP server, with a port after a colon; without: 587, 465 for "
        "tls, 25 for none.",
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is made safe."
    )
    user: str = Field("", max_length=200, description="Who logs in; empty: no one.")
    password: SecretStr = Field(
        SecretStr(""),
        description="`env:NAME` is read from the environment, `secret:NAME` from the Prefect "
        "Secret block of that name.",
    )
    attach: tuple[str, ...] = Field(
        ("pdf", "png"), description="Formats that are attached, by name."
    )
    max_bytes: int = Field(
        7_000_000,
        ge=0,
        le=100_000_000,
        description="What pictures and attachments may have together, of which a mail makes a "
        "third more; those that do not fit are left out, which the message says of attachments.",
    )

    @property
    def place(self) -> tuple[str, int]:
        """Host and port of the server."""
        found = urlsplit(f"//{self.server}")
        return found.hostname or "", found.port or PORTS[self.security]

    @field_validator("server")
    @classmethod
    def _host_and_port(cls, server: str) -> str:
        found = urlsplit(f"//{server}")
        try:
            plain = not server or (found.hostname and found.netloc == server and found.port != 0)
        except ValueError:  # the port is no number
            plain = False
        if not plain or "@" in server:
            raise ValueError(
                "this is no host; write one such as smtp.example.org:587, the user apart"
            )
        return server

    @field_validator("sender")
    @classmethod
    def _one_address(cls, sender: str) -> str:
        if sender and not is_mailbox(sender):
            raise ValueError(
                "this is no address; write the address alone and in ASCII, such as "
                "news@example.org: the paper's title is its name"
            )
        return sender

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.to and not (self.server and self.sender):
            raise ValueError("to is given: name the SMTP server, too, and the sender")
        if self.user and self.security == "none" and not _is_here(self.place[0]):
            raise ValueError(
                'a password is not sent over an open connection: security = "starttls" or "tls"'
            )
        return self


class DeliverySettings(Group):
    """Where each edition is sent: once for each revision and address."""

    mail: MailSettings = Field(MailSettings(), description="By e-mail.")
    chats: tuple[SecretStr, ...] = Field(
        (),
        max_length=50,
        description="Apprise addresses of chats, such as dingtalk://... or feishu://...; "
        "`secret:NAME` and `env:NAME` as for alerts.",
    )
    webhooks: tuple[SecretStr, ...] = Field(
        (),
        max_length=50,
        description="Addresses that are sent the edition's public edition.json by POST; "
        "`secret:NAME` and `env:NAME` as for alerts.",
    )
    revisions: Literal["all", "first"] = Field(
        "all", description="Whether a later printing of an edition is sent as well."
    )
    days_back: int = Field(
        1,
        ge=0,
        le=36500,
        description="Editions of days before today, in the paper's time zone, that are sent by "
        "themselves; older ones, as a backfill prints them, are sent when asked.",
    )
    attempts: int = Field(4, ge=1, le=10, description="Attempts at an address that fails.")
    retry_delay_s: float = Field(
        60, ge=0, le=600, description="Wait before the second attempt; doubles for each after it."
    )
    timeout_s: float = Field(
        60, gt=0, le=120, description="How long a server may be silent before it is given up."
    )

    @property
    def is_wanted(self) -> bool:
        """Whether there is anybody to send to."""
        return bool(self.mail.to or self.chats or self.webhooks)

    @field_validator("webhooks")
    @classmethod
    def _web_addresses(cls, webhooks: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for number, one in enumerate(webhooks, 1):
            if not one.get_secret_value().startswith((*NAMED, "http://", "https://")):
                raise ValueError(
                    f"number {number} is no web address; write https://..., env:NAME or secret:NAME"
                )
        return webhooks


def is_mailbox(text: str) -> bool:
    """Whether *text* is an e-mail address alone, in ASCII: most servers take no other (pure)."""
    if "@" not in text or not (text.isascii() and text.isprintable()) or '"' in text:
        return False
    try:
        return str(Address(addr_spec=text)) == text
    except (MessageError, ValueError):
        return False


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
