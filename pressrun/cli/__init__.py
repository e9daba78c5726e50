"""The command `pressrun`."""

from pressrun.cli.app import main

__all__ = ["main"]
