"""One keep-alive connection, read from a callback of the event loop."""

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent import socket as cooperative
from gevent._waiter import Waiter
from gevent.hub import get_hub
from gevent.monkey import get_original

from generator.address import Address
from generator.clock import ANCILLARY, Clock, stamp_reads
from generator.failure import Kind
from generator.limits import Limits
from generator.reply import Reply
from generator.tls import Tls

READ, WRITE = 1, 2
PIECE = 65_536
BLOCKING = (BlockingIOError, InterruptedError)
_buffer = bytearray(PIECE)  # one for all: a callback is never interrupted
_view = memoryview(_buffer)


class Connection:
    """Carries one request at a time; the greenlet that asks is switched to once, when the response is whole."""

    def __init__(self, address: Address, limits: Limits, clock: Clock) -> None:
        self._address = address
        self._limits = limits
        self._clock = clock
        self._socket: socket.socket | None = None
        self._tls: Tls | None = None
        self._watcher: Any = None
        self._waiter: Waiter | None = None
        self._reply: Reply | None = None

    def ask(self, request: bytes) -> Reply:
        """Send *request*; return when its response is whole or has failed.

        A kept connection may have been closed by the server while the request was on its way: then nothing has come
        of it, and it is sent once more, over a new one.
        """
        was_kept = self._socket is not None
        reply = self._attempt(request)
        if was_kept and reply.failure and reply.failure.kind == Kind.CUT and not reply.begun:
            sent_at, reply = reply.sent_at, self._attempt(request)
            reply.sent_at, reply.retried = sent_at, True
        return reply

    def close(self) -> None:
        """Close it, whatever is still on its way."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._tls = None

    def check_limits(self, now: float) -> None:
        """Fail what is overdue. Not to be called from a callback."""
        reply = self._reply
        if reply is None or reply.done:
            return
        limits = self._limits
        if not reply.begun and now - reply.sent_at > limits.first_byte:
            reply.fail(Kind.TIMEOUT, f"no response within {limits.first_byte:g} s")
        elif reply.begun and now - reply.last_at > limits.idle:
            reply.fail(Kind.TIMEOUT, f"nothing more came for {limits.idle:g} s")
        elif now - reply.sent_at > limits.total:
            reply.fail(Kind.TIMEOUT, f"not at its end after {limits.total:g} s")
        if reply.done:
            get_hub().loop.run_callback(self._wake)

    def _attempt(self, request: bytes) -> Reply:
        reply = Reply(self._limits, time.perf_counter())
        try:
            if self._socket is None and not self._open(reply):
                return reply
            reply.sent_at = reply.last_at = time.perf_counter()
            self._reply = reply
            self._write(request, reply)
            if not reply.done:
                self._waiter = Waiter()
                self._waiter.get()
        except BaseException:
            self.close()
            raise
        finally:
            self._reply = self._waiter = None
            if not reply.release():
                self.close()
        return reply

    def _open(self, reply: Reply) -> bool:
        """Connect, and shake hands; where that fails, so does *reply*."""
        address = self._address
        with gevent.Timeout(self._limits.connect, exception=False):
            try:
                reached = _reached(address)
                self._socket = get_original("socket", "socket")(fileno=reached.detach())
                self._socket.setblocking(False)  # noqa: FBT003
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                stamp_reads(self._socket)
                if address.is_tls:
                    self._shake_hands(self._socket)
            except OSError as error:  # ssl's errors are, too
                reply.fail(Kind.CONNECT, f"cannot connect: {_reason(error)}")
            else:
                self._watcher = get_hub().loop.io(self._socket.fileno(), READ)
                self._watcher.start(self._readable)
                return True
        reply.fail(Kind.CONNECT, f"cannot connect within {self._limits.connect:g} s")
        return False

    def _shake_hands(self, plain: socket.socket) -> None:
        self._tls = tls = Tls(self._address.tls_context, self._address.host)
        is_over = tls.shake_hands()
        _send_all(plain, tls.outgoing())
        while not is_over:
            data = _when_ready(plain, READ, lambda: plain.recv(PIECE))
            if not data:
                raise ConnectionResetError("closed during the TLS handshake")
            is_over = tls.shake_hands(data)
            _send_all(plain, tls.outgoing())

    def _write(self, request: bytes, reply: Reply) -> None:
        """Send all of it, unless the server answers before that."""
        try:
            data = memoryview(self._tls.encrypt(request) if self._tls else request)
            while data and not reply.done and self._socket is not None:
                try:
                    data = data[self._socket.send(data) :]
                except BLOCKING:
                    _wait(self._socket, WRITE)
            reply.surplus |= bool(data)
        except OSError as error:
            # The response may lie there already: a refusal of something too large. The callback will see.
            if reply.begun:
                reply.surplus = True
            else:
                reply.fail(Kind.CUT, f"the connection broke while the request was sent: {_reason(error)}")

    def _readable(self) -> None:
        """Take what there is; called by the loop, so nothing here may wait or raise."""
        plain, reply = self._socket, self._reply
        if plain is None:
            return
        try:
            size, ancillary, _, _ = plain.recvmsg_into([_buffer], ANCILLARY)
        except BLOCKING:
            return
        except OSError as error:
            if reply is not None:
                where = "in the body" if reply.status else "before any response"
                reply.fail(Kind.CUT, f"the connection was reset {where}: {_reason(error)}")
            size = -1
        if reply is None:  # closed, or talking, while nothing is asked
            self.close()
            return
        if size >= 0:
            self._take(reply, _view[:size], self._clock.at(ancillary, reply.last_at))
        if reply.done:
            self._wake()

    def _take(self, reply: Reply, data: memoryview, at: float) -> None:
        is_over = not data
        piece: bytes | memoryview = data
        if self._tls is not None and data:
            try:
                piece, is_over = self._tls.decrypt(data)
            except ssl.SSLError as error:
                reply.fail(Kind.PROTOCOL, f"TLS: {_reason(error)}")
        if piece:
            reply.feed(piece, at)
        if is_over:
            reply.end()

    def _wake(self) -> None:
        if self._watcher is not None and self._reply is not None and self._reply.failure:
            self._watcher.stop()  # or the loop would spin on what nobody reads
        if self._waiter is not None:
            waiter, self._waiter = self._waiter, None
            waiter.switch(None)


def _reached(address: Address) -> cooperative.socket:
    where = address.host, address.port
    if address.family is None:
        return cooperative.create_connection(where)
    # Without a look-up, which costs as much as all the rest: gevent has a thread do it, even where there are numbers.
    reached = cooperative.socket(address.family)
    try:
        reached.connect(where)
    except BaseException:
        reached.close()
        raise
    return reached


def _wait(plain: socket.socket, events: int) -> None:
    get_hub().wait(get_hub().loop.io(plain.fileno(), events))


def _when_ready(plain: socket.socket, events: int, act: Callable[[], bytes]) -> bytes:
    while True:
        try:
            return act()
        except BLOCKING:
            _wait(plain, events)


def _send_all(plain: socket.socket, data: bytes) -> None:
    while data:
        try:
            data = data[plain.send(data) :]
        except BLOCKING:
            _wait(plain, WRITE)


def _reason(error: OSError) -> str:
    """Its words, without an address: they are counted."""
    return str(error.strerror or error) or type(error).__name__
