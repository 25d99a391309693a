"""Tool calls in OpenAI's chat shapes: whole, and in pieces."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.delta import CallPiece

PAYLOADS = {"function": "arguments", "custom": "input", "legacy": "arguments"}
"""What a call's payload is called, by its kind."""


@dataclass(slots=True)
class Call:
    """One call while its pieces come in."""

    head: CallPiece
    payloads: list[str] = field(default_factory=list)

    @property
    def body(self) -> dict[str, str]:
        """Its name and its payload."""
        return {"name": self.head.name, PAYLOADS[self.head.kind]: "".join(self.payloads)}


def gather(calls: dict[int, Call], piece: CallPiece) -> None:
    """Add a piece to the call it belongs to."""
    calls.setdefault(piece.place, Call(piece)).payloads.append(piece.payload)


def call_fields(calls: Iterable[Call]) -> dict[str, Any]:
    """Return what a message has beside its content: nothing, `tool_calls`, or the old `function_call`."""
    made = list(calls)
    if not made:
        return {}
    if made[0].head.kind == "legacy":
        return {"function_call": made[0].body}
    return {"tool_calls": [call_object(call) for call in made]}


def call_object(call: Call) -> dict[str, Any]:
    """Return one tool call."""
    kind = call.head.kind
    return {"id": call.head.id, "type": kind, kind: call.body}


def piece_delta(piece: CallPiece) -> dict[str, Any]:
    """Return a piece as a delta: the head has all keys, what follows only the payload."""
    kind, payload = piece.kind, {PAYLOADS[piece.kind]: piece.payload}
    body = {"name": piece.name, **payload} if piece.name else payload
    if kind == "legacy":
        return {"function_call": body}
    head = {"id": piece.id, "type": kind} if piece.name else {}
    return {"tool_calls": [{"index": piece.place, **head, kind: body}]}
