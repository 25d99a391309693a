"""Service levels: `ttft_p95 < 500ms` and its kin, read and held."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cozecheck.errors import UsageError
from cozecheck.findings import Outcome

STATISTICS: Final = ("p50", "p90", "p95", "p99", "mean", "max")
DURATIONS: Final = ("first_byte", "ttft", "ttfo", "itl", "icl", "tpot", "e2e", "e2e_intended", "send_lag")
SHARES: Final = ("error_rate", "goodput")
RATES: Final = ("throughput", "tokens_in", "tokens_out")
MORE_IS_BETTER: Final = ("goodput", *RATES)
USUAL: Final = "e2e"
"""The duration that a bare `p95` is of."""
UNITS: Final[Mapping[str, float]] = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "%": 0.01, "/s": 1.0, "x baseline": 1.0}
"""What a number counts in the report's own units: seconds, shares, per second."""
EXAMPLE: Final = (
    "'ttft_p95 < 500ms', 'chat_stream.itl_p99 < 50ms', 'error_rate < 0.1%', 'goodput > 99%', "
    "'throughput > 20/s' or 'ttft_p95 < 1.2 x baseline'"
)
_FORM: Final = re.compile(
    r"\s*(?:(?P<operation>[a-z][a-z0-9_]*)\.)?(?P<subject>[a-z][a-z0-9_]*)\s*(?P<relation><=|>=|<|>)\s*"
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>us|ms|s|%|/s|x\s*baseline)\s*"
)


@dataclass(frozen=True, slots=True)
class Slo:
    """One promise: a measure, and the bound that it stays within."""

    metric: str
    statistic: str
    """Of a duration; empty for a share or a rate."""
    relation: str
    number: float
    unit: str
    operation: str = ""
    """Empty for all of them together."""

    @property
    def subject(self) -> str:
        """What is measured, as in `chat_stream.ttft_p95`."""
        measure = f"{self.metric}_{self.statistic}" if self.statistic else self.metric
        return f"{self.operation}.{measure}" if self.operation else measure

    @property
    def id(self) -> str:
        """The check that it makes."""
        return f"load.slo.{self.subject.replace('_', '-')}"

    @property
    def is_relative(self) -> bool:
        """Whether it is held against a baseline."""
        return self.unit == "x baseline"

    @property
    def limit(self) -> float:
        """The bound in seconds, as a share, per second, or in baselines."""
        return self.number * UNITS[self.unit]

    def __str__(self) -> str:
        gap = " " if self.is_relative else ""
        return f"{self.subject} {self.relation} {_plain(self.number)}{gap}{self.unit}"


def _plain(number: float) -> str:
    """Write a number without an exponent, whole ones without a point."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")


def parse(text: str) -> Slo:
    """Read one SLO; raises UsageError that says what is wrong with it."""
    found = _FORM.fullmatch(text)
    if not found:
        raise UsageError(f"{text!r} is no SLO; it has a form like {EXAMPLE}")
    metric, statistic = _measure(found["subject"], text)
    unit = "x baseline" if found["unit"].startswith("x") else found["unit"]
    slo = Slo(metric, statistic, found["relation"], float(found["number"]), unit, found["operation"] or "")
    _require_sense(slo, text)
    return slo


def _measure(subject: str, text: str) -> tuple[str, str]:
    """Split a subject into its metric and its statistic."""
    if subject in (*SHARES, *RATES):
        return subject, ""
    metric, _, statistic = f"{USUAL}_{subject}".rpartition("_") if subject in STATISTICS else subject.rpartition("_")
    if metric in DURATIONS and statistic in STATISTICS:
        return metric, statistic
    if subject in DURATIONS:
        raise UsageError(
            f"{text!r}: which {subject}? name one of {', '.join(f'{subject}_{each}' for each in STATISTICS)}"
        )
    known = (*SHARES, *RATES, *(f"{each}_{statistic}" for each in DURATIONS for statistic in STATISTICS))
    close = difflib.get_close_matches(subject, known, n=1)
    there_are = f"there are {', '.join((*SHARES, *RATES))}, and {', '.join(DURATIONS)} with {', '.join(STATISTICS)}"
    raise UsageError(
        f"{text!r}: no measure is called {subject!r}; {f'did you mean {close[0]!r}?' if close else there_are}"
    )


def _require_sense(slo: Slo, text: str) -> None:
    better, sign = ("more", ">") if slo.metric in MORE_IS_BETTER else ("less", "<")
    if not slo.relation.startswith(sign):
        raise UsageError(f"{text!r}: of {slo.metric}, {better} is better: write {sign} for {slo.relation}")
    units = {"us", "ms", "s"} if slo.statistic else {"%"} if slo.metric in SHARES else {"/s"}
    if not slo.is_relative and slo.unit not in units:
        raise UsageError(f"{text!r}: {slo.metric} is given in {' or '.join(sorted(units))}, not in {slo.unit}")
    if slo.metric in SHARES and not slo.is_relative and slo.number > 100:
        raise UsageError(f"{text!r}: a share is 100% at most")


def parse_all(texts: Iterable[str], over: Iterable[Slo] = ()) -> tuple[Slo, ...]:
    """Read SLOs; each replaces the one on the same measure among those it is laid *over*."""
    merged = {slo.subject: slo for slo in over}
    merged |= {slo.subject: slo for slo in map(parse, texts)}
    return tuple(merged.values())


def held(slo: Slo, limit: float, interval: tuple[float, float]) -> Outcome:
    """Say whether a measure whose true value lies in *interval* keeps within *limit*."""
    low, high = interval if slo.relation.startswith("<") else (-interval[1], -interval[0])
    bound = limit if slo.relation.startswith("<") else -limit
    strict = len(slo.relation) == 1
    if high < bound or (high == bound and not strict):
        return Outcome.PASS
    if low > bound or (low == bound and strict):
        return Outcome.FAIL
    return Outcome.INCONCLUSIVE
