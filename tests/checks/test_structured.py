"""JSON that was asked for: each check on what it holds of, and on what it does not."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.checks.turns import SCHEMA, refused, saying
from tests.examples import asking, chunk, stream

Json = dict[str, Any]
CONTENT = "/choices/0/message, content"
OBJECT: Json = {"type": "json_object"}
OPEN: Json = {"type": "object", "properties": {"city": {"type": "string"}}}


def by_schema(schema: Any = SCHEMA, *, strict: bool = True) -> Json:
    return {"type": "json_schema", "json_schema": {"name": "place", "schema": schema, "strict": strict}}


def wanting(format: Json, text: str = "Answer in JSON.", **more: Any) -> Json:
    return asking(text, response_format=format, **more)


def said(text: Any, format: Json, **more: Any) -> Exchange:
    return saying(text, asked=wanting(format), **more)


def streamed(text: str) -> Exchange:
    opening = chunk({"role": "assistant", "content": ""})
    return stream(opening, chunk({"content": text}), chunk(finish="stop"), asked=wanting(by_schema(), stream=True))


OSLO = '{"city":"Oslo"}'
PROSE = "Oslo is a city."
STRICT, LOOSE = by_schema(), by_schema(strict=False)

CASES = (
    holds("structured.no-fence", "JSON", said(OSLO, STRICT)),
    departs("structured.no-fence", "in a fence", said(f"```json\n{OSLO}\n```", STRICT), CONTENT),
    ignored("structured.no-fence", "text", said("```\na\n```", {"type": "text"})),
    holds("structured.json-object", "an object", said(OSLO, OBJECT)),
    departs("structured.json-object", "prose", said(PROSE, OBJECT), CONTENT),
    departs("structured.json-object", "a list", said("[]", OBJECT), CONTENT),
    departs("structured.json-object", "prose, cut", said(PROSE, OBJECT, finish="length"), CONTENT),
    unsettled("structured.json-object", "cut", said('{"city":"Os', OBJECT, finish="length")),
    unsettled("structured.json-object", "blanks without end", said("  \n \n", OBJECT, finish="length")),
    holds("structured.schema-json", "JSON", said(OSLO, STRICT)),
    holds("structured.schema-json", "twice, as OpenAI writes at times", said(f"{OSLO}\n{OSLO}", STRICT)),
    departs("structured.schema-json", "prose", said(PROSE, STRICT), CONTENT),
    departs("structured.schema-json", "words after it", said(f"{OSLO} Is that right?", STRICT), CONTENT),
    holds("structured.schema-valid", "fits", said(OSLO, STRICT)),
    departs("structured.schema-valid", "no such type", said('{"city":5}', STRICT), f"{CONTENT}/city"),
    ignored("structured.schema-valid", "not strict", said(OSLO, LOOSE)),
    holds("structured.schema-followed", "fits", said(OSLO, LOOSE)),
    departs("structured.schema-followed", "one too many", said('{"city":"Oslo","a":1}', LOOSE), CONTENT),
    holds("structured.schema-accepted", "answered", said(OSLO, STRICT)),
    departs("structured.schema-accepted", "500", refused(wanting(STRICT), status=500), "status"),
    unsupported("structured.schema-accepted", "by name", refused(wanting(STRICT), "no response_format")),
    holds("structured.object-accepted", "answered", said(OSLO, OBJECT)),
    departs("structured.object-accepted", "500", refused(wanting(OBJECT), status=500), "status"),
    holds("structured.type-enum", "refused", refused(wanting({"type": "yaml"}))),
    departs("structured.type-enum", "answered", said(PROSE, {"type": "yaml"}), "status"),
    holds("structured.bad-schema", "refused", refused(wanting(by_schema({"type": "objekt"})))),
    departs("structured.bad-schema", "answered", said(OSLO, by_schema({"type": "objekt"})), "status"),
    holds("structured.strict-rules", "refused", refused(wanting(by_schema(OPEN)))),
    departs("structured.strict-rules", "answered", said(OSLO, by_schema(OPEN)), "status"),
    holds("structured.json-word", "refused", refused(wanting(OBJECT, "Say hello."))),
    departs("structured.json-word", "answered", saying(OSLO, asked=wanting(OBJECT, "Say hello.")), "status"),
    holds("structured.refusal-string", "words", said(None, STRICT, refusal="No.")),
    departs(
        "structured.refusal-string",
        "an object",
        said(None, STRICT, refusal={"text": "No."}),
        "/choices/0/message/refusal",
    ),
    holds("structured.refusal-alone", "null beside", said(None, STRICT, refusal="No.")),
    departs("structured.refusal-alone", "words beside", said("No.", STRICT, refusal="No."), CONTENT),
    holds("structured.stream-parity", "the same keys", {"body": said(OSLO, STRICT), "stream": streamed(OSLO)}),
    departs("structured.stream-parity", "prose", {"body": said(OSLO, STRICT), "stream": streamed(PROSE)}, "stream"),
    unsettled("structured.stream-parity", "prose in both", {"body": said(PROSE, STRICT), "stream": streamed(PROSE)}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
