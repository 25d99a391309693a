"""Builders of tool calls: offered, asked for, answered whole and in fragments."""

from typing import Any

from cozecheck.exchange import Exchange
from tests.examples import answer, asking, chat_body, choice, chunk, refusal, stream, turn

Json = dict[str, Any]
SCHEMA: Json = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
STRICT: Json = {"type": "function", "function": {"name": "look", "strict": True, "parameters": SCHEMA}}
LOOSE: Json = {"type": "function", "function": {"name": "look", "parameters": SCHEMA}}
OTHER: Json = {"type": "function", "function": {"name": "other"}}
NOTE: Json = {"type": "custom", "custom": {"name": "note"}}
NAMED: Json = {"type": "function", "function": {"name": "look"}}
OSLO = '{"city":"Oslo"}'
WORDS = "It is five past two."


def call(id: Any = "call_1", name: Any = "look", arguments: Any = OSLO, **more: Any) -> Json:
    """A call of a function."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def custom(input: Any = "buy bread") -> Json:
    """A call of a custom tool."""
    return {"id": "call_1", "type": "custom", "custom": {"name": "note", "input": input}}


def offering(*tools: Any, **parameters: Any) -> Json:
    """A question with tools."""
    return asking(tools=list(tools or (LOOSE, OTHER)), **parameters)


def calling(*calls: Any, finish: Any = "tool_calls", asked: Any = None, text: Any = None, **more: Any) -> Exchange:
    """A body that calls tools."""
    made = choice(text, finish=finish, tool_calls=list(calls or (call(),)), **more)
    return answer(chat_body(made), asked=offering() if asked is None else asked)


def saying(text: Any = WORDS, *, finish: Any = "stop", asked: Any = None, **message: Any) -> Exchange:
    """A body in words, where tools were offered."""
    return answer(chat_body(choice(text, finish=finish, **message)), asked=offering() if asked is None else asked)


def refused(asked: Json, message: str = "No.", *, status: int = 400, param: Any = None) -> Exchange:
    """A refusal of a question."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    return refusal(status, {"error": error}, asked=asked)


def head(index: Any = 0, id: Any = "call_1", name: Any = "look", **more: Any) -> Json:
    """The first fragment of a call."""
    return {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}, **more}


def rest(arguments: Any = OSLO, index: Any = 0, **more: Any) -> Json:
    """A later fragment of a call."""
    return {"index": index, "function": {"arguments": arguments}, **more}


def without(fragment: Json, key: str) -> Json:
    """A fragment without one of its keys."""
    return {name: value for name, value in fragment.items() if name != key}


def streaming(*fragments: Any, finish: Any = "tool_calls", asked: Any = None) -> Exchange:
    """A stream that calls tools: its role, then a chunk for each fragment."""
    opening = chunk({"role": "assistant", "content": None})
    chunks = [chunk({"tool_calls": [each]}) for each in fragments or (head(), rest())]
    return stream(opening, *chunks, chunk(finish=finish), asked=asked or offering(stream=True))


def returned(content: Any = None, *, result: Any = "14:05", **message: Any) -> Json:
    """A request that sends a call back with its result."""
    caller = {"role": "assistant", "content": content, "tool_calls": [call("call_0")], **message}
    asked = offering()
    return {**asked, "messages": [*asked["messages"], caller, {**turn("tool", result), "tool_call_id": "call_0"}]}
