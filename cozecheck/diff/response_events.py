"""Streams of responses summed up: kinds of events by item, numbers, names, sums."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.diff.events import BARE, Summary, is_framed, is_legible
from cozecheck.diff.shapes import shape_of, signature
from cozecheck.exchange import ABSENT
from cozecheck.sse import DONE
from cozecheck.views.failures import error_in
from cozecheck.views.response_stream import ResponseStream, StreamedItem


def of_response(stream: ResponseStream) -> Summary:
    """Sum up a stream of typed events."""
    signatures: dict[str, set[Any]] = {}
    for _, event in stream.events:
        plain = {key: value for key, value in event.items() if key != "response"}
        signatures.setdefault(_event_kind(event), set()).add(signature(plain))
    if any("type" not in value and error_in(value) is ABSENT for _, value in stream.payloads):
        signatures[BARE] = set()
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
        is_legible=is_legible(stream.response),
        is_framed=is_framed(stream.response),
        pieces=sum(event["type"].endswith(".delta") for _, event in stream.events),
        shapes={kind: shape_of(seen) for kind, seen in signatures.items()},
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


def _adds_up(item: StreamedItem) -> bool:
    if item.foreign:
        return False
    said = ((key, value) for key, (_, value) in item.said.items() if key in item.deltas)
    return all("".join(item.deltas[key]) == value for key, value in said)
