"""The road of objects and their lives: programs played, judged, made small, told as steps."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest

from cozecheck.checks import Check
from cozecheck.checks.judging import Bench, Departure
from cozecheck.contract.operations import operation
from cozecheck.curl import script
from cozecheck.exchange import Exchange
from cozecheck.properties.causes import Cause
from cozecheck.properties.machine import drawn
from cozecheck.properties.programs import Program, made
from cozecheck.properties.resources import RESOURCES
from cozecheck.scenarios import Scenario, Subject
from cozecheck.spending import Budget, Purse, is_refused
from cozecheck.views.lives import SCENARIO

Run = dict[str, Exchange]
"""What was sent, by name, in order."""
STEPS_PER_EXAMPLE = 0.5
"""How many requests go to lives for each that is drawn alone."""
MOST_OF_ONE = 10
"""Requests of one program, about: its steps, what is needed first, and the tidying up."""
SHRINKING = 300
"""Requests at most to make one failure small."""
MOST_SHRUNK = 4
"""Failures at most that are made small."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Programs by resource, drawn before anything is sent, and what they cost at most; to make them small, *more*."""

    programs: tuple[Program, ...] = ()
    requests: int = 0
    tokens: int = 0
    more: int = 0


def is_of_lives(check: Check) -> bool:
    """Whether a check reads the lives of objects."""
    return check.scenario == SCENARIO


def lifetimes(subject: Subject, checks: Sequence[Check], examples: int, seed: int, budget: Budget) -> Lifetimes:
    """Draw as many programs of each resource as *examples* and the *budget* have room for."""
    if not examples or not any(map(is_of_lives, checks)):
        return Lifetimes()
    count = max(int(examples * STEPS_PER_EXAMPLE) // MOST_OF_ONE // len(RESOURCES), 1)
    programs, requests, tokens = [], 0, 0
    for program in chain.from_iterable(zip_longest(*(drawn(name, count, seed) for name in RESOURCES))):
        sends = list(_scenario(program).plan(subject)) if program else []
        cost = sum(send.tokens for send in sends)
        if program and budget.allows(requests + len(sends), tokens + cost):
            programs.append(program)
            requests, tokens = requests + len(sends), tokens + cost
    room = SHRINKING * MOST_SHRUNK if budget.requests is None else budget.requests - requests
    more = min(SHRINKING * MOST_SHRUNK, room) if budget.tokens is None and programs else 0
    return Lifetimes(tuple(programs), requests + more, tokens, more)


def _scenario(program: Program) -> Scenario:
    return Scenario(SCENARIO, f"the life of {program.resource}", ("properties.*",), program.sends)


@dataclass
class Failing:
    """A cause, the program that shows it, and all that it sent, in order."""

    cause: Cause
    departure: Departure
    program: Program
    run: Run

    @property
    def cut(self) -> Program:
        """The program up to the step that fails."""
        place = self.departure.exchange.name.partition(" ")[0]
        return replace(self.program, steps=self.program.steps[: int(place)]) if place.isdecimal() else self.program

    def curls(self) -> Iterator[str]:
        """Yield the steps as curl lines, up to the one that fails."""
        names = list(self.run)
        steps = [self.run[name] for name in names[: names.index(self.departure.exchange.name) + 1]]
        return script([each.request for each in steps], [_made(each) for each in steps])


def _made(exchange: Exchange) -> str:
    """Return the id of what a step made, as later steps name it; empty where it made nothing."""
    return made(exchange) if exchange.name.endswith(("make", "first")) else ""


@dataclass
class Living:
    """Plays programs as far as the purse reaches; it fills up while it goes on."""

    purse: Purse
    bench: Bench
    subject: Subject
    concurrency: int
    is_over: Callable[[], bool] = lambda: False
    failing: dict[Cause, Failing] = field(default_factory=dict)

    async def run(self, planned: Lifetimes) -> None:
        """Play everything, resources side by side, then make failures small; cancelled, what was done stays."""
        limit = asyncio.Semaphore(self.concurrency)
        plays: list[tuple[Program, Run]] = [(program, {}) for program in planned.programs]

        async def play(resource: str) -> None:
            async with limit:
                for program, run in plays:
                    if program.resource == resource:  # one after the other, so that each can be told alone
                        await self._play(program, run)

        try:
            async with asyncio.TaskGroup() as group:
                for resource in RESOURCES:
                    group.create_task(play(resource))
        finally:
            for program, run in plays:
                self._judge(program, run)
        left = planned.more
        for failing in list(self.failing.values())[:MOST_SHRUNK]:
            before = self.purse.requests
            self.failing[failing.cause] = await self._shrink(failing, min(left, SHRINKING))
            left -= self.purse.requests - before

    async def _play(self, program: Program, run: Run) -> None:
        steps = program.sends(self.subject)
        try:
            send = next(steps)
            while not self.purse.stopped and self.purse.affords(send) and not self.is_over():
                kept: list[Exchange] = []
                exchange = await self.purse.send(send, f"{SCENARIO}/{len(run) + 1}", SCENARIO, kept)
                run[exchange.name] = exchange
                send = steps.send(exchange)
        except StopIteration:
            return

    def _judge(self, program: Program, run: Run) -> None:
        if self.purse.stopped:
            run = {name: each for name, each in run.items() if not is_refused(each)}
        for why, departure in found(self.bench, program, run).items():
            self.failing.setdefault(why, Failing(why, departure, program, run))

    async def _shrink(self, failing: Failing, most: int) -> Failing:
        """Return the smallest program near this one that fails likewise, found with *most* requests."""
        end, bench = self.purse.requests + most, Bench([failing.departure.check])
        candidates = failing.cut.smaller
        while (program := next(candidates, None)) and self.purse.requests < end:
            run: Run = {}
            await self._play(program, run)
            departure = found(bench, program, run).get(failing.cause)
            if departure:
                failing = Failing(failing.cause, departure, program, run)
                candidates = failing.cut.smaller
        return failing

    def departures(self) -> Iterator[Departure]:
        """Yield one departure a cause."""
        for failing in self.failing.values():
            yield replace(failing.departure, exchange=replace(failing.departure.exchange, id=failing.cause.id))

    def notes(self) -> Iterator[str]:
        """Yield the steps to every failure."""
        for failing in self.failing.values():
            lines = list(failing.curls())
            for place, line in enumerate(lines, 1):
                yield f"{failing.cause.id}, step {place} of {len(lines)}: {line}"


def found(bench: Bench, program: Program, run: Run) -> dict[Cause, Departure]:
    """Judge what a program has sent on a bench; departures are returned, not kept there."""
    before = len(bench.departures)
    for exchange in run.values():
        bench.judge(exchange)
    bench.relate(SCENARIO, run)
    departures = bench.departures[before:]
    del bench.departures[before:]
    causes: dict[Cause, Departure] = {}
    for departure in departures:
        causes.setdefault(_cause(departure, program), departure)
    return causes


def _cause(departure: Departure, program: Program) -> Cause:
    exchange = departure.exchange
    known = operation(exchange.request)
    status = str(exchange.response.status) if exchange.response else ""
    return Cause(departure.check.id, known.name if known else program.resource, "", status)
