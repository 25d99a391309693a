"""Scenarios: logprobs."""

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

TEXT = "Say in one sentence what a lighthouse is for."


@scenario("logprobs.parity", "logprobs.*")
def parity(subject: Subject) -> Steps:
    """Logprobs with three alternatives, as a body and as a stream."""
    asked = subject.ask(TEXT, 24, temperature=0, logprobs=True, top_logprobs=3)
    reply = yield Send("body", json=asked)
    if not refuses(reply):
        yield Send("stream", json={**asked, "stream": True})


@scenario("logprobs.plain", "logprobs.*")
def plain(subject: Subject) -> Steps:
    """Logprobs without alternatives, of letters of many scripts; and alternatives without logprobs."""
    reply = yield Send("unicode", json=subject.ask("Repeat exactly: Größe, 日本, 🎉", 32, temperature=0, logprobs=True))
    if not refuses(reply):
        alone = subject.ask(TEXT, 8, top_logprobs=2)
        yield Send("alone", json=alone, wrong="top_logprobs without logprobs")
