"""A live server, judged: scenarios sent, checks applied, a report made."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange
from cozecheck.findings import Report, Target
from cozecheck.meeting import meet
from cozecheck.probe import Probe, retry_delay
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.sdk import Reader

ATTEMPTS = 3
"""How often a send is tried that is refused for want of capacity."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may cost at most; None is no bound."""

    requests: int | None = None
    tokens: int | None = None


@dataclass(frozen=True)
class Plan:
    """What will be sent, and what it may cost."""

    subject: Subject
    scenarios: tuple[Scenario, ...]
    left_out: tuple[str, ...]
    requests: int
    tokens: int


def plan(scenarios: Iterable[Scenario], checks: Sequence[Check], subject: Subject, budget: Budget) -> Plan:
    """Choose the scenarios that draw out what the *checks* look at, as far as the *budget* reaches."""
    chosen: list[Scenario] = []
    left_out: list[str] = []
    requests = tokens = 0
    for scenario in scenarios:
        if not _serves(scenario, checks):
            continue
        sends = scenario.plan(subject)
        cost = sum(send.tokens for send in sends)
        if _exceeds(requests + len(sends), budget.requests) or _exceeds(tokens + cost, budget.tokens):
            left_out.append(scenario.id)
            continue
        chosen.append(scenario)
        requests += len(sends)
        tokens += cost
    return Plan(subject, tuple(chosen), tuple(left_out), requests, tokens)


def _serves(scenario: Scenario, checks: Sequence[Check]) -> bool:
    return any(
        check.scenario == scenario.id or fnmatchcase(check.id, draw) for draw in scenario.draws for check in checks
    )


def _exceeds(cost: int, bound: int | None) -> bool:
    return bound is not None and cost > bound


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    concurrency: int = 8
    budget: Budget = field(default_factory=Budget)
    strict: bool = False
    planned: Callable[[Plan], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None


async def run(
    probe: Probe, scenarios: Sequence[Scenario], checks: Sequence[Check], model: str | None, seed: int, course: Course
) -> Report:
    """Judge a live server; raise NoVerdictError where it is not there. Cancelled, it keeps what was done."""
    started = course.clock()
    met = await meet(probe, model, seed)
    chosen = plan(scenarios, checks, met.subject, course.budget)
    if not chosen.scenarios:
        raise NoVerdictError("nothing would be sent: no scenario draws out the selected checks within the budget")
    course.planned(chosen)
    driver = _Driver(probe, chosen, course)
    interrupted = await driver.drive()
    bench, reader = Bench(checks), Reader()
    for scenario, sent in driver.done():
        exchanges = [reader.read(exchange) for exchange in sent]
        for exchange in exchanges:
            bench.judge(exchange)
        bench.relate(scenario.id, {exchange.name: exchange for exchange in exchanges})
    return conclude(
        bench,
        kind="conformance",
        target=Target(base_url=probe.endpoint.base_url, model=met.subject.model),
        started=started,
        seconds=course.clock() - started,
        seed=seed,
        requests=met.requests + driver.sent,
        tokens=driver.tokens,
        interrupted=interrupted,
        strict=course.strict,
        masked=False,
        notes=_notes(chosen),
    )


def _notes(chosen: Plan) -> tuple[str, ...]:
    if not chosen.left_out:
        return ()
    return (f"left out to stay within the budget: {', '.join(chosen.left_out)}",)


class _Driver:
    """Runs scenarios side by side, those that want to be alone one after the other."""

    def __init__(self, probe: Probe, chosen: Plan, course: Course) -> None:
        self._probe = probe
        self._plan = chosen
        self._course = course
        self._exchanges: dict[str, list[Exchange]] = {scenario.id: [] for scenario in chosen.scenarios}
        self.sent = 0
        self.tokens = 0

    def done(self) -> Iterable[tuple[Scenario, list[Exchange]]]:
        """Yield the scenarios that were begun, in the order of the plan, with what was exchanged."""
        for scenario in self._plan.scenarios:
            if self._exchanges[scenario.id]:
                yield scenario, self._exchanges[scenario.id]

    async def drive(self) -> bool:
        """Send everything; return whether it was interrupted."""
        together = [scenario for scenario in self._plan.scenarios if not scenario.alone]
        limit = asyncio.Semaphore(self._course.concurrency)
        try:
            async with asyncio.TaskGroup() as group:
                for scenario in together:
                    group.create_task(self._within(limit, scenario))
            for scenario in self._plan.scenarios:
                if scenario.alone:
                    await self._play(scenario)
        except asyncio.CancelledError:
            return True
        return False

    async def _within(self, limit: asyncio.Semaphore, scenario: Scenario) -> None:
        async with limit:
            await self._play(scenario)

    async def _play(self, scenario: Scenario) -> None:
        steps = scenario.steps(self._plan.subject)
        number = 1
        try:
            send = next(steps)
            while True:
                exchange = await self._send(scenario, send, f"{scenario.id}/{number}")
                self._course.progress(scenario.id)
                number += 1
                send = steps.send(exchange)
        except StopIteration:
            return

    async def _send(self, scenario: Scenario, send: Send, id: str) -> Exchange:
        """Send, and again where the target asks for patience; every answer is kept, the last one is returned."""
        for attempt in range(1, ATTEMPTS + 1):
            name = id if attempt == 1 else f"{id} again"
            exchange = await self._probe.send(send, exchange_id=name, scenario=scenario.id)
            self._exchanges[scenario.id].append(exchange)
            self.sent += 1
            self.tokens += _cost(exchange, send)
            delay = retry_delay(exchange)
            if delay is None or attempt == ATTEMPTS or _exceeds(self.sent + 1, self._course.budget.requests):
                break
            await asyncio.sleep(delay)
        return exchange


def _cost(exchange: Exchange, send: Send) -> int:
    """Return the tokens that the answer says it cost, our own guess where a 2xx does not say, else nothing."""
    response = exchange.response
    if response is None or not response.ok:
        return 0
    body = response.json
    usage = body.get("usage") if isinstance(body, dict) else None
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and total >= 0 else send.tokens
