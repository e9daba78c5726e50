"""E-mail on a real SMTP server: what arrives, what is tried again, and what nobody knows."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pressrun.archive import Archive
from pressrun.errors import DeliveryError, DeliveryUnknown, SettingsError
from pressrun.models import Edition, Rendition
from renderers.letter import write_letter
from settings.delivery import MailSettings
from tasks.delivery.addresses import make_address
from tasks.delivery.mail import Mail
from tasks.delivery.message import make_message
from tasks.delivery.packing import attachments, pack, sparing
from tasks.delivery.parcel import File
from tests.pressrun.archive.archive_desk import DAY
from tests.tasks.delivery.mailing import MailServer
from tests.tasks.delivery.posting import (
    NOW,
    mail_to,
    parcel,
    sent,
    settings_for,
    states,
    values,
)

READER = "reader-of-mine@home.test"
A, B = b"one", b"two"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as one:
        yield one


@pytest.fixture
def archive(archive_dir: Path) -> Archive:
    return Archive.open(str(archive_dir))


def illustrated_edition(archive: Archive) -> Edition:
    """Three stories, of which the last has the picture of the first."""
    pictures = [values.picture(body) for body in (A, B, A)]
    for number, one in enumerate(pictures):
        url = f"http://img.test/{number}"
        archive.store.record_picture(DAY, url, one, conditions="")
    bare = [one.model_copy(update={"data": b""}) for one in pictures]
    stories = tuple(values.story(rank, thumbnail=one) for rank, one in enumerate(bare, 1))
    edition = values.edition(archive.editions.begin(values.plan())).model_copy(
        update={"stories": stories, "listed": 3}
    )
    return archive.publish(edition, values.renditions()).edition


def mail(server: MailServer, **more: object) -> Mail:
    return Mail(MailSettings.model_validate(mail_to(READER, server=server.place, **more)), 20)


async def test_an_edition_arrives_as_html_and_text_with_its_files(
    server: MailServer, archive: Archive
) -> None:
    edition = values.print(archive).edition
    settings = settings_for(
        mail=mail_to(READER, server=server.place, attach=("a renderer's name",))
    )
    assert states(await sent(archive, settings, edition)) == ["sent"]
    [message] = server.messages
    assert server.recipients == {READER: 1}
    assert message["To"] == READER
    assert message["From"] == "每日要闻 <news@paper.test>"
    assert message["Subject"].startswith("每日要闻 · 2026年11月21日")
    assert message["List-Id"] == "<daily.paper.test>"
    html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
    assert html
    assert text
    assert all("第2条" in part.get_content() for part in (html, text))
    [pdf] = message.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("edition.pdf", b"one edition.pdf")


def test_a_message_has_the_same_id_whenever_it_is_made() -> None:
    later = NOW + timedelta(hours=1)

    def identity(to: str, moment: datetime, revision: int = 1) -> str:
        made = make_message(
            parcel(values.edition(revision)), make_address("mail", to), "news@paper.test", moment
        )
        return next(line for line in made.decode().split("\r\n") if line.startswith("Message-ID"))

    assert identity(READER, NOW) == identity(READER, later)
    assert len({identity(READER, NOW), identity("b@home.test", NOW), identity(READER, NOW, 2)}) == 3
    assert READER not in identity(READER, NOW)


async def test_a_line_that_is_a_dot_arrives_as_one(server: MailServer) -> None:
    letter = parcel().letter.model_copy(update={"text": "one\n.\n..two\n"})
    await mail(server).send(replace(parcel(), letter=letter), make_address("mail", READER))
    body = server.messages[0].get_body(("plain",))
    assert body
    assert body.get_content().split() == ["one", ".", "..two"]


def test_files_that_are_too_large_are_left_out_and_a_formats_parts_stay_together(
    archive: Archive,
) -> None:
    files = [
        Rendition(name=name, media_type="image/png", data=b"x" * size, format=kind)
        for name, size, kind in (
            ("edition.pdf", 600, "pdf"),
            ("edition.png", 300, "png"),
            ("edition-2.png", 300, "png"),
            ("edition.md", 10, "markdown"),
        )
    ]
    edition = archive.publish(values.edition(archive.editions.begin(values.plan())), files).edition
    delivery = (
        settings_for(mail=mail_to(READER, server="mail.test", attach=("pdf", "png", "markdown")))
        .paper("daily")
        .delivery
    )
    going, left_out = attachments(edition, delivery, 1000)
    assert [one.name for one in going] == ["edition.pdf", "edition.md"]
    assert [one.name for one in left_out] == ["edition.png", "edition-2.png"]


async def test_the_stories_pictures_go_with_the_page_that_shows_them(
    server: MailServer, archive: Archive
) -> None:
    edition = illustrated_edition(archive)
    settings = settings_for(
        mail=mail_to(READER, server=server.place, attach=("a renderer's name",))
    )
    assert states(await sent(archive, settings, edition)) == ["sent"]
    [message] = server.messages
    related = next(part for part in message.walk() if part.get_content_subtype() == "related")
    html, *pictures = related.iter_parts()
    shown = re.findall(r'<img src="cid:([^"]+)"', html.get_content())
    assert [part["Content-ID"] for part in pictures] == [
        f"<{name}>" for name in dict.fromkeys(shown)
    ]
    assert len(shown) == len(pictures) + 1 == 3, "one is that of two stories"
    assert {part.get_content() for part in pictures} == {values.picture(b).data for b in (A, B)}
    assert all(part.get_content_disposition() == "inline" for part in pictures)
    assert [part.get_filename() for part in message.iter_attachments()] == ["edition.pdf"]


def test_pictures_that_are_too_many_are_those_of_the_last_stories(archive: Archive) -> None:
    pictures = [values.picture(body) for body in (A, B, b"three")]
    stories = tuple(values.story(rank, thumbnail=one) for rank, one in enumerate(pictures, 1))
    edition = values.edition().model_copy(update={"stories": stories})
    room = len(pictures[0].data) + len(pictures[1].data)
    kept = [bool(story.thumbnail) for story in sparing(edition, room).stories]
    assert kept == [True, True, False]
    assert not any(story.thumbnail for story in sparing(edition, 3).stories)


def test_pictures_take_from_the_room_of_the_files(archive: Archive) -> None:
    edition = illustrated_edition(archive)
    to = mail_to(READER, server="mail.test", attach=("a renderer's name",))
    bytes_ = sum(len(values.picture(body).data) for body in (A, B))
    for room, files in ((bytes_ + 15, 1), (bytes_ + 14, 0), (1, 0)):
        settings = settings_for(mail=to | {"max_bytes": room})
        made = pack(archive, settings, edition, write_letter)
        assert len(made.files) == files
        assert sum(len(one.data) for one in made.letter.pictures) == (bytes_ if room > 1 else 0)


async def test_what_was_left_out_is_said(server: MailServer, archive: Archive) -> None:
    edition = values.print(archive).edition
    settings = settings_for(
        "https://news.test/",
        mail=mail_to(READER, server=server.place, attach=("a renderer's name",), max_bytes=3),
    )
    await sent(archive, settings, edition)
    [message] = server.messages
    assert not list(message.iter_attachments())
    text = message.get_body(("plain",))
    assert text
    assert "未随信附上：edition.pdf" in text.get_content()
    assert "https://news.test/daily/2026-11-21/" in text.get_content()


async def test_a_mailbox_that_is_not_there_is_no_matter_of_trying_again(server: MailServer) -> None:
    server.refusals = [f"550 5.1.1 <{READER}>: no such mailbox"]
    with pytest.raises(DeliveryError, match=r"550 5.1.1 <\*\*\*@\*\*\*>: no such") as caught:
        await mail(server).send(parcel(), make_address("mail", READER))
    assert not caught.value.transient
    assert not isinstance(caught.value, DeliveryUnknown)


async def test_a_server_that_is_busy_is_tried_again_and_gets_it_once(
    server: MailServer, archive: Archive
) -> None:
    server.refusals = ["451 4.3.2 busy", "452 4.3.1 full"]
    edition = values.print(archive).edition
    settings = settings_for(mail=mail_to(READER, server=server.place))
    [one] = await sent(archive, settings, edition)
    assert (one.state, one.attempts) == ("sent", 3)
    assert server.recipients == {READER: 1}


async def test_a_conversation_that_ends_before_the_message_is_tried_again(
    server: MailServer, archive: Archive
) -> None:
    server.cut = "mail"
    edition = values.print(archive).edition
    settings = settings_for(mail=mail_to(READER, server=server.place))
    [one] = await sent(archive, settings, edition)
    assert (one.state, one.attempts, server.recipients[READER]) == ("sent", 2, 1)


async def test_one_that_ends_after_the_message_leaves_open_whether_it_arrived(
    server: MailServer, archive: Archive
) -> None:
    server.cut = "data"
    edition = values.print(archive).edition
    settings = settings_for(mail=mail_to(READER, server=server.place))
    for _ in range(2):
        [one] = await sent(archive, settings, edition)
        assert (one.state, one.attempts) == ("unknown", 1)
    assert server.recipients == {READER: 1}


async def test_a_server_that_is_not_there_may_come_back() -> None:
    with MailServer() as server:
        gone = mail(server)
    with pytest.raises(DeliveryError) as caught:
        await gone.send(parcel(), make_address("mail", READER))
    assert caught.value.transient
    assert not isinstance(caught.value, DeliveryUnknown)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself."""
    from ipaddress import ip_address

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def safe_server(certificate: Path) -> Iterator[MailServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with MailServer(tls=context, logins={"paper": "hunter2"}) as one:
        yield one


async def test_who_logs_in_does_so_over_a_safe_connection(
    safe_server: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    way = mail(safe_server, security="starttls", user="paper", password="env:MAIL_PASSWORD")
    await way.send(parcel(), make_address("mail", READER))
    assert safe_server.recipients == {READER: 1}


async def test_a_wrong_password_is_said_and_not_shown(
    safe_server: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    way = mail(safe_server, security="starttls", user="paper", password="letmein2")
    with pytest.raises(DeliveryError, match="535") as caught:
        await way.send(parcel(), make_address("mail", READER))
    assert not caught.value.transient
    assert "letmein2" not in str(caught.value)


async def test_a_server_that_repeats_the_password_does_not_have_it_shown(
    safe_server: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    safe_server.refusals = ["550 paper:hunter2 may not send"]
    way = mail(safe_server, security="starttls", user="paper", password="hunter2")
    with pytest.raises(DeliveryError, match=r"550 \*\*\*:\*\*\* may not send"):
        await way.send(parcel(), make_address("mail", READER))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"user": "paper", "password": "密码"}, "have to be ASCII"),
        ({"user": "报纸", "password": "x"}, "have to be ASCII"),
        ({"server": "smtp..example"}, "name is none"),
        ({"server": f"{'a' * 70}.example"}, "name is none"),
    ],
)
async def test_what_no_server_can_be_told_has_failed_and_is_known_to(
    settings: dict[str, str], says: str
) -> None:
    given = {"server": "localhost"} | settings
    way = Mail(MailSettings.model_validate(mail_to(READER, **given)), 20)
    with pytest.raises(DeliveryError, match=says) as caught:
        await way.send(parcel(), make_address("mail", READER))
    assert not caught.value.transient
    assert not isinstance(caught.value, DeliveryUnknown)


