"""Secrets of the settings: plain, by the name of an environment variable, or of a Prefect block.

    "s3cr3t"              itself
    "env:NAME"            the environment variable NAME
    "secret:NAME"         the Prefect Secret block NAME, on the server that the run or profile uses

What they stand for is in no log, message or repr: a value is told from its name only here.
"""

import json
import os
from typing import Any

from pydantic import SecretStr

from pressrun.errors import SettingsError

VARIABLE, BLOCK = "env:", "secret:"


def revealed(value: SecretStr) -> str:
    """The plain text that *value* is, or is the name of.

    For a block the Prefect server is asked, at most for its client's time limit. May be called in
    any thread; inside an event loop, use `asyncio.to_thread`.

    Raises:
        SettingsError: what is named is not there, is empty, or cannot be asked for.
    """
    text = value.get_secret_value()
    if text.startswith(VARIABLE):
        return _variable(text.removeprefix(VARIABLE))
    if text.startswith(BLOCK):
        return _block(text.removeprefix(BLOCK))
    return text


def _variable(name: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        raise SettingsError(
            f"env:{name}: no such environment variable, or an empty one; set {name} for the "
            "process that prints: in the worker's environment, or in front of the command"
        )
    return found


def _block(name: str) -> str:
    # Prefect is only imported by who keeps secrets there.
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
    from prefect.settings import get_current_settings

    url = get_current_settings().api.url
    if not url:
        raise SettingsError(
            f"secret:{name}: no Prefect server is set that could have the Secret block {name!r}; "
            "set PREFECT_API_URL, or write env:NAME and set that variable"
        )
    try:
        with get_client(sync_client=True) as client:
            document = client.read_block_document_by_name(name, "secret")
    except ObjectNotFound as exc:
        raise SettingsError(
            f"secret:{name}: the Prefect server at {url} has no Secret block {name!r}; make one in "
            "its UI (Blocks, Secret), or write env:NAME and set that variable"
        ) from exc
    except (httpx.HTTPError, PrefectHTTPStatusError, OSError) as exc:
        raise SettingsError(
            f"secret:{name}: the Prefect server at {url} could not be asked for the Secret block "
            f"{name!r} ({type(exc).__name__}); start the server, correct PREFECT_API_URL, or write "
            "env:NAME and set that variable",
            transient=True,
        ) from exc
    return _text(name, document.data.get("value"))


def _text(name: str, held: Any) -> str:
    """A block's value: text as it is, what was entered as JSON as JSON."""
    text = held if isinstance(held, str) else json.dumps(held) if held is not None else ""
    if not text:
        raise SettingsError(f"secret:{name}: the Secret block is empty; enter its value in the UI")
    return text
