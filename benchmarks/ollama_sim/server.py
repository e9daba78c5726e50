"""The simulated server's HTTP side: Ollama's paths, NDJSON streams, and the log of requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import web

from benchmarks.ollama_sim.faults import Fault, draw
from benchmarks.ollama_sim.job import Job
from benchmarks.ollama_sim.log import LogRow
from benchmarks.ollama_sim.replies import break_off, ollama_errors, write
from benchmarks.ollama_sim.scheduler import Scheduler
from benchmarks.ollama_sim.spec import Spec
from benchmarks.ollama_sim.wire import (
    BUSY,
    Ask,
    Refused,
    check_name,
    entry,
    last_record,
    read_ask,
    record,
    shown,
)
from benchmarks.ollama_sim.words import Asked, answer

Answer: TypeAlias = Callable[[Asked], str]


class Simulator:
    """A server of *spec*. *answer* says what the model writes; its words are the log's tokens."""

    def __init__(self, spec: Spec, answer: Answer = answer) -> None:
        self.spec = spec
        self.log: list[LogRow] = []
        self._answer = answer
        self._scheduler = Scheduler(spec)
        self._moved: dict[Job, asyncio.Event] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._asked = 0

    def application(self) -> web.Application:
        """The routes of Ollama's API, and `/sim/log` with what was asked so far."""
        app = web.Application(client_max_size=16 * 1024 * 1024, middlewares=[ollama_errors])
        app.router.add_get("/", self._root)
        app.router.add_get("/api/version", self._version)
        app.router.add_get("/api/tags", self._tags)
        app.router.add_get("/api/ps", self._running)
        app.router.add_post("/api/show", self._show)
        app.router.add_post("/api/chat", self._complete)
        app.router.add_post("/api/generate", self._complete)
        app.router.add_get("/sim/log", self._log)
        return app

    async def _root(self, _: web.Request) -> web.Response:
        return web.Response(text="Ollama is running")

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"version": "0.12.0"})

    async def _tags(self, _: web.Request) -> web.Response:
        return web.json_response({"models": [entry(self.spec)]})

    async def _running(self, _: web.Request) -> web.Response:
        loaded = self._scheduler.loaded
        models = [{**entry(self.spec), "context_length": loaded}] if loaded else []
        return web.json_response({"models": models})

    async def _show(self, request: web.Request) -> web.Response:
        asked = await request.json()
        check_name(asked.get("model") or asked.get("name"), self.spec)
        return web.json_response(shown(self.spec))

    async def _log(self, _: web.Request) -> web.Response:
        return web.json_response([row._asdict() for row in self.log])

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; a client that leaves cancels this, and with it the job."""
        asked = await request.json()
        job, begun = Job(0, 0), _now()
        outcome = "refused"
        try:
            ask = read_ask(request.path, asked, self._answer(asked), self.spec)
            fault, share = self._fault() if ask.prompt else (None, 1.0)
            job = _job(ask, fault, share)
            if fault is Fault.BUSY or not self._scheduler.submit(job, begun):
                outcome = Fault.BUSY
                raise Refused(503, BUSY)
            outcome = fault or "left"
            self._moved[job] = asyncio.Event()
            self._tick()
            response = await self._respond(request, asked, ask, job, fault)
            outcome = fault or ("answered" if ask.prompt else "loaded")
            return response
        finally:
            self._end(job, outcome, request.path, begun)

    def _fault(self) -> tuple[Fault | None, float]:
        self._asked += 1
        return draw(self.spec, self._asked)

    def _end(self, job: Job, outcome: str, path: str, begun: float) -> None:
        now = _now()
        if self._moved.pop(job, None) and job.done_s is None:
            self._scheduler.cancel(job, now)
            self._tick()
        times = (job.arrived_s, job.ready_s, job.started_s, job.first_s, job.done_s)
        _, ready, started, first, done = (now if moment is None else moment for moment in times)
        self.log.append(
            LogRow(
                path=path,
                outcome=outcome,
                arrived_s=begun,
                ended_s=now,
                load_s=ready - begun,
                queued_s=started - ready,
                prompt_s=first - started,
                output_s=done - first,
                prompt_tokens=job.prompt_tokens,
                cached=job.cached,
                output_tokens=self._scheduler.written(job),
                active=job.active,
            )
        )

    async def _respond(
        self, request: web.Request, asked: Asked, ask: Ask, job: Job, fault: Fault | None
    ) -> web.StreamResponse:
        if asked.get("keep_alive") in {0, "0"}:
            self._scheduler.unload(_now())
        streams = asked.get("stream", True) and bool(ask.prompt)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        sent = 0
        while job.done_s is None:
            await self._news(job, self.spec.record_s if streams and sent else None)
            written = self._scheduler.written(job)
            if streams and job.done_s is None and written > sent:
                if not sent:
                    await response.prepare(request)
                await write(response, record(ask, self.spec, *ask.pieces(sent, written)))
                sent = written
            if job.held and self.spec.stall_s:
                await asyncio.sleep(self.spec.stall_s)
                self._scheduler.resume(job, _now())
                self._tick()
        if fault and fault is not Fault.STALL:
            return await break_off(request, response, fault, prepared=sent > 0)
        last = last_record(ask, self.spec, job, *ask.pieces(sent, ask.output_tokens))
        if not streams:
            return web.json_response(last)
        if not sent:
            await response.prepare(request)
        await write(response, last)
        await response.write_eof()
        return response

    async def _news(self, job: Job, patience_s: float | None) -> None:
        """Return when *job* passed a milestone, or after *patience_s*."""
        moved = self._moved[job]
        try:
            async with asyncio.timeout(None if job.held else patience_s):
                await moved.wait()
        except TimeoutError:
            self._tick()
        moved.clear()

    def _tick(self) -> None:
        """Bring the simulation up to now, wake whom it concerns, and set the next alarm."""
        for job in self._scheduler.advance(_now()):
            if job in self._moved:
                self._moved[job].set()
        if self._timer:
            self._timer.cancel()
        moment = self._scheduler.next_event_s()
        loop = asyncio.get_running_loop()
        self._timer = None if moment is None else loop.call_at(moment, self._tick)


@asynccontextmanager
async def serving(simulator: Simulator, port: int = 0) -> AsyncIterator[str]:
    """*simulator* on loopback, at the address that is yielded; port 0 is a free one."""
    runner = web.AppRunner(
        simulator.application(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _job(ask: Ask, fault: Fault | None, share: float) -> Job:
    """The work of *ask*: up to where *fault* comes, if it does."""
    job = Job(len(ask.prompt), ask.output_tokens, ask.num_ctx, prompt=ask.prompt)
    breaks = max(1, int(share * ask.output_tokens))
    if fault is Fault.STALL:
        job.holds_after = breaks
    elif fault:
        job.output_tokens = breaks
    return job


def _now() -> float:
    return asyncio.get_running_loop().time()
