"""The one place where everything is put together."""

import logging
import random
import time
from collections.abc import Callable, Mapping

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server import flaws
from reference_server.endpoints import Rooms, paths
from reference_server.engines.delta import Engine
from reference_server.engines.synthetic import SyntheticEngine
from reference_server.engines.upstream import Upstream
from reference_server.metrics import Metrics
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

log = logging.getLogger(__name__)

SMALLEST_GZIP = 1024
GZIP_LEVEL = 5


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    entropy: random.Random | None = None,
    flaw: str | None = None,
) -> "Application":
    """Build the server. `clock` gives seconds since 1970; `flaw` names a way to be wrong on purpose."""
    entropy = entropy or random.Random()  # noqa: S311  (ids and filler text, no secrets)
    rooms = Rooms(
        settings=settings,
        rules=Rules.compiled(settings.routes, settings.default_engine),
        keys=[key.digest() for key in settings.keys],
        engines=build_engines(settings, entropy),
        upstreams=build_upstreams(settings),
        metrics=Metrics([engine.name for engine in settings.engines]),
        clock=clock,
        entropy=entropy,
        store=Store(),
    )
    app = surrounded(paths(rooms), rooms)
    return Application(flaws.apply(app, flaw) if flaw else app, rooms)


class Application:
    """The server, whose routes and keys can be replaced while it serves."""

    def __init__(self, app: ASGIApp, rooms: Rooms) -> None:
        """`rooms` are those that `app` works with."""
        self._app = app
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        await self._app(scope, receive, send)

    async def close(self) -> None:
        """Close the connections to upstreams, where the process goes on without the server."""
        for upstream in self._rooms.upstreams.values():
            await upstream.close()

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
    app = AllowOrigins(app, settings.openai_compatibility.allowed_origins)
    return Identify(app, rooms.clock, rooms.entropy)
