"""Why a server did not pull or make a model, with what helps.

Source of the server's words: Ollama's server/images.go, download.go, create.go and routes.go,
August 2026.
"""

from collections.abc import Sequence
from typing import TypeAlias

from pressrun.errors import EngineError, ModelMissing
from tasks.engines.faults import Server

PULL_AGAIN = "pull again: what has come is kept"
CREATE_AGAIN = "create it again: a file that has come whole is not sent twice"

_Remedies: TypeAlias = Sequence[tuple[tuple[str, ...], str]]

_NO_ROOM = ("no space left", "not enough space")
_MAKE_ROOM = (
    "free some where Ollama keeps its models (`pressrun models list`, `pressrun models rm NAME`), "
    "then "
)
_PULL: _Remedies = (
    (_NO_ROOM, _MAKE_ROOM + PULL_AGAIN),
    (("newer version",), "update Ollama there"),
    (("invalid model name",), "write a name such as qwen3:4b"),
    (("digest mismatch",), "what came was damaged and is thrown away; pull again"),
    (
        ("no such host", "dial tcp", "connection refused", "tls:", "x509:"),
        "Ollama's machine needs the internet to pull; without it, bring the model as a file: "
        "`pressrun models create NAME --gguf FILE`",
    ),
    (("unauthorized", "denied"), "sign in on Ollama's machine: `ollama signin`"),
)
_CREATE: _Remedies = (
    (_NO_ROOM, _MAKE_ROOM + CREATE_AGAIN),
    (("invalid model name",), "write a name such as my-model:4b"),
    (
        ("digest mismatch",),
        "the file changed meanwhile, or was damaged on its way; create it again",
    ),
    (
        ("gguf", "magic", "unsupported", "unknown"),
        "take a GGUF file with one whole model, or update Ollama there",
    ),
)


def pull_refused(server: Server, words: str) -> EngineError:
    """The error of a pull that ended with the server's *words*."""
    about = words.lower()
    if "file does not exist" in about or "not found" in about:
        return ModelMissing(
            f"{server}: its registry has no model {server.model} ({words}); look the name up at "
            "https://ollama.com/library"
        )
    remedy = _remedy(about, _PULL, PULL_AGAIN)
    return EngineError(f"{server} did not pull {server.model}: {words}; {remedy}")


def create_refused(server: Server, words: str) -> EngineError:
    """The error of a model that was not made, because of the server's *words*."""
    remedy = _remedy(words.lower(), _CREATE, CREATE_AGAIN)
    return EngineError(f"{server} did not make {server.model}: {words}; {remedy}")


def _remedy(about: str, remedies: _Remedies, otherwise: str) -> str:
    return next((help_ for signs, help_ in remedies if any(s in about for s in signs)), otherwise)
