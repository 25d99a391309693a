"""Scenarios: responses as one body, kept and gone on from."""

from typing import Any

from cozecheck.exchange import Exchange
from cozecheck.scenarios.chat import UNICODE
from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario, told

BODY = ("responses.*", "transport.*")
PATH = "/responses"
PLANETS = "Name the planets of the solar system, with one fact about each."
COUNT = "Count from 1 to 100, separated by commas."
NO_SUCH_ID = "resp_does_not_exist_4711"
NO_SUCH_MODEL = "no-such-model-4711"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "population": {"type": "integer"}},
    "required": ["city", "population"],
    "additionalProperties": False,
}
FUNCTION = {
    "type": "function",
    "name": "look_up_weather",
    "description": "Looks up the weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


def ask(subject: Subject, given: Any, tokens: int = 64, **parameters: Any) -> dict[str, Any]:
    """Make the body of a request for a response, capped at *tokens*."""
    return {"model": subject.model, "input": given, "max_output_tokens": tokens, **parameters}


def stops(reply: Exchange) -> bool:
    """Whether a reply leaves nothing to ask further: a refusal, or no answer."""
    return reply.failure is not None or refuses(reply)


@scenario("responses.plain", "responses.instructions-counted", "responses.id-unique", *BODY)
def plain(subject: Subject) -> Steps:
    """A question without instructions, and with them."""
    reply = yield Send("question", path=PATH, json=ask(subject, PLANETS, 80, temperature=0))
    if not stops(reply):
        body = ask(subject, PLANETS, 80, temperature=0, instructions="Answer briefly, and in one paragraph.")
        yield Send("instructions", path=PATH, json=body)


@scenario("responses.length", "responses.cut-visible", "responses.incomplete-reason", *BODY)
def length(subject: Subject) -> Steps:
    """A response that the token limit cuts."""
    yield Send("16 tokens", path=PATH, json=ask(subject, COUNT, 16))


@scenario("responses.inputs", "responses.input-list", "responses.utf8-intact", *BODY)
def inputs(subject: Subject) -> Steps:
    """Input as lists of messages, their content as text and as parts."""
    turns = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Say hello."},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "And now goodbye."},
    ]
    reply = yield Send("messages", path=PATH, json=ask(subject, turns, 16))
    if not stops(reply):
        parts = [{"role": "user", "content": [{"type": "input_text", "text": UNICODE}]}]
        yield Send("parts", path=PATH, json=ask(subject, parts, 64, temperature=0))


@scenario("responses.stored", "responses.retrieve*", "responses.input-items", "responses.delete", *BODY)
def stored(subject: Subject) -> Steps:
    """A response that is kept, read again, and deleted."""
    body = ask(subject, "Say hello.", 16, store=True, metadata={"purpose": "conformance"})
    created = yield Send("create", path=PATH, json=body)
    if stops(created):
        return
    place = f"{PATH}/{told(created, 'id', NO_SUCH_ID)}"
    reply = yield Send("retrieve", "GET", place)
    if stops(reply):
        return
    yield Send("input items", "GET", f"{place}/input_items")
    reply = yield Send("delete", "DELETE", place)
    if not stops(reply):
        yield Send("deleted", "GET", place, wrong="it is deleted")


@scenario("responses.unstored", "responses.store-false", *BODY)
def unstored(subject: Subject) -> Steps:
    """A response that is not to be kept."""
    created = yield Send("create", path=PATH, json=ask(subject, "Say hello.", 16, store=False))
    if not stops(created):
        yield Send("retrieve", "GET", f"{PATH}/{told(created, 'id', NO_SUCH_ID)}", wrong="it was not to be kept")


@scenario("responses.previous", "responses.previous-*", *BODY)
def previous(subject: Subject) -> Steps:
    """A response that goes on from another, beside the same question alone."""
    first = yield Send("first", path=PATH, json=ask(subject, "The word is marmalade. Say hello.", 16, store=True))
    if stops(first):
        return
    question = ask(subject, "Which word was it?", 32)
    yield Send("alone", path=PATH, json=question)
    known = {**question, "previous_response_id": told(first, "id", NO_SUCH_ID)}
    yield Send("next", path=PATH, json=known)
    missing = {**question, "previous_response_id": NO_SUCH_ID}
    yield Send("unknown", path=PATH, json=missing, wrong="there is no such previous response")


