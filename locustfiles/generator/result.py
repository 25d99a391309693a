"""What a run leaves behind: `result.json`, out of what was collected."""

from collections.abc import Mapping
from typing import Any

from generator.collecting import Collector
from generator.measures import COUNTS, Tally
from generator.observing import observations
from generator.order import Order

Texts = Mapping[str, Mapping[str, str]]
SCHEMA = 1
MOST_CROSSINGS = 20


def result(order: Order, collector: Collector, histograms: Texts, *, is_last: bool) -> dict[str, Any]:
    """Return the run as JSON: seconds everywhere.

    `ended` means by itself. What stands out is looked for in the last one. *histograms* are by operation and metric,
    in HdrHistogram's interchange form.
    """
    measures = collector.measures
    return {
        "schema": SCHEMA,
        "started": collector.started_at,
        "seconds": round(collector.seconds, 3),
        "ended": is_last and collector.is_draining,
        "seed": order.seed,
        "shape": order.shape.kind if order.shape else "",
        "mix": dict(order.mix),
        "totals": {name: measures.total(name) for name in COUNTS},
        "operations": {name: _operation(tally, histograms.get(name, {})) for name, tally in measures.tallies.items()},
        "errors": [
            {"operation": name, "kind": kind, "detail": detail, "count": count}
            for name, tally in measures.tallies.items()
            for (kind, detail), count in tally.errors.most_common()
        ],
        "observations": observations(measures) if is_last else [],
        "crossings": collector.crossings[:MOST_CROSSINGS],
        "series": collector.series,
        "health": _health(collector),
        "workers": [
            {"id": each.id, "joined_at": round(each.joined, 3), "lost_at": each.lost, "requests": each.requests}
            for each in collector.processes.values()
        ],
        "search": collector.search,
    }


def _operation(tally: Tally, histograms: Mapping[str, str]) -> dict[str, Any]:
    return {**{name: tally.counts[name] for name in COUNTS}, "histograms": histograms}


def _health(collector: Collector) -> dict[str, float]:
    """How the generator did: lags of the worst process, `cpu` of a core, shares."""
    measures, processes = collector.measures, collector.processes.values()
    events = measures.total("events")
    sent = measures.total("started")
    return {
        "loop_lag_p99": max((each.lag.percentile(99) for each in processes), default=0.0),
        "loop_lag_max": max((each.lag_most for each in processes), default=0.0),
        "dispatch_lag_p99": measures.overall("send_lag").percentile(99),
        "cpu": max((each.cpu for each in processes), default=0.0),
        "coalesced": measures.total("coalesced") / events if events else 0.0,
        "target_rate": collector.due / collector.pressed if collector.pressed else 0.0,
        "achieved_rate": sent / collector.pressed if collector.pressed else 0.0,
        "dropped": measures.total("dropped"),
    }
