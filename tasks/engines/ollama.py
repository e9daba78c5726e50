"""The engine `ollama`: prompts to a model that one or several hosts serve."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from pressrun.errors import (
    BadAnswer,
    EngineBusy,
    EngineError,
    EngineUnavailable,
    ModelMissing,
)
from pressrun.models import Completion, ModelIdentity, Prompt, Value
from settings import OllamaSettings
from tasks.engines.host import Host
from tasks.engines.limiter import AdaptiveLimit, FixedLimit
from tasks.engines.pool import Member, Pool
from tasks.engines.turns import turn_at

if TYPE_CHECKING:
    from tasks.engines.shared import SharedLimits

REST_S = 0.5
"""How long a host rests that could not be reached, and a request that a busy one has refused; twice
as long after each further time."""


class Survey(Value):
    """What the hosts say before a run.

    *hosts* have the model of *identity*; *absent* is why each of the others will not serve it.
    """

    identity: ModelIdentity
    hosts: tuple[str, ...]
    absent: tuple[str, ...] = ()


def ollama_engine(**options: Any) -> aclosing["OllamaEngine"]:
    """The engine for the table `[engines.ollama]`, as a context manager that closes it.

    Raises:
        pydantic.ValidationError: the options are not those of OllamaSettings.
    """
    return aclosing(OllamaEngine(OllamaSettings(**options)))


class OllamaEngine:
    """A model behind Ollama's API, for one run: one context size, one digest.

    *name* and *note* go into its identity. Use it within one event loop, and close it.
    """

    def __init__(self, settings: OllamaSettings, *, name: str = "ollama", note: str = "") -> None:
        self._settings = settings
        self._note = note
        fixed = settings.concurrency
        members = [
            Member(
                host=Host(settings, url, engine=name),
                limit=FixedLimit(fixed) if fixed else AdaptiveLimit(),
            )
            for url in dict.fromkeys(settings.hosts or (settings.host,))
        ]
        self._pool = Pool(members, self._recruit, attempts=settings.attempts, rest_s=REST_S)
        self._shared = _shared_limits(members) if settings.shared_limit else None
        self._lock = asyncio.Lock()
        self._identity: ModelIdentity | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()
        for member in self._pool.members:
            await member.host.aclose()
        if self._shared is not None:
            await self._shared.aclose()

    async def survey(self) -> Survey:
        """Ask all hosts for the model. The first that answers says which model it is.

        Raises:
            EngineError: none has it; with the reason of each.
            SettingsError: `shared_limit` is set, and a host has no such limit.
        """
        members = self._pool.members
        if self._shared is not None:
            await self._shared.require([member.host.server.address for member in members])
        await asyncio.gather(*(self._look(member) for member in members))
        first = next((member.model.identity for member in members if member.model), None)
        if first is None:
            raise self._pool.error()
        for member in members:
            if member.model and (error := _another(member, first)):
                member.model, member.error, member.out = None, error, True
        contexts = [member.model.identity.context_tokens for member in members if member.model]
        return Survey(
            identity=first.model_copy(update={"context_tokens": min(contexts)}),
            hosts=tuple(member.host.server.address for member in members if member.model),
            absent=tuple(str(member.error) for member in members if not member.model),
        )

    async def identify(self) -> ModelIdentity:
        """The model that answers; asked once, then remembered. Hosts begin to load it.

        Raises:
            SettingsError: as `survey`.
            EngineUnavailable: no sign of life within `connect_timeout_s`.
            ModelMissing: the server lacks the model; the message lists those it has.
            EngineError: it answers in another way than Ollama.
        """
        async with self._lock:
            if self._identity is None:
                self._identity = (await self.survey()).identity
                self._pool.start()
            return self._identity

    async def complete(self, prompt: Prompt) -> Completion:
        """The model's answer without its thinking; cancelling closes the request.

        Waits for a place at a host. What fails for a while is tried again, at another host where
        there is one, `attempts` times in all.

        Raises:
            EngineError: as the hosts failed, `transient` when they may recover.
            PromptTooLong: the model's context is too short for the prompt.
            BadAnswer: nothing was answered.
        """
        context = (await self.identify()).context_tokens
        faults: list[EngineError] = []
        while len(faults) < self._settings.attempts:
            if faults and isinstance(faults[-1], EngineBusy):
                await asyncio.sleep(REST_S * 2 ** (len(faults) - 1))
            async with turn_at(self._pool, again=bool(faults)) as turn:
                member = turn.member
                assert member.model is not None, "a host that is ready has been described"
                try:
                    answer = await member.host.ask(prompt, member.model, context)
                except BadAnswer:
                    raise  # of the model, which is the same anywhere
                except ModelMissing as exc:
                    self._pool.leave_out(member, exc)
                except EngineError as exc:
                    if not exc.transient:
                        raise
                    self._pool.failed(member, exc)
                    faults.append(exc)
                else:
                    self._pool.answered(turn, answer.prompt_s + answer.output_s, answer.queued_s)
                    return answer
        raise _all_of(faults) from faults[-1]

    async def _look(self, member: Member) -> None:
        member.model, member.error, member.failures, member.out = None, None, 0, False
        try:
            member.model = await member.host.describe(self._note)
        except EngineError as exc:
            member.error, member.failures, member.out = exc, 1, not exc.transient

    async def _recruit(self, member: Member) -> None:
        """Have the host ready for work: with the run's model, and that loaded."""
        assert self._identity is not None, "hosts are recruited after the survey"
        if member.model is None:
            member.model = await member.host.describe(self._note)
            if error := _another(member, self._identity):
                raise error
        try:
            await member.host.load(self._identity.context_tokens)
        except EngineUnavailable:
            raise
        except EngineError as exc:
            # The first request finds out, and says it. Where it has, the model cannot be had.
            if member.failures and exc.transient and not isinstance(exc, EngineBusy):
                raise EngineUnavailable(str(exc)) from exc


def _shared_limits(members: Sequence[Member]) -> "SharedLimits":
    """The limits that Prefect counts for all workers; each of *members* is given its own."""
    # Imported here: it brings Prefect, which an engine of its own does not need.
    from tasks.engines.shared import SharedLimits

    limits = SharedLimits()
    for member in members:
        member.slots = limits.slots(member.host.server.address)
    return limits


def _another(member: Member, identity: ModelIdentity) -> EngineError | None:
    """The error of a host whose model has the run's name and is another one."""
    assert member.model is not None
    own = member.model.identity.digest
    if own == identity.digest:
        return None
    return EngineError(
        f"{member.host.server} has another {identity.model}, {own[:12]} and not "
        f"{identity.digest[:12]}: fetch the same one on all hosts with "
        f"`pressrun models pull {identity.model}`"
    )


def _all_of(faults: Sequence[EngineError]) -> EngineError:
    """One error for all attempts, of the last one's kind."""
    reasons = "; then ".join(dict.fromkeys(map(str, faults)))
    last = faults[-1]
    return type(last)(reasons, transient=True, retry_after_s=last.retry_after_s)
