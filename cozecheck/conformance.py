"""A live server, judged: scenarios sent, checks applied, a report made."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.checks.registry import matches
from cozecheck.contract.operations import operation_at
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange
from cozecheck.findings import Report, Target
from cozecheck.meeting import MOST_REQUESTS, MOST_TOKENS, Met, meet, secrets
from cozecheck.probe import Probe
from cozecheck.properties import (
    FAMILY,
    Explorer,
    Lifetimes,
    Living,
    Prospect,
    Pursuit,
    Search,
    is_of_lives,
    kept_lives,
    lifetimes,
    prospect,
)
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.sdk import Reader
from cozecheck.spending import Budget, Purse, is_refused


@dataclass(frozen=True)
class Plan:
    """What will be sent and what it may cost, first contact included; tokens are a generous guess."""

    subject: Subject
    scenarios: tuple[Scenario, ...]
    left_out: tuple[str, ...]
    requests: int
    tokens: int
    at_random: Prospect = field(default_factory=Prospect)
    """The share of them that is drawn at random."""
    lives: Lifetimes = field(default_factory=Lifetimes)
    """The share of them that makes, shows and deletes objects in any order."""


def plan(
    scenarios: Iterable[Scenario],
    checks: Sequence[Check],
    met: Met,
    budget: Budget,
    examples: int = 0,
    operations: frozenset[str] = frozenset(),
) -> Plan:
    """Choose the scenarios that draw out what the *checks* look at, as far as the *budget* reaches.

    Where *operations* are named, those that ask for none of them are left alone. What is left of the budget goes to
    requests at random, *examples* of them, if properties are among the checks.
    """
    chosen: list[Scenario] = []
    left_out: list[str] = []
    requests, tokens = met.requests, met.tokens
    for scenario in scenarios:
        if not _serves(scenario, checks):
            continue
        sends = scenario.plan(met.subject)
        if not _asks(sends, operations):
            continue
        cost = sum(send.tokens for send in sends)
        if not budget.allows(requests + len(sends), tokens + cost):
            left_out.append(scenario.id)
            continue
        chosen.append(scenario)
        requests += len(sends)
        tokens += cost
    alone = any(check.family == FAMILY and not is_of_lives(check) for check in checks)
    at_random = prospect(met.subject, examples if alone else 0, met.subject.seed, budget.after(requests, tokens))
    requests, tokens = requests + at_random.requests, tokens + at_random.tokens
    lives = lifetimes(met.subject, checks, examples, met.subject.seed, budget.after(requests, tokens))
    requests, tokens = requests + lives.requests, tokens + lives.tokens
    return Plan(met.subject, tuple(chosen), tuple(left_out), requests, tokens, at_random, lives)


def _serves(scenario: Scenario, checks: Sequence[Check]) -> bool:
    return any(matches(draw, check) for draw in scenario.draws for check in checks)


def _asks(sends: Iterable[Send], operations: frozenset[str]) -> bool:
    """Whether any of the *sends* asks for one of the *operations*, or for what is none at all."""
    asked = (operation_at(send.method, f"/v1{send.path}") for send in sends)
    return not operations or any(each is None or each.name in operations for each in asked)


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    concurrency: int = 8
    budget: Budget = field(default_factory=Budget)
    strict: bool = False
    search: Search = field(default_factory=Search)
    operations: frozenset[str] = frozenset()
    """Judge what these answer, and nothing else; none: everything."""
    models: Mapping[str, str] = field(default_factory=dict)
    """The models beside the one that chats, as far as they are given, by the field of a subject."""
    planned: Callable[[Plan], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None


async def run(
    probe: Probe, scenarios: Sequence[Scenario], checks: Sequence[Check], model: str | None, seed: int, course: Course
) -> Report:
    """Judge a live server; raise NoVerdictError where it is not there. Cancelled, it keeps what was done."""
    started = course.clock()
    if not course.budget.allows(MOST_REQUESTS, MOST_TOKENS):
        least = f"{MOST_REQUESTS} requests and {MOST_TOKENS} tokens"
        raise NoVerdictError(f"the budget is too small: first contact alone may take {least}")
    met = await meet(probe, model, seed, course.models)
    chosen = plan(scenarios, checks, met, course.budget, course.search.examples, course.operations)
    if not chosen.scenarios and not chosen.at_random.pools and not chosen.lives.programs:
        raise NoVerdictError("nothing would be sent: no scenario draws out the selected checks within the budget")
    course.planned(chosen)
    for _ in range(met.requests):
        course.progress("first contact")
    purse = Purse(probe, course.budget, met, course.progress)
    driver = _Driver(purse, chosen, course)
    interrupted = await driver.drive()
    bench, reader = Bench(checks, course.operations), Reader()
    for play in driver.plays():
        play.exchanges = [reader.read(exchange) for exchange in play.exchanges]
        for exchange in play.exchanges:
            bench.judge(exchange)
        if play.finished:
            bench.relate(play.scenario.id, {exchange.name: exchange for exchange in play.exchanges})
    explorer = Explorer(purse, bench, met.subject, course.concurrency, course.clock)
    pursuit = Pursuit(explorer, chosen.at_random, course.search)
    living = Living(purse, bench, met.subject, course.concurrency, explorer.is_over)
    interrupted = interrupted or await _within_reach(pursuit.run()) or await _within_reach(living.run(chosen.lives))
    bench.departures.extend((*pursuit.departures(), *living.departures()))
    return conclude(
        bench,
        kind="conformance",
        target=Target(base_url=probe.endpoint.base_url, model=met.subject.model),
        started=started,
        seconds=course.clock() - started,
        seed=seed,
        requests=purse.requests,
        tokens=purse.tokens,
        interrupted=interrupted or bool(purse.stopped),
        strict=course.strict,
        masked=False,
        secrets=secrets(probe.endpoint),
        notes=(*_notes(chosen, purse.stopped), *pursuit.notes(), *kept_lives(living, course.search.folder)),
    )


async def _within_reach(search: Awaitable[None]) -> bool:
    """Send requests at random; return whether that was interrupted."""
    try:
        await search
    except asyncio.CancelledError:
        return True
    return False


def _notes(chosen: Plan, stopped: str) -> Iterator[str]:
    if chosen.left_out:
        yield f"left out to stay within the budget: {', '.join(chosen.left_out)}"
    if stopped:
        yield f"the run ended early: {stopped}"


@dataclass
class _Play:
    """One scenario while it is played."""

    scenario: Scenario
    exchanges: list[Exchange] = field(default_factory=list)
    finished: bool = False


class _Driver:
    """Plays scenarios side by side, those that want to be alone one after the other."""

    def __init__(self, purse: Purse, chosen: Plan, course: Course) -> None:
        self._purse = purse
        self._subject = chosen.subject
        self._course = course
        self._plays = [_Play(scenario) for scenario in chosen.scenarios]

    def plays(self) -> Iterator[_Play]:
        """Yield what was played, in the order of the plan."""
        for play in self._plays:
            if self._purse.stopped:  # that nobody was there any more is no departure of the one who was
                play.exchanges = [each for each in play.exchanges if not is_refused(each)]
            if play.exchanges:
                yield play

    async def drive(self) -> bool:
        """Send everything; return whether it was interrupted."""
        limit = asyncio.Semaphore(self._course.concurrency)
        try:
            async with asyncio.TaskGroup() as group:
                for play in self._plays:
                    if not play.scenario.alone:
                        group.create_task(self._within(limit, play))
            for play in self._plays:
                if play.scenario.alone:
                    await self._play(play)
        except asyncio.CancelledError:
            return True
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        return False

    async def _within(self, limit: asyncio.Semaphore, play: _Play) -> None:
        async with limit:
            await self._play(play)

    async def _play(self, play: _Play) -> None:
        steps = play.scenario.steps(self._subject)
        try:
            send = next(steps)
            while not self._purse.stopped:
                exchange = await self._send(play, send)
                send = steps.send(exchange)
        except StopIteration:
            play.finished = True

    async def _send(self, play: _Play, send: Send) -> Exchange:
        number = len({each.name for each in play.exchanges}) + 1
        return await self._purse.send(send, f"{play.scenario.id}/{number}", play.scenario.id, play.exchanges)