@pytest.mark.parametrize("text", ["a..b@x.test", "a@b@x.test", "r[1]@x.test", ".a@x.test"])
def test_what_no_header_takes_is_no_mailbox(text: str) -> None:
    with pytest.raises(SettingsError, match="is none"):
        make_address("mail", text)
    with pytest.raises(ValueError, match="is no address") as caught:
        MailSettings(sender=text)
    assert text not in str(caught.value)


def test_a_message_is_in_ascii_for_servers_that_take_no_more() -> None:
    assert "第1条" in parcel().letter.text
    assert make_message(parcel(), make_address("mail", READER), "n@p.test", NOW).isascii()


def test_a_paper_of_a_long_name_has_an_identifier_that_stays_one() -> None:
    def list_id(host: str) -> str:
        made = make_message(parcel(), make_address("mail", READER), f"n@{host}", NOW).decode()
        return re.search(r"List-Id: ?(.*)\r\n", made)[1]  # type: ignore[index]

    long = f"{'sub.' * 30}example.test"
    assert list_id("p.test") == "<daily.p.test>"
    assert re.fullmatch(r"<[0-9a-f]{32}\.localhost>", list_id(long))
    assert list_id(long) == list_id(long) != list_id(f"a.{long}")


def test_a_file_that_is_damaged_is_said_to_be_missing(archive: Archive, archive_dir: Path) -> None:
    edition = values.print(archive).edition
    [path] = archive_dir.glob("editions/daily/*/r0001/edition.pdf")
    path.write_bytes(b"broken")
    settings = settings_for(mail=mail_to(READER, server="m.test", attach=("a renderer's name",)))
    made = pack(archive, settings, edition, write_letter)
    assert made.files == ()
    assert "未随信附上：edition.pdf" in made.letter.text


