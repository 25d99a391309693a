"""Scenarios: chat completions as streams."""

from cozecheck.scenarios.chat import UNICODE
from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

STREAM = ("chat.stream", "sse", "usage", "transport")
PLANETS = "Name the planets of the solar system, with one fact about each."
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}


@scenario("chat.stream.plain", "request.stream", *STREAM)
def plain(subject: Subject) -> Steps:
    """A stream without its usage."""
    yield Send("stream", json=subject.ask(PLANETS, 80, stream=True))


@scenario("chat.stream.usage", *STREAM)
def usage(subject: Subject) -> Steps:
    """A stream with its usage."""
    yield Send("stream", json=subject.ask(PLANETS, 80, **WITH_USAGE))


@scenario("chat.stream.length", "chat.stream.finish-length", "request.max-tokens", *STREAM)
def length(subject: Subject) -> Steps:
    """A stream that the token limit cuts."""
    yield Send("five tokens", json=subject.ask("Count from 1 to 100, separated by commas.", 5, **WITH_USAGE))


@scenario("chat.stream.unicode", "chat.stream.utf8-intact", *STREAM)
def unicode(subject: Subject) -> Steps:
    """Letters of many scripts, and emoji, in pieces."""
    yield Send("repeat", json=subject.ask(UNICODE, 64, temperature=0, stream=True))


@scenario("chat.stream.parity", "usage.stream-text-parity", *STREAM)
def parity(subject: Subject) -> Steps:
    """One short question at temperature 0: as a body, twice, and as streams, with their usage and without."""
    asked = subject.ask("Say in one sentence what a lighthouse is for.", 48, temperature=0)
    reply = yield Send("body", json=asked)
    if not refuses(reply):
        yield Send("again", json=asked)
        yield Send("stream", json={**asked, "stream": True})
        yield Send("counted", json={**asked, **WITH_USAGE})


@scenario("chat.stream.user", "transport")
def for_user(subject: Subject) -> Steps:
    """A stream for an end user with an id."""
    yield Send("stream", json=subject.ask(PLANETS, 80, stream=True, user="user-17"))
