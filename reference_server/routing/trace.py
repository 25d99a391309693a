"""Decisions as JSON lines, and made again from them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from reference_server.routing.deciding import Decision, Facts, Try
from reference_server.routing.draws import Draw
from reference_server.routing.overflow import Flow
from reference_server.routing.plan import Plan
from reference_server.routing.router import Record, replayed
from reference_server.routing.snapshot import Circuit, EngineState, Snapshot


class Trace:
    """Turns records into lines; a snapshot is written before the first decision that was made on it."""

    def __init__(self) -> None:
        """Start with no snapshot written."""
        self._written: Snapshot | None = None

    def lines(self, record: Record) -> Iterator[str]:
        """Yield the one or two lines of a record."""
        if record.snapshot is not self._written:
            self._written = record.snapshot
            yield json.dumps({"snapshot": of_snapshot(record.snapshot)})
        yield json.dumps(
            {"facts": asdict(record.facts), "draw": asdict(record.draw), "decision": asdict(record.decision)}
        )


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Read the lines of a trace."""
    snapshot = Snapshot(0.0, {})
    for line in lines:
        found = json.loads(line)
        if "snapshot" in found:
            snapshot = to_snapshot(found["snapshot"])
        else:
            decision = to_decision(found["decision"])
            yield Record(Facts(**found["facts"]), snapshot, Draw(**found["draw"]), decision)


def replayed_lines(plan: Plan, lines: Iterable[str]) -> Iterator[tuple[Record, Decision]]:
    """Yield every record, with the decision that it comes to when it is replayed."""
    for record in records(lines):
        yield record, replayed(plan, record)


def of_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as JSON."""
    engines = [{**state._asdict(), "circuit": state.circuit.value} for state in snapshot.engines.values()]
    return {"at": snapshot.at, "engines": engines, "flows": {name: list(flow) for name, flow in snapshot.flows.items()}}


def to_snapshot(found: dict[str, Any]) -> Snapshot:
    """Read a snapshot."""
    states = [EngineState(**{**each, "circuit": Circuit(each["circuit"])}) for each in found["engines"]]
    flows = {name: Flow(*flow) for name, flow in found["flows"].items()}
    return Snapshot(found["at"], {state.name: state for state in states}, flows)


def to_decision(found: dict[str, Any]) -> Decision:
    """Read a decision."""
    tries = tuple(Try(*each) for each in found["tries"])
    return Decision(**{**found, "tries": tries, "reasons": tuple(found["reasons"])})
