"""The two sides of the proxy: the app's connection, and ours upstream."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, cast

from cozecheck.exchange import Failure, FailureKind
from cozecheck.proxy import refusing
from cozecheck.proxy.admitting import admit
from cozecheck.proxy.connecting import connect
from cozecheck.proxy.parsing import MAX_HEAD, BadMessageError
from cozecheck.proxy.passage import Passage, Room
from cozecheck.proxy.refusing import Refusal
from cozecheck.proxy.upstream import Upstream

HIGH_WATER: Final = 64 * 1024
"""Bytes that wait for a slow reader before the other side is held up."""
MAX_AHEAD: Final = 64 * 1024
"""Bytes that a client may send behind a request that is not answered yet."""
LINGER: Final = 2.0
"""Seconds that a refused client has to read why, before its connection is cut."""
_END: Final = b"\r\n\r\n"


@dataclass(slots=True)
class Course:
    """What all connections share; *finished* is given each exchange that is over, and whether the app left it."""

    upstream: Upstream
    context: ssl.SSLContext | None
    finished: Callable[[Passage, Failure | None, bool], None]
    refuse: Callable[[], str]
    clock: Callable[[], float]
    now: Callable[[], float]
    room: Room
    limit: int
    fronts: set["Front"] = field(default_factory=set)


class Front(asyncio.Protocol):
    """The app's connection. It has one upstream to itself, and lives as long as that does.

    So both ends meet what they would meet without us: who closes, when, and after what.
    """

    transport: asyncio.Transport

    def __init__(self, course: Course) -> None:
        self._course = course
        self._back: Back | None = None
        self._passage: Passage | None = None
        self._waiting = b""
        self._closing = False
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(HIGH_WATER)
        self._course.fronts.add(self)

    def data_received(self, data: bytes) -> None:
        """Send on what belongs to the request under way; keep the rest for later."""
        if self._closing:
            return  # read and dropped, so that our last word is not lost in a reset
        if self._passage is not None and not self._passage.request.complete:
            self._send_on(self._passage, data)
            return
        self._waiting += data
        if self._passage is None:
            self._begin()
        elif len(self._waiting) > MAX_AHEAD:
            self.transport.abort()

    def _begin(self) -> None:
        """Begin with the request that waits, if its head is there."""
        self._waiting = self._waiting.lstrip(b"\r\n")
        end = self._waiting.find(_END) + len(_END)
        if end < len(_END) and len(self._waiting) <= MAX_HEAD:
            return
        raw, rest = self._waiting[:end], self._waiting[end:]
        self._waiting = b""
        course = self._course
        large = not len(_END) <= end <= MAX_HEAD
        admitted = refusing.HEAD_TOO_LARGE if large else admit(raw, course.upstream, course.refuse)
        if isinstance(admitted, Refusal):
            self._refuse(admitted)
            return
        request, head = admitted
        url = course.upstream.url(request.target)
        self._passage = Passage(request, url, course.clock(), course.now(), course.room, course.limit)
        if self._back is None:
            self.transport.pause_reading()
            self._connecting = asyncio.get_running_loop().create_task(self._connect(self._passage, head, rest))
        else:
            self._back.transport.write(head)
            self._send_on(self._passage, rest)

    async def _connect(self, passage: Passage, head: bytes, rest: bytes) -> None:
        course = self._course
        back = await connect(lambda: Back(self), course.upstream, course.context)
        if isinstance(back, str):
            self._refuse(refusing.unreachable(back))
        elif self.transport.is_closing():
            back.transport.abort()
        else:
            self._back = back
            back.transport.write(head)
            self._send_on(passage, rest)
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _send_on(self, passage: Passage, data: bytes) -> None:
        assert self._back is not None
        try:
            mine, rest = passage.request.take(data)
        except BadMessageError as error:
            self._refuse(refusing.bad_request(f"the body of the request is not valid HTTP/1.1: {error}"))
            return
        self._back.transport.write(mine)
        passage.sent(self._course.clock())
        self._waiting += rest

    def answered(self, data: bytes) -> None:
        """Hand on what came from upstream, first of all; then look at it."""
        if self._closing:
            return
        self.transport.write(data)
        passage = self._passage
        if passage is None:  # nobody asked
            self._close()
            return
        try:
            passage.came(data, self._course.clock())
        except BadMessageError as error:
            self._over(f"{passage.progress} it is not valid HTTP: {error}", FailureKind.PROTOCOL)
            self._close()
            return
        if passage.response.complete:
            self._over()
            if passage.response.overrun or not passage.request.complete:
                self._close()
            elif self._waiting:
                self._begin()

    def upstream_lost(self, error: Exception | None) -> None:
        """The connection upstream is over: so is this one."""
        passage = self._passage
        if passage and passage.response.ends_with_the_connection and error is None:
            self._over()
        elif passage:
            self._over(f"the connection was {'reset' if error else 'closed'} {passage.progress}", FailureKind.CUT)
        self._close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """The app has gone: what it asked for is not wanted any more. Half a request is not kept."""
        self._course.fronts.discard(self)
        self._closing = True
        if self._connecting:
            self._connecting.cancel()
        if self._passage and self._passage.request.complete:
            self._over(left=True)
        self._forget()
        if self._back:
            self._back.transport.abort()

    def pause_writing(self) -> None:
        """The app reads slowly: so do we."""
        if self._back and not self._back.transport.is_closing():
            self._back.transport.pause_reading()

    def resume_writing(self) -> None:
        """The app has read."""
        if self._back and not self._back.transport.is_closing():
            self._back.transport.resume_reading()

    def drop(self) -> None:
        """Cut the connection; what is under way is not kept."""
        self._forget()
        self.transport.abort()

    def _over(self, detail: str = "", kind: FailureKind = FailureKind.CUT, *, left: bool = False) -> None:
        passage, self._passage = self._passage, None
        assert passage is not None
        failure = Failure(kind, detail, passage.seconds(self._course.clock())) if detail else None
        self._course.finished(passage, failure, left)

    def _forget(self) -> None:
        passage, self._passage = self._passage, None
        if passage is not None:
            self._course.room.give(passage.held)

    def _refuse(self, refusal: Refusal) -> None:
        self._forget()
        self.transport.write(refusal.answer)
        self._close()

    def _close(self) -> None:
        """Say that nothing more comes, and give the app time to read what came."""
        if self._closing:
            return
        self._closing = True
        if self._back:
            self._back.transport.abort()
        if not self.transport.is_closing():
            with suppress(OSError):  # the app may have reset the connection, which we hear of later
                self.transport.write_eof()
            self._linger()

    def _linger(self) -> None:
        """Cut the connection once all is out and there was time to read it, should the app not close it."""
        if self.transport.is_closing():
            return
        last = not self.transport.get_write_buffer_size()
        asyncio.get_running_loop().call_later(LINGER, self.transport.abort if last else self._linger)


class Back(asyncio.Protocol):
    """Our connection upstream, for one connection of the app."""

    transport: asyncio.Transport

    def __init__(self, front: Front) -> None:
        self._front = front

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to listen."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Hand it on."""
        self._front.answered(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Upstream has gone."""
        self._front.upstream_lost(exc)

    def pause_writing(self) -> None:
        """Upstream reads slowly: so do we."""
        if not self._front.transport.is_closing():
            self._front.transport.pause_reading()

    def resume_writing(self) -> None:
        """Upstream has read."""
        if not self._front.transport.is_closing():
            self._front.transport.resume_reading()
