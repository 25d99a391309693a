"""Settings to what the endpoints work with."""

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from reference_server.admission import Gate
from reference_server.caching import MemoryValues, RedisValues, ResponseCache, Values, VectorCache
from reference_server.endpoints import Rooms
from reference_server.engines.coze import Coze
from reference_server.engines.delta import Engine
from reference_server.engines.llama import Llama
from reference_server.engines.synthetic import SyntheticEngine
from reference_server.engines.upstream import Upstream
from reference_server.limits import ApiKey, KeyRing, Limiter, MemoryLimiter, Quota, SharedLimiter
from reference_server.redis_link import RedisLink
from reference_server.routing.configured import breaker_rule, budget_rule, capacities, health_rule, plan
from reference_server.routing.fleet import Fleet
from reference_server.routing.gauges import engine_gauges
from reference_server.routing.patterns import Pattern
from reference_server.routing.retrying import RetryBudget
from reference_server.routing.router import Record, Router
from reference_server.routing.trace import Trace
from reference_server.settings import (
    AnyEngine,
    CozeEngine,
    Key,
    LlamaEngine,
    OpenAIEngine,
    RateLimits,
    RemoteEngine,
    Settings,
    SettingsError,
    Timeouts,
)
from reference_server.settings import SyntheticEngine as SyntheticSettings
from reference_server.state import DatabaseStore, MemoryStore, Store
from reference_server.telemetry import Exporter, Peer, Telemetry, exporter

SEED = 0
"""Workers may well decide alike: each is out of step with the others after its first request."""
FRESH = 0.01
"""Seconds for which decisions share one look at the engines."""
PRIORITIES = {"critical": 0, "normal": 1, "low": 2}


def build_rooms(
    settings: Settings,
    clock: Callable[[], float],
    ticks: Callable[[], float],
    entropy: Random,
    shared: Path | None = None,
) -> Rooms:
    """Build everything that serves; SettingsError or ValueError for what can't be.

    `shared` is a folder that the workers of one server have in common.
    """
    planned = plan(settings)
    redis = settings.cache.redis
    link = RedisLink(redis.address(), budget=redis.timeout) if redis else None
    fleet = Fleet(
        capacities(settings),
        planned.pools.values(),
        breaker=breaker_rule(settings.circuit_breaker),
        health=health_rule(settings.health_check),
        fresh_s=FRESH,
    )
    return Rooms(
        settings=settings,
        router=Router(planned, SEED),
        fleet=fleet,
        gates=build_gates(settings, ticks),
        budget=RetryBudget(budget_rule(settings.retries)),
        trace=writing(settings.route_trace) if settings.route_trace else None,
        keys=key_ring(settings),
        anybody=anybody(settings),
        limiter=build_limiter(link, ticks, entropy),
        responses=build_responses(settings, link, ticks),
        vectors=build_vectors(settings, link),
        link=link,
        engines=build_engines(settings, ticks, entropy),
        upstreams=build_upstreams(settings),
        patiences={engine.name: patience(engine, settings.request_timeout) for engine in settings.engines},
        telemetry=Telemetry(ticks, lambda: engine_gauges(fleet, ticks()), shared),
        clock=clock,
        ticks=ticks,
        entropy=entropy,
        store=build_store(settings, clock),
    )


def build_store(settings: Settings, clock: Callable[[], float]) -> Store:
    """Build what keeps objects: in a database, or in the memory of this process."""
    given = settings.state
    return DatabaseStore(given.address(), clock, given.timeout) if given else MemoryStore(clock)


def build_gates(settings: Settings, ticks: Callable[[], float]) -> Mapping[str, Gate]:
    """Build the queue before each engine."""
    return {
        engine.name: Gate(engine.max_concurrent or settings.at_once, engine.queue, ticks) for engine in settings.engines
    }


def build_limiter(link: RedisLink | None, ticks: Callable[[], float], entropy: Random) -> Limiter:
    """Build what counts: for all workers in Redis, or for this one."""
    here = MemoryLimiter(ticks)
    return SharedLimiter(link, here, f"{os.getpid():x}-{entropy.getrandbits(64):x}") if link else here


def build_responses(settings: Settings, link: RedisLink | None, ticks: Callable[[], float]) -> ResponseCache | None:
    """Build the cache of answers, if it is configured."""
    given = settings.cache.responses
    if given is None:
        return None
    values: Values = (
        RedisValues(link, "responses", given.ttl) if link else MemoryValues(given.max_bytes, given.ttl, ticks)
    )
    return ResponseCache(values)


