"""Streams summed up: kinds of events in order, their shapes, their end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cozecheck.diff.paths import pointer
from cozecheck.exchange import ABSENT
from cozecheck.sse import DONE
from cozecheck.views.chat_stream import ChatStream
from cozecheck.views.response_stream import ResponseStream

Shape = Mapping[str, frozenset[str]]
"""JSON Pointers, places in lists left open, to the types that stand there; `absent` where some events lack it."""
MANY = ("content", "refusal", "arguments")
"""Kinds that come as often as the words ask for: a run of them counts as one."""
_TYPES = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


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
        for choice in _objects(chunk.get("choices")):
            kinds = _kinds(choice)
            kind = "+".join(kinds) or "empty"
            pieces += not set(kinds).isdisjoint(MANY)
            orders.setdefault(repr(choice.get("index")), []).extend(kinds)
        signatures.setdefault(kind, set()).add(_signature(chunk))
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
        pieces=pieces,
        shapes={f"{told} {kind}": _shape(seen) for kind, seen in signatures.items()},
    )


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


def of_response(stream: ResponseStream) -> Summary:
    """Sum up a stream of typed events."""
    signatures: dict[str, set[Any]] = {}
    for _, event in stream.events:
        plain = {key: value for key, value in event.items() if key != "response"}
        signatures.setdefault(_event_kind(event), set()).add(_signature(plain))
    last = stream.events[-1][1]["type"] if stream.events else "none"
    done = f", {DONE}" if stream.done else ""
    return Summary(
        order=_item_orders(stream),
        terminator=last + done,
        usage="nowhere",
        choices=1,
        roles=True,
        changing=_changing(stream),
        numbered=_numbered(stream),
        named=_named(stream),
        adds_up=all(_adds_up(item) for item in stream.items.values()),
        errors=len(stream.errors),
        pieces=sum(event["type"].endswith(".delta") for _, event in stream.events),
        shapes={kind: _shape(seen) for kind, seen in signatures.items()},
    )


def _event_kind(event: Mapping[str, Any]) -> str:
    inner = event.get("item", event.get("part"))
    return f"{event['type']} {inner.get('type')}" if isinstance(inner, dict) else str(event["type"])


def _item_orders(stream: ResponseStream) -> dict[str, tuple[str, ...]]:
    """Return the order of the first item of each kind, and that of the events outside of items."""
    blocks: dict[str, list[str]] = {"the response": []}
    kinds: dict[str, set[str]] = {}
    for _, event in stream.events:
        place = repr(event["output_index"]) if "output_index" in event else "the response"
        block = blocks.setdefault(place, [])
        if not (event["type"].endswith(".delta") and block[-1:] == [event["type"]]):
            block.append(event["type"])
        inner = event.get("item", event.get("part"))
        if isinstance(inner, dict):
            kinds.setdefault(place, set()).add(str(inner.get("type")))
    orders: dict[str, tuple[str, ...]] = {}
    for place, block in blocks.items():
        orders.setdefault(" of ".join(sorted(kinds.get(place, {place}))), tuple(_once(block)))
    return orders


def _once(block: list[str]) -> Iterator[str]:
    """Leave out the pieces, parts and annotations that come as often as the words ask for, but for the first time."""
    seen: set[str] = set()
    for kind in block:
        free = "annotation" in kind or (kind in seen and ("delta" in kind or "part" in kind or "text" in kind))
        if not free and kind not in ("keepalive", "response.queued"):
            seen.add(kind)
            yield kind


def _changing(stream: ResponseStream) -> frozenset[str]:
    told = [response for _, _, response in stream.responses]
    return frozenset(key for key in ("id", "created_at") if len({repr(each.get(key)) for each in told}) > 1)


def _numbered(stream: ResponseStream) -> str:
    numbers = [event.get("sequence_number", ABSENT) for _, event in stream.events]
    if all(number is ABSENT for number in numbers):
        return "not at all"
    return "from 0 by 1" if numbers == list(range(len(numbers))) else "with gaps"


def _named(stream: ResponseStream) -> str:
    names = [(stream.names.get(at, ""), event["type"]) for at, event in stream.events]
    if all(name == kind for name, kind in names):
        return "by type"
    return "not at all" if not any(name for name, _ in names) else "otherwise"


def _adds_up(item: Any) -> bool:
    if item.foreign:
        return False
    said = ((key, value) for key, (_, value) in item.said.items() if key in item.deltas)
    return all("".join(item.deltas[key]) == value for key, value in said)


def _signature(value: Any) -> Any:
    """Return the form of a value without its leaves, to be counted: most events have one of few."""
    kind = type(value)
    if kind is dict:
        return tuple(
            [
                (key, _signature(part) if type(part) in (dict, list) else type(part))
                for key, part in value.items()
                if key != "logprobs"
            ]
        )
    if kind is list:
        return frozenset(map(_signature, value))
    return kind


def _shape(signatures: set[Any]) -> Shape:
    found: dict[str, set[str]] = {}
    each_has: list[set[str]] = []
    for signature in signatures:
        places = dict(_places(signature, ()))
        each_has.append(set(places))
        for at, types in places.items():
            found.setdefault(at, set()).update(types)
    absent = {at for has in each_has for at in found.keys() - has}
    return {at: frozenset(types | ({"absent"} if at in absent else set())) for at, types in found.items()}


def _places(signature: Any, steps: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    """Yield each place of a signature with its types; of the entries of a list all share one place."""
    if isinstance(signature, type):
        yield pointer(steps), {_TYPES.get(signature, signature.__name__)}
        return
    yield pointer(steps), {"object" if isinstance(signature, tuple) else "list"}
    if isinstance(signature, tuple):
        for key, part in signature:
            yield from _places(part, (*steps, key))
        return
    entries: dict[str, set[str]] = {}
    for part in signature:
        for at, types in _places(part, (*steps, "*")):
            entries.setdefault(at, set()).update(types)
    yield from entries.items()
