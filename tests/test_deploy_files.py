"""deploy/: what compose, systemd and Docker are given, by their own programs where they are."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

REPOSITORY = Path(__file__).parents[1]
DEPLOY = REPOSITORY / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


def test_every_port_is_published_on_loopback_only() -> None:
    ports = [port for one in compose()["services"].values() for port in one.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports), ports


def test_what_stays_up_has_a_restart_policy_and_what_is_waited_for_a_health_check() -> None:
    services = compose()["services"]
    for name, one in services.items():
        assert one["restart"] in {"unless-stopped", "on-failure"}, name
        for other, how in one.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services[other]), (name, other)


def test_no_password_is_written_into_the_compose_file() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r"PASSWORD: (.*)", text) == [
        "${POSTGRES_PASSWORD:?write it into deploy/compose.env}"
    ]
    assert "POSTGRES_PASSWORD=" in (DEPLOY / "compose.env.example").read_text()


def test_the_site_sees_the_archive_and_cannot_write_it() -> None:
    assert compose()["services"]["site"]["volumes"] == ["archive:/srv/pressrun:ro"]


def compose_command() -> list[str] | None:
    for words in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(words[0]):
            said = subprocess.run([*words, "version"], capture_output=True, check=False)
            if said.returncode == 0:
                return words
    return None


def test_docker_compose_accepts_the_compose_file(tmp_path: Path) -> None:
    if (command := compose_command()) is None:
        pytest.skip("docker compose is not installed")
    copy = tmp_path / "deploy"
    shutil.copytree(DEPLOY, copy)
    shutil.copy(copy / "compose.env.example", copy / "compose.env")
    ended = subprocess.run(
        [*command, "--env-file", "deploy/compose.env", "-f", "deploy/compose.yaml", "config", "-q"],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    # Neither the program nor its user are on the machine of the tests.
    text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text())
    text = text.replace("User=pressrun", "User=root")
    copy = tmp_path / unit.name.replace("@", "@1")
    copy.write_text(text)
    ended = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