def build_vectors(settings: Settings, link: RedisLink | None) -> VectorCache | None:
    """Build the cache of vectors, if it is configured."""
    given = settings.cache.embeddings
    return VectorCache(RedisValues(link, "vectors", given.ttl)) if given and link else None


def build_engines(settings: Settings, ticks: Callable[[], float], entropy: Random) -> Mapping[str, Engine]:
    """Build the configured engines that are here, by name."""
    engines: dict[str, Engine] = {}
    for engine in settings.engines:
        if isinstance(engine, SyntheticSettings):
            engines[engine.name] = SyntheticEngine(engine, entropy)
        elif isinstance(engine, CozeEngine):
            engines[engine.name] = Coze(engine, settings.request_timeout, entropy, ticks)
        elif isinstance(engine, LlamaEngine):
            engines[engine.name] = Llama(engine, entropy, ticks)
    check_tags(settings, engines)
    return engines


def check_tags(settings: Settings, engines: Mapping[str, Engine]) -> None:
    """Refuse a route that selects by a tag which no model of its engines has."""
    for place, route in enumerate(settings.routes):
        for name in route.pool or (route.engine or settings.default_engine,):
            engine = engines.get(name)
            if route.tag and not (isinstance(engine, Llama) and engine.has_tag(route.tag)):
                raise SettingsError(f"routes[{place}]", f"engine '{name}' has no model with the tag '{route.tag}'")


def build_upstreams(settings: Settings) -> Mapping[str, Upstream]:
    """Build the configured engines that are other servers, by name."""
    there = [engine for engine in settings.engines if isinstance(engine, OpenAIEngine)]
    return {engine.name: Upstream(engine, settings.request_timeout) for engine in there}


def patience(engine: AnyEngine, usual: float) -> tuple[float, float]:
    """Return the seconds that a whole answer may take, and a first token."""
    said = engine.timeouts if isinstance(engine, RemoteEngine) else Timeouts()
    return said.total or usual, said.first_token or usual


def build_exporter(settings: Settings, ticks: Callable[[], float]) -> Exporter | None:
    """Build what sends OpenTelemetry's spans and metrics, where that is configured."""
    telemetry = settings.telemetry
    if telemetry.otlp_endpoint is None:
        return None
    models = {model.id for model in settings.models}
    return exporter(telemetry.otlp_endpoint, telemetry.service_name, peers(settings), models, ticks)


def peers(settings: Settings) -> Mapping[str, Peer]:
    """Return who the engines are, by name."""
    found = {engine.name: Peer("coze") for engine in settings.engines}
    for engine in settings.engines:
        if isinstance(engine, RemoteEngine):
            there = urlsplit(engine.base_url)
            found[engine.name] = Peer("openai" if engine.type == "openai" else "coze", there.hostname, there.port)
    return found


def key_ring(settings: Settings) -> KeyRing | None:
    """Return the keys that there are; None where everybody is let in. SettingsError for one whose source is empty."""
    return KeyRing(api_key(key, settings.rate_limits) for key in settings.keys) if settings.keys else None


def api_key(key: Key, usual: RateLimits) -> ApiKey:
    """Return a key as it is kept; PatternError for a pattern that can't be used."""
    digest = key.digest()
    quota = Quota(key.rpm or usual.rpm, key.tpm or usual.tpm, key.concurrency or usual.concurrency)
    # Half of a hash names a key as well as its name does, and tells nobody the key.
    known = ApiKey(key.name or digest.hex()[:12], digest, quota=quota, priority=PRIORITIES[key.priority])
    if not key.models:
        return known
    patterns = [Pattern.compiled(each) for each in key.models]
    return ApiKey(
        known.id,
        digest,
        lambda model: any(pattern.groups(model) is not None for pattern in patterns),
        quota,
        known.priority,
    )


def anybody(settings: Settings) -> ApiKey:
    """Return who calls where there are no keys: all of them share the usual limits."""
    usual = settings.rate_limits
    return ApiKey("anybody", b"", quota=Quota(usual.rpm, usual.tpm, usual.concurrency))


def writing(path: str) -> Callable[[Record], None]:
    """Write decisions to a file of this process, beside those of the other workers."""
    trace, written = Trace(), logging.Logger("routes")
    written.addHandler(logging.FileHandler(f"{path}.{os.getpid()}", encoding="utf-8", delay=True))

    def write(record: Record) -> None:
        for line in trace.lines(record):
            written.info("%s", line)

    return write
