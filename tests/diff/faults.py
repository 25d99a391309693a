"""One fault of a named kind, seeded into an answer that is right."""

import base64
import json
import random
from array import array
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cozecheck.diff.texts import wanted_format
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers
from cozecheck.sse import DONE

Json = dict[str, Any]
Seed = Callable[[Exchange, random.Random], Exchange | None]
"""Spoils an answer; None where it has nothing to be spoilt in this way."""
Events = list[tuple[str, Any]]
"""Names and data; `[DONE]` as it is."""

FAULTS: dict[str, Seed] = {}
CHAT = "/chat/completions"


def rewritten(exchange: Exchange, body: bytes) -> Exchange:
    assert exchange.response is not None
    lines = exchange.response.headers.lines
    kept = tuple(line for line in lines if line[0].lower() not in ("content-encoding", "content-length"))
    return replace(exchange, response=replace(exchange.response, headers=Headers(kept), body=body))


def relabelled(exchange: Exchange, **changes: Any) -> Exchange:
    assert exchange.response is not None
    return replace(exchange, response=replace(exchange.response, **changes))


def of_body(name: str) -> Callable[[Callable[[Json, Json], bool | None]], None]:
    """Register a fault that changes the JSON of a good answer in place; False says that it cannot."""

    def register(change: Callable[[Json, Json], bool | None]) -> None:
        def seed(exchange: Exchange, chance: random.Random) -> Exchange | None:
            response = exchange.response
            if response is None or not response.ok or not isinstance(response.json, dict):
                return None
            body = json.loads(json.dumps(response.json))
            try:
                done = change(body, exchange.request.json) is not False
            except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
                return None
            return rewritten(exchange, json.dumps(body).encode()) if done else None

        FAULTS[name] = seed

    return register


def of_error(name: str) -> Callable[[Callable[[Json], bool | None]], None]:
    """Register a fault that changes the JSON of a refusal in place."""

    def register(change: Callable[[Json], bool | None]) -> None:
        def seed(exchange: Exchange, chance: random.Random) -> Exchange | None:
            response = exchange.response
            if response is None or response.ok or not isinstance(response.json, dict) or "error" not in response.json:
                return None
            body = json.loads(json.dumps(response.json))
            return rewritten(exchange, json.dumps(body).encode()) if change(body) is not False else None

        FAULTS[name] = seed

    return register


def of_events(name: str) -> Callable[[Callable[[Events, Json], Events | None]], None]:
    """Register a fault that changes the events of a stream; None says that it cannot."""

    def register(change: Callable[[Events, Json], Events | None]) -> None:
        def seed(exchange: Exchange, chance: random.Random) -> Exchange | None:
            response = exchange.response
            if response is None or not response.ok or not response.is_stream or not response.payloads:
                return None
            payloads = zip(response.stream.events, response.payloads, strict=True)
            told: Events = [(e.name, DONE if e.data == DONE else json.loads(json.dumps(p.value))) for e, p in payloads]
            try:
                changed = change(told, exchange.request.json)
            except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
                return None
            return rewritten(exchange, b"".join(map(_sent, changed))) if changed else None

        FAULTS[name] = seed

    return register


def _sent(event: tuple[str, Any]) -> bytes:
    name, data = event
    line = f"event: {name}\n" if name else ""
    return f"{line}data: {data if data == DONE else json.dumps(data)}\n\n".encode()


def fault(name: str) -> Callable[[Seed], Seed]:
    def register(seed: Seed) -> Seed:
        FAULTS[name] = seed
        return seed

    return register


def message(body: Json) -> Json:
    found: Json = body["choices"][0]["message"]
    return found


def call(body: Json) -> Json:
    """The first tool call of a chat completion, or of a response."""
    if "output" in body:
        return next(item for item in body["output"] if item["type"] == "function_call")
    found: Json = message(body)["tool_calls"][0]
    return found


def called(body: Json) -> Json:
    found = call(body)
    inner: Json = found.get("function", found)
    return inner


def put(place: Json, key: str, value: Any) -> bool:
    """Change a value that is there; whether it is another then."""
    changed: bool = place[key] != value
    place[key] = value
    return changed


def drop(*keys: str) -> Callable[[Json, Json], bool | None]:
    def change(body: Json, asked: Json) -> bool | None:
        place: Any = body
        for key in keys[:-1]:
            place = place[int(key) if key.isdigit() else key]
        del place[keys[-1]]
        return True

    return change


