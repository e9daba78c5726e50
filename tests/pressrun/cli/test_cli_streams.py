"""Standard output as it comes: without Chinese, closed, full, a pipe whose reader left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from pressrun.cli import streams
streams.open_streams()
streams.say("要闻\\n")
"""


def run(
    program: str = PROGRAM, *, encoding: str = "utf-8", stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", program],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=False,
    )


def test_what_an_encoding_lacks_is_escaped() -> None:
    ended = run(encoding="ascii")
    assert (ended.returncode, ended.stdout) == (0, rb"\u8981\u95fb" + b"\n")
    assert run().stdout.decode() == "要闻\n"


def test_a_reader_that_left_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = run(stdout=writer)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_closed_output_is_no_error() -> None:
    shell = ["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, PROGRAM]
    ended = subprocess.run(shell, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_once() -> None:
    program = f"""
from pressrun.errors import PressrunError
try:{PROGRAM.replace(chr(10), chr(10) + "    ")}
except PressrunError as error:
    raise SystemExit(str(error))
"""
    with Path("/dev/full").open("wb") as full:
        ended = run(program, stdout=full.fileno())
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"standard output cannot be written: No space left on device")
    assert len(ended.stderr.splitlines()) == 1
