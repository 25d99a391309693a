"""What the endpoints work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from reference_server.engines.delta import Engine
from reference_server.metrics import Metrics
from reference_server.routing.rules import Rules
from reference_server.settings import Settings
from reference_server.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the endpoints work with. `clock` is in seconds since 1970."""

    settings: Settings
    rules: Rules
    engines: Mapping[str, Engine]
    metrics: Metrics
    clock: Callable[[], float]
    entropy: Random
    store: Store
