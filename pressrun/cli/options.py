"""Options that several commands have, each with the same words."""

from pathlib import Path
from typing import Annotated

import typer

Address = Annotated[
    str | None, typer.Option("--archive", metavar="DIR", help="The archive's folder or address.")
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings; default: ./pressrun.toml."),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output, nothing else there.")
]
