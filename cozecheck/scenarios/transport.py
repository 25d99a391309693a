"""Scenarios: the traffic itself."""

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario

ORIGIN = ("origin", "https://app.example")


@scenario("transport.preflight", "transport.cors-preflight")
def preflight(subject: Subject) -> Steps:
    """A browser asks whether it may post."""
    headers = (
        ORIGIN,
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
    )
    yield Send("preflight", "OPTIONS", headers=headers, key="none")


@scenario("transport.disconnect", "transport.cancel-on-disconnect", alone=True)
def disconnect(subject: Subject) -> Steps:
    """A client leaves in the middle of a long stream; the gauge of requests in work tells."""
    yield Send("before", "GET", "/metrics", at_root=True)
    question = subject.ask("Count from 1 to 200.", 600, stream=True)
    yield Send("leaving", json=question, leave_after=2)
    yield Send("after", "GET", "/metrics", at_root=True, after=1.0)
