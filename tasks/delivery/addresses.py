"""Settings -> the addresses that an edition is sent to, each with a name that tells no secret."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from pressrun.errors import SettingsError
from settings.delivery import DeliverySettings, is_mailbox
from tasks.secrets import BLOCK, VARIABLE, revealed

Kind = Literal["mail", "chat", "webhook"]

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an edition is sent. *text* is secret, and in no repr."""

    kind: Kind
    name: str
    sha256: str
    text: str = field(repr=False)


class Unread(NamedTuple):
    """An address that is not known, since the secret that names it is not there; and why."""

    name: str
    reason: str


def addresses_of(delivery: DeliverySettings) -> tuple[tuple[Address, ...], tuple[Unread, ...]]:
    """The addresses, each once, in their order, and those that cannot be read.

    Blocks: a Prefect server may be asked for secrets.
    """
    found: dict[str, Address] = {}
    unread: list[Unread] = []
    for kind, number, secret in _configured(delivery):
        try:
            address = make_address(kind, revealed(secret))
        except SettingsError as exc:
            said = secret.get_secret_value()
            named = said if said.startswith((VARIABLE, BLOCK)) else f"{kind}:{number}"
            unread.append(Unread(named, str(exc)))
            continue
        found.setdefault(address.sha256, address)
    return tuple(found.values()), tuple(unread)


def make_address(kind: Kind, text: str) -> Address:
    """The address *text*; its name has scheme and host where neither is secret (pure).

    Of a chat's address the host may be the token: it has its scheme alone.

    Raises:
        SettingsError: it is none of its kind.
    """
    text = text.strip()
    sha256 = hashlib.sha256(f"{kind} {text}".encode()).hexdigest()
    if kind == "mail":
        parts = ["mail", _mail_host(text)]
    elif kind == "webhook":
        parts = [*_web_host(text)]
    else:
        scheme = text.partition("://")[0].lower()
        parts = [scheme if _SCHEME.fullmatch(scheme) and "://" in text else "chat"]
    return Address(kind, ":".join((*parts, sha256[:6])), sha256, text)


def _configured(delivery: DeliverySettings) -> Iterator[tuple[Kind, int, SecretStr]]:
    kinds: tuple[tuple[Kind, tuple[SecretStr, ...]], ...] = (
        ("mail", delivery.mail.to),
        ("chat", delivery.chats),
        ("webhook", delivery.webhooks),
    )
    for kind, secrets in kinds:
        for number, secret in enumerate(secrets, 1):
            yield kind, number, secret


def _mail_host(text: str) -> str:
    # One that needs SMTPUTF8 is refused by most servers: better said before than after.
    if not is_mailbox(text):
        raise SettingsError(
            "an address in mail.to is none; write each alone and in ASCII, as reader@example.org"
        )
    return text.rpartition("@")[2].lower()


def _web_host(text: str) -> tuple[str, str]:
    try:
        found = urlsplit(text)
        scheme, host = found.scheme.lower(), found.hostname or ""
    except ValueError:
        scheme = host = ""
    if scheme not in {"http", "https"} or not host:
        raise SettingsError("an address in webhooks is none; write each as https://host/path")
    return scheme, host
