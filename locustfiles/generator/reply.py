"""A response while it arrives: fed bytes, told when they came."""

from typing import Any

import httptools

from generator.failure import Failure, Kind
from generator.limits import Limits

MOST_READS = 100_000
"""Reads beyond these count to the last one: a target that sends single bytes must not fill our memory."""


class Reply:
    """What has come so far; done when it is whole, or has failed. Times are those of `perf_counter`."""

    __slots__ = (
        "_fed",
        "_head_done",
        "_keeps",
        "_limits",
        "_parser",
        "_sized",
        "body",
        "done",
        "failure",
        "first_byte_at",
        "headers",
        "last_at",
        "reads",
        "retried",
        "sent_at",
        "status",
        "surplus",
    )

    def __init__(self, limits: Limits, sent_at: float) -> None:
        self._limits = limits
        self._parser: Any = httptools.HttpResponseParser(self)
        self._fed = 0
        self._head_done = False
        self._sized = self._keeps = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.reads: list[tuple[float, int]] = []
        self.sent_at = sent_at
        self.first_byte_at = 0.0
        self.last_at = sent_at
        self.done = False
        self.failure: Failure | None = None
        self.surplus = False
        """Something followed the end of it."""
        self.retried = False

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return self._fed > 0

    def release(self) -> bool:
        """Let go of the parser, which holds on to us; return whether the connection may carry another request."""
        self._parser = None
        return self._keeps and self.failure is None and not self.surplus

    def feed(self, data: bytes | memoryview, at: float) -> None:
        """Take in what was read from the socket."""
        if not self._fed:
            self.first_byte_at = at
        self._fed += len(data)
        self.last_at = at
        before = len(self.body)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.done:
                self.fail(Kind.PROTOCOL, f"not valid HTTP: {error}")
            self.surplus = True
        size = len(self.body)
        if size > before:
            self._note_read(at, size - before)
        if not self.done:
            self._bound(size)

    def end(self) -> None:
        """Take in that the server has closed its side."""
        if self.done:
            return
        if self._head_done and not self._sized:
            self.done = True  # an HTTP/1.0 body ends with the connection
        else:
            part = "the body" if self._head_done else "the head" if self._fed else "any response"
            where = "in" if self._fed else "before"
            self.fail(Kind.CUT, f"the connection was closed {where} {part}")

    def fail(self, kind: Kind, detail: str) -> None:
        """End it with a failure; the first one stays."""
        if not self.done:
            self.failure = Failure(kind, detail)
            self.done = True

    def _note_read(self, at: float, size: int) -> None:
        reads = self.reads
        if len(reads) >= MOST_READS:
            size += reads.pop()[1]
        reads.append((at, size))

    def _bound(self, size: int) -> None:
        if size > self._limits.body:
            self.fail(Kind.PROTOCOL, f"the body is larger than {self._limits.body:,} bytes")
        elif not self._head_done and self._fed > self._limits.head:
            self.fail(Kind.PROTOCOL, f"more than {self._limits.head:,} bytes and still no response")

    # Called by the parser.

    def on_message_begin(self) -> None:
        """A head begins."""
        if self.done:
            self.surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """One line of the head, or of a trailer."""
        if not self._head_done:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole; 1xx is followed by another."""
        if self.done:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self.headers.clear()
            return
        self.status = status
        self._head_done = True
        self._sized = status in (204, 304) or any(
            name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self.headers
        )

    def on_body(self, piece: bytes) -> None:
        """Bytes of the body, out of their chunks."""
        if not self.done:
            self.body += piece

    def on_message_complete(self) -> None:
        """The message is whole; one that was 1xx was not yet it."""
        if self._head_done and not self.done:
            self.done = True
            self._keeps = bool(self._parser.should_keep_alive())  # it forgets
