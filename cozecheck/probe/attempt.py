"""One request on one line: ask, listen, stop at the limits."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any, Final

import httpx2

from cozecheck.exchange import Failure, FailureKind, Response
from cozecheck.probe.failing import CONNECTION_ERRORS, Broken, Progress, broken_by, broken_off
from cozecheck.probe.limits import Limits
from cozecheck.probe.line import Clock, Line, Trace
from cozecheck.probe.reply import Reply

_BROKE_OFF: Final = (FailureKind.CUT, FailureKind.PROTOCOL)


class Attempt:
    """What became of one request: *reply* as far as it came, *failure*, and *left* if we went on purpose."""

    def __init__(self, line: Line, address: str, limits: Limits, clock: Clock) -> None:
        self._line = line
        self._address = address
        self._limits = limits
        self._clock = clock
        self._began = clock()
        self.reply: Reply | None = None
        self.failure: Failure | None = None
        self.left = False

    @property
    def response(self) -> Response | None:
        """The response as far as it came."""
        return None if self.reply is None else self.reply.response

    @property
    def is_stale(self) -> bool:
        """Whether what broke may be due to the exchange before on the same line, or to the line's being idle."""
        broke_off = self.failure is not None and self.failure.kind in _BROKE_OFF
        return self._line.used and self.reply is None and broke_off

    async def run(self, request: httpx2.Request, leave_after: int | None) -> None:
        """Send *request* and take in what comes; raises nothing for what a target does."""
        self._line.wire.begin()
        try:
            async with asyncio.timeout(None) as timeout:
                watch = _Watch(timeout, self._limits)
                try:
                    stopped = await self._listen(request, leave_after, watch)
                finally:
                    await self._close()
            if stopped is not None:
                self._fail(broken_off(stopped, self._limits, self._progress))
        except CONNECTION_ERRORS as error:
            expired = isinstance(error, TimeoutError) and timeout.expired()
            progress = self._progress
            self._fail(broken_off(watch.kind, self._limits, progress) if expired else broken_by(error, progress))

    async def _listen(self, request: httpx2.Request, leave_after: int | None, watch: "_Watch") -> FailureKind | None:
        """Return the limit that the response went over, if it did."""
        watch.expect(FailureKind.CONNECT, self._limits.connect)
        self.reply = Reply(await self._line.ask(request, self._tracing(watch)), self._line.wire)
        watch.expect(FailureKind.IDLE, self._limits.idle)
        async with aclosing(self.reply.pieces()) as pieces:
            async for piece in pieces:
                if not piece:
                    continue
                self.reply.add(piece)
                self.left = leave_after is not None and self.reply.events >= leave_after
                stopped = self._limit_passed(self.reply)
                if self.left or stopped:
                    return None if self.left else stopped
                watch.expect(FailureKind.IDLE, self._limits.idle)
        return None

    async def _close(self) -> None:
        if self.reply is not None:
            with suppress(*CONNECTION_ERRORS):
                await self.reply.close()

    def _limit_passed(self, reply: Reply) -> FailureKind | None:
        if reply.received > self._limits.body:
            return FailureKind.SIZE
        return FailureKind.EVENTS if reply.events > self._limits.events else None

    def _tracing(self, watch: "_Watch") -> Trace:
        """Follow httpcore2's own account of a request, the same for HTTP/1.1 and HTTP/2."""
        wire = self._line.wire

        async def trace(event: str, _info: dict[str, Any]) -> None:
            match event.partition(".")[2]:
                case "send_request_headers.started":
                    watch.expect(FailureKind.FIRST_BYTE, self._limits.first_byte)
                case "receive_response_headers.started":
                    wire.asked()
                case "receive_response_headers.complete":
                    wire.headed()

        return trace

    @property
    def _progress(self) -> Progress:
        wire = self._line.wire
        if self.reply is None:
            return Progress(self._address, begun=bool(wire.reads), ended=wire.ended)
        return Progress(self._address, self.reply.received, self.reply.declared, begun=True, ended=wire.ended)

    def _fail(self, broken: Broken) -> None:
        kind, detail = broken
        seconds = self._clock() - (self._line.wire.asked_at or self._began)
        self.failure = Failure(kind, detail, seconds)


class _Watch:
    """The time limit that counts just now."""

    def __init__(self, timeout: asyncio.Timeout, limits: Limits) -> None:
        self._timeout = timeout
        self._now = asyncio.get_running_loop().time
        self._end = self._now() + limits.total
        self.kind = FailureKind.TOTAL

    def expect(self, kind: FailureKind, seconds: float) -> None:
        """Give the target *seconds* for what comes next, as far as the total allows."""
        due = self._now() + seconds
        self.kind = kind if due < self._end else FailureKind.TOTAL
        self._timeout.reschedule(min(due, self._end))
