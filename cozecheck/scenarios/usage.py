"""Scenarios: prompts whose tokens can be compared."""

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

STORY = "A traveller came to a village and asked for water; the well was dry, and the people were kind. "


@scenario("usage.lengths", "usage.plausible", "usage")
def lengths(subject: Subject) -> Steps:
    """A short prompt and a long one."""
    yield Send("short", json=subject.ask("Say hello.", 8))
    yield Send("long", json=subject.ask(STORY * 10 + "Say hello.", 8))


@scenario("usage.parity", "usage.stream-parity", "reasoning", "usage")
def parity(subject: Subject) -> Steps:
    """One prompt, as a body and as a stream."""
    yield Send("body", json=subject.ask(STORY, 16))
    yield Send("stream", json=subject.ask(STORY, 16, stream=True, stream_options={"include_usage": True}))
