"""What the command says when something it needs is missing, and how soon."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [str(Path(sys.executable).with_name("pressrun")), "digest", "--date", "2026-03-12"]
NOBODY = "http://127.0.0.1:1"


def digest(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    state = {"XDG_STATE_HOME": str(folder / "state"), "PREFECT_HOME": str(folder / "prefect")}
    return subprocess.run(
        [*COMMAND, "--archive", str(folder / "archive"), "--prefect", "temporary", *words],
        cwd=folder,
        env=os.environ | state | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_engine_that_cannot_serve_is_told_of_before_prefect_starts(tmp_path: Path) -> None:
    ended = digest(tmp_path, "--engine", "ollama", "--host", NOBODY)
    assert ended.returncode == 5
    assert ended.stderr.splitlines()[1].startswith(f"EngineUnavailable: ollama at {NOBODY} cannot")
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "state").exists()


def test_an_archive_at_a_file_is_told_of_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "archive").touch()
    ended = digest(tmp_path, "--host", NOBODY)
    assert ended.returncode == 1
    assert "a file stands where a folder must be" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_no_place_for_the_temporary_prefect_server_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = digest(tmp_path, "--engine", "embedded", XDG_STATE_HOME=str(tmp_path / "file"))
    assert ended.returncode == 1
    assert "PrefectUnavailable: " in ended.stderr
    assert "set XDG_STATE_HOME to a folder that can be written" in ended.stderr
    assert "Traceback" not in ended.stderr
