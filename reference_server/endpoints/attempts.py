"""Engines asked in turn, until one answers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import Message, Send

from reference_server.endpoints.rooms import Rooms
from reference_server.endpoints.visit import Visit
from reference_server.errors import NoEngine, Overloaded, Refusal
from reference_server.routing.deciding import Decision, Try
from reference_server.routing.fleet import Ticket
from reference_server.routing.retrying import Failure

log = logging.getLogger(__name__)
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
        for each in decision.tries:
            if observed.attempts and not rooms.budget.spend(rooms.ticks()):
                break
            begun = Begun(send, visit, rooms.ticks)
            try:
                async with self._place(each.engine, visit) as ticket:
                    if ticket is None:
                        continue
                    await self._one(ticket, each, begun, visit, ask)
            except Refusal as error:
                if begun.begun or not Failure(error.status).retryable:
                    raise
                log.info("%s: engine %s: %s", observed.request_id, each.engine, error.code or error.status)
                failure = error
            else:
                return
        if failure:
            raise failure
        wait = 0.0 if decision.retry_at is None else decision.retry_at - rooms.ticks()
        raise NoEngine(max(wait, 0.0))

    async def _one(self, ticket: Ticket, each: Try, begun: "Begun", visit: Visit, ask: Ask) -> None:
        """Ask one engine, and take note of how it went."""
        observed, fleet = visit.observed, self._rooms.fleet
        observed.engine, observed.attempts = each.engine, observed.attempts + 1
        failed: bool | None = None
        try:
            await ask(each, begun.send)
            # A stream may break off after its head: the client was told in an event.
            failed = observed.error is not None
        except Refusal as error:
            failed = Failure(error.status).blamed
            raise
        except Exception:
            failed = True
            raise
        finally:
            now = self._rooms.ticks()
            if begun.begun and not failed:
                fleet.first_byte(ticket, begun.at)
            fleet.end(ticket, now, failed=failed)

    @asynccontextmanager
    async def _place(self, engine: str, visit: Visit) -> AsyncIterator[Ticket | None]:
        """Hold a place at an engine; None where its breaker lets nobody through. Overloaded where there is no room."""
        rooms = self._rooms
        gate = rooms.gates[engine]
        if gate.is_free:
            async with gate.place(visit.priority):
                yield rooms.fleet.begin(engine, rooms.ticks())
            return
        began, left = rooms.ticks(), rooms.patience(engine, streams=visit.asked.streams) - visit.observed.waited
        rooms.fleet.wait(engine, 1)
        waiting = True
        try:
            async with asyncio.timeout(left) as deadline, gate.place(visit.priority):
                deadline.reschedule(None)
                waiting = self._served(engine, began, visit)
                yield rooms.fleet.begin(engine, rooms.ticks())
        except TimeoutError as error:
            if not waiting:
                raise
            raise Overloaded(gate.wait()) from error
        finally:
            if waiting:
                self._served(engine, began, visit)

    def _served(self, engine: str, began: float, visit: Visit) -> bool:
        self._rooms.fleet.wait(engine, -1)
        visit.observed.waited += self._rooms.ticks() - began
        return False


class Begun:
    """A `send` that notes when a response begins."""

    def __init__(self, send: Send, visit: Visit, ticks: Callable[[], float]) -> None:
        """`ticks` is in seconds."""
        self._send = send
        self._observed = visit.observed
        self._ticks = ticks
        self.begun = False
        self.at = 0.0

    async def send(self, message: Message) -> None:
        """Send on."""
        if not self.begun:
            self.begun, self.at = True, self._ticks()
            self._observed.first_byte = self.at
        await self._send(message)