@scenario("responses.refused", "responses.unknown-*", "responses.missing-input", "models.unknown-*", "errors.*")
def refused(subject: Subject) -> Steps:
    """A model and a response that nobody has, and a request without input."""
    yield Send("unknown id", "GET", f"{PATH}/{NO_SUCH_ID}", wrong="nobody has it")
    body = {**ask(subject, "Say hello.", 16), "model": NO_SUCH_MODEL}
    yield Send("unknown model", path=PATH, json=body, wrong="there is no such model")
    yield Send("no input", path=PATH, json={"model": subject.model}, wrong="input is missing")


@scenario("responses.tools", "responses.tool-choice", "responses.call-*", *BODY)
def tools(subject: Subject) -> Steps:
    """A function that must be called, its output, and a function that must not be called."""
    question = "What is the weather in Paris?"
    body = ask(subject, question, 128, tools=[FUNCTION])
    called = yield Send("required", path=PATH, json={**body, "tool_choice": "required"})
    if stops(called):
        return
    call = _call(called)
    if call:
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"weather": "sunny"}'}
        items = [{"role": "user", "content": question}, call, output]
        yield Send("output", path=PATH, json={**body, "input": items})
    yield Send("none", path=PATH, json={**body, "tool_choice": "none"})


def _call(reply: Exchange) -> dict[str, Any] | None:
    """Return the call in a reply as an item of input; before there is a reply, one as it might be."""
    if reply.response is None:
        named = {"call_id": "call_1", "name": FUNCTION["name"], "arguments": '{"city": "Paris"}'}
        return {"type": "function_call", **named}
    value = reply.response.json
    output = value.get("output") if isinstance(value, dict) else None
    for item in output if isinstance(output, list) else ():
        known = isinstance(item, dict) and item.get("type") == "function_call"
        if known and all(isinstance(item.get(key), str) for key in ("call_id", "name", "arguments")):
            return {"type": "function_call", **{key: item[key] for key in ("call_id", "name", "arguments")}}
    return None


@scenario("responses.format", "responses.text-format", *BODY)
def text_format(subject: Subject) -> Steps:
    """A text that must fit a schema."""
    wanted = {"type": "json_schema", "name": "city", "schema": SCHEMA, "strict": True}
    body = ask(subject, "Name the largest city of France, and its population.", 128, text={"format": wanted})
    yield Send("strict", path=PATH, json=body)


@scenario("responses.logprobs", "responses.logprobs", *BODY)
def odds(subject: Subject) -> Steps:
    """A text with the odds of its tokens, as a body and as a stream."""
    body = ask(subject, "Say hello.", 16, include=["message.output_text.logprobs"], top_logprobs=2)
    reply = yield Send("body", path=PATH, json=body)
    if not stops(reply):
        yield Send("stream", path=PATH, json={**body, "stream": True})


@scenario("responses.bounds", "responses.bounds", "errors.*")
def bounds(subject: Subject) -> Steps:
    """Numbers at the ends of their ranges, and beyond."""
    for value, beyond in ((2, 2.5), (0, -0.5)):
        reply = yield Send(f"temperature at {value}", path=PATH, json=ask(subject, "Say hello.", 16, temperature=value))
        if stops(reply):
            return
        body = ask(subject, "Say hello.", 16, temperature=beyond)
        yield Send(f"temperature beyond, {beyond}", path=PATH, json=body, wrong=f"temperature is {beyond}")
    yield Send("top_p at 1", path=PATH, json=ask(subject, "Say hello.", 16, top_p=1))
    yield Send("top_p beyond, 1.5", path=PATH, json=ask(subject, "Say hello.", 16, top_p=1.5), wrong="top_p is 1.5")
    many = ask(subject, "Say hello.", 16, top_logprobs=21)
    yield Send("top_logprobs beyond, 21", path=PATH, json=many, wrong="top_logprobs is 21")


@scenario("responses.count", "responses.input-tokens-*", *BODY)
def count(subject: Subject) -> Steps:
    """Tokens counted beforehand, and then for real."""
    body = ask(subject, "Say hello.", 16)
    counted = yield Send("count", path=f"{PATH}/input_tokens", json={key: body[key] for key in ("model", "input")})
    if not stops(counted):
        yield Send("create", path=PATH, json=body)
