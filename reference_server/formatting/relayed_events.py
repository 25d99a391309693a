"""An upstream's stream of events, as clients get it."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from typing import Any

from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.errors import Refusal
from reference_server.formatting.errors import envelope
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.noting import Noting
from reference_server.formatting.relayed_answer import parsed, renamed, rewritten

BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\n\r\n|\r\r")
LONGEST_BLANK = 4
LINE = re.compile(rb"\r\n|\n|\r")
LONGEST_EVENT = 64 * 1024 * 1024
"""Bytes; an image may come in one event."""
DONE = b"[DONE]"
ENDS = ("response.completed", "response.failed", "response.incomplete", "error")
Json = dict[str, Any]


class Blocks:
    """Puts the pieces of a stream together to blocks: events and comments, each with its blank line."""

    def __init__(self) -> None:
        """Begin at the first byte."""
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield the blocks that are whole now; UpstreamBroken where one has no end."""
        seen = max(len(self._rest) - LONGEST_BLANK, 0)
        self._rest += piece
        begin = 0
        for blank in BLANK_LINE.finditer(self._rest, seen):
            yield self._rest[begin : blank.end()]
            begin = blank.end()
        self._rest = self._rest[begin:]
        if len(self._rest) > LONGEST_EVENT:
            raise UpstreamBroken("an event without an end")


def data_in(lines: Iterable[bytes]) -> bytes:
    """Return the data of an event; empty where a block is none."""
    return b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))


class Course:
    """How far a stream has come. `model` is the client's name for it, None where the upstream's is the same."""

    def __init__(self, path: str, model: str | None, noting: Noting) -> None:
        """The path tells how its streams end."""
        self._noting = noting
        self._ends_with_done = path in ("/chat/completions", "/completions")
        self._is_response = path == "/responses"
        self._model = model
        self._response: Json = {}
        self._number = -1
        self.ended = not (self._ends_with_done or self._is_response)

    def take(self, block: bytes) -> bytes:
        """Note what an event says and return it as it goes on; UpstreamBroken for one that is no JSON."""
        lines = LINE.split(block)
        data = data_in(lines)
        if not data:
            return block
        if data.strip() == DONE:
            self.ended = self.ended or self._ends_with_done
            return block
        value = parsed(data)
        self._noting.event(value)
        self._note(value)
        if not renamed(value, self._model):
            return block
        others = [line for line in lines if line and not line.startswith(b"data:")]
        return b"\n".join([*others, b"data: " + rewritten(value), b"", b""])

    def failure(self, error: Refusal) -> bytes:
        """Return the events of a stream that broke off: never its proper end."""
        if not self._is_response:
            return b"data: " + to_bytes(envelope(error)) + b"\n\n"
        told = {"code": error.code or "server_error", "message": error.message}
        events: list[Json] = [{"type": "error", **told, "param": error.param}]
        if self._response:
            response = {**self._response, "status": "failed", "error": told}
            events.append({"type": "response.failed", "response": response})
        numbered = [
            {"type": event["type"], "sequence_number": self._number + place, **event}
            for place, event in enumerate(events, 1)
        ]
        return b"".join(f"event: {event['type']}\ndata: ".encode() + to_bytes(event) + b"\n\n" for event in numbered)

    def _note(self, value: Json) -> None:
        if not self._is_response:
            # An error is an end, too: nothing is to be added to it.
            self.ended = self.ended or "error" in value
            return
        number, response = value.get("sequence_number"), value.get("response")
        self._number = number if isinstance(number, int) else self._number
        self._response = response if isinstance(response, dict) else self._response
        self.ended = self.ended or value.get("type") in ENDS


async def relayed(pieces: AsyncIterator[bytes], path: str, model: str | None, noting: Noting) -> AsyncGenerator[bytes]:
    """Yield the events as they come; one that fails after the first piece ends with an event that says so."""
    blocks, course, begun = Blocks(), Course(path, model, noting), False
    try:
        async for piece in pieces:
            for block in blocks.feed(piece):
                taken = course.take(block)
                begun = True
                yield taken
        if not course.ended:
            raise UpstreamBroken("a stream that just ends")
    except Refusal as error:
        if not begun:
            raise
        noting.failure(error)
        yield course.failure(error)
