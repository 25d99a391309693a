"""The whole configuration."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.engines import AnyEngine, SyntheticEngine
from reference_server.settings.keys import Key, RateLimits
from reference_server.settings.limits import RequestLimits, UrlHost
from reference_server.settings.models import MODELS, Model
from reference_server.settings.routes import ROUTES, Alias, CircuitBreaker, HealthCheck, Overflow, Retries, Route
from reference_server.settings.section import Count, Patience, Seconds, Section, unknown
from reference_server.settings.server import AnthropicCompatibility, Cache, OpenAICompatibility
from reference_server.settings.state import State
from reference_server.settings.telemetry import Telemetry
from reference_server.settings.tls import Tls

Place = tuple[int | str, ...]
NO_FALLBACKS: Mapping[str, tuple[str, ...]] = {}


def worker_processes() -> int:
    """Return one and a half workers a core."""
    return max(1, (os.cpu_count() or 1) * 3 // 2)


class Settings(Section):
    """The whole configuration; every key has a default."""

    openai_compatibility: OpenAICompatibility = OpenAICompatibility()
    anthropic_compatibility: AnthropicCompatibility = AnthropicCompatibility()
    worker_processes: Annotated[int, Field(gt=0, le=1024)] = Field(default_factory=worker_processes)
    async_io: bool = True
    max_concurrent_requests: Count = 50
    http2: bool = True
    tls: Tls | None = None
    drain_delay: Seconds = 0.0
    drain_timeout: Patience = 30.0
    compression: bool = True
    request_timeout: Patience = 30.0
    max_body_bytes: Count = 20 * 1024 * 1024
    request_limits: RequestLimits = RequestLimits()
    url_hosts: tuple[UrlHost, ...] = ()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] | None = None
    slow_request: Patience = 10.0
    telemetry: Telemetry = Telemetry()
    engines: Annotated[tuple[AnyEngine, ...], Field(min_length=1)] = (SyntheticEngine(name="base"),)
    default_engine: str = "base"
    aliases: tuple[Alias, ...] = ()
    routes: tuple[Route, ...] = ROUTES
    overflow: Overflow | None = None
    fallbacks: Mapping[str, tuple[str, ...]] = NO_FALLBACKS
    circuit_breaker: CircuitBreaker | None = CircuitBreaker()
    retries: Retries = Retries()
    health_check: HealthCheck | None = HealthCheck()
    route_trace: str | None = None
    models: tuple[Model, ...] = MODELS
    keys: tuple[Key, ...] = ()
    rate_limits: RateLimits = RateLimits()
    cache: Cache = Cache()
    state: State | None = None

    @property
    def at_once(self) -> int:
        """How many requests a worker takes on at once: one, where `async_io` is off."""
        return self.max_concurrent_requests if self.async_io else 1

    @model_validator(mode="after")
    def _engines_exist(self) -> Self:
        names = [engine.name for engine in self.engines]
        if len(set(names)) < len(names):
            raise PydanticCustomError("engines", "two engines have the same name", {"at": ("engines",)})
        for name, at in self._named():
            if name not in names:
                raise unknown("engine", name, names, at)
        return self

    def _named(self) -> Iterator[tuple[str, Place]]:
        """Yield every mention of an engine, and where it is made."""
        yield self.default_engine, ("default_engine",)
        for number, route in enumerate(self.routes):
            if route.engine is not None:
                yield route.engine, ("routes", number, "engine")
            for place, name in enumerate(route.pool or ()):
                yield name, ("routes", number, "pool", place)
        if self.overflow:
            yield self.overflow.to, ("overflow", "to")
        for name, others in self.fallbacks.items():
            yield name, ("fallbacks", name)
            for place, other in enumerate(others):
                yield other, ("fallbacks", name, place)
