"""What the endpoints work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from reference_server.caching import VectorCache
from reference_server.engines.delta import Engine
from reference_server.engines.upstream import Upstream
from reference_server.metrics import Metrics
from reference_server.routing.rules import Rules
from reference_server.settings import Settings
from reference_server.store import Store


@dataclass(slots=True, kw_only=True)
class Rooms:
    """What the endpoints work with. `clock` is in seconds since 1970, `keys` are digests.

    A reload puts others in the place of `rules` and `keys`: whoever works with them asks here, once a request.
    """

    settings: Settings
    rules: Rules
    keys: Sequence[bytes]
    engines: Mapping[str, Engine]
    upstreams: Mapping[str, Upstream]
    metrics: Metrics
    clock: Callable[[], float]
    entropy: Random
    store: Store
    vectors: VectorCache | None = None