def test_what_is_sent_fits_a_server_that_takes_10_mb() -> None:
    assert MailSettings().max_bytes * 78 / 57 + 200_000 < 10_240_000


@pytest.mark.parametrize("greeting", [b"", b"220 mail.test\r\n"])
async def test_a_server_that_never_comes_to_an_end_is_ended(greeting: bytes) -> None:
    is_over = threading.Event()

    def drip(listening: socket.socket) -> None:
        with suppress(OSError):
            client, _ = listening.accept()
            with client:
                client.sendall(greeting)
                while not is_over.wait(0.01):
                    client.sendall(b"220-and\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        dripping = threading.Thread(target=drip, args=(listening,))
        dripping.start()
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        way = Mail(MailSettings.model_validate(mail_to(READER, server=place)), 20, longest_s=0.1)
        with pytest.raises(DeliveryError, match="went away") as caught:
            await way.send(parcel(), make_address("mail", READER))
        is_over.set()
        dripping.join()
    assert caught.value.transient


async def test_a_certificate_that_nobody_trusts_ends_it(safe_server: MailServer) -> None:
    with pytest.raises(DeliveryError, match="not trusted") as caught:
        await mail(safe_server, security="starttls").send(parcel(), make_address("mail", READER))
    assert not caught.value.transient
    assert not safe_server.messages


async def test_a_server_without_starttls_is_given_nothing(server: MailServer) -> None:
    with pytest.raises(DeliveryError, match="does not offer"):
        await mail(server, security="starttls").send(parcel(), make_address("mail", READER))
    assert not server.messages


def test_the_picture_of_a_parcel_is_the_card(archive: Archive) -> None:
    number = archive.editions.begin(values.plan())
    files = values.renditions("one", "edition.png", "card.png")
    edition = archive.publish(values.edition(number), files).edition
    from renderers.letter import write_letter

    settings = settings_for(chats=("json://127.0.0.1/",))
    packed = pack(archive, settings, edition, write_letter)
    assert packed.picture == File("card.png", "image/png", b"one card.png")
    assert packed.files == ()
