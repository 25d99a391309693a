"""Chunks of a chat completion as the events of Anthropic's messages."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.translators.anthropic.answer import (
    NO_USAGE,
    arguments,
    call_block,
    ended,
    head,
    text_block,
    thinking_block,
    usage_object,
)
from reference_server.translators.completions import Call, Choice, Completion, Said

MOST_HELD = 64 * 1024 * 1024
"""Bytes of calls and late words that are held back, roughly."""
A_PIECE = 256
"""Bytes that a piece costs beside its text, roughly."""
EMPTY = {"text": text_block, "thinking": thinking_block}
Json = dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """A call while its pieces come in."""

    call: Call = field(default_factory=Call)
    pieces: list[str] = field(default_factory=list)

    def take(self, piece: Call) -> None:
        """Add a piece; some engines repeat id and name in each."""
        self.call.id = self.call.id or piece.id
        self.call.function.name = self.call.function.name or piece.function.name
        self.pieces.append(piece.function.arguments or "")


class Course:
    """How far a message has come: one block is open at a time, and each is closed for good.

    Words come as they are made, and so does the first call. Chunks may mix calls, blocks may not: other calls, and what
    comes beside an open call, are held back until the end.
    """

    def __init__(self, stops: Set[str], *, shows_thoughts: bool) -> None:
        """`stops` are the stop sequences that were asked for."""
        self._stops = stops
        self._shows_thoughts = shows_thoughts
        self._begun = self._refused = False
        self._open = ""
        self._index = -1
        self._calls: dict[int, Gathered] = {}
        self._live: int | None = None
        self._late: list[tuple[str, str]] = []
        self._held = 0
        self._last = Choice()
        self._usage = NO_USAGE

    def take(self, chunk: Completion) -> Iterator[Json]:
        """Yield the events that a chunk becomes."""
        if not self._begun:
            self._begun = True
            nothing: Json = {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage_object(NO_USAGE)}
            yield {"type": "message_start", "message": {**head(chunk), **nothing}}
            yield {"type": "ping"}
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices[:1]:
            self._last = choice if choice.finish_reason else self._last
            yield from self._said(choice.delta or Said())

    def end(self) -> Iterator[Json]:
        """Yield what was held back, and the end; UpstreamBroken where nothing has begun."""
        if not self._begun:
            raise UpstreamBroken("a stream without a chunk")
        yield from self._close()
        for place in sorted(self._calls.keys() - {self._live}):
            self._live = place
            yield from self._call_opened(place)
            yield from self._call_written("".join(self._calls[place].pieces))
            yield from self._close()
        for kind, piece in self._late:
            yield from self._words(kind, piece)
        yield from self._close()
        reason, sequence = ended(self._last, self._stops, called=bool(self._calls), refused=self._refused)
        told = {"stop_reason": reason, "stop_sequence": sequence}
        yield {"type": "message_delta", "delta": told, "usage": usage_object(self._usage)}
        yield {"type": "message_stop"}

    def _said(self, said: Said) -> Iterator[Json]:
        self._refused = self._refused or bool(said.refusal)
        pieces = [
            ("thinking", said.thoughts if self._shows_thoughts else ""),
            ("text", (said.content or "") + (said.refusal or "")),
        ]
        for kind, piece in pieces:
            if piece and self._open == "tool_use":
                self._hold(piece)
                self._late.append((kind, piece))
            elif piece:
                yield from self._words(kind, piece)
        for call in said.tool_calls or ():
            yield from self._call(call)

    def _words(self, kind: str, piece: str) -> Iterator[Json]:
        if self._open != kind:
            yield from self._close()
            yield from self._opened(kind, EMPTY[kind]())
        yield self._delta({"type": f"{kind}_delta", kind: piece})

    def _call(self, piece: Call) -> Iterator[Json]:
        # One without an index is a new call where it has an id, and goes on with the last one where it has none.
        last = max(self._calls, default=-1)
        place = max(last + bool(piece.id), 0) if piece.index is None else piece.index
        self._calls.setdefault(place, Gathered()).take(piece)
        written = piece.function.arguments or ""
        self._hold(written)
        if place == 0 and self._live is None and written:
            self._live = place
            yield from self._close()
            yield from self._call_opened(place)
        if self._live == place:
            yield from self._call_written(written)

    def _hold(self, piece: str) -> None:
        self._held += len(piece) + A_PIECE
        if self._held > MOST_HELD:
            raise UpstreamBroken("calls without an end")

    def _call_opened(self, place: int) -> Iterator[Json]:
        yield from self._opened("tool_use", call_block(self._calls[place].call, place))

    def _call_written(self, written: str) -> Iterator[Json]:
        if written:
            yield self._delta({"type": "input_json_delta", "partial_json": written})

    def _opened(self, kind: str, block: Json) -> Iterator[Json]:
        self._open = kind
        self._index += 1
        yield {"type": "content_block_start", "index": self._index, "content_block": block}

    def _delta(self, delta: Json) -> Json:
        return {"type": "content_block_delta", "index": self._index, "delta": delta}

    def _close(self) -> Iterator[Json]:
        if self._open == "tool_use" and self._live is not None:
            # Refuses what is no object: a client could do nothing with it.
            arguments("".join(self._calls[self._live].pieces))
        if self._open:
            yield {"type": "content_block_stop", "index": self._index}
        self._open = ""
