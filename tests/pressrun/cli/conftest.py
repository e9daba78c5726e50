"""What the commands' tests share: an empty folder, a wide screen, and someone who types."""

import os
import sys
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.cli import main
from tests.pressrun.cli.cli_terminal import Ended, Type


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and a wide screen without colours."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "200", "TERMINAL_WIDTH": "200"}.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def typed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Type:
    """Type `pressrun` and these words in *folder*."""

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["pressrun", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(end.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def archive(archive_dir: Path) -> Archive:
    """The archive that a command finds in its folder."""
    return Archive.open(str(archive_dir))


@pytest.fixture
def environment(prefect_api: str, tmp_path: Path) -> dict[str, str]:
    """For a command in a process of its own, which runs on the session's Prefect server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | {
        "PREFECT_API_URL": prefect_api,
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
        "PRESSRUN_FETCH__HOST_DELAY_S": "0",
        "PRESSRUN_FETCH__RETRY_DELAY_S": "0",
        "PRESSRUN_SUMMARISE__RETRY_DELAY_S": "0",
    }
