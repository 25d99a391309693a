"""What the endpoints work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from reference_server.engines.delta import Engine
from reference_server.engines.upstream import Upstream
from reference_server.routing.rules import Rules
from reference_server.settings import Settings
from reference_server.store import Store
from reference_server.telemetry import Telemetry


@dataclass(slots=True, kw_only=True)
class Rooms:
    """What the endpoints work with. `clock` is in seconds since 1970, `keys` are digests.

    `draining` tells whether the server is about to stop, `serviceable` whether there is an engine that is up.

    A reload puts others in the place of `rules` and `keys`: whoever works with them asks here, once a request.
    """

    settings: Settings
    rules: Rules
    keys: Sequence[bytes]
    engines: Mapping[str, Engine]
    upstreams: Mapping[str, Upstream]
    metrics: Telemetry
    clock: Callable[[], float]
    entropy: Random
    store: Store
    draining: Callable[[], bool] = lambda: False
    serviceable: Callable[[], bool] = lambda: True
