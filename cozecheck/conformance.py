"""A live server, judged: scenarios sent, checks applied, a report made."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.checks.registry import matches
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange, FailureKind
from cozecheck.findings import Report, Target
from cozecheck.meeting import MOST_REQUESTS, MOST_TOKENS, Met, cost, meet, secrets
from cozecheck.probe import Probe, retry_delay
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.sdk import Reader

ATTEMPTS = 3
"""How often a send is tried that is refused for want of capacity."""
SILENCE = 20
"""Requests in a row without any response, after which the target is gone and the run ends."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may cost at most; None is no bound."""

    requests: int | None = None
    tokens: int | None = None

    def allows(self, requests: int, tokens: int) -> bool:
        """Whether so much is within the bounds."""
        enough = self.requests is None or requests <= self.requests
        return enough and (self.tokens is None or tokens <= self.tokens)


@dataclass(frozen=True)
class Plan:
    """What will be sent and what it may cost, first contact included; tokens are a generous guess."""

    subject: Subject
    scenarios: tuple[Scenario, ...]
    left_out: tuple[str, ...]
    requests: int
    tokens: int


def plan(scenarios: Iterable[Scenario], checks: Sequence[Check], met: Met, budget: Budget) -> Plan:
    """Choose the scenarios that draw out what the *checks* look at, as far as the *budget* reaches."""
    chosen: list[Scenario] = []
    left_out: list[str] = []
    requests, tokens = met.requests, met.tokens
    for scenario in scenarios:
        if not _serves(scenario, checks):
            continue
        sends = scenario.plan(met.subject)
        cost = sum(send.tokens for send in sends)
        if not budget.allows(requests + len(sends), tokens + cost):
            left_out.append(scenario.id)
            continue
        chosen.append(scenario)
        requests += len(sends)
        tokens += cost
    return Plan(met.subject, tuple(chosen), tuple(left_out), requests, tokens)


def _serves(scenario: Scenario, checks: Sequence[Check]) -> bool:
    return any(matches(draw, check) for draw in scenario.draws for check in checks)


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    concurrency: int = 8
    budget: Budget = field(default_factory=Budget)
    strict: bool = False
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
    chosen = plan(scenarios, checks, met, course.budget)
    if not chosen.scenarios:
        raise NoVerdictError("nothing would be sent: no scenario draws out the selected checks within the budget")
    course.planned(chosen)
    for _ in range(met.requests):
        course.progress("first contact")
    driver = _Driver(probe, chosen, course, met)
    interrupted = await driver.drive()
    bench, reader = Bench(checks), Reader()
    for play in driver.plays():
        play.exchanges = [reader.read(exchange) for exchange in play.exchanges]
        for exchange in play.exchanges:
            bench.judge(exchange)
        if play.finished:
            bench.relate(play.scenario.id, {exchange.name: exchange for exchange in play.exchanges})
    return conclude(
        bench,
        kind="conformance",
        target=Target(base_url=probe.endpoint.base_url, model=met.subject.model),
        started=started,
        seconds=course.clock() - started,
        seed=seed,
        requests=driver.requests,
        tokens=driver.tokens,
        interrupted=interrupted or bool(driver.stopped),
        strict=course.strict,
        masked=False,
        secrets=secrets(probe.endpoint),
        notes=tuple(_notes(chosen, driver.stopped)),
    )


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

    def __init__(self, probe: Probe, chosen: Plan, course: Course, met: Met) -> None:
        self._probe = probe
        self._subject = chosen.subject
        self._course = course
        self._plays = [_Play(scenario) for scenario in chosen.scenarios]
        self._silent = 0
        self.requests = met.requests
        self.tokens = met.tokens
        self.stopped = ""
        """Why the run ended before its time."""

    def plays(self) -> Iterator[_Play]:
        """Yield what was played, in the order of the plan."""
        for play in self._plays:
            if self.stopped:  # that nobody was there any more is no departure of the one who was
                play.exchanges = [each for each in play.exchanges if not _is_refused(each)]
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
            while not self.stopped:
                exchange = await self._send(play, send)
                self._course.progress(play.scenario.id)
                send = steps.send(exchange)
        except StopIteration:
            play.finished = True

    async def _send(self, play: _Play, send: Send) -> Exchange:
        """Send, and again where the target asks for patience; every answer is kept, the last one is returned."""
        number = len({each.name for each in play.exchanges}) + 1
        for attempt in range(1, ATTEMPTS + 1):
            name = f"{play.scenario.id}/{number}" + (" again" if attempt > 1 else "")
            exchange = await self._probe.send(send, exchange_id=name, scenario=play.scenario.id)
            play.exchanges.append(exchange)
            self._count(exchange, send)
            delay = retry_delay(exchange)
            if delay is None or attempt == ATTEMPTS or not self._affords(send):
                break
            await asyncio.sleep(delay)
        return exchange

    def _count(self, exchange: Exchange, send: Send) -> None:
        self.requests += 1
        self.tokens += cost(exchange, send)
        self._silent = 0 if exchange.response else self._silent + 1
        if self._silent >= SILENCE:
            self.stopped = f"{SILENCE} requests in a row had no response"
        elif not self._course.budget.allows(self.requests, self.tokens):
            self.stopped = f"the budget is spent: {self.requests} requests, {self.tokens} tokens"

    def _affords(self, send: Send) -> bool:
        return self._course.budget.allows(self.requests + 1, self.tokens + send.tokens)


def _is_refused(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind is FailureKind.CONNECT