for _name, _keys in {
    "id dropped": ("id",),
    "object dropped": ("object",),
    "model dropped": ("model",),
    "choices dropped": ("choices",),
    "finish_reason dropped": ("choices", "0", "finish_reason"),
    "index dropped": ("choices", "0", "index"),
    "message dropped": ("choices", "0", "message"),
    "role dropped": ("choices", "0", "message", "role"),
    "content dropped": ("choices", "0", "message", "content"),
    "usage dropped": ("usage",),
    "total_tokens dropped": ("usage", "total_tokens"),
    "tool call id dropped": ("choices", "0", "message", "tool_calls", "0", "id"),
    "tool call type dropped": ("choices", "0", "message", "tool_calls", "0", "type"),
    "arguments dropped": ("choices", "0", "message", "tool_calls", "0", "function", "arguments"),
    "output dropped": ("output",),
    "embedding dropped": ("data", "0", "embedding"),
}.items():
    of_body(_name)(drop(*_keys))

of_body("object wrong")(lambda body, asked: put(body, "object", "thing"))
of_body("created as text")(lambda body, asked: put(body, "created", str(body["created"])))
of_body("created as a fraction")(lambda body, asked: put(body, "created", body["created"] + 0.5))
of_body("id null")(lambda body, asked: put(body, "id", None))
of_body("finish_reason null")(lambda body, asked: put(body["choices"][0], "finish_reason", None))
of_body("index wrong")(lambda body, asked: put(body["choices"][0], "index", 7))
of_body("role wrong")(lambda body, asked: put(message(body), "role", "user"))
of_body("content as parts")(lambda body, asked: put(message(body), "content", [{"type": "text", "text": "Hi"}]))
of_body("choices emptied")(lambda body, asked: bool(body["choices"]) and put(body, "choices", []))
of_body("usage as text")(lambda body, asked: put(body["usage"], "total_tokens", str(body["usage"]["total_tokens"])))
of_body("usage null")(lambda body, asked: put(body, "usage", None))
of_body("usage arithmetic")(lambda body, asked: put(body["usage"], "total_tokens", body["usage"]["total_tokens"] + 3))
of_body("status wrong")(lambda body, asked: "output" in body and put(body, "status", "failed"))
of_body("output emptied")(lambda body, asked: bool(body["output"]) and put(body, "output", []))
of_body("tool name altered")(lambda body, asked: put(called(body), "name", called(body)["name"] + "_tool"))
of_body("arguments as an object")(lambda body, asked: put(called(body), "arguments", {"a": 1}))
of_body("arguments cut")(lambda body, asked: put(called(body), "arguments", called(body)["arguments"][:-1]))
of_body("call_id dropped")(lambda body, asked: call(body).pop("call_id") is not None)
of_body("output item type wrong")(lambda body, asked: put(body["output"][0]["content"][0], "type", "text"))
of_body("embedding index wrong")(
    lambda body, asked: put(body["data"][0], "index", 5) and "embedding" in body["data"][0]
)
of_body("vector lost")(lambda body, asked: "embedding" in body["data"].pop())


@of_body("finish_reason wrong")
def _finish(body: Json, asked: Json) -> bool:
    choice = body["choices"][0]
    return "message" in choice and put(
        choice, "finish_reason", "length" if choice["finish_reason"] == "stop" else "stop"
    )


@of_body("content emptied")
def _content(body: Json, asked: Json) -> bool:
    return bool(message(body)["content"]) and put(message(body), "content", "")


@of_body("tool_calls null for absent")
def _null_calls(body: Json, asked: Json) -> bool:
    said = message(body)
    return "tool_calls" not in said and said.setdefault("tool_calls") is None


@of_body("tool call written as text")
def _as_text(body: Json, asked: Json) -> bool:
    calls = message(body).pop("tool_calls")
    message(body)["content"] = json.dumps(calls)
    return bool(calls)


@of_body("tool call ids alike")
def _alike(body: Json, asked: Json) -> bool:
    calls = message(body)["tool_calls"]
    return put(calls[1], "id", calls[0]["id"])


@of_body("prompt_tokens zero")
def _zero(body: Json, asked: Json) -> bool:
    usage = body["usage"]
    usage["total_tokens"] -= usage["prompt_tokens"]
    return put(usage, "prompt_tokens", 0)


@of_body("choice lost")
def _choice(body: Json, asked: Json) -> bool:
    return len(body["choices"]) > 1 and bool(body["choices"].pop())


@of_body("JSON in fences")
def _fences(body: Json, asked: Json) -> bool:
    wanted = wanted_format(asked).get("type") in ("json_schema", "json_object")
    return (
        wanted
        and isinstance(message(body)["content"], str)
        and put(message(body), "content", f"```json\n{message(body)['content']}\n```")
    )


