"""Scenarios: chat completions as one body."""

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

BODY = ("chat", "usage", "transport")
UNICODE = "Repeat exactly: Grüße, 日本語, Ελλάδα, 🎉👩‍👩‍👧 é"


@scenario("chat.twice", *BODY)
def twice(subject: Subject) -> Steps:
    """One question, asked twice."""
    for name in ("first", "second"):
        yield Send(name, json=subject.ask("Name the planets of the solar system.", 80))


@scenario("chat.length", "chat.finish-length", "request.max-tokens", *BODY)
def length(subject: Subject) -> Steps:
    """An answer that the token limit cuts."""
    yield Send("five tokens", json=subject.ask("Count from 1 to 100, separated by commas.", 5))


@scenario("chat.unicode", "chat.utf8-intact", *BODY)
def unicode(subject: Subject) -> Steps:
    """Letters of many scripts, and emoji."""
    yield Send("repeat", json=subject.ask(UNICODE, 64, temperature=0))
