"""What the generator wrote at the end: counts, histograms, errors, its own health."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cozecheck.errors import NoVerdictError
from cozecheck.histograms import Histogram
from cozecheck.measured import ALL

FILE: Final = "result.json"


@dataclass
class Tally:
    """One operation's: counts by name, durations by metric, errors by kind and words."""

    counts: Counter[str] = field(default_factory=Counter)
    durations: dict[str, Histogram] = field(default_factory=dict)
    errors: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add what another holds; histograms merge exactly."""
        self.counts.update(other.counts)
        self.errors.update(other.errors)
        for metric, histogram in other.durations.items():
            self.durations.setdefault(metric, Histogram()).merge(histogram)


@dataclass(frozen=True)
class Result:
    """A run, as far as it came."""

    started: float
    """In seconds since 1970."""
    seconds: float
    tallies: Mapping[str, Tally]
    series: tuple[Mapping[str, Any], ...]
    health: Mapping[str, Any]
    workers: tuple[Mapping[str, Any], ...] = ()
    search: Mapping[str, Any] | None = None
    observations: tuple[Mapping[str, Any], ...] = ()
    """What stands out: its kind, its operation, and words."""

    def tally(self, operation: str = ALL) -> Tally:
        """Return the tally of one operation, or of all together."""
        return self.tallies.get(operation, Tally()) if operation != ALL else merged(self.tallies.values())


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return all of them as one."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def read(folder: Path) -> Result | None:
    """Read what was written last; None where nothing was. Raises NoVerdictError for what is no result."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return _result(json.loads(path.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NoVerdictError(f"the generator's {FILE} cannot be read: {type(error).__name__}: {error}") from None


def _result(value: Mapping[str, Any]) -> Result:
    return Result(
        started=float(value["started"]),
        seconds=float(value["seconds"]),
        tallies={name: _tally(name, each, value["errors"]) for name, each in value["operations"].items()},
        series=tuple(value["series"]),
        health=value["health"],
        workers=tuple(value["workers"]),
        search=value["search"],
        observations=tuple(value["observations"]),
    )


def _tally(operation: str, value: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> Tally:
    own = (each for each in errors if each["operation"] == operation)
    return Tally(
        Counter({name: count for name, count in value.items() if isinstance(count, int)}),
        {metric: Histogram.from_text(text) for metric, text in value["histograms"].items()},
        Counter({(each["kind"], each["detail"]): each["count"] for each in own}),
    )
