"""Streams summed up: kinds of events in order, their shapes, their end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cozecheck.diff.shapes import Shape, shape_of, signature
from cozecheck.exchange import ABSENT, Response
from cozecheck.sse import DONE
from cozecheck.views.chat_stream import ChatStream

MANY = ("content", "refusal", "arguments")
"""Kinds that come as often as the words ask for: a run of them counts as one."""

BARE = "of no kind"
"""The kind of a chunk that has neither choices nor usage, and of an event that has no type."""


@dataclass(frozen=True)
class Summary:
    """How an answer was streamed, whatever its words."""

    order: Mapping[str, tuple[str, ...]]
    """For each choice, or kind of item: the kinds of its events, repetition collapsed."""
    terminator: str
    usage: str
    """Where the usage of a chat stream stands: `alone, after the words`, `with others`, `nowhere`."""
    choices: int
    roles: bool
    """Every choice begins with its role."""
    changing: frozenset[str]
    """Keys that should be constant over the stream, and are not."""
    numbered: str
    """How the events are numbered: `from 0 by 1`, `not at all`, `with gaps`."""
    named: str
    """How the `event:` lines name them: `by type`, `not at all`, `otherwise`."""
    adds_up: bool
    """What came in pieces is what was then said whole."""
    errors: int
    is_legible: bool
    """All of it is UTF-8, and the data of every event JSON or [DONE]."""
    is_framed: bool
    """Every line is a field, a comment or blank, and the last event is closed."""
    pieces: int
    """How many events carried words."""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    """By kind of event."""


def of_chat(stream: ChatStream) -> Summary:
    """Sum up a stream of chunks."""
    orders: dict[str, list[str]] = {}
    signatures: dict[str, set[Any]] = {}
    pieces = 0
    for _, chunk in stream.chunks:
        kind = "usage" if isinstance(chunk.get("usage"), dict) and not chunk.get("choices") else "other"
        if "choices" not in chunk and kind == "other":
            kind = BARE
        for choice in _objects(chunk.get("choices")):
            kinds = _kinds(choice)
            kind = "+".join(kinds) or "empty"
            pieces += not set(kinds).isdisjoint(MANY)
            orders.setdefault(repr(choice.get("index")), []).extend(kinds)
        signatures.setdefault(kind, set()).add(signature(chunk))
    blocks = {index: _collapsed(kinds) for index, kinds in orders.items()}
    told = "".join(sorted({_saying(kinds) for kinds in blocks.values()}))
    return Summary(
        order={f"choice {index}: {_saying(kinds)}": kinds for index, kinds in blocks.items()},
        terminator=_chat_end(stream),
        usage=_usage_place(stream),
        choices=len(blocks),
        roles=all(kinds[:1] == ("role",) for kinds in blocks.values()),
        changing=frozenset(key for key in ("id", "model", "created", "object") if len(stream.distinct(key)) > 1),
        numbered="not at all",
        named=_chat_named(stream),
        adds_up=True,
        errors=len(stream.errors),
        is_legible=is_legible(stream.response),
        is_framed=is_framed(stream.response),
        pieces=pieces,
        shapes={f"{told} {kind}": shape_of(seen) for kind, seen in signatures.items()},
    )


def is_legible(response: Response) -> bool:
    """Say whether a client can read every event of a stream."""
    both = zip(response.stream.events, response.payloads, strict=True)
    read = (event.data.strip() == DONE or not (each.fault or each.value is ABSENT) for event, each in both)
    return response.stream.framing.valid_utf8 and all(read)


def is_framed(response: Response) -> bool:
    """Say whether a stream is written as the standard has it."""
    framing = response.stream.framing
    return framing.terminated and not framing.stray_lines


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def _kinds(choice: Mapping[str, Any]) -> list[str]:
    """Say what a choice of a chunk carries, in the order in which it would come in chunks of its own."""
    delta = choice.get("delta")
    sent = delta if isinstance(delta, dict) else {"content": choice.get("text")}
    kinds = ["role"] if sent.get("role") is not None else []
    kinds += [name for name in ("content", "refusal") if sent.get(name)]
    for call in (*_objects(sent.get("tool_calls")), *_objects([sent.get("function_call")])):
        body = call.get("function", call.get("custom", call))
        inner = body if isinstance(body, dict) else {}
        kinds += ["call"] if call.get("id") or inner.get("name") else []
        kinds += ["arguments"] if inner.get("arguments") or inner.get("input") else []
    return kinds + (["finish"] if choice.get("finish_reason") is not None else [])


def _collapsed(kinds: Iterable[str]) -> tuple[str, ...]:
    """Write a run of pieces as one, and calls that follow one another as one call."""
    found: list[str] = []
    for kind in kinds:
        if kind in MANY and found[-1:] == [kind]:
            continue
        found.append(kind)
        if found[-4:] == ["call", "arguments"] * 2:
            del found[-2:]
    return tuple(found)


def _saying(kinds: Iterable[str]) -> str:
    return " and ".join(sorted(set(kinds) & {"content", "refusal", "call"})) or "nothing"


def _chat_end(stream: ChatStream) -> str:
    if not stream.done:
        return "none"
    once, last = len(stream.done) == 1, stream.done[-1] == len(stream.data)
    return DONE if once and last else f"{DONE}, {'not last' if once else 'repeated'}"


def _usage_place(stream: ChatStream) -> str:
    if not stream.usages:
        return "nowhere"
    at, chunk = stream.usages[0]
    if len(stream.usages) > 1:
        return "in several events"
    ends = [where for choice in stream.choices.values() for where, _ in choice.finishes]
    after = all(where < at for where in ends)
    return "alone, after the words" if after and chunk.get("choices") == [] else "with others"


def _chat_named(stream: ChatStream) -> str:
    names = {event.name for event in stream.response.stream.events}
    return "not at all" if names <= {"", "message"} else "otherwise"
