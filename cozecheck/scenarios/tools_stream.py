"""Scenarios: tool calls in chat streams."""

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario
from cozecheck.scenarios.tools import BOTH, NAMED, NEUTRAL, QUESTION, offer

STREAM = ("tools.*", "chat.stream.*", "sse.*", "usage.*")


@scenario("tools.stream.parallel", *STREAM)
def parallel(subject: Subject) -> Steps:
    """Two calls in one stream, with its usage."""
    asked = offer(subject, BOTH, tool_choice="required", stream=True, stream_options={"include_usage": True})
    yield Send("together", json=asked)


@scenario("tools.stream.choices", *STREAM)
def choices(subject: Subject) -> Steps:
    """A named tool, and none, in streams."""
    reply = yield Send("named", json=offer(subject, NEUTRAL, tool_choice=NAMED, stream=True))
    if not refuses(reply):
        yield Send("none", json=offer(subject, QUESTION, tool_choice="none", stream=True))
