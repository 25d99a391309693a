"""The one place where everything is put together."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server import flaws
from reference_server.building import anybody, build_exporter, build_rooms, key_ring
from reference_server.endpoints import Rooms, paths
from reference_server.engines.coze import Coze
from reference_server.engines.llama import Llama
from reference_server.errors import StateAway
from reference_server.forgetting import forget
from reference_server.logs import RequestLog
from reference_server.middleware import (
    AllowOrigins,
    AnswerErrors,
    Compress,
    Identify,
    ReadBody,
    RequireKey,
    StopWithClient,
)
from reference_server.probing import probe
from reference_server.routing.configured import plan
from reference_server.routing.router import Router
from reference_server.settings import Settings, SettingsError
from reference_server.telemetry import Exporter
from reference_server.translators import Translators

log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    ticks: Callable[[], float] = time.monotonic,
    entropy: random.Random | None = None,
    flaw: str | None = None,
    shared: Path | None = None,
) -> "Application":
    """Build the server; ValueError for settings that can't be used.

    `clock` gives seconds since 1970, `ticks` those of a clock that never goes back; `flaw` names a way to be wrong on
    purpose. `shared` is a folder that the workers of one server have in common.
    """
    entropy = entropy or random.Random()  # noqa: S311  (ids and filler text, no secrets)
    rooms = build_rooms(settings, clock, ticks, entropy, shared)
    exports = build_exporter(settings, ticks)
    app = surrounded(paths(rooms, Translators(settings).routes(rooms)), rooms, exports)
    return Application(flaws.apply(app, flaw) if flaw else app, rooms, exports)


class Application:
    """The server, whose routes and keys can be replaced while it serves."""

    def __init__(self, app: ASGIApp, rooms: Rooms, exports: Exporter | None) -> None:
        """`rooms` are those that `app` works with; `exports` gets what it observes."""
        self._app = app
        self._rooms = rooms
        self._exports = exports
        self._tasks: list[asyncio.Task[None]] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        self.start()
        await self._app(scope, receive, send)

    async def check(self) -> None:
        """Open and close what is kept; ValueError where that can't be."""
        try:
            await self._rooms.store.open()
        except StateAway as error:
            problem = "what is kept can't be reached: is the address right, and may it be written?"
            raise SettingsError("state", problem) from error
        finally:
            await self._rooms.close()

    def start(self) -> None:
        """Begin with what is done beside requests, in the event loop that serves them; once."""
        if self._tasks is not None:
            return
        rooms = self._rooms
        duties = [self._probe, *rooms.duties]
        if rooms.store.lasts and rooms.settings.state:
            duties.append(partial(forget, rooms.store, rooms.clock, rooms.settings.state.days))
        self._tasks = [asyncio.ensure_future(duty()) for duty in duties]
        for engine in rooms.engines.values():
            if isinstance(engine, Llama):
                engine.preload()
        rooms.telemetry.attend()
        if self._exports:
            self._exports.start()

    async def close(self) -> None:
        """Close the connections to others, where the process goes on without the server."""
        for task in self._tasks or ():
            task.cancel()
        await asyncio.gather(*self._tasks or (), return_exceptions=True)
        await self._rooms.close()
        if self._exports:
            await asyncio.to_thread(self._exports.close)

    def drain(self) -> None:
        """Say from now on that no more requests are wanted; those that come are served all the same."""
        self._rooms.draining = True

    def reload(self, settings: Settings) -> None:
        """Take over the routes and keys: requests at work keep what they have, the next ones get these.

        SettingsError or ValueError if they can't be used; then nothing changes.
        """
        rooms = self._rooms
        names = {engine.name for engine in rooms.settings.engines}
        planned = plan(settings)
        if missing := sorted(planned.engines() - names):
            raise SettingsError("routes", f"engine '{missing[0]}' is new: that takes a restart")
        keys = key_ring(settings)
        rooms.fleet.follow(planned.pools.values())
        rooms.router, rooms.keys, rooms.anybody = Router(planned, rooms.router.seed), keys, anybody(settings)
        log.info("routes and keys are reloaded")

    async def _probe(self) -> None:
        if check := self._rooms.settings.health_check:
            bots = [engine for engine in self._rooms.engines.values() if isinstance(engine, Coze)]
            await probe([*self._rooms.upstreams.values(), *bots], self._rooms.fleet, check)


def surrounded(app: ASGIApp, rooms: Rooms, exports: Exporter | None) -> ASGIApp:
    """Put the middleware around the endpoints, from the inside out."""
    settings, translators = rooms.settings, Translators(rooms.settings)
    app = StopWithClient(app)
    app = ReadBody(app, settings.max_body_bytes)
    app = RequireKey(app, settings.openai_compatibility.endpoint, lambda: rooms.keys, translators.secret)
    app = AnswerErrors(app, translators.told)
    if settings.compression:
        app = Compress(app)
    app = AllowOrigins(app, settings.openai_compatibility.allowed_origins)
    observers = [rooms.telemetry.note, RequestLog(settings.slow_request).note, *([exports.note] if exports else [])]
    return Identify(app, rooms.ticks, rooms.entropy, settings.openai_compatibility.endpoint, observers)
