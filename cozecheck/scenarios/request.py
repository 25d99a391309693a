"""Scenarios: parameters, one at a time."""

from typing import Any

from cozecheck.contract.parameters import RANGES
from cozecheck.scenarios.sending import Send, Steps, Subject, scenario, user

HELLO = "Say hello."
COUNT = "Count from 1 to 20, separated by commas."


@scenario("request.plain", "request.plain", "chat", "usage", "logprobs.unrequested", "transport")
def plain(subject: Subject) -> Steps:
    """A plain question."""
    yield Send("question", json=subject.ask("What is the capital of France?"))


@scenario("request.roles", "request.system-role", "request.developer-role", "request.multi-turn")
def roles(subject: Subject) -> Steps:
    """System and developer messages, and a conversation."""
    brief = "Be brief."
    for role in ("system", "developer"):
        yield Send(role, json=_say(subject, {"role": role, "content": brief}, user(HELLO)))
    answer = {"role": "assistant", "content": "Hello!"}
    yield Send("conversation", json=_say(subject, user(HELLO), answer, user("And now goodbye.")))


def _say(subject: Subject, *messages: dict[str, Any]) -> dict[str, Any]:
    return {**subject.ask(HELLO, 16), "messages": list(messages)}


@scenario("request.parts", "request.content-array")
def parts(subject: Subject) -> Steps:
    """Content as a list of texts."""
    texts = [{"type": "text", "text": "Say"}, {"type": "text", "text": "hello."}]
    yield Send("user", json=_say(subject, {"role": "user", "content": texts}))
    system = {"role": "system", "content": [{"type": "text", "text": "Be brief."}]}
    yield Send("system", json=_say(subject, system, user(HELLO)))


@scenario("request.orders", "request.role-order")
def orders(subject: Subject) -> Steps:
    """Roles in orders that templates stumble over."""
    answer, late = {"role": "assistant", "content": "Hello!"}, {"role": "system", "content": "Be brief."}
    yield Send("user twice", json=_say(subject, user(HELLO), user("Now.")))
    yield Send("system in the middle", json=_say(subject, user(HELLO), late, user("Now.")))
    yield Send("assistant first", json=_say(subject, answer, user(HELLO)))


@scenario("request.caps", "request.max-tokens", "request.max-completion-tokens")
def caps(subject: Subject) -> Steps:
    """Both spellings of the token limit."""
    for name in ("max_tokens", "max_completion_tokens"):
        yield Send(name, json={"model": subject.model, "messages": [user(COUNT)], name: 5})


@scenario("request.choices", "request.n")
def choices(subject: Subject) -> Steps:
    """Two choices, as a body and as a stream."""
    yield Send("body", json=subject.ask(HELLO, 16, n=2))
    yield Send("stream", json=subject.ask(HELLO, 16, n=2, stream=True))


@scenario("request.stops", "request.stop-excluded")
def stops(subject: Subject) -> Steps:
    """Stop sequences, as a body and as a stream."""
    yield Send("one", json=subject.ask(COUNT, 64, stop="7"))
    yield Send("several", json=subject.ask(COUNT, 64, stop=["xyzzy", "9"]))
    yield Send("stream", json=subject.ask(COUNT, 64, stop=[" 8"], stream=True))


@scenario("request.seed", "request.seed", "transport.responds")
def seed(subject: Subject) -> Steps:
    """One question, with one seed, at a high temperature."""
    for name in ("seeded once", "seeded twice", "seeded thrice"):
        body = subject.ask("Invent a name for a ship, and tell its story in two sentences.", 48, temperature=1.0)
        yield Send(name, json={**body, "seed": 4711 + subject.seed})


@scenario("request.unknown", "request.unknown-param")
def unknown(subject: Subject) -> Steps:
    """A parameter that does not exist."""
    yield Send(
        "not_a_parameter", json=subject.ask(HELLO, 8, not_a_parameter=1), wrong="not_a_parameter is no parameter"
    )


