"""One item of the checklist, held against the evidence: pure functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cozecheck.checklist.evidence import Evidence
from cozecheck.checklist.items import Entry
from cozecheck.checklist.signing import Signature
from cozecheck.findings import CheckResult, Outcome
from cozecheck.listed import Item, State
from cozecheck.used import Use, UseKind

MOST_NAMED = 3
"""Ids and places that a reason names."""
BAD = {False: (Outcome.FAIL,), True: (Outcome.FAIL, Outcome.WARN)}
"""Outcomes that count as a failure, by strictness."""
OPEN = (Outcome.ERROR, Outcome.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Said:
    """How an item stands by the evidence, why, and the checks to blame."""

    state: State
    why: str
    checks: tuple[str, ...] = ()


def settle(entry: Entry, evidence: Evidence, signed: Signature | None, today: date, *, required: bool) -> Item:
    """Say how an item stands: by the evidence, and where that is silent, by a signature that still counts.

    No signature outweighs evidence; what is *required* and unknown is unmet.
    """
    said = _by_evidence(entry, evidence)
    ended = signed is not None and signed.until is not None and signed.until < today
    if said.state is State.UNKNOWN and signed and not ended:
        said = Said(State.SIGNED, f"signed by {signed}")
    elif said.state is State.UNKNOWN:
        why = f"{said.why}; what {signed.by} signed ended on {signed.until}" if signed and ended else said.why
        said = Said(State.UNMET if required else State.UNKNOWN, f"required, but {why}" if required else why)
    return Item(
        id=entry.id,
        section=entry.section,
        title=entry.title,
        state=said.state,
        why=said.why,
        how=entry.how,
        required=required,
        checks=said.checks,
        signed=str(signed) if signed and said.state is State.SIGNED else "",
    )


def _by_evidence(entry: Entry, evidence: Evidence) -> Said:
    if not entry.by:
        return Said(State.UNKNOWN, "nobody has signed it")
    ((kind, wanted),) = entry.by.items()
    return SETTLED_BY[kind](entry, wanted, evidence)


def _by_checks(entry: Entry, patterns: Sequence[str], evidence: Evidence) -> Said:
    found = evidence.matching(patterns)
    unsupported = [each for each in found if each.outcome is Outcome.UNSUPPORTED]
    if said := _failing(found, strict=evidence.whole.strict):
        return said
    judged = [each for each in found if each.judged and each.outcome is not Outcome.ERROR]
    if judged:
        return Said(State.MET, _holds(judged, found))
    if unsupported and entry.when and evidence.uses:
        words = f"the application uses it, and the target says: {unsupported[0].reason}"
        return Said(State.UNMET, words, _ids(unsupported))
    return Said(State.UNKNOWN, "no report at hand has judged it")


def _failing(found: Iterable[CheckResult], *, strict: bool) -> Said | None:
    failing = _ids(each for each in found if each.outcome in BAD[strict] and not each.baselined)
    if not failing:
        return None
    return Said(State.UNMET, f"{_named(failing)} {'fails' if len(failing) == 1 else 'fail'}", failing)


def _holds(judged: Sequence[CheckResult], found: Sequence[CheckResult]) -> str:
    accepted = sum(each.baselined for each in judged)
    left = [each.id for each in found if each.outcome in OPEN]
    parts = (
        f"{len(judged)} {'check holds' if len(judged) == 1 else 'checks hold'}",
        f"departures of {accepted} accepted" if accepted else "",
        f"not settled: {_named(left)}" if left else "",
    )
    return "; ".join(filter(None, parts))


def _by_uses(_: Entry, wanted: str, evidence: Evidence) -> Said:
    uses = evidence.uses
    if uses is None:
        return Said(State.UNKNOWN, "nobody has scanned the code")
    if wanted == "clear":
        places = [f"{each.file}:{each.line}" for each in uses.unclear]
        if places:
            return Said(State.UNKNOWN, f"{len(places)} left unclear: {_named(places)}")
        return Said(State.MET, "the scan understood all of it")
    if wanted == "base-url":
        return _base_url(tuple(uses.of(UseKind.SETTING, "base_url*")))
    if not uses.found:
        return Said(State.UNMET, f"the scan found no use of the API in {uses.files} files")
    return Said(State.MET, f"{len(uses.found)} uses in {uses.files} files, {len(uses.operations)} operations")


def _base_url(settings: Sequence[Use]) -> Said:
    written = [f"{each.file}:{each.line}" for each in settings if "=http" in each.name]
    if written:
        return Said(State.UNMET, f"written into the code: {_named(written)}")
    return Said(State.MET, "set from outside" if settings else "left to the client, which reads OPENAI_BASE_URL")


def _by_models(_: Entry, __: str, evidence: Evidence) -> Said:
    if evidence.uses is None:
        return Said(State.UNKNOWN, "nobody has scanned the code")
    named = tuple(dict.fromkeys(each.name for each in evidence.uses.of(UseKind.MODEL)))
    refused = [name for name in named if evidence.asked.get(name)]
    left = [name for name in named if name not in evidence.asked]
    if refused:
        return Said(State.UNMET, "; ".join(f"{name}: {evidence.asked[name]}" for name in refused[:MOST_NAMED]))
    if left or not named:
        return Said(State.UNKNOWN, f"not asked: {_named(left)}" if left else "the code names no model")
    return Said(State.MET, f"{_named(named)} {'answers' if len(named) == 1 else 'answer'}")


def _by_replay(_: Entry, __: str, evidence: Evidence) -> Said:
    replayed = evidence.whole.replay
    if said := _failing(evidence.matching(["diff"]), strict=evidence.whole.strict):
        return said
    if not replayed.compared:
        return Said(State.UNKNOWN, "nothing could be compared" if replayed.read else "nothing was replayed")
    compared = replayed.compared
    return Said(State.MET, f"{compared} answers compared, nothing breaks")


def _by_promises(_: Entry, __: str, evidence: Evidence) -> Said:
    found = evidence.matching(["load.slo"])
    if said := _failing(found, strict=False):
        return said
    left = _ids(each for each in found if not each.judged)
    if left or not found:
        return Said(State.UNKNOWN, f"not settled: {_named(left)}" if left else "no load was measured")
    return Said(State.MET, f"{len(found)} SLOs kept")


def _by_capacity(_: Entry, __: str, evidence: Evidence) -> Said:
    found = next((load.capacity for load in evidence.loads if load.capacity), None)
    if found is None:
        return Said(State.UNKNOWN, "no load grew in steps")
    if not found.holds:
        return Said(State.UNMET, "no step held", ("load.capacity",))
    breaks = f", breaks at {found.breaks:,.4g}" if found.breaks is not None else ", nothing broke"
    return Said(State.MET, f"holds {found.holds:,.4g}{breaks}")


def _by_queue(_: Entry, __: str, evidence: Evidence) -> Said:
    told = [second.waiting for load in evidence.loads for second in load.series if second.waiting is not None]
    if not told:
        return Said(State.UNKNOWN, "no target told its queue under load")
    return Said(State.MET, f"the target tells it: {max(told):,.0f} waited at most")


def _by_fidelity(_: Entry, __: str, evidence: Evidence) -> Said:
    found = tuple(check for report in evidence.reports if report.fidelity.trials for check in report.checks)
    figures = evidence.whole.fidelity.figures
    if said := _failing(found, strict=evidence.whole.strict):
        return said
    if not figures:
        return Said(State.UNKNOWN, "nobody has measured it")
    return Said(State.MET, ", ".join(f"{each.id} {each.value:.0%}" for each in figures[:MOST_NAMED]))


SETTLED_BY: Mapping[str, Callable[[Entry, Any, Evidence], Said]] = {
    "checks": _by_checks,
    "uses": _by_uses,
    "models": _by_models,
    "replay": _by_replay,
    "slos": _by_promises,
    "capacity": _by_capacity,
    "queue": _by_queue,
    "fidelity": _by_fidelity,
}
"""How each kind of evidence settles an item."""


def _ids(checks: Iterable[CheckResult]) -> tuple[str, ...]:
    return tuple(each.id for each in checks)


def _named(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return f"{', '.join(words[:MOST_NAMED])}{more}"
