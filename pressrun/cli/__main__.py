"""`python -m pressrun.cli`: the command, for child processes that have a Python and no PATH."""

from pressrun.cli.app import main

main()
