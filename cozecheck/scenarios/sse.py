"""Scenarios: streams as streams."""

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario


@scenario("sse.incremental", "sse", alone=True)
def incremental(subject: Subject) -> Steps:
    """Two longer streams, one after the other: when do their events arrive?"""
    for name in ("first", "second"):
        yield Send(name, json=subject.ask("Count from 1 to 60, separated by commas.", 200, stream=True))
