"""Scenarios: keys."""

from cozecheck.scenarios.sending import Send, Steps, Subject, scenario


@scenario("auth.keys", "auth", "errors")
def keys(subject: Subject) -> Steps:
    """A wrong key, none, and one in the wrong form."""
    question = subject.ask("Say hello.", 8)
    yield Send("wrong", json=question, key="wrong")
    yield Send("missing", json=question, key="none")
    yield Send("malformed", json=question, key="malformed")
    yield Send("models without a key", "GET", "/models", key="none")
