"""What will be sent, in which order, and what will not."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Final

from cozecheck.exchange import Exchange, Request
from cozecheck.recordings import Recording
from cozecheck.replay import asking
from cozecheck.replay.ids import given, named, required

MOST_ROUNDS: Final = 10
"""How often the recordings are read anew to find, further on, what earlier ones need."""
MOST_PAIRS: Final = 1_000
"""Pairs of takes that are learned from: their bodies are kept."""

Source = Callable[[], Iterable[tuple[int, Recording]]]
"""Reads the recordings from the start, each with the number of its file, in the same order every time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One recording: why it is not sent, or what it waits for and what waits for it."""

    obstacle: str = ""
    needs: tuple[tuple[str, int], ...] = ()
    """Ids, each with the position of the recording whose answer gives it."""
    required: frozenset[str] = frozenset()
    """Of these ids, those without which there is no sense in sending."""
    gives: tuple[str, ...] = ()
    """Ids of its answer that others need."""
    round: int = 0
    """What it waits for may stand further on; it is sent when the recordings are read for the nth time."""

    @property
    def waits(self) -> frozenset[int]:
        """The positions of those it waits for."""
        return frozenset(position for _, position in self.needs)


@dataclass(frozen=True)
class Plan:
    """A step for every recording, in their order; *pairs* are the positions of two takes of one request."""

    steps: tuple[Step, ...]
    fingerprint: str
    """Of the recordings, so that another run knows them again."""
    pairs: tuple[tuple[int, int], ...] = ()

    @property
    def sends(self) -> int:
        """How many recordings are sent."""
        return sum(not step.obstacle for step in self.steps)

    @property
    def rounds(self) -> int:
        """How often the recordings are read."""
        return 1 + max((step.round for step in self.steps), default=0)


@dataclass
class _Survey:
    """What one reading of the recordings finds."""

    obstacles: list[str] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    named: list[frozenset[str]] = field(default_factory=list)
    required: list[frozenset[str]] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)
    """Whether the original answered with 2xx."""
    givers: dict[str, list[int]] = field(default_factory=dict)
    takes: dict[bytes, list[int]] = field(default_factory=dict)
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, file: int, recording: Recording, why_not: str) -> None:
        position, exchange = len(self.obstacles), recording.exchange
        self.obstacles.append(why_not)
        self.files.append(file)
        ok = exchange.response is not None and exchange.response.ok
        self.answered.append(ok)
        self.hash.update(
            f"{exchange.id}\0{exchange.request.method}\0{exchange.request.url}\0".encode("utf-8", "replace")
        )
        self.hash.update(hashlib.sha256(exchange.request.body).digest())
        self.named.append(frozenset() if why_not else frozenset(named(exchange.request)))
        self.required.append(frozenset() if why_not else frozenset(required(exchange.request)))
        if not why_not:
            for id in set(given(exchange.response).values()) - self.named[position]:
                self.givers.setdefault(id, []).append(position)
        if ok and exchange.request.method == "POST" and exchange.failure is None:
            self.takes.setdefault(_likeness(exchange.request), []).append(position)

    def giver(self, id: str, position: int) -> int | None:
        """Return the answer that this id comes from: the last before in the same file, else anywhere, else after."""
        known = [each for each in self.givers.get(id, ()) if each != position]
        before = [each for each in known if each < position]
        beside = [each for each in before if self.files[each] == self.files[position]]
        return next(iter((*beside[-1:], *before[-1:], *known[:1])), None)


def _likeness(request: Request) -> bytes:
    said = (request.path.encode("utf-8", "replace"), request.body)
    return hashlib.sha256(b"\0".join(said)).digest()


def plan(source: Source, *, keyed: bool, most: int | None = None) -> Plan:
    """Survey the recordings; *keyed* is a target that wants a key, *most* the number of them that may be sent."""
    survey, sends = _Survey(), 0
    for file, recording in source():
        why_not = _another_take(recording) or asking.obstacle(recording, keyed=keyed)
        if not why_not and most is not None and sends >= most:
            why_not = f"the budget of {most:,} requests is spent"
        sends += not why_not
        survey.add(file, recording, why_not)
    steps = _rounds(_steps(survey))
    return Plan(tuple(steps), survey.hash.hexdigest(), tuple(_pairs(survey.takes.values())))


def _another_take(recording: Recording) -> str:
    take = recording.notes.get("take")
    return "it shows how far the original differs from itself" if isinstance(take, int) and take > 1 else ""


def _steps(survey: _Survey) -> list[Step]:
    steps = []
    for position, obstacle in enumerate(survey.obstacles):
        required = survey.required[position]
        wanted = sorted(id for id in survey.named[position] | required if id in survey.givers)
        needs = tuple((id, giver) for id in wanted if (giver := survey.giver(id, position)) is not None)
        missing = sorted(required - {id for id, _ in needs})
        lost = "it needs what no recording makes" if missing and survey.answered[position] else ""
        why_not = obstacle or lost
        steps.append(Step(why_not, () if why_not else needs, required))
    gives: dict[int, set[str]] = {}
    for step in steps:
        for id, giver in step.needs:
            gives.setdefault(giver, set()).add(id)
    return [
        replace(step, gives=tuple(sorted(gives.get(at, ())))) if at in gives else step for at, step in enumerate(steps)
    ]


def _rounds(steps: list[Step]) -> list[Step]:
    """Give each step the round in which everything it waits for is done or under way."""
    waits: Mapping[int, frozenset[int]] = {at: step.waits for at, step in enumerate(steps) if step.needs}
    try:
        order = tuple(TopologicalSorter(waits).static_order())
    except CycleError:
        return _rounds([_unless(step, at, "it needs what needs it") for at, step in enumerate(steps)])
    rounds: dict[int, int] = {}
    for at in order:
        rounds[at] = max((rounds[each] + (each > at) for each in steps[at].waits), default=0)
    late = {at for at, round in rounds.items() if round >= MOST_ROUNDS}
    if late:
        return _rounds([_unless(step, at, "what it needs stands too far on") for at, step in enumerate(steps)])
    return [replace(step, round=rounds[at]) if rounds.get(at) else step for at, step in enumerate(steps)]


def _unless(step: Step, at: int, why_not: str) -> Step:
    """Keep a step that waits for earlier ones only."""
    waits_for_later = any(each > at for each in step.waits)
    return replace(step, obstacle=why_not, needs=()) if waits_for_later else step


def _pairs(takes: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    left = MOST_PAIRS
    for first, *others in takes:
        for other in others[:left]:
            yield first, other
        left -= len(others[:left])


def takes(source: Source, plan: Plan) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield the pairs of takes: what the original said to one request, twice."""
    if not plan.pairs:
        return
    firsts: dict[int, Exchange] = {}
    first_of = {other: first for first, other in plan.pairs}
    wanted = {first for first, _ in plan.pairs}
    for position, (_, recording) in enumerate(source()):
        if position in wanted:
            firsts[position] = recording.exchange
        if position in first_of:
            yield firsts[first_of[position]], recording.exchange