@of_body("JSON off the schema")
def _off(body: Json, asked: Json) -> bool:
    schema = wanted_format(asked).get("json_schema", {}).get("schema", {})
    return bool(schema.get("required") and message(body)["content"]) and put(message(body), "content", "{}")


@of_body("vector turned")
def _turned(body: Json, asked: Json) -> bool:
    found = body["data"][0]
    vector = _numbers(found["embedding"])
    return put(found, "embedding", _like(found["embedding"], array("f", vector[1:] + vector[:1])))


@of_body("vector cut")
def _cut(body: Json, asked: Json) -> bool:
    found = body["data"][0]
    return put(found, "embedding", _like(found["embedding"], _numbers(found["embedding"])[:-1]))


@of_body("vector in the other encoding")
def _other(body: Json, asked: Json) -> bool:
    found = body["data"][0]
    other: Any = [] if isinstance(found["embedding"], str) else ""
    return put(found, "embedding", _like(other, _numbers(found["embedding"])))


def _numbers(value: Any) -> "array[float]":
    numbers = array("f")
    numbers.frombytes(base64.b64decode(value)) if isinstance(value, str) else numbers.extend(value)
    return numbers


def _like(value: Any, numbers: "array[float]") -> Any:
    return base64.b64encode(numbers.tobytes()).decode() if isinstance(value, str) else list(numbers)


of_error("error code changed")(lambda body: put(body["error"], "code", "no_such_code"))
of_error("error type changed")(lambda body: put(body["error"], "type", "no_such_type"))
of_error("error param changed")(lambda body: put(body["error"], "param", "no_such_param"))
of_error("error code dropped")(lambda body: bool(body["error"].pop("code", 0) != 0))
of_error("envelope lost")(lambda body: bool(body.setdefault("detail", str(body.pop("error")))))
of_error("error as text")(lambda body: put(body, "error", "went wrong"))


