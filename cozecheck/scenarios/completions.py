"""Scenarios: completions of prompts."""

from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

PATH = "/completions"
CAPITAL = "The capital of France is"
COUNT = "Count from 1 to 20, separated by commas:"
TOKENS = [15339, 1917]
"""Two tokens that every vocabulary of today has; what they say differs."""
DRAWS = ("completions.*", "transport.*")
STREAM = {"stream": True}


def _ask(subject: Subject, prompt: Any = CAPITAL, tokens: int = 8, **parameters: Any) -> dict[str, Any]:
    return {"model": subject.model, "prompt": prompt, "max_tokens": tokens, **parameters}


@scenario("completions.plain", *DRAWS, "sse.*")
def plain(subject: Subject) -> Steps:
    """One prompt as a body, twice, and as streams, with their usage and without."""
    asked = _ask(subject, COUNT, temperature=0)
    reply = yield Send("body", path=PATH, json=asked)
    if not refuses(reply):
        yield Send("again", path=PATH, json=asked)
        yield Send("stream", path=PATH, json={**asked, **STREAM})
        yield Send("counted", path=PATH, json={**asked, **STREAM, "stream_options": {"include_usage": True}})


@scenario("completions.prompts", *DRAWS)
def prompts(subject: Subject) -> Steps:
    """Prompts in an array, in tokens, and several choices."""
    reply = yield Send("two", path=PATH, json=_ask(subject, [CAPITAL, "The capital of Italy is"], 4))
    if not refuses(reply):
        yield Send("one in an array", path=PATH, json=_ask(subject, [CAPITAL], 4))
    reply = yield Send("choices", path=PATH, json=_ask(subject, tokens=4, n=2))
    if not refuses(reply):
        yield Send("streamed choices", path=PATH, json=_ask(subject, tokens=4, n=2, **STREAM))
    reply = yield Send("tokens", path=PATH, json=_ask(subject, TOKENS, 4))
    if not refuses(reply):
        yield Send("arrays", path=PATH, json=_ask(subject, [TOKENS, TOKENS[:1]], 4))


@scenario("completions.odds", *DRAWS)
def odds(subject: Subject) -> Steps:
    """Logprobs, with the prompt repeated and without; the prompt repeated alone; all of it as a stream."""
    reply = yield Send("logprobs", path=PATH, json=_ask(subject, tokens=4, temperature=0, logprobs=2))
    if not refuses(reply):
        yield Send("echo and logprobs", path=PATH, json=_ask(subject, tokens=1, temperature=0, echo=True, logprobs=2))
        yield Send("echo", path=PATH, json=_ask(subject, tokens=1, echo=True))
        streamed = _ask(subject, tokens=4, temperature=0, echo=True, logprobs=2, **STREAM)
        yield Send("streamed", path=PATH, json=streamed)


@scenario("completions.seed", "completions.seed", *DRAWS)
def seed(subject: Subject) -> Steps:
    """One prompt, with one seed, at a high temperature."""
    asked = _ask(subject, "Once upon a time", 32, temperature=1.0, seed=4711 + subject.seed)
    reply = yield Send("once", path=PATH, json=asked)
    if not refuses(reply):
        yield Send("twice", path=PATH, json=asked)
        yield Send("thrice", path=PATH, json=asked)


PARAMETERS: dict[str, dict[str, Any]] = {
    "suffix": {"suffix": ", and that of Italy is Rome."},
    "best_of": {"best_of": 2},
    "echo": {"echo": True},
    "frequency_penalty": {"frequency_penalty": 0.5},
    "logit_bias": {"logit_bias": {"1734": 0}},
    "logprobs": {"logprobs": 1},
    "presence_penalty": {"presence_penalty": 0.5},
    "seed": {"seed": 7},
    "temperature": {"temperature": 2},
    "top_p": {"top_p": 0.9},
    "user": {"user": "user-17"},
}
"""Documented parameters with a legal value."""


@scenario("completions.parameters", *DRAWS)
def parameters(subject: Subject) -> Steps:
    """Stop sequences, as a body and as a stream; then each documented parameter, with a legal value."""
    reply = yield Send("stop", path=PATH, json=_ask(subject, COUNT, 32, stop=["7"]))
    if not refuses(reply):
        yield Send("streamed stop", path=PATH, json=_ask(subject, COUNT, 32, stop=["7"], **STREAM))
        for name, values in PARAMETERS.items():
            yield Send(name, path=PATH, json=_ask(subject, tokens=2, **values))


@scenario("completions.invalid", "completions.*", "errors.*")
def invalid(subject: Subject) -> Steps:
    """Requests that are to be refused."""
    model = {"model": subject.model, "max_tokens": 4}
    reply = yield Send("no prompt", path=PATH, json=model, wrong="prompt is missing")
    if reply.response is None or reply.response.status not in (404, 405, 501):
        yield Send("temperature 3", path=PATH, json=_ask(subject, tokens=2, temperature=3), wrong="temperature is 3")
        yield Send("no choices", path=PATH, json=_ask(subject, tokens=2, n=0), wrong="n is 0")
        yield Send("logprobs 6", path=PATH, json=_ask(subject, tokens=2, logprobs=6), wrong="logprobs is 6")
        few = _ask(subject, tokens=2, n=2, best_of=1)
        yield Send("best of too few", path=PATH, json=few, wrong="best_of is less than n")
