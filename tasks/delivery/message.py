"""A parcel -> an e-mail (pure)."""

import hashlib
from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tasks.delivery.addresses import Address
from tasks.delivery.parcel import Parcel

_LONGEST_ID = 60
"""What is longer would be encoded, and no identifier then."""
_POLICY = SMTP.clone(cte_type="7bit")  # a server that lacks 8BITMIME may not be sent more


def make_message(parcel: Parcel, address: Address, sender: str, at: datetime) -> bytes:
    """The message to *address*, in lines as SMTP has them, the last one ended.

    Its Message-ID is that of the printing and the address: mail programs that get it twice show
    it once.
    """
    edition, letter = parcel.edition, parcel.letter
    host = sender.rpartition("@")[2]
    message = EmailMessage(policy=_POLICY)
    message["From"] = Mailbox(display_name=letter.title, addr_spec=sender)
    message["To"] = Mailbox(addr_spec=address.text)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{parcel.key(address)}@{host}>"
    message["List-Id"] = _list_id(f"{edition.paper}.{host}")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    page = message.get_payload(1)
    assert isinstance(page, EmailMessage)
    for picture in letter.pictures:
        main, _, sub = picture.media_type.partition("/")
        page.add_related(
            picture.data, maintype=main, subtype=sub, cid=f"<{picture.name}>", disposition="inline"
        )
    for file in parcel.files:
        main, _, sub = file.media_type.partition(";")[0].partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    return message.as_bytes()


def _list_id(name: str) -> str:
    """*name* as RFC 2919 has it; a long one by its hash, where no domain is meant."""
    if len(name) > _LONGEST_ID:
        name = f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.localhost"
    return f"<{name}>"
