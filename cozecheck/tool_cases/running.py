"""Every case sent, again and again, whole and streamed."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cozecheck.checks.conclusion import TOOL, moment
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange, Request
from cozecheck.findings import Report, Run, Target, Trial
from cozecheck.meeting import MOST_REQUESTS, MOST_TOKENS, Met, cost, meet
from cozecheck.probe import Probe, retry_delay
from cozecheck.scenarios import Send
from cozecheck.tool_cases import concluding
from cozecheck.tool_cases.cases import Case, asking
from cozecheck.tool_cases.reading import left_out, trial

ATTEMPTS: Final = 3
"""How often a question is sent that is refused for want of capacity."""
SILENCE: Final = 20
"""Requests in a row without any response, after which the target is gone and the run ends."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent and what it may cost, first contact included; tokens are a generous guess."""

    model: str
    requests: int
    tokens: int


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970, None is no bound."""

    clock: Callable[[], float]
    repeats: int = 5
    concurrency: int = 8
    max_requests: int | None = None
    max_tokens: int | None = None
    planned: Callable[[Plan], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Ask:
    """One case, to be sent once."""

    case: Case
    stream: bool
    repeat: int
    send: Send


async def run(
    probe: Probe, known: Sequence[Case], model: str | None, reference: Sequence[Trial], course: Course
) -> Report:
    """Measure how a model calls tools, beside a *reference* if there is one. Cancelled, it keeps what was done."""
    started = course.clock()
    _require_budget(course, Plan("", MOST_REQUESTS, MOST_TOKENS))
    met = await meet(probe, model, seed=0)
    asks = tuple(_asks(known, met, course.repeats))
    planned = Plan(met.subject.model, met.requests + len(asks), met.tokens + sum(ask.send.tokens for ask in asks))
    _require_budget(course, planned)
    course.planned(planned)
    for _ in range(met.requests):
        course.progress("first contact")
    driver = _Driver(probe, course, met, planned)
    interrupted = await driver.drive(asks)
    by_id = {case.id: case for case in known}

    def example(id: str, stream: bool) -> Request:  # noqa: FBT001
        return probe.endpoint.record(asking(by_id[id], met.subject, stream=stream))

    lines = concluding.lines(known, driver.trials, reference)
    return Report(
        kind="fidelity",
        tool=TOOL,
        target=Target(base_url=probe.endpoint.base_url, model=met.subject.model),
        run=Run(
            moment(started),
            round(course.clock() - started, 3),
            requests=driver.requests,
            tokens=driver.tokens,
            interrupted=interrupted or driver.is_gone,
        ),
        checks=tuple(map(concluding.result, lines)),
        findings=tuple(concluding.findings(lines, example)),
        notes=tuple(_notes(driver)),
        fidelity=concluding.fidelity(lines, driver.trials),
    )


def _require_budget(course: Course, plan: Plan) -> None:
    requests, tokens = course.max_requests, course.max_tokens
    if (requests is not None and plan.requests > requests) or (tokens is not None and plan.tokens > tokens):
        cost = f"{plan.requests:,} requests and {plan.tokens:,} tokens"
        raise NoVerdictError(f"the budget is too small: this takes up to {cost}; fewer --repeats cost less")


def _asks(known: Sequence[Case], met: Met, repeats: int) -> Iterator[Ask]:
    """Yield whole repeats, one after the other, so that what comes of some of them is whole."""
    for repeat in range(1, repeats + 1):
        for case in known:
            for stream in (False, True):
                yield Ask(case, stream, repeat, asking(case, met.subject, stream=stream))


def _notes(driver: "_Driver") -> Iterator[str]:
    for reason, times in driver.left_out.most_common():
        yield f"left out: {times} of the answers ({reason})"
    if driver.is_gone:
        yield f"the run ended early: {SILENCE} requests in a row had no response"


class _Driver:
    """Sends questions side by side, and counts."""

    def __init__(self, probe: Probe, course: Course, met: Met, planned: Plan) -> None:
        self._probe = probe
        self._course = course
        self._spare = None if course.max_requests is None else course.max_requests - planned.requests
        self._silent = 0
        self.requests = met.requests
        self.tokens = met.tokens
        self.trials: list[Trial] = []
        self.left_out: Counter[str] = Counter()

    @property
    def is_gone(self) -> bool:
        """Whether nobody answers any more."""
        return self._silent >= SILENCE

    async def drive(self, asks: Sequence[Ask]) -> bool:
        """Send everything; return whether it was interrupted."""
        limit = asyncio.Semaphore(self._course.concurrency)
        try:
            async with asyncio.TaskGroup() as group:
                for ask in asks:
                    group.create_task(self._within(limit, ask))
        except asyncio.CancelledError:
            return True
        finally:
            self.trials.sort(key=lambda each: (each.repeat, each.case, each.stream))
        return False

    async def _within(self, limit: asyncio.Semaphore, ask: Ask) -> None:
        async with limit:
            if self.is_gone:
                return
            exchange = await self._send(ask.send)
        self._course.progress(ask.case.id)
        reason = left_out(exchange)
        if reason:
            self.left_out[reason] += 1
        else:
            self.trials.append(trial(ask.case, exchange, stream=ask.stream, repeat=ask.repeat))

    async def _send(self, send: Send) -> Exchange:
        """Send, and again where the target asks for patience."""
        for attempt in range(1, ATTEMPTS + 1):
            exchange = await self._probe.send(send, exchange_id=send.name)
            self.requests += 1
            self.tokens += cost(exchange, send)
            self._silent = 0 if exchange.response else self._silent + 1
            delay = retry_delay(exchange)
            if delay is None or attempt == ATTEMPTS or not self._affords_another():
                break
            await asyncio.sleep(delay)
        return exchange

    def _affords_another(self) -> bool:
        if self._spare is None:
            return True
        self._spare -= 1
        return self._spare >= 0
