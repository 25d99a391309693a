"""Scenarios: requests that are to be refused."""

from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario, user

ENVELOPE = "errors"


@scenario("errors.malformed", ENVELOPE, "transport.responds")
def malformed(subject: Subject) -> Steps:
    """Bodies that are no JSON object."""
    json = (("content-type", "application/json"),)
    yield Send("cut off", content=b'{"model": "gpt-4o-mini", "messages": [', headers=json, wrong="the JSON is cut off")
    yield Send("a list", content=b"[]", headers=json, wrong="a list, not an object")
    yield Send("empty", content=b"", headers=json, wrong="no body at all")


@scenario("errors.media-type", "errors.media-type", ENVELOPE)
def media_type(subject: Subject) -> Steps:
    """JSON that is called plain text."""
    plain = (("content-type", "text/plain"),)
    yield Send("text/plain", json=subject.ask("Say hello.", 16), headers=plain, wrong="the media type is text/plain")


@scenario("errors.missing", "request.required", ENVELOPE)
def missing(subject: Subject) -> Steps:
    """Requests without what is required."""
    whole = subject.ask("Say hello.", 16)
    yield Send("no messages", json=_without(whole, "messages"), wrong="messages is missing")
    yield Send("no model", json=_without(whole, "model"), wrong="model is missing")
    yield Send("empty messages", json={**whole, "messages": []}, wrong="messages is empty")


def _without(body: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != key}


@scenario("errors.types", "request.types", ENVELOPE)
def types(subject: Subject) -> Steps:
    """Values of the wrong type."""
    whole = subject.ask("Say hello.", 16)
    yield Send("messages a string", json={**whole, "messages": "hello"}, wrong="messages is a string")
    yield Send("temperature a string", json={**whole, "temperature": "hot"}, wrong="temperature is a string")
    yield Send("n a string", json={**whole, "n": "two"}, wrong="n is a string")
    wizard = {"role": "wizard", "content": "Say hello."}
    yield Send("an odd role", json={**whole, "messages": [wizard]}, wrong="role wizard is not documented")


@scenario("errors.in-stream", "request.types", ENVELOPE)
def in_stream(subject: Subject) -> Steps:
    """A stream that is to be refused before it begins."""
    body = subject.ask("Say hello.", 16, stream=True, temperature="hot")
    yield Send("temperature a string", json=body, wrong="temperature is a string")


@scenario("errors.too-long", "errors.context-length*", ENVELOPE)
def too_long(subject: Subject) -> Steps:
    """A prompt of 24,000 words."""
    yield Send("24,000 words", json=subject.ask("word " * 24_000, 16))


@scenario("errors.route", "errors.unknown-route", ENVELOPE)
def route(subject: Subject) -> Steps:
    """Paths that the API does not have."""
    yield Send("post", path="/no-such-endpoint", json={"a": 1}, wrong="there is no such path")
    yield Send("get", "GET", "/no-such-endpoint", wrong="there is no such path")


@scenario("errors.method", "errors.method-not-allowed", ENVELOPE)
def method(subject: Subject) -> Steps:
    """A method that the path does not have."""
    yield Send(
        "put", "PUT", json={"model": subject.model, "messages": [user("Hi.")]}, wrong="PUT is not a method of it"
    )
