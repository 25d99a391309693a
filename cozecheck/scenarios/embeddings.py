"""Scenarios: embeddings."""

from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

PATH = "/embeddings"
TEXTS = ("The lighthouse keeper wound the clock.", "Copper conducts electricity well.", "Bread needs time to rise.")
HELLO = "hello world"
HELLO_TOKENS = [15339, 1917]
"""The same text in cl100k_base, the vocabulary of OpenAI's embedding models."""
SHORT = 64
DRAWS = ("embeddings.*", "transport.*")


def _ask(subject: Subject, text: Any, **parameters: Any) -> dict[str, Any]:
    return {"model": subject.embedding_model, "input": text, **parameters}


@scenario("embeddings.formats", *DRAWS)
def formats(subject: Subject) -> Steps:
    """One text as numbers, twice, and in base64."""
    reply = yield Send("numbers", path=PATH, json=_ask(subject, TEXTS[0], encoding_format="float"))
    if not refuses(reply):
        yield Send("again", path=PATH, json=_ask(subject, TEXTS[0], encoding_format="float"))
        yield Send("base64", path=PATH, json=_ask(subject, TEXTS[0], encoding_format="base64"))


@scenario("embeddings.batch", *DRAWS)
def batch(subject: Subject) -> Steps:
    """Three texts together, and two of them alone."""
    reply = yield Send("batch", path=PATH, json=_ask(subject, list(TEXTS)))
    if not refuses(reply):
        yield Send("first alone", path=PATH, json=_ask(subject, TEXTS[0]))
        yield Send("last alone", path=PATH, json=_ask(subject, [TEXTS[-1]]))


@scenario("embeddings.tokens", *DRAWS)
def tokens(subject: Subject) -> Steps:
    """A text, its tokens, and two arrays of tokens."""
    reply = yield Send("text", path=PATH, json=_ask(subject, HELLO, encoding_format="float"))
    if not refuses(reply):
        yield Send("tokens", path=PATH, json=_ask(subject, HELLO_TOKENS, encoding_format="float"))
        yield Send("arrays", path=PATH, json=_ask(subject, [HELLO_TOKENS, [1917]], encoding_format="float"))


@scenario("embeddings.sizes", "embeddings.dimensions*", "embeddings.unit-length")
def sizes(subject: Subject) -> Steps:
    """A short vector, and the full one."""
    reply = yield Send("short", path=PATH, json=_ask(subject, HELLO, dimensions=SHORT))
    if not refuses(reply):
        yield Send("full", path=PATH, json=_ask(subject, HELLO))


@scenario("embeddings.invalid", "embeddings.*", "errors.*", "models.unknown-*")
def invalid(subject: Subject) -> Steps:
    """Requests that are to be refused."""
    model = {"model": subject.embedding_model}
    yield Send(
        "no model of that name", path=PATH, json={"model": "no-such-model-4711", "input": HELLO}, wrong="nobody has it"
    )
    yield Send("no input", path=PATH, json=model, wrong="input is missing")
    yield Send("empty", path=PATH, json=_ask(subject, ""), wrong="the input is empty")
    yield Send("no dimensions", path=PATH, json=_ask(subject, HELLO, dimensions=0), wrong="dimensions is 0")
    odd = _ask(subject, HELLO, encoding_format="roman")
    yield Send("odd format", path=PATH, json=odd, wrong="roman is no encoding")
