"""Deltas to the output items of a response, and the events that tell of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.delta import CallPiece, Delta
from reference_server.formatting.logprobs import logprobs_object

Json = dict[str, Any]


@dataclass(slots=True)
class Open:
    """The item that is being written: `piece` names its kind of delta, `place` its index."""

    item: Json
    piece: str
    place: int
    call: int | None = None
    pieces: list[str] = field(default_factory=list)
    logprobs: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was written so far."""
        return "".join(self.pieces)


class Output:
    """Items that are written one after the other; each step yields the events that tell of it."""

    def __init__(self, new_id: Callable[[str], str]) -> None:
        """`new_id` makes an id with a prefix."""
        self.items: list[Json] = []
        self._new_id = new_id
        self._open: Open | None = None

    def take(self, delta: Delta) -> Iterator[Json]:
        """Write a delta of text, a refusal or a call."""
        if delta.call:
            yield from self._call(delta.call)
        if delta.text:
            logprobs = logprobs_object(delta.chances)["content"] if delta.chances else []
            yield from self._say("output_text", delta.text, logprobs)
        if delta.refusal:
            yield from self._say("refusal", delta.refusal, [])

    def close(self, status: str) -> Iterator[Json]:
        """End the item that is open; an answer without any item says nothing in words."""
        if self._open is None and not self.items:
            yield from self._say("output_text", "", [])
        if self._open:
            yield from self._done(self._open, status)
            self._open = None

    def _say(self, piece: str, words: str, logprobs: list[Json]) -> Iterator[Json]:
        if self._open is None or self._open.piece != piece:
            item = {"id": self._new_id("msg"), "type": "message", "role": "assistant", "content": []}
            yield from self._added(item, piece)
            assert self._open
            yield self._told("content_part.added", self._open, part=part(self._open), content_index=0)
        assert self._open
        self._open.pieces.append(words)
        self._open.logprobs += logprobs
        if words:
            extra = {"logprobs": logprobs} if piece == "output_text" else {}
            yield self._told(f"{piece}.delta", self._open, content_index=0, delta=words, **extra)

    def _call(self, call: CallPiece) -> Iterator[Json]:
        if self._open is None or self._open.call != call.place:
            item = {"id": self._new_id("fc"), "type": "function_call", "call_id": call.id, "name": call.name}
            yield from self._added({**item, "arguments": ""}, "function_call_arguments", call.place)
        assert self._open
        if call.payload:
            self._open.pieces.append(call.payload)
            yield self._told("function_call_arguments.delta", self._open, delta=call.payload)

    def _added(self, item: Json, piece: str, call: int | None = None) -> Iterator[Json]:
        yield from self.close("completed") if self._open else ()
        self._open = Open({**item, "status": "in_progress"}, piece, len(self.items), call)
        yield {"type": "response.output_item.added", "output_index": self._open.place, "item": self._open.item}

    def _done(self, done: Open, status: str) -> Iterator[Json]:
        if done.piece == "function_call_arguments":
            yield self._told("function_call_arguments.done", done, arguments=done.text)
            item = {**done.item, "status": status, "arguments": done.text}
        else:
            said = {"text": done.text, "logprobs": done.logprobs}
            words = said if done.piece == "output_text" else {"refusal": done.text}
            yield self._told(f"{done.piece}.done", done, content_index=0, **words)
            yield self._told("content_part.done", done, content_index=0, part=part(done))
            item = {**done.item, "status": status, "content": [part(done)]}
        self.items.append(item)
        yield {"type": "response.output_item.done", "output_index": done.place, "item": item}

    @staticmethod
    def _told(name: str, told: Open, **more: Any) -> Json:
        return {"type": f"response.{name}", "item_id": told.item["id"], "output_index": told.place, **more}


def part(said: Open) -> Json:
    """Return the part of a message as far as it is written."""
    if said.piece == "refusal":
        return {"type": "refusal", "refusal": said.text}
    return {"type": "output_text", "annotations": [], "logprobs": list(said.logprobs), "text": said.text}
