"""What was counted, in Prometheus' formats."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from reference_server.telemetry.families import BY_NAME, FAMILIES, PREFIX, Family, Labels
from reference_server.telemetry.gauges import EngineGauges
from reference_server.telemetry.sheets import Row

Totals = dict[str, dict[Labels, list[float]]]
TYPES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}


def exposition(rows: Iterable[Row], engines: Mapping[str, EngineGauges], accept: str) -> tuple[bytes, str]:
    """Return all metrics and their content type, in the format that `accept` prefers."""
    totals = {**summed(rows), **present(engines)}
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Counted(totals))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class Counted(Collector):
    """Totals, as the families that the client library writes down."""

    def __init__(self, totals: Totals) -> None:
        """Take the totals by name and by labels."""
        self._totals = totals

    def collect(self) -> Iterator[Metric]:
        """Yield every family, those without a number too."""
        for family in FAMILIES:
            metric = TYPES[family.kind](PREFIX + family.name, family.help, labels=family.labels)
            for labels, values in sorted(self._totals.get(family.name, {}).items()):
                metric.add_metric(labels, *sample(family, values))
            yield metric


def sample(family: Family, values: list[float]) -> tuple[object, ...]:
    """Return what the client library wants of one set of labels: a value, or buckets and their sum."""
    if not family.bounds:
        return (values[0],)
    *counts, total = values
    ends = [*(repr(float(bound)) for bound in family.bounds), "+Inf"]
    return list(zip(ends, accumulate(counts), strict=True)), total


def summed(rows: Iterable[Row]) -> Totals:
    """Add up what the workers counted."""
    totals: Totals = {}
    for row in rows:
        if row.name in BY_NAME:
            labelled = totals.setdefault(row.name, {})
            before = labelled.get(row.labels)
            labelled[row.labels] = [a + b for a, b in zip(before, row.values, strict=True)] if before else row.values
    return totals


def present(engines: Mapping[str, EngineGauges]) -> Totals:
    """Return how engines are at the moment."""
    each: list[tuple[Labels, EngineGauges]] = [((name,), one) for name, one in engines.items()]
    waiting = {labels: [one.waiting] for labels, one in each}
    return {
        "num_requests_running": {labels: [one.running] for labels, one in each},
        "num_requests_waiting": waiting,
        "queue_depth": waiting,
        "engine_utilization_ratio": {labels: [one.running / one.capacity] for labels, one in each if one.capacity},
        "engine_state": {labels: [float(one.state)] for labels, one in each},
        "overflow_active": {labels: [float(one.overflow_active)] for labels, one in each},
        "circuit_transitions": {(): [sum(one.transitions for _, one in each)]},
    }
