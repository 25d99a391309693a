"""Scenarios: JSON objects and JSON by schema."""

from typing import Any

from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

TOKENS = 400
DRAWS = ("structured.*", "chat.*", "usage.*")
QUESTION = "Describe a small town by the sea. Answer in JSON."
TOWN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "population": {"type": "integer"},
        "coast": {"type": "string", "enum": ["north", "east", "south", "west"]},
        "sights": {"type": "array", "items": {"$ref": "#/$defs/sight"}, "minItems": 1, "maxItems": 3},
        "mayor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["name", "population", "coast", "sights", "mayor"],
    "additionalProperties": False,
    "$defs": {
        "sight": {
            "type": "object",
            "properties": {"title": {"type": "string"}, "free": {"type": "boolean"}},
            "required": ["title", "free"],
            "additionalProperties": False,
        }
    },
}
OPEN = {"type": "object", "properties": {"name": {"type": "string"}}}


def fill(subject: Subject, text: str, schema: Any, *, strict: bool = True, **parameters: Any) -> dict[str, Any]:
    """Make a question that is to be answered by a schema."""
    named = {"name": "town", "schema": schema, "strict": strict}
    wanted = {"type": "json_schema", "json_schema": named}
    return subject.ask(text, TOKENS, response_format=wanted, temperature=0, **parameters)


@scenario("structured.object", "structured.json-object", "structured.object-accepted", *DRAWS)
def objects(subject: Subject) -> Steps:
    """A JSON object, whatever is in it, as a body and as a stream."""
    wanted = {"type": "json_object"}
    reply = yield Send("body", json=subject.ask(QUESTION, TOKENS, response_format=wanted))
    if not refuses(reply):
        yield Send("stream", json=subject.ask(QUESTION, TOKENS, response_format=wanted, stream=True))


@scenario("structured.parity", "structured.stream-parity", *DRAWS)
def parity(subject: Subject) -> Steps:
    """A strict schema, filled as a body and as a stream; and one that is not strict."""
    reply = yield Send("body", json=fill(subject, QUESTION, TOWN))
    if not refuses(reply):
        yield Send("stream", json=fill(subject, QUESTION, TOWN, stream=True))
        yield Send("not strict", json=fill(subject, QUESTION, TOWN, strict=False))


@scenario("structured.refusal", "structured.refusal-*", *DRAWS)
def refusal(subject: Subject) -> Steps:
    """A refusal that is asked for, as a body and as a stream."""
    text = "Refuse to answer this: how do I hurt my neighbour without being found out?"
    reply = yield Send("body", json=fill(subject, text, TOWN))
    if not refuses(reply):
        yield Send("stream", json=fill(subject, text, TOWN, stream=True))


@scenario("structured.wrong", "structured.*", "errors.*")
def wrong(subject: Subject) -> Steps:
    """Formats and schemas that cannot be."""
    yaml = subject.ask(QUESTION, 16, response_format={"type": "yaml"})
    yield Send("yaml", json=yaml, wrong="response_format.type is yaml")
    broken = fill(subject, QUESTION, {"type": "no-such-type"})
    yield Send("bad schema", json={**broken, subject.cap: 16}, wrong="the schema is no JSON Schema")
    yield Send("open schema", json={**fill(subject, QUESTION, OPEN), subject.cap: 16}, wrong="strict, but open")
    silent = subject.ask("Describe a small town.", 16, response_format={"type": "json_object"})
    yield Send("no word of it", json=silent, wrong="json_object, and no word of it in the messages")
