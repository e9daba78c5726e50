"""The command `pressrun`."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command. Ctrl-C while it is still being imported ends it as later: 130, no words."""
    try:
        from pressrun.cli.app import main as command

        command()
    except KeyboardInterrupt:
        sys.exit(130)


__all__ = ["main"]
