"""What Ollama says of its models -> values that a command shows."""

from collections.abc import Sequence
from datetime import datetime

import ollama

from pressrun.models import Value
from tasks.engines.described import context_length
from tasks.engines.names import same_model


class Installed(Value):
    """A model on a server's disk."""

    name: str
    digest: str
    """sha256 of its manifest, in hexadecimal digits."""
    bytes: int
    modified_at: datetime | None
    family: str
    parameters: str
    """Their number in words, such as "4.0B"."""
    quantisation: str


class Loaded(Value):
    """A model in a server's memory."""

    name: str
    digest: str
    bytes: int
    vram_bytes: int
    """How many of the bytes lie in the memory of a graphics card."""
    context_tokens: int | None
    """None of an old server, which does not say it."""
    expires_at: datetime | None
    """When it is unloaded, unless it is asked something before."""


class Card(Value):
    """All that is worth knowing of one model."""

    model: Installed
    context_tokens: int | None
    """The longest context that it was made for."""
    capabilities: tuple[str, ...]
    options: tuple[str, ...]
    """Its own options, each as "num_ctx 8192"; a request's prevail."""
    template: str


def as_installed(entry: ollama.ListResponse.Model) -> Installed:
    """The model of an entry of /api/tags."""
    details = entry.details
    return Installed(
        name=entry.model or "",
        digest=(entry.digest or "").removeprefix("sha256:"),
        bytes=entry.size or 0,
        modified_at=entry.modified_at,
        family=(details and details.family) or "",
        parameters=(details and details.parameter_size) or "",
        quantisation=(details and details.quantization_level) or "",
    )


def as_loaded(entry: ollama.ProcessResponse.Model) -> Loaded:
    """The model of an entry of /api/ps."""
    return Loaded(
        name=entry.model or entry.name or "",
        digest=(entry.digest or "").removeprefix("sha256:"),
        bytes=entry.size or 0,
        vram_bytes=entry.size_vram or 0,
        context_tokens=entry.context_length or None,
        expires_at=entry.expires_at,
    )


def as_card(model: Installed, shown: ollama.ShowResponse) -> Card:
    """*model* with what /api/show says of it."""
    return Card(
        model=model,
        context_tokens=context_length(shown.modelinfo or {}),
        capabilities=tuple(shown.capabilities or ()),
        options=tuple(" ".join(line.split()) for line in (shown.parameters or "").splitlines()),
        template=shown.template or "",
    )


def find(models: Sequence[Installed], name: str) -> Installed | None:
    """The one of *models* that *name* means to Ollama."""
    return next((model for model in models if same_model(model.name, name)), None)
