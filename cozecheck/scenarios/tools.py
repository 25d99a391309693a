"""Scenarios: tool calls in chat bodies."""

from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario, user

TOKENS = 200
BODY = ("tools.*", "chat.*", "usage.*")
QUESTION = "What is the weather in Lisbon today? Use the tool."
BOTH = "What is the weather in Lisbon, and what is the time in Oslo? Use the tools."
NEUTRAL = "Please help me plan the day in Lisbon."
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Looks up the weather of a city.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}
TIME: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_time",
        "description": "Tells the time in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
NOTE: dict[str, Any] = {
    "type": "custom",
    "custom": {"name": "write_note", "description": "Writes a note in plain text."},
}
TOOLS = [WEATHER, TIME]
NAMED = {"type": "function", "function": {"name": "get_time"}}
ALLOWED = {
    "type": "allowed_tools",
    "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "get_time"}}]},
}


def offer(subject: Subject, text: str, **parameters: Any) -> dict[str, Any]:
    """Make a question with two tools."""
    return subject.ask(text, TOKENS, **{"tools": TOOLS, "temperature": 0, **parameters})


@scenario("tools.choices", *BODY)
def choices(subject: Subject) -> Steps:
    """Every tool_choice, with a neutral prompt."""
    reply = yield Send("auto", json=offer(subject, QUESTION))
    if refuses(reply):
        return
    yield Send("required", json=offer(subject, NEUTRAL, tool_choice="required"))
    yield Send("named", json=offer(subject, NEUTRAL, tool_choice=NAMED))
    yield Send("none", json=offer(subject, QUESTION, tool_choice="none"))
    yield Send("allowed", json=offer(subject, QUESTION, tool_choice=ALLOWED))


@scenario("tools.parallel", *BODY)
def parallel(subject: Subject) -> Steps:
    """A question for two tools, at once and one at a time."""
    reply = yield Send("together", json=offer(subject, BOTH))
    if not refuses(reply):
        yield Send("one at a time", json=offer(subject, BOTH, parallel_tool_calls=False))


def told(subject: Subject, result: Any, **turn: Any) -> dict[str, Any]:
    """Make a conversation in which a tool has been called, and has answered with *result*."""
    call = {"id": "call_4711", "type": "function", "function": {"name": "get_time", "arguments": '{"city":"Oslo"}'}}
    messages = [
        user("What is the time in Oslo?"),
        {"role": "assistant", **turn, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_4711", "content": result},
    ]
    return {**subject.ask("", 48, tools=TOOLS), "messages": messages}


@scenario("tools.roundtrip", "tools.roundtrip-null-content", "tools.result-parts", *BODY)
def roundtrip(subject: Subject) -> Steps:
    """A call sent back with its result, its content null, absent and empty; a result in parts."""
    reply = yield Send("null", json=told(subject, "14:05", content=None))
    if reply.response is not None and reply.response.status in (404, 405, 501):
        return
    yield Send("absent", json=told(subject, "14:05"))
    yield Send("empty", json=told(subject, "14:05", content=""))
    yield Send("parts", json=told(subject, [{"type": "text", "text": "14:05"}], content=""))


@scenario("tools.custom", "tools.custom-*", *BODY)
def custom(subject: Subject) -> Steps:
    """A tool that takes plain text."""
    choice = {"type": "custom", "custom": {"name": "write_note"}}
    reply = yield Send("custom", json=offer(subject, "Write a note: buy bread.", tools=[NOTE], tool_choice=choice))
    if not refuses(reply):
        stream = offer(subject, "Write a note: buy bread.", tools=[NOTE], tool_choice=choice, stream=True)
        yield Send("stream", json=stream)


@scenario("tools.legacy", "tools.legacy-*", *BODY)
def legacy(subject: Subject) -> Steps:
    """A function of the old kind, named, as a body and as a stream."""
    old = {"functions": [TIME["function"]], "function_call": {"name": "get_time"}}
    reply = yield Send("body", json=subject.ask(NEUTRAL, TOKENS, **old))
    if not refuses(reply):
        yield Send("stream", json=subject.ask(NEUTRAL, TOKENS, **old, stream=True))


@scenario("tools.wrong", "tools.empty-array", "tools.bad-schema", "tools.choice-impossible", "errors.*")
def wrong(subject: Subject) -> Steps:
    """Tools that cannot be, and choices of none."""
    broken = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "no-such-type"}}}
    nobody = {"type": "function", "function": {"name": "nobody"}}
    yield Send("no tools", json=subject.ask(NEUTRAL, 16, tools=[]), wrong="tools is empty")
    yield Send("bad schema", json=subject.ask(NEUTRAL, 16, tools=[broken]), wrong="parameters are no JSON Schema")
    unknown = subject.ask(NEUTRAL, 16, tools=TOOLS, tool_choice=nobody)
    yield Send("unknown name", json=unknown, wrong="tool_choice names no tool")
    alone = subject.ask(NEUTRAL, 16, tool_choice="required")
    yield Send("choice alone", json=alone, wrong="tool_choice without tools")


@scenario("tools.parity", "tools.stream-parity", "tools.*")
def parity(subject: Subject) -> Steps:
    """One forced call, as a body and as a stream."""
    reply = yield Send("body", json=offer(subject, QUESTION, tool_choice="required"))
    if not refuses(reply):
        yield Send("stream", json=offer(subject, QUESTION, tool_choice="required", stream=True))
