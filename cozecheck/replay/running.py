"""Recordings in, requests out, a report at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from cozecheck.checks import Check
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import Exchange, FailureKind
from cozecheck.findings import Report
from cozecheck.meeting import knock, secrets
from cozecheck.recordings import Recording
from cozecheck.replay.asking import incomparable
from cozecheck.replay.concluding import report
from cozecheck.replay.journal import Journal
from cozecheck.replay.ledger import Entry, Ledger
from cozecheck.replay.pacing import Pacing
from cozecheck.replay.planning import Plan, Source, Step
from cozecheck.replay.polling import LOOKS, too_early
from cozecheck.replay.servers import Asked, Server
from cozecheck.replay.settling import Answers, Settling, Yardstick

SILENCE: Final = 20
"""Requests in a row without any response, after which the target is gone and the run ends."""
NOBODY: Final = "nobody was there to answer it"
WAITING: Final = 8
"""Recordings that are held for each that is being sent: some of them wait for others."""


@dataclass(frozen=True)
class Course:
    """How a run goes about it; *clock* tells seconds since 1970."""

    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    concurrency: int = 8
    speed: float | None = None
    """How many times faster than recorded; None is flat out."""
    repeat: int = 1
    """How often each request is sent to the candidate."""
    ask_sdk: bool = True
    strict: bool = False
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Sides:
    """Who is asked: the candidate, and the original where it is asked live, once or twice."""

    candidate: Server
    original: Server | None = None
    second: Server | None = None

    @property
    def all(self) -> tuple[Server, ...]:
        """All of them, the original first."""
        return tuple(each for each in (self.original, self.second, self.candidate) if each)


async def run(
    source: Source,
    plan: Plan,
    sides: Sides,
    checks: Sequence[Check],
    yardstick: Yardstick,
    journal: Journal,
    course: Course,
) -> Report:
    """Replay the recordings; raise NoVerdictError where nobody is there. Cancelled, it keeps what was done."""
    started = course.clock()
    if not plan.sends:
        raise NoVerdictError(f"nothing to replay: {_why_nothing(plan)}")
    for server in sides.all:
        await knock(server.probe)
    driver = _Driver(sides, Ledger(checks), plan, yardstick, journal, course)
    driver.resume()
    interrupted = await driver.drive(source)
    return report(
        driver.ledger,
        base_url=sides.candidate.probe.endpoint.base_url,
        yardstick=yardstick,
        read=len(plan.steps),
        started=started,
        seconds=course.clock() - started,
        interrupted=interrupted or bool(driver.stopped),
        strict=course.strict,
        secrets=driver.secrets,
        stopped=driver.stopped,
    )


def _why_nothing(plan: Plan) -> str:
    reasons = sorted({step.obstacle for step in plan.steps})
    return f"none of {len(plan.steps):,} recordings can be sent ({'; '.join(reasons)})" if reasons else "no recording"


class _Driver:
    """Sends side by side what waits for nothing; what waits is sent when that is done."""

    def __init__(
        self, sides: Sides, ledger: Ledger, plan: Plan, yardstick: Yardstick, journal: Journal, course: Course
    ) -> None:
        self._sides = sides
        self._plan = plan
        self._journal = journal
        self._course = course
        self._limit = asyncio.Semaphore(course.concurrency)
        self._room = asyncio.Semaphore(course.concurrency * WAITING)
        self._bench = asyncio.Lock()
        self._pacing = Pacing(course.clock, course.sleep, course.speed)
        self._done: set[int] = set()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self.secrets = tuple(secret for each in sides.all for secret in secrets(each.probe.endpoint))
        self.ledger = ledger
        self._settling = Settling(ledger.checks, yardstick, ledger.wants, self.secrets, course.ask_sdk)
        self.stopped = ""
        """Why the run ended before its time."""

    def resume(self) -> None:
        """Take in what a run before this one did."""
        with self._journal.blaming():
            for entry in self._journal.done():
                self._done.add(entry.position)
                self.ledger.add(entry)
                for server, gave in zip(self._sides.all, entry.gave, strict=False):
                    server.recall(entry.position, gave.items())
                self._course.progress(entry.exchange)

    async def drive(self, source: Source) -> bool:
        """Send everything; return whether it was interrupted."""
        try:
            async with asyncio.TaskGroup() as group:
                for round in range(self._plan.rounds):
                    await self._round(source, round, group)
        except asyncio.CancelledError:
            return True
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        return False

    async def _round(self, source: Source, round: int, group: asyncio.TaskGroup) -> None:
        recordings = enumerate(source())
        # To read may take its time, and streams are being timed.
        while (found := await asyncio.to_thread(next, recordings, None)) and not self.stopped:
            position, (_, recording) = found
            step = self._plan.steps[position]
            if step.round != round or position in self._done:
                continue
            if step.obstacle:
                self.ledger.add(Entry(position, recording.exchange.id, skipped=step.obstacle))
                continue
            await self._pacing.wait(recording.at)
            await self._room.acquire()
            task = group.create_task(self._play(position, step, recording))
            self._under_way[position] = task
            task.add_done_callback(partial(self._release, position))

    def _release(self, position: int, _task: "asyncio.Task[None]") -> None:
        self._under_way.pop(position, None)
        self._room.release()

    async def _play(self, position: int, step: Step, recording: Recording) -> None:
        waits = [self._under_way[each] for each in step.waits if each in self._under_way]
        if waits:
            await asyncio.wait(waits)
        entry = await self._entry(position, step, recording)
        if entry is None:
            return
        if entry.skipped != NOBODY:  # else a run that goes on tries again
            self._journal.add(entry)
        self.ledger.add(entry)
        self._done.add(position)
        self._course.progress(recording.exchange.id)

    async def _entry(self, position: int, step: Step, recording: Recording) -> Entry | None:
        """Return what came of one recording; None where the run is over."""
        exchange = recording.exchange
        if any(server.lacks(step) for server in self._sides.all):
            return Entry(position, exchange.id, skipped="the answer that gives what it needs did not give it")
        try:
            async with self._limit:
                if self.stopped:
                    return None
                asked = await self._ask(step, exchange)
        except UsageError as error:
            return Entry(position, exchange.id, skipped=f"it cannot be sent: {error}")
        self._note_silence()
        answers, why_not = _answers(asked, recording, live=self._sides.original is not None)
        if _is_nobody(answers.takes[0]):
            return Entry(position, exchange.id, skipped=NOBODY)
        async with self._bench:
            entry = await asyncio.to_thread(self._settling.settle, position, exchange.id, answers)
        firsts = ((server, takes[0].exchange) for server, takes in asked)
        return replace(
            entry,
            uncompared=why_not,
            requests=sum(each.requests for _, takes in asked for each in takes),
            tokens=sum(each.tokens for _, takes in asked for each in takes),
            gave=tuple(server.learn(position, step, exchange, first) for server, first in firsts),
        )

    async def _ask(self, step: Step, exchange: Exchange) -> "list[tuple[Server, list[Asked]]]":
        """Ask all sides at once; the candidate as often as is wished."""

        async def takes(server: Server, times: int) -> list[Asked]:
            return [await self._patiently(server, step, exchange, again=number > 0) for number in range(times)]

        sides = self._sides
        times = [self._course.repeat if each is sides.candidate else 1 for each in sides.all]
        answers = await asyncio.gather(*map(takes, sides.all, times))
        return list(zip(sides.all, answers, strict=True))

    async def _patiently(self, server: Server, step: Step, exchange: Exchange, *, again: bool) -> Asked:
        """Ask a server; look again where the original had ended what is still under way here."""
        send = server.send(exchange, step)
        asked = await server.ask(send, again=again)
        for wait in LOOKS:
            if not too_early(exchange, asked.exchange):
                break
            await self._course.sleep(wait)
            later = await server.ask(send, again=True)
            asked = Asked(later.exchange, asked.requests + later.requests, asked.tokens + later.tokens)
        return asked

    def _note_silence(self) -> None:
        for server in self._sides.all:
            if server.silent >= SILENCE:
                self.stopped = f"{SILENCE} requests in a row had no response from {server.address}"


def _answers(asked: "list[tuple[Server, list[Asked]]]", recording: Recording, *, live: bool) -> tuple[Answers, str]:
    """Return what to hold beside what, or with nothing, and then why."""
    *originals, candidate = ([each.exchange for each in takes] for _, takes in asked)
    original = originals[0][0] if live else recording.exchange
    why_not = incomparable(original)
    second = originals[1][0] if len(originals) > 1 and not why_not and not incomparable(originals[1][0]) else None
    return Answers(None if why_not else original, tuple(candidate), second), why_not


def _is_nobody(exchange: Exchange) -> bool:
    return exchange.failure is not None and exchange.failure.kind is FailureKind.CONNECT
