"""How engines are at the moment, for the metrics."""

from collections.abc import Iterator

from reference_server.routing.fleet import Fleet
from reference_server.routing.snapshot import Circuit, EngineState
from reference_server.telemetry import EngineGauges


def engine_gauges(fleet: Fleet, now: float) -> Iterator[EngineGauges]:
    """Yield each engine; overflow is active for those whose pool flows over."""
    flowing = fleet.flowing(now)
    for state in fleet.states(now):
        yield EngineGauges(
            state.name,
            state.running,
            state.waiting,
            state.capacity or 0,
            standing(state),
            state.name in flowing,
            fleet.turns(state.name),
        )


def standing(state: EngineState) -> int:
    """Return 0 for an engine that is well, 1 for one in doubt, 2 for one that is down."""
    return Circuit.OPEN.value if not state.healthy else state.circuit.value
