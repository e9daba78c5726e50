"""The limits of the Ollama hosts, by name; see test_shared.py for those of a Prefect server."""

import pytest
from typer.testing import CliRunner

from pressrun.cli.app import app
from pressrun.errors import SettingsError
from tasks.engines.limits import by_name, limit_name


def test_each_host_has_a_limit_of_its_own() -> None:
    hosts = ["http://192.0.2.1:11434", "http://192.0.2.2:11434"]
    assert by_name([*hosts, hosts[0]]) == {limit_name(host): host for host in hosts}


def test_two_addresses_with_one_name_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"desk-1.* and .*desk.1.* ollama-desk-1-11434"):
        by_name(["http://desk-1:11434", "http://desk.1:11434"])


@pytest.mark.parametrize("words", [("set", "2"), ("free",), ("rm",)])
def test_a_limit_is_not_set_for_two_hosts_at_once(words: tuple[str, ...]) -> None:
    hosts = ("http://desk-1.test:11434", "http://desk.1.test:11434")
    done = CliRunner().invoke(app, ["limits", *words, *hosts])
    assert isinstance(done.exception, SettingsError)
    assert "would share one limit" in str(done.exception)
