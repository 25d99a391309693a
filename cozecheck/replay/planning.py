"""What will be sent, in which order, and what will not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Final

from cozecheck.exchange import Exchange
from cozecheck.recordings import Recording
from cozecheck.replay import asking
from cozecheck.replay.survey import Survey

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
    after: frozenset[int] = frozenset()
    """Earlier ones that change, or look at, what this one looks at, or changes."""
    gives: tuple[str, ...] = ()
    """Ids of its answer that others need."""
    round: int = 0
    """What it waits for may stand further on; it is sent when the recordings are read for the nth time."""

    @property
    def waits(self) -> frozenset[int]:
        """The positions of those it waits for."""
        return self.after | {position for _, position in self.needs}


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


def plan(source: Source, *, keyed: bool, most: int | None = None) -> Plan:
    """Survey the recordings; *keyed* is a target that wants a key, *most* the number of them that may be sent."""
    survey, sends = Survey(), 0
    for file, recording in source():
        why_not = _barred(recording) or asking.obstacle(recording, keyed=keyed)
        if not why_not and most is not None and sends >= most:
            why_not = f"the budget of {most:,} requests is spent"
        sends += not why_not
        survey.add(file, recording, why_not)
    steps = _rounds(_steps(survey))
    return Plan(tuple(steps), survey.fingerprint, tuple(_pairs(survey.takes.values())))


def _barred(recording: Recording) -> str:
    """Why the notes of a recording keep it from being sent, if they do."""
    if recording.notes.get("replayable") is False:
        return str(recording.notes.get("reason") or "its notes say so")
    take = recording.notes.get("take")
    return "it shows how far the original differs from itself" if isinstance(take, int) and take > 1 else ""


def _steps(survey: Survey) -> list[Step]:
    steps, order = [], _Order()
    for position, found in enumerate(survey.founds):
        needs = tuple(survey.sources(found.named | found.required, position))
        missing = found.required - {id for id, _ in needs}
        lost = "it needs what no recording makes" if missing and found.answered else ""
        if why_not := found.obstacle or lost:
            steps.append(Step(why_not))
            continue
        shown = (source for source in survey.sources(found.shown, position) if source[1] < position)
        steps.append(Step("", needs, found.required, order.after(position, {*needs, *shown}, found.changed)))
    gives: dict[int, set[str]] = {}
    for step in steps:
        for id, giver in step.needs:
            gives.setdefault(giver, set()).add(id)
    return [replace(step, gives=tuple(sorted(gives.get(at, ())))) for at, step in enumerate(steps)]


class _Order:
    """Who looked at a thing, or changed it, so far; a thing is an id and who gave it."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, int], int] = {}
        self._looked: dict[tuple[str, int], list[int]] = {}

    def after(self, position: int, things: Iterable[tuple[str, int]], changed: frozenset[str]) -> frozenset[int]:
        """Note who deals with *things*, of which it changes some; return whom it must come after."""
        before: set[int] = set()
        for thing in things:
            id, giver = thing
            before.add(self._changed.get(thing, giver))
            if id in changed:
                before.update(self._looked.pop(thing, ()))
                self._changed[thing] = position
            else:
                self._looked.setdefault(thing, []).append(position)
        return frozenset(each for each in before if each < position)


def _rounds(steps: list[Step]) -> list[Step]:
    """Give each step the round in which everything it waits for is done or under way."""
    waits: Mapping[int, frozenset[int]] = {at: step.waits for at, step in enumerate(steps) if step.waits}
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
    return Step(why_not) if waits_for_later else step


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
