"""The one place where everything is put together."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server import flaws
from reference_server.endpoints import Rooms, paths
from reference_server.engines.delta import Engine
from reference_server.engines.synthetic import SyntheticEngine
from reference_server.engines.upstream import Upstream
from reference_server.logs import RequestLog
from reference_server.middleware import (
    AllowOrigins,
    AnswerErrors,
    Identify,
    ReadBody,
    RequireKey,
    StopWithClient,
)
from reference_server.routing.rules import Rules
from reference_server.settings import OpenAIEngine, Settings, SettingsError
from reference_server.settings import SyntheticEngine as SyntheticSettings
from reference_server.store import Store
from reference_server.telemetry import Exporter, Peer, Telemetry, exporter

log = logging.getLogger(__name__)

SMALLEST_GZIP = 1024
GZIP_LEVEL = 5


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    entropy: random.Random | None = None,
    flaw: str | None = None,
    shared: Path | None = None,
) -> "Application":
    """Build the server. `clock` gives seconds since 1970; `flaw` names a way to be wrong on purpose.

    `shared` is a folder that the workers of one server have in common.
    """
    entropy = entropy or random.Random()  # noqa: S311  (ids and filler text, no secrets)
    rooms = Rooms(
        settings=settings,
        rules=Rules.compiled(settings.routes, settings.default_engine),
        keys=[key.digest() for key in settings.keys],
        engines=build_engines(settings, entropy),
        upstreams=build_upstreams(settings),
        metrics=Telemetry([engine.name for engine in settings.engines], monotonic, folder=shared),
        clock=clock,
        entropy=entropy,
        store=Store(),
    )
    exports = build_exporter(settings, monotonic)
    app = identified(surrounded(paths(rooms), rooms), rooms, monotonic, exports)
    return Application(flaws.apply(app, flaw) if flaw else app, rooms, exports)


class Application:
    """The server, whose routes and keys can be replaced while it serves."""

    def __init__(self, app: ASGIApp, rooms: Rooms, exports: Exporter | None = None) -> None:
        """`rooms` are those that `app` works with."""
        self._app = app
        self._rooms = rooms
        self._exports = exports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Close the connections to upstreams, where the process goes on without the server."""
        for upstream in self._rooms.upstreams.values():
            await upstream.close()
        if self._exports:
            await asyncio.to_thread(self._exports.close)

    def reload(self, settings: Settings) -> None:
        """Take over the routes and keys: requests at work keep what they have, the next ones get these.

        SettingsError or ValueError if they can't be used; then nothing changes.
        """
        names = {engine.name for engine in self._rooms.settings.engines}
        rules = Rules.compiled(settings.routes, settings.default_engine)
        if missing := sorted({rule.pool for rule in rules.rules} - names):
            raise SettingsError("routes", f"engine '{missing[0]}' is new: that takes a restart")
        keys = [key.digest() for key in settings.keys]
        self._rooms.rules, self._rooms.keys = rules, keys
        log.info("routes and keys are reloaded")


def build_engines(settings: Settings, entropy: random.Random) -> Mapping[str, Engine]:
    """Build the configured engines that are here, by name."""
    here = [engine for engine in settings.engines if isinstance(engine, SyntheticSettings)]
    return {engine.name: SyntheticEngine(engine, entropy) for engine in here}


def build_upstreams(settings: Settings) -> Mapping[str, Upstream]:
    """Build the configured engines that are other servers, by name."""
    there = [engine for engine in settings.engines if isinstance(engine, OpenAIEngine)]
    return {engine.name: Upstream(engine, settings.request_timeout) for engine in there}


def surrounded(app: ASGIApp, rooms: Rooms) -> ASGIApp:
    """Put the middleware around the endpoints, from the inside out."""
    settings = rooms.settings
    app = StopWithClient(app)
    app = ReadBody(app, settings.max_body_bytes)
    app = RequireKey(app, settings.openai_compatibility.endpoint, lambda: rooms.keys)
    app = AnswerErrors(app)
    if settings.compression:
        app = GZipMiddleware(app, minimum_size=SMALLEST_GZIP, compresslevel=GZIP_LEVEL)
    return AllowOrigins(app, settings.openai_compatibility.allowed_origins)


def identified(app: ASGIApp, rooms: Rooms, monotonic: Callable[[], float], exports: Exporter | None) -> Identify:
    """Put around everything else what makes the record of each request, and what the record is for."""
    settings, each = rooms.settings, [exports] if exports else []

    def started() -> None:
        rooms.metrics.attend()
        for one in each:
            one.start()

    return Identify(
        app,
        monotonic,
        rooms.entropy,
        prefix=settings.openai_compatibility.endpoint,
        observers=[rooms.metrics.note, RequestLog(settings.slow_request).note, *(one.note for one in each)],
        started=started,
    )


def build_exporter(settings: Settings, monotonic: Callable[[], float]) -> Exporter | None:
    """Build what sends OpenTelemetry's spans and metrics, where that is configured."""
    telemetry = settings.telemetry
    if telemetry.otlp_endpoint is None:
        return None
    models = {model.id for model in settings.models}
    return exporter(telemetry.otlp_endpoint, telemetry.service_name, peers(settings), models, monotonic)


def peers(settings: Settings) -> Mapping[str, Peer]:
    """Return who the engines are, by name."""
    here = Peer("coze")
    found = {engine.name: here for engine in settings.engines}
    for engine in settings.engines:
        if isinstance(engine, OpenAIEngine):
            there = urlsplit(engine.base_url)
            found[engine.name] = Peer("openai", there.hostname, there.port)
    return found