@scenario("request.stream-options", "request.stream-options-alone")
def stream_options(subject: Subject) -> Steps:
    """stream_options without a stream."""
    body = subject.ask(HELLO, 8, stream_options={"include_usage": True})
    yield Send("alone", json=body, wrong="stream_options is for streams only")


FUNCTION = {
    "name": "look_up_weather",
    "description": "Looks up the weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
TOOLS: dict[str, Any] = {"tools": [{"type": "function", "function": FUNCTION}]}
DOCUMENTED: dict[str, dict[str, Any]] = {
    "temperature": {"temperature": 0.7},
    "top_p": {"top_p": 0.9},
    "n": {"n": 1},
    "stream": {"stream": False},
    "stop": {"stop": ["xyzzy"]},
    "presence_penalty": {"presence_penalty": 0.5},
    "frequency_penalty": {"frequency_penalty": 0.5},
    "logit_bias": {"logit_bias": {"1734": 0}},
    "logprobs": {"logprobs": True},
    "top_logprobs": {"logprobs": True, "top_logprobs": 2},
    "user": {"user": "user-17"},
    "seed": {"seed": 7},
    "tools": TOOLS,
    "tool_choice": {**TOOLS, "tool_choice": "none"},
    "parallel_tool_calls": {**TOOLS, "parallel_tool_calls": False},
    "functions": {"functions": [FUNCTION]},
    "function_call": {"functions": [FUNCTION], "function_call": "none"},
    "response_format": {"response_format": {"type": "text"}},
    "service_tier": {"service_tier": "auto"},
    "store": {"store": False},
    "metadata": {"metadata": {"purpose": "conformance"}, "store": True},
    "modalities": {"modalities": ["text"]},
    "prediction": {"prediction": {"type": "content", "content": "Hello!"}},
    "reasoning_effort": {"reasoning_effort": "low"},
    "verbosity": {"verbosity": "low"},
    "safety_identifier": {"safety_identifier": "user-17"},
    "prompt_cache_key": {"prompt_cache_key": "conformance"},
}
"""Each documented parameter with a legal value, and what it needs beside it."""


@scenario("request.parameters", "request.documented-params", "transport")
def parameters(subject: Subject) -> Steps:
    """Each documented parameter, with a legal value."""
    for name, values in DOCUMENTED.items():
        yield Send(name, json=subject.ask(HELLO, 8, **values))


EDGES = {"n": (1,), "max_tokens": (1,), "max_completion_tokens": (1,)}
"""Edges that cost nothing, in place of both ends of the range."""
NEEDS = {"top_logprobs": {"logprobs": True}}


@scenario("request.bounds", "request.bounds.*", "errors")
def bounds(subject: Subject) -> Steps:
    """Each number at the ends of its range, and beyond."""
    for each in RANGES:
        plain = {"model": subject.model, "messages": [user(HELLO)], subject.cap: 8, **NEEDS.get(each.param, {})}
        low, high = (int(end) if each.whole or end == int(end) else end for end in (each.low, each.high))
        for value in EDGES.get(each.param, (low, high)):
            yield Send(f"{each.param} at {value}", json={**plain, each.param: value})
        step = 1 if each.whole else 0.5
        outside = (low - step,) if each.param.startswith("max_") else (low - step, high + step)
        for value in outside:
            yield Send(
                f"{each.param} beyond, {value}", json={**plain, each.param: value}, wrong=f"{each.param} is {value}"
            )
    plain = subject.ask(HELLO, 8)
    yield Send("logit_bias at 100", json={**plain, "logit_bias": {"1734": -100, "1735": 1}})
    yield Send("logit_bias beyond, 101", json={**plain, "logit_bias": {"1734": 101}}, wrong="logit_bias is 101")
    yield Send("stop at 4", json={**plain, "stop": ["v", "w", "x", "y"]})
    yield Send("stop beyond, 5", json={**plain, "stop": ["v", "w", "x", "y", "z"]}, wrong="5 stop sequences")
