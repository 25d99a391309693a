"""What the generator is told: a profile, a target, and what flags change."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cozecheck import measured
from cozecheck.errors import UsageError
from cozecheck.exchange import parse_json
from cozecheck.load.parts import Search, Stage, Stages, Trace
from cozecheck.load.profiles import Profile, require_known
from cozecheck.load.slo import Slo, parse_all
from cozecheck.probe import Endpoint

KEY_VARIABLE: Final = "COZECHECK_LOAD_KEY"
HEADERS_VARIABLE: Final = "COZECHECK_LOAD_HEADERS"
"""They hold the key, and header lines as JSON, in the generator's environment; no file does."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What flags and configuration say instead of the profile; None leaves it."""

    duration: float | None = None
    users: int | None = None
    rate: float | None = None
    sample: float | None = None
    slos: tuple[str, ...] = ()
    traffic: Path | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which models the requests name."""

    model: str
    embedding_model: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A profile with everything decided."""

    profile: Profile
    slos: tuple[Slo, ...]
    traffic: Mapping[str, str]
    """What is sent, in the generator's words."""

    @property
    def is_recorded(self) -> bool:
        """Whether what is sent may hold people's own words."""
        return "path" in self.traffic


def decide(profile: Profile, changes: Changes) -> Decided:
    """Apply *changes*; raises UsageError for what the profile has no use for."""
    shape = _scaled(profile.shape, changes)
    sample = profile.sample if changes.sample is None else changes.sample
    if shape.kind == "trace" and changes.traffic is None:
        raise UsageError(f"{profile.name} sends recorded traffic as it came: name the recording with --traffic")
    slos = require_known(parse_all(changes.slos, profile.promises), profile.mix)
    return Decided(profile.model_copy(update={"shape": shape, "sample": sample}), slos, _traffic(changes.traffic))


def _scaled(shape: Stages | Trace | Search, changes: Changes) -> Stages | Trace | Search:
    """Stretch a shape to a duration, and raise it to a peak of users or requests per second."""
    if changes.users is not None and shape.is_open:
        raise UsageError(f"--users: a {shape.kind} load has a rate, and as many users as it needs")
    if changes.rate is not None and (not shape.is_open or isinstance(shape, Trace)):
        why = "comes as it was recorded" if shape.is_open else "has users, who wait for their answers"
        raise UsageError(f"--rate: a {shape.kind} load {why}")
    if isinstance(shape, Stages):
        return shape.model_copy(update={"stages": tuple(_stages(shape, changes))})
    peak = changes.users or changes.rate
    changed = {"seconds": changes.duration or shape.seconds, **({"most": float(peak)} if peak else {})}
    return shape.model_copy(update=changed)


def _stages(shape: Stages, changes: Changes) -> Iterator[Stage]:
    time = 1.0 if changes.duration is None else changes.duration / shape.seconds
    people = 1.0 if changes.users is None else changes.users / max(each.users or 0 for each in shape.stages)
    pace = 1.0 if changes.rate is None else changes.rate / max(each.rate or 0.0 for each in shape.stages)
    for stage in shape.stages:
        users = None if stage.users is None else max(1, round(stage.users * people))
        rate = None if stage.rate is None else stage.rate * pace
        yield Stage(seconds=stage.seconds * time, ramp=stage.ramp * time, users=users, rate=rate)


def require_baseline(slos: Iterable[Slo], before: measured.Load | None) -> None:
    """Raise UsageError where an SLO refers to a baseline that nobody gave."""
    for slo in slos:
        if slo.is_relative and before is None:
            raise UsageError(f"'{slo}' refers to a baseline: name the JSON report of an earlier load with --reference")


def lasts(load: Decided) -> float:
    """Return how many seconds a load takes at most."""
    return load.profile.shape.seconds


def planned(load: Decided) -> str:
    """Say in a few words what will be done."""
    profile, shape = load.profile, load.profile.shape
    time = f"{shape.seconds:,.0f} s{'' if isinstance(shape, Stages) else ' at most'}"
    return f"{profile.name}, {_height(shape)}, {time}; {profile.sample:.0%} of it judged, {len(load.slos)} SLOs"


def _height(shape: Stages | Trace | Search) -> str:
    if isinstance(shape, Trace):
        return "recorded arrivals"
    if isinstance(shape, Search):
        return f"{shape.most:,.0f} {'requests/s' if shape.is_open else 'users'} at most"
    users = max(each.users or 0 for each in shape.stages)
    return f"{max(each.rate or 0 for each in shape.stages):,.3g} requests/s" if shape.is_open else f"{users:,} users"


def order(
    load: Decided, endpoint: Endpoint, asked: Asked, *, timeout: float, seed: int, folder: Path
) -> dict[str, Any]:
    """Return what the generator reads as `order.json`."""
    profile = load.profile
    return {
        "base_url": endpoint.base_url,
        "model": asked.model,
        "embedding_model": asked.embedding_model,
        "key_variable": KEY_VARIABLE,
        "headers_variable": HEADERS_VARIABLE,
        "timeout": timeout,
        "seed": seed,
        "shape": _shape(profile.shape),
        "mix": dict(profile.mix),
        "traffic": dict(load.traffic),
        "prompts": profile.prompts.model_dump(),
        "outputs": profile.outputs.model_dump(),
        "sample": profile.sample,
        "canaries": profile.canaries,
        "slos": _bounds(load.slos),
        "max_in_flight": profile.max_in_flight,
        "folder": str(folder),
    }


def secrets(endpoint: Endpoint) -> dict[str, str]:
    """Return what the generator finds in its environment, and in no file."""
    return {KEY_VARIABLE: endpoint.api_key or "", HEADERS_VARIABLE: json.dumps(endpoint.headers)}


def _shape(shape: Stages | Trace | Search) -> dict[str, Any]:
    """Return a shape in the generator's words: what ends by itself has one stage, which says when it has to."""
    if isinstance(shape, Stages):
        return shape.model_dump(exclude_none=True)
    if isinstance(shape, Trace):
        return {"kind": shape.kind, "speed": shape.speed, "stages": [{"seconds": shape.seconds}]}
    options = shape.model_dump(include={"kind", "start", "attain", "settle", "precision"})
    most: dict[str, float] = {"rate": shape.most} if shape.is_open else {"users": round(shape.most)}
    return {**options, "seconds": shape.step, "stages": [{"seconds": shape.seconds, **most}]}


def _traffic(path: Path | None) -> dict[str, str]:
    """Bare bodies of requests are a file; everything else is a recording."""
    if path is None:
        return {"kind": "built-in"}
    return {"kind": "file" if _holds_bodies(path) else "recorded", "path": str(path.resolve())}


def _holds_bodies(path: Path) -> bool:
    try:
        if path.is_dir():
            return False
        with path.open("rb") as file:
            first = parse_json(next((line for line in file if line.strip()), b"")).value
    except OSError as error:
        raise UsageError(f"--traffic: {path} cannot be read: {error.strerror}") from None
    # Several lines may make one value, or it is no text: a cassette, a HAR, something packed.
    return isinstance(first, dict) and "response" not in first and "log" not in first


def _bounds(slos: Iterable[Slo]) -> dict[str, float]:
    """Return how long each metric of a good answer may take, in seconds: the SLOs on all operations together."""
    bounds: dict[str, float] = {}
    for slo in slos:
        if slo.statistic and not slo.is_relative and not slo.operation:
            bounds[slo.metric] = min(slo.limit, bounds.get(slo.metric, slo.limit))
    return bounds
