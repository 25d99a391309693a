"""What can be asked, and how each answer is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from generator import chat, response
from generator.events import Timed, events
from generator.failure import Failure, Kind
from generator.reply import Reply
from generator.told import Told


def read_list(value: Any) -> Told:
    """Read a list that must hold something: embeddings, models."""
    told = Told()
    usage = value.get("usage") or {}
    told.tokens_in = usage.get("prompt_tokens") or 0
    if not value["data"]:
        told.failure = Failure(Kind.MALFORMED, "an empty list")
    return told


def read_error(value: Any) -> Told:
    """Read a refusal, which is what was asked for."""
    told = Told()
    if not isinstance(value["error"]["message"], str):
        told.failure = Failure(Kind.MALFORMED, "an error without a message")
    return told


@dataclass(frozen=True, slots=True)
class Operation:
    """A kind of request; one of `whole` and `stream` reads the answer."""

    name: str
    path: str
    method: str = "POST"
    whole: Callable[[Any], Told] = read_list
    stream: Callable[[Sequence[Timed]], Told] | None = None
    is_refused: bool = False
    """The request is wrong on purpose: a refusal is the success."""


CHAT, RESPONSES = "/chat/completions", "/responses"
ALL: Mapping[str, Operation] = {
    each.name: each
    for each in (
        Operation("chat", CHAT, whole=chat.read_whole),
        Operation("chat_stream", CHAT, stream=chat.read_stream),
        Operation("tools", CHAT, whole=chat.read_whole),
        Operation("structured", CHAT, whole=chat.read_whole),
        Operation("embeddings", "/embeddings"),
        Operation("responses", RESPONSES, whole=response.read_whole),
        Operation("responses_stream", RESPONSES, stream=response.read_stream),
        Operation("models", "/models", method="GET"),
        Operation("errors", CHAT, whole=read_error, is_refused=True),
    )
}


def read(operation: Operation, reply: Reply) -> Told:
    """Read a reply, and say how it failed if it did."""
    if reply.failure:
        told = _partly(operation, reply)
        told.failure = reply.failure
        return told
    if operation.is_refused != (400 <= reply.status < 500) or not (operation.is_refused or reply.status < 300):
        return Told(
            Failure(f"status {reply.status}", "a wrong request was not refused" if operation.is_refused else "")
        )
    if operation.stream is not None:
        return operation.stream(events(reply.body, reply.reads))
    try:
        return operation.whole(orjson.loads(reply.body))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return Told(Failure(Kind.MALFORMED, "a body that is no answer to this request"))


def _partly(operation: Operation, reply: Reply) -> Told:
    """Read what came of a stream before it broke: whose it was may be told from that."""
    return operation.stream(events(reply.body, reply.reads)) if operation.stream and reply.body else Told()
