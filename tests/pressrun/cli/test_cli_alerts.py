"""`pressrun alerts` and `pressrun metrics`, as a person types them."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from pressrun.archive import Archive
from pressrun.cli.app import app
from pressrun.cli.metrics import missing_days
from pressrun.errors import ArchiveError, SettingsError
from settings import load_settings
from tests.pressrun.archive.archive_desk import Desk

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(500 if "refusing" in self.path else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def operator() -> Iterator[str]:
    """Apprise's address of somebody who listens."""
    server = HTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_address_is_tried_and_what_failed_is_named(
    operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RING", f"{operator}/refusing")
    monkeypatch.setenv("PRESSRUN_ALERTS__ADDRESSES", f'["{operator}/tok3n", "env:RING"]')
    done = CliRunner().invoke(app, ["alerts", "test"])
    assert done.exit_code == 1
    first, second = done.stdout.splitlines()
    assert first == "sent    address 1 (json://...)"
    assert second.startswith("failed  env:RING: ")
    assert "500" in second
    assert "tok3n" not in done.output


def test_all_addresses_reached_is_success(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_ALERTS__ADDRESSES", f'["{operator}/tok3n"]')
    assert CliRunner().invoke(app, ["alerts", "test"]).exit_code == 0


@pytest.mark.parametrize("command", ["test", "install"])
def test_without_addresses_the_remedy_is_named(command: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["alerts", command])
    assert isinstance(done.exception, SettingsError)
    assert "alerts.addresses is empty" in str(done.exception)


@pytest.mark.parametrize(
    ("address", "number"),
    [("ntfy://desk.test/a, ntfy://desk.test/t0ken", "2"), ("t0ken.desk.test", "no")],
)
def test_an_address_that_is_not_one_service_is_not_installed(
    address: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressrun.cli.prefect.profile_answers", lambda: ("http://x.test/api", True))
    monkeypatch.setenv("RING", address)
    monkeypatch.setenv("PRESSRUN_ALERTS__ADDRESSES", '["ntfy://desk.test/a", "env:RING"]')
    done = CliRunner().invoke(app, ["alerts", "install"])
    assert isinstance(done.exception, SettingsError)
    assert str(done.exception).startswith(f"env:RING: Apprise reads {number} services in it; ")
    assert "t0ken" not in f"{done.exception}{done.output}"


def test_a_mistyped_archive_is_refused_and_not_made(tmp_path: Path) -> None:
    for command in ("show", "serve"):
        done = CliRunner().invoke(app, ["metrics", command, "--archive", str(tmp_path / "typo")])
        assert isinstance(done.exception, ArchiveError)
        assert "there is no archive" in str(done.exception)
    assert not (tmp_path / "typo").exists()


def test_metrics_are_shown_as_a_scrape_has_them(tmp_path: Path) -> None:
    Desk().print(Archive.open(str(tmp_path)))
    done = CliRunner().invoke(app, ["metrics", "show", "--archive", str(tmp_path)])
    assert done.exit_code == 0
    samples = [s for f in text_string_to_metric_families(done.stdout) for s in f.samples]
    printed = {"paper": "daily", "outcome": "printed"}
    assert [s.value for s in samples if s.labels == printed] == [2, 2]


def test_a_day_is_missing_once_its_run_is_hours_late() -> None:
    settings = load_settings()
    printed = {"daily": {date(2026, 3, 10), date(2026, 3, 12)}, "gone": {date(2026, 3, 1)}}
    # The edition of the 13th is due on the 14th at 06:30 in Shanghai, 22:30 UTC the day before.
    early = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)
    assert missing_days(settings, printed, early) == {"daily": 1}
    assert missing_days(settings, printed, early.replace(hour=2)) == {"daily": 2}
