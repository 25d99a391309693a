"""Diagnoses of the classics: what the evidence says of their causes, likeliest first."""

from collections.abc import Callable, Iterator
from itertools import islice

from cozecheck.checklist.evidence import Evidence
from cozecheck.findings import CheckResult, Finding, Outcome
from cozecheck.listed import Diagnosis
from cozecheck.measured import Load
from cozecheck.used import Use, UseKind

MOST = 8
"""Lines that a diagnosis has."""
SHAPES = ("spec", "sdk", "transport")
"""What the requirements rest on that parsers break by."""
QUIET = 1.0
"""Requests in a queue, on average, that nobody has to wait long for."""


def diagnoses(evidence: Evidence) -> tuple[Diagnosis, ...]:
    """Return those that the evidence says something of."""
    made = (Diagnosis(id, symptom, tuple(islice(told(evidence), MOST))) for id, symptom, told in CLASSICS)
    return tuple(each for each in made if each.told)


def _missing_model(evidence: Evidence) -> Iterator[str]:
    """Yield which name, used where, was refused, and what tells which rule takes it."""
    places = {each.name: f", asked for in {each.file}:{each.line}," for each in _models(evidence)}
    for name, reason in evidence.asked.items():
        if reason:
            yield (
                f"{name}{places.get(name, '')} does not answer ({reason}): give it an alias in the adapter's routes; "
                f"`coze-server explain-route {name}` tells which rule takes it now"
            )
    for check in _failed(evidence):
        if check.family == "models":
            yield f"{check.id} fails: {check.requirement}"


def _models(evidence: Evidence) -> Iterator[Use]:
    return evidence.uses.of(UseKind.MODEL) if evidence.uses else iter(())


def _unreadable(evidence: Evidence) -> Iterator[str]:
    """Field by field, what is not as the contract has it; what the official client raises on comes first."""
    own = [each for each in evidence.whole.findings if each.outcome is Outcome.FAIL and each.basis in SHAPES]
    seen: set[tuple[str, str]] = set()
    for finding in sorted(own, key=lambda each: not each.sdk.startswith("raises")):
        pointer = finding.at if finding.at.startswith("/") else ""
        if (finding.id, pointer) not in seen:
            seen.add((finding.id, pointer))
            yield _field(finding)


def _field(finding: Finding) -> str:
    place = " ".join(filter(None, (finding.operation, finding.at)))
    sdk = f"; openai-python {finding.sdk}" if finding.sdk.startswith("raises") else ""
    return f"{place or finding.id}: {finding.expected} is expected, and does not come ({finding.id}){sdk}"


def _slow(evidence: Evidence) -> Iterator[str]:
    """Whether it waits in the queue, in the model, or in us."""
    load = next(evidence.loads, None)
    if load is None or not any(_is_slow(each) for each in evidence.whole.checks):
        return
    yield from load.health.faults
    waiting = [second.waiting for second in load.series if second.waiting is not None]
    if waiting:
        mean = sum(waiting) / len(waiting)
        where = "requests wait for their turn: more replicas, or overflow" if mean > QUIET else "nobody waits there"
        yield f"queue: {mean:,.1f} on average, {max(waiting):,.0f} at most; {where}"
    else:
        yield "queue: the target does not tell it; coze-server and vLLM do, at /metrics"
    yield from _figures(load)
    yield f"processor: the generator's busiest process used {load.health.cpu:.0%} of a core; look at the target's own"
    yield "slow requests: coze-server logs each beyond `slow_request`, with the seconds of every phase"


def _figures(load: Load) -> Iterator[str]:
    whole = {each.metric: each for each in load.measures if each.operation == "all"}
    if "ttft" in whole and "e2e" in whole:
        yield f"p95: {whole['ttft'].p95:.3g} s to the first token, {whole['e2e'].p95:.3g} s to the end"
    yield from (f"{each.operation}: {each.words}" for each in load.observations)


def _is_slow(check: CheckResult) -> bool:
    return check.family == "load.slo" and check.outcome is Outcome.FAIL and "error_rate" not in check.id


def _failed(evidence: Evidence) -> Iterator[CheckResult]:
    return (each for each in evidence.whole.checks if each.outcome is Outcome.FAIL and not each.baselined)


CLASSICS: tuple[tuple[str, str, Callable[[Evidence], Iterator[str]]], ...] = (
    ("model-not-found", "The model answers 404", _missing_model),
    ("unreadable", "The client can't read the answer", _unreadable),
    ("slow", "It is slow", _slow),
)
"""Id, symptom, and what tells of the causes."""
