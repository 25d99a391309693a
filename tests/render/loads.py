"""A load report, built by hand."""

from typing import Any

from cozecheck.findings import Outcome, Report
from cozecheck.measured import (
    Bar,
    Capacity,
    Definition,
    Error,
    Health,
    Load,
    Measure,
    Observation,
    Promise,
    Second,
    Step,
    Totals,
    Weight,
    Worker,
)
from tests.render.examples import check, finding, report

SLO = "load.slo.ttft-p95"


def measure(operation: str, metric: str, middle: float) -> Measure:
    """Build a distribution around *middle* seconds."""
    bars = tuple(Bar(middle * (number + 1) / 5, 10 * number) for number in range(10))
    return Measure(
        operation, metric, 450, middle, middle, middle * 1.5, middle * 2, middle * 3, middle * 4, bars, "HIST"
    )


def measured(**changes: Any) -> Load:
    """Build what half a minute measured."""
    values: dict[str, Any] = {
        "profile": "ramp",
        "shape": "closed",
        "seconds": 30.0,
        "mix": (Weight("chat", 1), Weight("chat_stream", 3)),
        "totals": Totals(610, 600, 3, 12_000, 9_000, 30, 0.005, 0.98, 19.9, 590),
        "measures": (measure("all", "ttft", 0.05), measure("all", "e2e", 0.4), measure("chat_stream", "ttft", 0.05)),
        "slos": (
            Promise(SLO, "ttft_p95 < 80ms", 0.08, 450, 0.1, 0.09, 0.12),
            Promise("load.slo.goodput", "goodput > 95%", 0.95, 600, 0.98, 0.96, 0.99),
        ),
        "errors": (Error("status 503", "chat", 3, "overloaded | <b>"),),
        "series": tuple(second(number) for number in range(30)),
        "health": Health(loop_lag_p99=0.002, loop_lag_max=0.01, cpu=0.3, coalesced=0.01),
        "workers": (Worker("one", 400), Worker("two", 200, 0.5, 20.0)),
        "observations": (Observation("late", "chat", "a few were late"),),
        "capacity": Capacity(32, 40, 0.99, (Step(32, 99, 100, 0.95, 1.0, holds=True, why="attained"),)),
        "definitions": (Definition("ttft", "Time to first token."),),
    }
    return Load(**{**values, **changes})


def second(number: int) -> Second:
    """Build one second; of the first nothing is known but that it was."""
    if not number:
        return Second(0.0)
    return Second(float(number), 8, number, 21, 20, 0, 300, 0.05, 0.1, 0.4, 0.8, 2.0, 6.0)


def loaded(**changes: Any) -> Report:
    """Build the report of a load that broke one SLO of two."""
    return report(
        finding(SLO, expected="< 80.0 ms", actual="100 ms (90 ms to 120 ms with 95 % confidence, 450 values)"),
        checks=(
            check(SLO, Outcome.FAIL, family="load.slo", judged=1),
            check("load.slo.goodput", Outcome.PASS, family="load.slo", judged=1),
            check("load.generator", Outcome.PASS, judged=1),
        ),
        kind="load",
        load=measured(**changes),
    )
