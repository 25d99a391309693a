"""The one place where everything is put together."""

import random
import time
from collections.abc import Callable, Mapping

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from reference_server import flaws
from reference_server.endpoints import Rooms, paths
from reference_server.engines.delta import Engine
from reference_server.engines.synthetic import SyntheticEngine
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
from reference_server.settings import Settings
from reference_server.store import Store

SMALLEST_GZIP = 1024
GZIP_LEVEL = 5


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    entropy: random.Random | None = None,
    flaw: str | None = None,
) -> ASGIApp:
    """Build the server. `clock` gives seconds since 1970; `flaw` names a way to be wrong on purpose."""
    entropy = entropy or random.Random()  # noqa: S311  (ids and filler text, no secrets)
    engines = build_engines(settings, entropy)
    rooms = Rooms(
        settings=settings,
        rules=Rules.compiled(settings.routes, settings.default_engine),
        engines=engines,
        metrics=Metrics(list(engines)),
        clock=clock,
        entropy=entropy,
        store=Store(),
    )
    app = surrounded(paths(rooms), rooms)
    return flaws.apply(app, flaw) if flaw else app


def build_engines(settings: Settings, entropy: random.Random) -> Mapping[str, Engine]:
    """Build the configured engines, by name."""
    return {engine.name: SyntheticEngine(engine, entropy) for engine in settings.engines}


def surrounded(app: ASGIApp, rooms: Rooms) -> ASGIApp:
    """Put the middleware around the endpoints, from the inside out."""
    settings = rooms.settings
    app = StopWithClient(app)
    app = ReadBody(app, settings.max_body_bytes)
    app = RequireKey(app, settings.openai_compatibility.endpoint, [key.secret() for key in settings.keys])
    app = AnswerErrors(app)
    app = GZipMiddleware(app, minimum_size=SMALLEST_GZIP, compresslevel=GZIP_LEVEL)
    app = AllowOrigins(app, settings.openai_compatibility.allowed_origins)
    return Identify(app, rooms.clock, rooms.entropy)
