"""A response while it arrives: head, pieces of the body, reads."""

from collections.abc import AsyncGenerator
from typing import Final

import httpcore2

from cozecheck import sse
from cozecheck.exchange import Headers, Read, Response
from cozecheck.probe.line import Wire

MAX_READS: Final = 100_000
"""Reads beyond these are counted into the last one: a target that sends single bytes must not fill our memory."""


class Reply:
    """What has come of a response; *events* counts those of an event stream."""

    def __init__(self, head: httpcore2.Response, wire: Wire) -> None:
        self._head = head
        self._wire = wire
        self._body = bytearray()
        self._reads: list[Read] = []
        self._last_read = 0
        self.events = 0

    @property
    def received(self) -> int:
        """Bytes of the body so far."""
        return len(self._body)

    @property
    def declared(self) -> int | None:
        """The Content-Length, where there is a sane one."""
        value = self._headers.get("content-length") or ""
        return int(value) if value.isdecimal() and len(value) < 20 else None

    @property
    def response(self) -> Response:
        """The response as far as it has come."""
        version = self._head.extensions.get("http_version", b"").decode("latin-1")
        return Response(self._head.status, self._headers, bytes(self._body), version, tuple(self._reads))

    def pieces(self) -> AsyncGenerator[bytes]:
        """Iterate over the rest of the body."""
        return self._head.aiter_stream()

    def add(self, piece: bytes) -> None:
        """Take in the next piece of the body."""
        start = len(self._body)
        self._body += piece
        self._note_read(len(piece))
        if sse.looks_like_stream(bytes(self._body[:80])):
            self.events += _count_blank_lines(self._body, start)

    async def close(self) -> None:
        """Give the connection back, or close it if the response has not ended."""
        await self._head.aclose()

    def _note_read(self, size: int) -> None:
        """Count *size* bytes to the read they came with: one read may hold several pieces."""
        if self._reads and (self._last_read == self._wire.reads or len(self._reads) >= MAX_READS):
            last = self._reads.pop()
            self._reads.append(Read(last.at, last.size + size))
        else:
            self._reads.append(Read(self._wire.read_at - (self._wire.asked_at or 0.0), size))
        self._last_read = self._wire.reads

    @property
    def _headers(self) -> Headers:
        return Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._head.headers))


def _count_blank_lines(body: bytearray, start: int) -> int:
    """Count the blank lines that are complete only since *start*; one that follows a comment counts as well."""
    line_feeds = body.count(b"\n\n", max(start - 1, 0)) + body.count(b"\n\r\n", max(start - 2, 0))
    return line_feeds + body.count(b"\r\r", max(start - 1, 0))
