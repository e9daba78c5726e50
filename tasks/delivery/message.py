"""A parcel -> an e-mail (pure)."""

from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from tasks.delivery.addresses import Address
from tasks.delivery.parcel import Parcel


def make_message(parcel: Parcel, address: Address, sender: str, at: datetime) -> bytes:
    """The message to *address*, in lines as SMTP has them, the last one ended.

    Its Message-ID is that of the printing and the address: mail programs that get it twice show
    it once.
    """
    edition, letter = parcel.edition, parcel.letter
    host = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Mailbox(display_name=letter.title, addr_spec=sender)
    message["To"] = Mailbox(addr_spec=address.text)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{parcel.key(address)}@{host}>"
    message["List-Id"] = f"<{edition.paper}.{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for file in parcel.files:
        main, _, sub = file.media_type.partition(";")[0].partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    return message.as_bytes()
