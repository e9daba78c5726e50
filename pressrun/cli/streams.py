"""Standard output and error, whatever they are: closed, full, a pipe that ends, without Chinese."""

import io
import os
import sys
from contextlib import suppress

from pressrun.errors import PressrunError


def open_streams() -> None:
    """Have both streams take any text: a title must not end a run, nor a closed stream.

    What an encoding such as ASCII lacks is written as an escape.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def takes_unicode() -> bool:
    """Whether standard output can show any character."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")


def say(text: str) -> None:
    """Write *text* to standard output. A reader that left early, as `head` does, has what it wants.

    Raises:
        PressrunError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up()
    except OSError as exc:
        _give_up()
        raise PressrunError(
            f"standard output cannot be written: {exc.strerror or exc}; the archive has the edition"
        ) from exc


def _give_up() -> None:
    """What is still buffered goes nowhere: the interpreter would complain of it at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
