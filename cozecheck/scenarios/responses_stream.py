"""Scenarios: responses as streams of events."""

from cozecheck.scenarios.responses import COUNT, FUNCTION, PATH, PLANETS, ask, stops
from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

STREAM = ("responses.*", "sse.*", "transport.*")


@scenario("responses.stream.plain", "responses.stream.parity", *STREAM)
def plain(subject: Subject) -> Steps:
    """One question, as a body and as a stream, each twice."""
    asked = ask(subject, PLANETS, 80, temperature=0)
    reply = yield Send("body", path=PATH, json=asked)
    if not stops(reply):
        yield Send("stream", path=PATH, json={**asked, "stream": True})
        yield Send("body again", path=PATH, json=asked)
        yield Send("stream again", path=PATH, json={**asked, "stream": True})


@scenario("responses.stream.length", "responses.cut-visible", *STREAM)
def length(subject: Subject) -> Steps:
    """A stream that the token limit cuts."""
    yield Send("16 tokens", path=PATH, json=ask(subject, COUNT, 16, stream=True))


@scenario("responses.stream.call", "responses.stream.arguments-join", "responses.stream.call-parity", *STREAM)
def call(subject: Subject) -> Steps:
    """A function call, as a stream and as a body."""
    asked = ask(subject, "What is the weather in Paris?", 128, tools=[FUNCTION], tool_choice="required")
    reply = yield Send("required", path=PATH, json={**asked, "stream": True})
    if not stops(reply):
        yield Send("body", path=PATH, json=asked)
