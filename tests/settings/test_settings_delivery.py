"""Settings of delivery: what is refused, and that a secret is in no message."""

import traceback
from pathlib import Path

import pytest

from pressrun.errors import SettingsError
from settings import Settings, load_settings
from settings.delivery import MailSettings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fault(table: str, toml: str) -> str:
    """What loading these settings ends with."""
    with pytest.raises(SettingsError) as caught:
        loaded(table, toml)
    return str(caught.value)


def loaded(table: str, toml: str) -> Settings:
    Path("pressrun.toml").write_text(f"[papers.daily.delivery{table}]\n{toml}\n", "utf-8")
    return load_settings()


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('to = ["a@b.test"]', "name the SMTP server, too, and the sender"),
        ('server = "https://smtp.test"', "is no host; write one such as smtp.example.org:587"),
        ('server = "smtp.test:mail"', "is no host"),
        ('server = "me:hunter2@smtp.test"', "the user apart"),
        ('sender = "news"', "is no address"),
        ('sender = "News <news@p.test>"', "write the address alone"),
        (
            'server = "smtp.test"\nsecurity = "none"\nuser = "me"',
            "a password is not sent over an open connection",
        ),
        ('atach = ["pdf"]', "papers.daily.delivery.mail.atach: no such setting"),
    ],
)
def test_mail_that_could_not_be_sent_is_refused(toml: str, says: str) -> None:
    assert says in fault(".mail", toml)


@pytest.mark.parametrize(
    ("table", "toml"),
    [
        (".mail", 'server = "me:hunter2@smtp.test"'),
        (".mail", 'server = "smtp://me:hunter2@smtp.test:587"'),
        (".mail", 'sender = "me:hunter2"'),
        (".mail", 'to = ["hunter2@home.test"]'),
        (".mail", "password = 7770002\nport = 1"),
        ("", 'mail = "smtp://me:hunter2@smtp.test"'),
        ("", 'chats = "dingtalk://hunter2"'),
        ("", '[papers.world]\ndelivery = ["dingtalk://hunter2"]'),
    ],
)
def test_what_may_be_a_secret_is_in_no_message_and_no_traceback(table: str, toml: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(table, toml)
    said = "".join(traceback.format_exception(caught.value))
    assert "papers." in said
    assert "hunter2" not in said
    assert "7770002" not in said


@pytest.mark.parametrize("toml", ['webhooks = ["hook.test/T0KEN"]', 'chats = "ding://T0KEN"'])
def test_an_address_that_is_wrong_is_refused_without_being_shown(toml: str) -> None:
    said = fault("", toml)
    assert "papers.daily.delivery." in said
    assert "T0KEN" not in said


@pytest.mark.parametrize(
    ("server", "security", "place"),
    [
        ("smtp.test", "starttls", ("smtp.test", 587)),
        ("smtp.test", "tls", ("smtp.test", 465)),
        ("[::1]:2525", "none", ("::1", 2525)),
        ("127.0.0.1", "none", ("127.0.0.1", 25)),
    ],
)
def test_a_port_goes_by_the_security(server: str, security: str, place: tuple[str, int]) -> None:
    given = {"server": server, "security": security}
    assert MailSettings.model_validate(given).place == place


def test_the_environment_names_addresses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "PRESSRUN_PAPERS__DAILY__DELIVERY"
    monkeypatch.setenv(f"{group}__MAIL__TO", '["a@b.test"]')
    monkeypatch.setenv(f"{group}__MAIL__SERVER", "smtp.test")
    monkeypatch.setenv(f"{group}__MAIL__SENDER", "n@p.test")
    delivery = load_settings().paper("daily").delivery
    assert delivery.is_wanted
    assert "a@b.test" not in repr(delivery)
