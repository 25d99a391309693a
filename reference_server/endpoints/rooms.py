"""What the endpoints work with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

from starlette.types import Scope

from reference_server.admission import Gate
from reference_server.caching import ResponseCache, VectorCache
from reference_server.engines.delta import Engine
from reference_server.engines.upstream import Upstream
from reference_server.errors import ModelNotFound
from reference_server.limits import ApiKey, KeyRing, Limiter, SharedLimiter
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.openai_completions import CompletionRequest
from reference_server.redis_link import RedisLink
from reference_server.routing.fleet import Fleet
from reference_server.routing.retrying import RetryBudget
from reference_server.routing.router import Record, Router
from reference_server.settings import Settings
from reference_server.state import Store
from reference_server.telemetry import Telemetry

Duty = Callable[[], Awaitable[None]]
Asked = TypeVar("Asked", ChatRequest, CompletionRequest)


@dataclass(slots=True, kw_only=True)
class Rooms:
    """What the endpoints work with.

    `clock` is in seconds since 1970, `ticks` in seconds of a clock that never goes back. A reload puts others in the
    place of `router`, `keys` and `anybody`: whoever works with them asks here, once a request. `anybody` is who calls
    where there are no keys. `patiences` are the seconds that a whole answer may take, and a first token, by engine.
    `duties` are done for as long as the process serves.
    """

    settings: Settings
    router: Router
    fleet: Fleet
    gates: Mapping[str, Gate]
    budget: RetryBudget
    trace: Callable[[Record], None] | None
    keys: KeyRing | None
    anybody: ApiKey
    limiter: Limiter
    responses: ResponseCache | None
    vectors: VectorCache | None
    link: RedisLink | None
    engines: Mapping[str, Engine]
    upstreams: Mapping[str, Upstream]
    patiences: Mapping[str, tuple[float, float]]
    telemetry: Telemetry
    clock: Callable[[], float]
    ticks: Callable[[], float]
    entropy: Random
    store: Store
    duties: list[Duty] = field(default_factory=list)
    draining: bool = False

    async def close(self) -> None:
        """Close the connections to others."""
        for upstream in self.upstreams.values():
            await upstream.close()
        for engine in self.engines.values():
            await engine.close()
        if isinstance(self.limiter, SharedLimiter):
            await self.limiter.close()
        if self.link:
            await self.link.close()
        await self.store.close()

    def patience(self, engine: str, *, streams: bool) -> float:
        """Return the seconds that a request to an engine may take: to the first token, or the whole answer."""
        return self.patiences[engine][streams]

    def engine(self, scope: Scope, model: str) -> Engine:
        """Return the engine that a request was sent to; ModelNotFound where no route led to one."""
        if "engine" not in scope:
            raise ModelNotFound(model)
        return self.engines[scope["engine"]]

    def asking(self, scope: Scope, asked: Asked) -> Asked:
        """Return what an engine is asked: by its own name for the model, and for whom."""
        tenant = scope["key"].id if self.keys else ""
        if tenant == asked.tenant and scope["model"] == asked.model:
            return asked
        return replace(asked, model=scope["model"], tenant=tenant)