@fault("status changed")
def _status(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    return None if exchange.response.ok else relabelled(exchange, status=exchange.response.status + 9)


@fault("refused")
def _refused(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    said = {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": None}}
    refused = relabelled(rewritten(exchange, json.dumps(said).encode()), status=400)
    return refused if exchange.response.ok else None


@fault("refusal let through")
def _let_through(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    return None if exchange.response.ok else relabelled(exchange, status=200)


@fault("body emptied")
def _emptied(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    return rewritten(exchange, b"") if exchange.response.content.strip() else None


@fault("HTML for JSON")
def _html(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    return rewritten(exchange, b"<html>Bad gateway</html>") if isinstance(exchange.response.json, dict) else None


@fault("content-type wrong")
def _content_type(exchange: Exchange, chance: random.Random) -> Exchange | None:
    assert exchange.response is not None
    lines = exchange.response.headers.lines
    changed = tuple((n, "text/plain" if n.lower() == "content-type" else v) for n, v in lines)
    return relabelled(exchange, headers=Headers(changed)) if changed != lines else None


@fault("broken off")
def _broken(exchange: Exchange, chance: random.Random) -> Exchange | None:
    return replace(exchange, failure=Failure(FailureKind.CUT, "the connection closed", 1.0))


@fault("JSON for a stream")
def _plain(exchange: Exchange, chance: random.Random) -> Exchange | None:
    response = exchange.response
    if response is None or not response.is_stream or not response.payloads:
        return None
    first = next((each.value for each in response.payloads if isinstance(each.value, dict)), None)
    return rewritten(exchange, json.dumps(first).encode()) if first else None


def chunks(events: Events) -> list[Json]:
    return [data for _, data in events if isinstance(data, dict) and "choices" in data]


def first(events: Events, holds: Callable[[Json], Any]) -> int:
    """The place of the first event that holds true of."""
    return next(at for at, (_, data) in enumerate(events) if isinstance(data, dict) and holds(data))


def delta(chunk: Json) -> Mapping[str, Any]:
    choices = chunk.get("choices") or [{}]
    found: Mapping[str, Any] = choices[0].get("delta") or {}
    return found


def is_role(chunk: Json) -> bool:
    return bool(delta(chunk).get("role"))


def is_finish(chunk: Json) -> bool:
    return bool(chunk.get("choices") and chunk["choices"][0].get("finish_reason"))


def is_usage(chunk: Json) -> bool:
    return chunk.get("choices") == [] and bool(chunk.get("usage"))


def without(events: Events, at: int) -> Events:
    return [*events[:at], *events[at + 1 :]]


def twice(events: Events, at: int) -> Events:
    return [*events[: at + 1], *events[at:]]


def of_type(kind: str) -> Callable[[Json], bool]:
    return lambda event: event.get("type") == kind


of_events("[DONE] missing")(lambda events, asked: events[:-1] if events[-1][1] == DONE else None)
of_events("role chunk missing")(lambda events, asked: without(events, first(events, is_role)))
of_events("finish chunk missing")(lambda events, asked: without(events, first(events, is_finish)))
of_events("finish chunk twice")(lambda events, asked: twice(events, first(events, is_finish)))
of_events("role chunk twice")(lambda events, asked: twice(events, first(events, is_role)))
of_events("usage chunk missing")(lambda events, asked: without(events, first(events, is_usage)))
of_events("sequence with a gap")(lambda events, asked: without(events, first(events, of_type("response.in_progress"))))
of_events("completed missing")(lambda events, asked: without(events, first(events, of_type("response.completed"))))
of_events("part not announced")(
    lambda events, asked: without(events, first(events, of_type("response.content_part.added")))
)
of_events("event names missing")(lambda events, asked: [("", d) for _, d in events] if events[0][0] else None)
of_events("events named")(lambda events, asked: [("chunk", d) for _, d in events] if chunks(events) else None)


@of_events("[DONE] twice")
def _done_twice(events: Events, asked: Json) -> Events | None:
    return twice(events, len(events) - 1) if events[-1][1] == DONE else None


@of_events("finish before the words")
def _finish_first(events: Events, asked: Json) -> Events | None:
    at = first(events, is_finish)
    words = first(events, lambda chunk: bool(delta(chunk).get("content")))
    return [*events[:words], events[at], *events[words:at], *events[at + 1 :]]


@of_events("ids changing")
def _ids(events: Events, asked: Json) -> Events | None:
    for at, chunk in enumerate(chunks(events)):
        chunk["id"] = f"chatcmpl-{at}"
    return events if len(chunks(events)) > 1 else None


@of_events("chunk without id")
def _no_id(events: Events, asked: Json) -> Events | None:
    del chunks(events)[1]["id"]
    return events


@of_events("chunk without index")
def _no_index(events: Events, asked: Json) -> Events | None:
    del chunks(events)[1]["choices"][0]["index"]
    return events


@of_events("delta null")
def _no_delta(events: Events, asked: Json) -> Events | None:
    found = events[first(events, is_finish)][1]["choices"][0]
    return events if "delta" in found and put(found, "delta", None) else None


@of_events("chunk object wrong")
def _object(events: Events, asked: Json) -> Events | None:
    for chunk in chunks(events):
        chunk["object"] = "chat.completion"
    return events if delta(chunks(events)[0]) else None


@of_events("chunk created as text")
def _created(events: Events, asked: Json) -> Events | None:
    for chunk in chunks(events):
        chunk["created"] = str(chunk["created"])
    return events if chunks(events) else None


@of_events("usage with the finish")
def _usage_moved(events: Events, asked: Json) -> Events | None:
    at = first(events, is_usage)
    events[first(events, is_finish)][1]["usage"] = events[at][1]["usage"]
    return without(events, at)


@of_events("arguments fragment lost")
def _fragment(events: Events, asked: Json) -> Events | None:
    held = [at for at, (_, data) in enumerate(events) if isinstance(data, dict) and delta(data).get("tool_calls")]
    return without(events, held[-1]) if len(held) > 2 else None


@of_events("tool name in every fragment")
def _names(events: Events, asked: Json) -> Events | None:
    held = [c for _, data in events if isinstance(data, dict) for c in delta(data).get("tool_calls") or ()]
    for each in held:
        each["function"]["name"] = held[0]["function"]["name"]
    return events if len(held) > 2 else None


@of_events("error in the stream")
def _error(events: Events, asked: Json) -> Events | None:
    return [*events[:1], ("", {"error": {"message": "out of memory", "type": "server_error"}})]


@of_events("stream cut")
def _stream_cut(events: Events, asked: Json) -> Events | None:
    return events[: len(events) // 2] if len(events) > 3 else None


@of_events("item_id of another item")
def _item_id(events: Events, asked: Json) -> Events | None:
    events[first(events, lambda event: "item_id" in event and "delta" in event)][1]["item_id"] = "msg_0"
    return events


@of_events("piece lost")
def _piece(events: Events, asked: Json) -> Events | None:
    at = first(events, lambda event: str(event.get("type")).endswith("_text.delta"))
    for number, (_, event) in enumerate(kept := without(events, at)):
        event["sequence_number"] = number
    return kept


@of_events("piece twice")
def _piece_twice(events: Events, asked: Json) -> Events | None:
    at = first(events, lambda event: str(event.get("type")).endswith("_text.delta"))
    kept = [(name, dict(event)) for name, event in twice(events, at)]
    for number, (_, event) in enumerate(kept):
        event["sequence_number"] = number
    return kept
