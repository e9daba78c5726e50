"""What /api/tags and /api/show say of a model -> what a run needs to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ollama

from pressrun.models import ModelIdentity, Way
from settings import OllamaSettings
from tasks.engines.names import same_model


@dataclass(frozen=True)
class Described:
    """A model. *think* is what requests say; None where they must not say anything."""

    identity: ModelIdentity
    think: Literal[False, "low"] | None


def describe(
    settings: OllamaSettings,
    listed: Sequence[ollama.ListResponse.Model],
    shown: ollama.ShowResponse,
    *,
    engine: str,
    note: str,
) -> Described:
    """The model of *settings*, by the name and digest under which the server lists it."""
    entry = next((e for e in listed if e.model and same_model(e.model, settings.model)), None)
    own = context_length(shown.modelinfo or {})
    identity = ModelIdentity(
        engine=engine,
        model=(entry and entry.model) or settings.model,
        digest=(entry and entry.digest) or "",
        way=Way(settings.way),
        context_tokens=min(settings.num_ctx, own) if own else settings.num_ctx,
        instructed=_is_instructed(shown.template),
        note=note,
    )
    return Described(identity, _think(shown))


def context_length(model_info: Mapping[str, Any]) -> int | None:
    """The model's own context in tokens; None where it is not said.

    The key is that of the architecture: a model that reads pictures has a second one.
    """
    named = model_info.get(f"{model_info.get('general.architecture')}.context_length")
    others = [value for key, value in model_info.items() if key.endswith(".context_length")]
    usable = [value for value in (named, *others) if isinstance(value, int) and value > 0]
    return usable[0] if usable else None


def _is_instructed(template: str | None) -> bool:
    """Whether a model has a chat template of more than the bare prompt; without word of it, yes."""
    return template is None or "".join(template.split()) not in {"", "{{.Prompt}}"}


def _think(shown: ollama.ShowResponse) -> Literal[False, "low"] | None:
    """Unset means true to a model that can think; true is an error to one that cannot."""
    if "thinking" not in (shown.capabilities or ()):
        return None
    family = (shown.details.family if shown.details else None) or ""
    # gpt-oss thinks in any case: it takes a level, and passes over true and false.
    return "low" if family in {"gptoss", "gpt-oss"} else False
