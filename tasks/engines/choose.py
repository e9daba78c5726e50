"""Which engine a run uses, and why, decided before anything is started."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from pydantic import ValidationError

from pressrun import plugins
from pressrun.errors import EngineError, EngineUnavailable, SettingsError
from pressrun.models import ModelIdentity, Value
from pressrun.ports import Engine
from settings import OllamaSettings, Settings
from tasks.engines.address import from_typed
from tasks.engines.embedded import model as embedded
from tasks.engines.names import same_model
from tasks.engines.ollama import OllamaEngine

AUTO_PATIENCE_S = 2.0
"""How long `auto` waits for a sign of Ollama: whoever has none should not wait for it."""


class Choice(Value):
    """An engine by name, its options as JSON values, and the reason in words for a person."""

    name: str
    options: dict[str, Any]
    reason: str


async def choose_engine(
    settings: Settings,
    *,
    engine: str | None = None,
    model: str | None = None,
    host: str | None = None,
) -> Choice:
    """The engine of a new run. *engine*, *model* and *host* are what the command line says.

    `auto` is Ollama when it answers and has the model, else the embedded engine. Whoever
    names a model or a host means Ollama.

    Raises:
        EngineError: the engine cannot work; not transient, with every remedy.
        PluginError: no engine has that name.
        SettingsError: *model* or *host* make no sense for the engine, or are malformed.
    """
    name = engine or settings.engine
    if name == "auto" and not model and not host:
        return await _auto(settings)
    if name in {"auto", "ollama"}:
        return await _ollama(_ollama_options(settings, model, host))
    if name == "embedded":
        return _embedded(settings, model, host)
    plugins.find("engines", name)
    return _plugin(settings, name, model, host)


async def choice_from_plan(
    settings: Settings,
    identity: ModelIdentity,
    *,
    engine: str | None = None,
    model: str | None = None,
    host: str | None = None,
) -> Choice:
    """The engine and model that a plan recorded: a resumed run keeps them, or fails.

    Another *host* may serve the same model.

    Raises:
        EngineError: it cannot work now; not transient.
        PluginError: the plug-in is not installed any more.
        SettingsError: *engine* or *model* ask for another one than the plan's.
    """
    begun = f"this printing was begun with {identity.engine} and {identity.model}"
    if engine not in {None, "auto", identity.engine}:
        raise SettingsError(f"{begun}; leave out --engine {engine} to resume it")
    if model and not same_model(model, identity.model):
        raise SettingsError(f"{begun}; leave out --model {model} to resume it")
    kept = identity.model if identity.engine == "ollama" else None
    choice = await choose_engine(settings, engine=identity.engine, model=kept, host=host)
    options = choice.options
    if identity.engine in {"ollama", "embedded"}:
        options = {**options, "way": identity.way.value}
    return Choice(
        name=choice.name, options=options, reason=f"{choice.reason}, as the printing was begun"
    )


def open_engine(choice: Choice) -> AbstractAsyncContextManager[Engine]:
    """The chosen engine, started when the context is entered and ended with it."""
    manager: AbstractAsyncContextManager[Engine] = plugins.build(
        "engines", choice.name, choice.options
    )
    return manager


async def _auto(settings: Settings) -> Choice:
    options = _ollama_options(settings, None, None)
    try:
        return await _ollama(options, AUTO_PATIENCE_S)
    except EngineError as exc:
        try:
            choice = _embedded(settings, None, None)
        except EngineUnavailable as other:
            raise EngineError(
                f"no engine is at hand: {exc}; Ollama needs `ollama serve` and "
                f"`pressrun models pull {options['model']}`; without Ollama: {other}",
                transient=False,
            ) from exc
        return choice.model_copy(update={"reason": f"{choice.reason}, because {exc}"})


async def _ollama(options: dict[str, Any], patience_s: float | None = None) -> Choice:
    settings = OllamaSettings.model_validate(options)
    if patience_s is not None:
        quick = min(patience_s, settings.connect_timeout_s)
        settings = settings.model_copy(update={"connect_timeout_s": quick})
    engine = OllamaEngine(settings)
    try:
        survey = await engine.survey()
    except EngineError as exc:
        # A retry within a run makes sense; to begin a run, a person has to act.
        raise type(exc)(str(exc), transient=False) from exc
    finally:
        await engine.aclose()
    reason = f"ollama at {', '.join(survey.hosts)} with {survey.identity.model}"
    return Choice(
        name="ollama", options=options, reason="; not used: ".join((reason, *survey.absent))
    )


def _ollama_options(settings: Settings, model: str | None, host: str | None) -> dict[str, Any]:
    options = settings.engines.ollama.model_dump(mode="json")
    if model:
        options["model"] = model
    if host:
        options |= {"host": from_typed(host), "hosts": ()}
    try:
        return OllamaSettings.model_validate(options).model_dump(mode="json")
    except ValidationError as exc:
        raise SettingsError(
            f"--host {host!r} is no address; write one such as http://192.168.1.5:11434"
        ) from exc


def _embedded(settings: Settings, model: str | None, host: str | None) -> Choice:
    if model:
        raise SettingsError(
            f"--model {model} has no meaning for the engine embedded; use --engine ollama, or "
            "name a GGUF file of your own by PRESSRUN_ENGINES__EMBEDDED__GGUF"
        )
    if host:
        raise SettingsError(
            f"--host {host} has no meaning for the engine embedded, which runs on this machine; "
            "use --engine ollama"
        )
    own = settings.engines.embedded
    embedded.require_installed(own)
    return Choice(
        name="embedded",
        options=own.model_dump(mode="json"),
        reason=f"embedded with {own.gguf or embedded.describe().name}",
    )


def _plugin(settings: Settings, name: str, model: str | None, host: str | None) -> Choice:
    given = {key: value for key, value in (("model", model), ("host", host)) if value}
    options = settings.engines.options(name) | given
    return Choice(name=name, options=options, reason=f"the engine {name} of a plug-in")
