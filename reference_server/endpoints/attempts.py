"""Engines asked in turn, until one answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import Message, Send

from reference_server.admission import Gate
from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.visit import Visit
from reference_server.errors import NoEngine, Overloaded, Refusal
from reference_server.observed import Attempt, Observed
from reference_server.routing.deciding import Decision, Try
from reference_server.routing.fleet import Ticket
from reference_server.routing.retrying import Failure

Ask = Callable[[Try, Send], Awaitable[None]]


class Attempts:
    """Asks the engines of a decision, each behind its gate and its breaker."""

    def __init__(self, rooms: Rooms) -> None:
        """Take what endpoints work with."""
        self._rooms = rooms

    async def ask(self, decision: Decision, visit: Visit, ask: Ask, send: Send) -> None:
        """Ask one after the other; the last one's failure is the client's, or that there was none to ask."""
        rooms, observed = self._rooms, visit.observed
        rooms.budget.earn()
        failure: Refusal | None = None
        opening = [decision.retry_at]
        for each in decision.tries:
            if observed.attempts and not rooms.budget.spend(rooms.ticks()):
                break
            begun = Begun(send, observed, rooms.ticks)
            gate = rooms.gates[each.engine]
            try:
                async with gate.place(visit.priority) if gate.is_free else self._in_line(gate, each.engine, visit):
                    ticket = rooms.fleet.begin(each.engine, rooms.ticks())
                    # A breaker that lets nobody through has not been asked: what follows is no retry.
                    if ticket is None:
                        opening.append(rooms.fleet.opens_at(each.engine, rooms.ticks()))
                        continue
                    await self._one(ticket, each, begun, observed, ask)
            except Refusal as error:
                if begun.at is not None or not Failure(error.status).retryable:
                    raise
                failure = error
            else:
                return
        if failure:
            raise failure
        times = [at for at in opening if at is not None]
        raise NoEngine(max(min(times) - rooms.ticks(), 0.0) if times else 0.0)

    async def _one(self, ticket: Ticket, each: Try, begun: "Begun", observed: Observed, ask: Ask) -> None:
        """Ask one engine, and take note of how it went."""
        fleet = self._rooms.fleet
        observed.engine, observed.attempts = each.engine, observed.attempts + 1
        failed: bool | None = None
        status: int | None = None
        word: str | None = "left"
        try:
            await ask(each, begun.send)
            # A stream may break off after its head: the client was told in an event.
            failed, word = observed.error is not None, observed.error
        except Refusal as error:
            failed, status, word = Failure(error.status).blamed, error.status, error.code or error.kind
            raise
        except Exception as error:
            failed, word = True, type(error).__name__
            raise
        finally:
            if begun.at is not None and not failed:
                fleet.first_byte(ticket, begun.at)
            now = self._rooms.ticks()
            fleet.end(ticket, now, failed=failed)
            observed.asked.append(Attempt(each.engine, ticket.began, now, begun.at, status or begun.status, word))

    @asynccontextmanager
    async def _in_line(self, gate: Gate, engine: str, visit: Visit) -> AsyncIterator[None]:
        """Wait for a place, and hold it; Overloaded where there is no room, or none in time."""
        rooms = self._rooms
        began, left = rooms.ticks(), rooms.patience(engine, streams=visit.asked.streams) - visit.observed.waited
        rooms.fleet.wait(engine, 1)
        try:
            async with asyncio.timeout(left):
                entered = await gate.enter(visit.priority)
        except TimeoutError as error:
            raise Overloaded(gate.wait()) from error
        finally:
            rooms.fleet.wait(engine, -1)
            visit.observed.waited += rooms.ticks() - began
        try:
            yield
        finally:
            gate.leave(entered)


class Begun:
    """A `send` that notes when a response begins; `at` is None until then."""

    __slots__ = ("_observed", "_send", "_ticks", "at", "status")

    def __init__(self, send: Send, observed: Observed, ticks: Callable[[], float]) -> None:
        """`ticks` is in seconds."""
        self._send = send
        self._observed = observed
        self._ticks = ticks
        self.at: float | None = None
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Send on."""
        if self.at is None:
            self.at = self._observed.first_byte = self._ticks()
            self.status = message["status"]
        await self._send(message)
