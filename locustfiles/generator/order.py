"""What to do: an order as JSON, or defaults for a plain `locust -f`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cozecheck.errors import UsageError
from generator.operations import ALL

VARIABLE = "COZECHECK_LOAD"
CLOSED, CONSTANT, POISSON, TRACE, SEARCH = "closed", "constant", "poisson", "trace", "search"
OPEN = (CONSTANT, POISSON, TRACE)
MODEL, EMBEDDING_MODEL = "gpt-4o-mini", "text-embedding-3-small"
BUILT_IN, FILE, RECORDED = "built-in", "file", "recorded"
MIX = {"chat": 3, "chat_stream": 5, "responses": 1, "responses_stream": 2, "tools": 1, "structured": 1, "embeddings": 2,
       "models": 1, "errors": 1}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """So many users, or requests a second, for some seconds; *ramp* seconds of them on the way there.

    That of a search, and of a trace, is what they stay below.
    """

    seconds: float
    users: int = 0
    rate: float = 0.0
    ramp: float = 0.0

    @property
    def level(self) -> float:
        """Users or rate, whichever it is about."""
        return self.rate or self.users


@dataclass(frozen=True, slots=True)
class Shape:
    """How hard to press, and how long."""

    kind: str
    stages: tuple[Stage, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    """`speed` of a trace; of a search what `Search.of` takes."""

    @property
    def is_open(self) -> bool:
        """Whether requests are sent when they are due, however many are in flight."""
        return self.kind in OPEN or (self.kind == SEARCH and self.stages[0].rate > 0)


@dataclass(frozen=True, slots=True)
class Order:
    """One load run."""

    base_url: str = ""
    model: str = MODEL
    embedding_model: str = EMBEDDING_MODEL
    key_variable: str = "OPENAI_API_KEY"
    headers_variable: str = ""
    """Names the variable that holds header lines, as JSON: pairs of name and value."""
    timeout: float = 60.0
    seed: int = 0
    shape: Shape | None = None
    mix: Mapping[str, int] = field(default_factory=lambda: dict(MIX))
    traffic: Mapping[str, Any] = field(default_factory=lambda: {"kind": BUILT_IN})
    prompts: Mapping[str, Any] = field(default_factory=dict)
    """`tokens`: a distribution; `prefix`: unique or shared."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """`tokens`: a distribution."""
    sample: float = 0.05
    canaries: bool = True
    slos: Mapping[str, float] = field(default_factory=dict)
    """Seconds that a metric of a good request may take: `ttft`, `tpot`, `e2e` …"""
    max_in_flight: int = 10_000
    folder: Path | None = None


def told(environment: Mapping[str, str]) -> Any:
    """Return the order that the environment names, as it stands in its file; None where it names none."""
    path = environment.get(VARIABLE)
    try:
        return json.loads(Path(path).read_text()) if path else None
    except (OSError, ValueError) as error:
        raise UsageError(f"{VARIABLE}: {path} cannot be read: {error}") from None


def read(environment: Mapping[str, str]) -> Order:
    """Read the order that the environment names; UsageError, naming the key, for what is none."""
    value = told(environment)
    if value is None:
        return Order(
            model=environment.get("COZECHECK_MODEL", MODEL),
            embedding_model=environment.get("COZECHECK_EMBEDDING_MODEL", EMBEDDING_MODEL),
        )
    return parse(value, environment[VARIABLE])


def headers(order: Order, environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the header lines that the environment holds; UsageError for what are none."""
    name = order.headers_variable
    try:
        return tuple((str(each), str(text)) for each, text in json.loads(environment.get(name) or "[]"))
    except (TypeError, ValueError):
        raise UsageError(f"{name}: pairs of name and value are expected, as JSON") from None


def parse(value: Mapping[str, Any], where: str) -> Order:
    """Build an order from JSON."""
    fields = set(Order.__slots__)
    if unknown := set(value) - fields:
        raise UsageError(f"{where}: unknown: {', '.join(sorted(unknown))}; known are {', '.join(sorted(fields))}")
    said = dict(value)
    try:
        if said.get("shape") is not None:
            said["shape"] = _shape(said["shape"])
        if said.get("folder") is not None:
            said["folder"] = Path(said["folder"])
        _require_traffic(said.get("traffic") or {})
        said["slos"] = {name: float(most) for name, most in (said.get("slos") or {}).items()}
        if "mix" in said:
            said["mix"] = _mix(said["mix"], where)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UsageError(f"{where}: not an order: {type(error).__name__}: {error}") from None
    return Order(**said)


def _shape(said: Mapping[str, Any]) -> Shape:
    kind = said["kind"]
    if kind not in (CLOSED, *OPEN, SEARCH):
        raise ValueError(f"shape.kind: {kind!r}")
    stages = tuple(Stage(**stage) for stage in said.get("stages") or ())
    if not stages:
        raise ValueError("shape.stages: there are none")
    return Shape(kind, stages, {name: each for name, each in said.items() if name not in ("kind", "stages")})


def _require_traffic(said: Mapping[str, Any]) -> None:
    kind = said.get("kind", BUILT_IN)
    if kind not in (BUILT_IN, FILE, RECORDED) or (kind != BUILT_IN and not isinstance(said.get("path"), str)):
        raise ValueError(f"traffic: {dict(said)!r}")


def _mix(said: Mapping[str, int], where: str) -> dict[str, int]:
    mix = {name: weight for name, weight in said.items() if weight}
    if unknown := set(mix) - set(ALL):
        raise UsageError(f"{where}: mix: unknown: {', '.join(sorted(unknown))}; known are {', '.join(ALL)}")
    if not mix or min(mix.values()) < 0:
        raise UsageError(f"{where}: mix: at least one operation with a positive weight is needed")
    return mix
