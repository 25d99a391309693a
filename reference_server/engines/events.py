"""Bytes of a stream to the events of whoever sends it."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import NamedTuple

from reference_server.engines.upstream_errors import UpstreamBroken

LONGEST_EVENT = 16 * 1024 * 1024
"""Bytes."""


class Event(NamedTuple):
    """An event's name and its data, which may be anything."""

    name: str
    data: bytes


class EventReader:
    """Puts pieces together to events, wherever they were cut; comments, ids and the like are nothing."""

    def __init__(self) -> None:
        """Begin at the first byte."""
        self._rest = bytearray()
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Yield the events that are whole now; UpstreamBroken where one has no end."""
        first, *others = piece.split(b"\n")
        self._rest += first
        if others:
            *lines, rest = bytes(self._rest), *others
            self._rest = bytearray(rest)
            for line in lines:
                yield from self._line(line.removesuffix(b"\r"))
        if self._size + len(self._rest) > LONGEST_EVENT:
            raise UpstreamBroken("an event without an end")

    def end(self) -> Iterator[Event]:
        """Yield the event that lacks only its blank line: some servers end without one."""
        yield from self._line(bytes(self._rest))
        yield from self._line(b"")

    def _line(self, line: bytes) -> Iterator[Event]:
        if not line:
            # Studio's last event has a name and no data.
            if self._name or self._data:
                yield Event(self._name, b"\n".join(self._data))
            self._name, self._data, self._size = "", [], 0
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"data":
            self._data.append(value)
            self._size += len(value) + 1


async def events(pieces: AsyncIterator[bytes]) -> AsyncGenerator[Event]:
    """Yield events as they become whole."""
    reader = EventReader()
    async for piece in pieces:
        for event in reader.feed(piece):
            yield event
    for event in reader.end():
        yield event
