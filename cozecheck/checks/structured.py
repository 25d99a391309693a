"""Checks: JSON objects, JSON by schema, and refusals."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import schemas, sources
from cozecheck.contract.shapes import Departure
from cozecheck.contract.sources import spec
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import chat_stream
from cozecheck.views.requests import Asked, asked_chat, is_plain_but, legal_chat, refusal_of
from cozecheck.views.turns import Turn, turns

PARSERS = "openai-python .parse(), LangChain with_structured_output, the Vercel AI SDK's generateObject"
INTACT = (
    "sse.utf8",
    "chat.utf8-intact",
    "chat.stream.utf8-intact",
    "chat.stream.finish-last",
    "chat.message-present",
    "chat.stream.schema",
)
"""What keeps a text whole: where it is broken, it is no JSON either."""
REFUSALS = (("choices", None, "message", "refusal"), ("choices", None, "delta", "refusal"))


@dataclass(frozen=True, slots=True)
class Filled:
    """What came where JSON was asked for: the format, and the turns that speak."""

    format: Mapping[str, Any]
    turns: tuple[Turn, ...]
    has_stops: bool

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema asked for; empty where there is none."""
        found = self._named.get("schema")
        return found if isinstance(found, dict) else {}

    @property
    def strict(self) -> bool:
        """Whether the schema is to be followed to the letter."""
        return self._named.get("strict") is True

    @property
    def _named(self) -> dict[str, Any]:
        named = self.format.get("json_schema")
        return named if isinstance(named, dict) else {}


def _filled(*kinds: str) -> Callable[[Exchange], Filled | None]:
    def view(exchange: Exchange) -> Filled | None:
        answer = turns(exchange)
        wanted = answer.asked.get("response_format") if answer else None
        if answer is None or not isinstance(wanted, dict) or wanted.get("type") not in kinds:
            return None
        spoken = tuple(turn for turn in answer.turns if not turn.calls and not turn.is_refusal and turn.text)
        return Filled(wanted, spoken, bool(answer.asked.get("stop"))) if spoken else None

    view.__doc__ = f"Read an answer where {' or '.join(kinds)} was asked for."
    return view


any_json, json_object, json_schema = (
    _filled("json_object", "json_schema"),
    _filled("json_object"),
    _filled("json_schema"),
)


def strict_schema(exchange: Exchange) -> Filled | None:
    """Read an answer where a strict schema was asked for."""
    filled = json_schema(exchange)
    return filled if filled and filled.strict and filled.schema else None


def loose_schema(exchange: Exchange) -> Filled | None:
    """Read an answer where a schema was asked for that is not strict."""
    filled = json_schema(exchange)
    return filled if filled and not filled.strict and filled.schema else None


@check(
    "structured.no-fence",
    Level.MUST,
    Basis.SPEC,
    of=any_json,
    cite=spec("ResponseFormatJsonSchema") + "; " + spec("ResponseFormatJsonObject"),
    breaks=(PARSERS + ": the answer is no JSON",),
    remedy="Constrain the sampling to JSON; do not wrap it in Markdown.",
    evidence=("ogx-ai/ogx#529", "venice api-docs#264"),
    requires=INTACT,
)
def no_fence(it: Filled) -> Iterator[Verdict]:
    """Where JSON is asked for, no Markdown fence stands around it."""
    for turn in it.turns:
        if turn.text.lstrip().startswith("```"):
            yield Problem("JSON", turn.text[:60], at=f"{turn.at}, content")


@check(
    "structured.json-object",
    Level.MUST,
    Basis.SPEC,
    of=json_object,
    cite=spec("ResponseFormatJsonObject") + ": ensures the message the model generates is valid JSON",
    breaks=(PARSERS + ": the answer is no JSON",),
    remedy="Constrain the sampling to a JSON object, or refuse with 400 and param response_format.",
    evidence=("huggingface/transformers serve 5.23 (recorded)",),
    requires=("structured.no-fence", *INTACT),
)
def json_object_(it: Filled) -> Iterator[Verdict]:
    """With json_object the content is a JSON object."""
    yield from _json(it)


@check(
    "structured.schema-json",
    Level.MUST,
    Basis.SPEC,
    of=json_schema,
    cite=spec("ResponseFormatJsonSchema"),
    breaks=(PARSERS + ": the answer is no JSON",),
    remedy="Constrain the sampling by the schema, or refuse with 400 and param response_format.",
    evidence=("hindsight#2674", "huggingface/transformers serve 5.23 (recorded)"),
    requires=("structured.no-fence", *INTACT),
)
def schema_json(it: Filled) -> Iterator[Verdict]:
    """With json_schema the content is JSON."""
    yield from _json(it, whatever=True)


def _json(it: Filled, *, whatever: bool = False) -> Iterator[Verdict]:
    for turn in it.turns:
        value = parsed(turn.text)
        if value is ABSENT or (not whatever and not isinstance(value, dict)):
            yield _cut(it, turn) or Problem(
                "JSON" if whatever else "a JSON object", turn.text, at=f"{turn.at}, content"
            )


def _cut(it: Filled, turn: Turn) -> Inconclusive | None:
    """Excuse half an answer, if it began as JSON, or with the blanks that models write without end."""
    text = turn.text.lstrip()
    if text and not text.startswith(("{", "[", '"')):
        return None
    if turn.is_cut:
        return Inconclusive(f"the answer was cut: {turn.finish}")
    return Inconclusive("the answer may have been cut by a stop sequence") if it.has_stops else None


def parsed(text: str) -> Any:
    """Return the first value of a JSON text; ABSENT where it is none, or something else follows.

    OpenAI's models write their object twice at times, a line apart: the second is no departure of the server's.
    """
    values, rest = [], text.strip()
    try:
        while rest:
            value, end = json.JSONDecoder().raw_decode(rest)
            values.append(value)
            rest = rest[end:].lstrip()
    except (ValueError, RecursionError):
        return ABSENT
    return values[0] if values and (len(values) == 1 or isinstance(values[0], dict)) else ABSENT


@check(
    "structured.schema-valid",
    Level.MUST,
    Basis.SPEC,
    of=strict_schema,
    cite=spec("JSONSchema/properties/strict") + ": the model will always follow the exact schema",
    breaks=(PARSERS + ": fields are missing, or of the wrong type",),
    remedy="Constrain the sampling by the schema, or refuse with 400 and param response_format.",
    evidence=("hindsight#2674", "vllm-project/vllm#50544", "ggml-org/llama.cpp#23463"),
    requires=("structured.schema-json", *INTACT),
)
def schema_valid(it: Filled) -> Iterator[Verdict]:
    """With a strict json_schema the content fits the schema."""
    yield from _misfits(it)


@check(
    "structured.schema-followed",
    Level.SHOULD,
    Basis.SPEC,
    of=loose_schema,
    cite=spec("ResponseFormatJsonSchema") + ": strict false is best effort",
    breaks=(PARSERS,),
    remedy="Give the model the schema where strict is false, too.",
    evidence=("vllm-project/vllm#53006",),
    requires=("structured.schema-json", *INTACT),
)
def schema_followed(it: Filled) -> Iterator[Verdict]:
    """With a json_schema that is not strict the content fits the schema all the same."""
    yield from _misfits(it)


def _misfits(it: Filled) -> Iterator[Verdict]:
    for turn in it.turns:
        value = parsed(turn.text)
        if value is ABSENT:
            yield _cut(it, turn) or Inconclusive("the content is no JSON")
            continue
        for pointer, fault in schemas.faults(it.schema, value)[:1]:
            yield Problem("content that fits the schema", fault, at=f"{turn.at}, content{pointer}")


PLAIN = ("response_format", "tools", "tool_choice", "parallel_tool_calls", "stream_options", "seed", "top_p", "store")


def _asks_for(kind: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = legal_chat(exchange)
        wanted = asked.body.get("response_format") if asked else None
        fits = isinstance(wanted, dict) and wanted.get("type") == kind and not _format_fault(wanted)
        return asked if asked and fits and is_plain_but(asked, *PLAIN) and not asked.is_about_messages else None

    view.__doc__ = f"Read an answered request for {kind}."
    return view


def _format_fault(wanted: Mapping[str, Any]) -> str:
    """Return what is wrong with the schema of a format, empty where nothing is."""
    named = wanted.get("json_schema")
    if wanted.get("type") != "json_schema":
        return ""
    if not isinstance(named, dict) or not isinstance(named.get("name"), str):
        return "no name"
    schema = named.get("schema", {})
    return schemas.fault(schema) or ("not strict" if named.get("strict") is True and not _is_closed(schema) else "")


def _is_closed(schema: Any) -> bool:
    """Whether all objects of a schema are closed and all their properties required, as `strict` wants it."""
    if isinstance(schema, list):
        return all(map(_is_closed, schema))
    if not isinstance(schema, dict):
        return True
    properties = schema.get("properties")
    closed = schema.get("additionalProperties") is False and set(schema.get("required") or ()) >= set(properties or ())
    return (closed or not isinstance(properties, dict)) and all(map(_is_closed, schema.values()))


@check(
    "structured.schema-accepted",
    Level.MUST,
    Basis.SPEC,
    of=_asks_for("json_schema"),
    cite=spec("ResponseFormatJsonSchema"),
    breaks=(PARSERS + ": every request fails",),
    remedy="Take json_schema, or refuse it with 400 and param response_format.",
    evidence=("ggml-org/llama.cpp#23463", "abetlen/llama-cpp-python 0.3.36 (recorded)"),
)
def schema_accepted(asked: Asked) -> Iterator[Verdict]:
    """A request with json_schema is answered, or refused by name."""
    yield from _accepted(asked, "json_schema")


@check(
    "structured.object-accepted",
    Level.MUST,
    Basis.SPEC,
    of=_asks_for("json_object"),
    cite=spec("ResponseFormatJsonObject"),
    breaks=("applications that ask for JSON mode: every request fails",),
    remedy="Take json_object, or refuse it with 400 and param response_format.",
)
def object_accepted(asked: Asked) -> Iterator[Verdict]:
    """A request with json_object is answered, or refused by name."""
    if "json" in str(asked.body.get("messages")).lower():
        yield from _accepted(asked, "json_object")


def _accepted(asked: Asked, kind: str) -> Iterator[Verdict]:
    verdict = refusal_of(asked, kind, "response_format", "json_schema", "json_object", "tools")
    if verdict:
        yield verdict


def _wrongly_asks(fits: Callable[[Mapping[str, Any]], bool], doc: str) -> Callable[[Exchange], Asked | None]:
    def view(exchange: Exchange) -> Asked | None:
        asked = asked_chat(exchange)
        wanted = asked.body.get("response_format") if asked else None
        return asked if isinstance(wanted, dict) and fits(wanted) else None

    view.__doc__ = doc
    return view


KINDS = ("text", "json_object", "json_schema")


@check(
    "structured.type-enum",
    Level.SHOULD,
    Basis.SPEC,
    of=_wrongly_asks(
        lambda wanted: wanted.get("type") not in KINDS,
        "Read an answered request for a response_format that is not documented.",
    ),
    cite=spec(sources.CHAT_REQUEST + "response_format"),
    breaks=("everybody with a mistake in a request: the format is ignored without a word",),
    remedy="Refuse with 400 and param response_format.type.",
)
def type_enum(asked: Asked) -> Iterator[Verdict]:
    """A response_format that is not documented is refused with a 4xx."""
    yield from _refused(asked, "400, param response_format.type")


@check(
    "structured.bad-schema",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=_wrongly_asks(
        lambda wanted: _format_fault(wanted) not in ("", "not strict"),
        "Read an answered request with a json_schema that is no JSON Schema.",
    ),
    cite=sources.WIRE + ": 400 invalid_json_schema",
    breaks=("everybody with a mistake in a schema: the model guesses",),
    remedy="Refuse with 400, code invalid_json_schema and param response_format.",
)
def bad_schema(asked: Asked) -> Iterator[Verdict]:
    """A json_schema that is no JSON Schema is refused with a 4xx."""
    yield from _refused(asked, "400 invalid_json_schema")


@check(
    "structured.strict-rules",
    Level.MAY,
    Basis.DE_FACTO,
    of=_wrongly_asks(
        lambda wanted: _format_fault(wanted) == "not strict",
        "Read an answered request with a strict schema whose objects are open.",
    ),
    cite=sources.WIRE + ": 400 invalid_json_schema",
    breaks=("nobody: applications that are developed on it and then moved to OpenAI",),
    remedy="Refuse strict schemas whose objects lack additionalProperties: false or leave properties optional.",
)
def strict_rules(asked: Asked) -> Iterator[Verdict]:
    """A strict schema whose objects are open is refused."""
    yield from _refused(asked, "400 invalid_json_schema")


@check(
    "structured.json-word",
    Level.MAY,
    Basis.DE_FACTO,
    of=_wrongly_asks(
        lambda wanted: wanted.get("type") == "json_object",
        "Read an answered request for json_object.",
    ),
    cite=sources.WIRE + ": 400, param messages",
    breaks=("nobody: applications that are developed on it and then moved to OpenAI",),
    remedy="Refuse json_object where no message speaks of JSON: the model would fill the answer with blanks.",
)
def json_word(asked: Asked) -> Iterator[Verdict]:
    """json_object without a word of JSON in the messages is refused."""
    if "json" not in str(asked.body.get("messages")).lower():
        yield from _refused(asked, "400, param messages")


def _refused(asked: Asked, wanted: str) -> Iterator[Verdict]:
    if asked.response.ok or (asked.response.status >= 500 and not asked.is_outage):
        yield Problem(wanted, asked.response.status, at="status")


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer with a refusal, or with something else under `refusal`; the shapes that do not fit."""

    turns: tuple[Turn, ...]
    departures: tuple[tuple[str, Departure], ...]


def refused(exchange: Exchange) -> Refused | None:
    """Read an answer in which the model refuses."""
    answer = turns(exchange)
    if answer is None:
        return None
    spoken = tuple(turn for turn in answer.turns if turn.refusal not in (ABSENT, None, ""))
    return Refused(spoken, tuple(_misshapen(exchange))) if spoken else None


def _misshapen(exchange: Exchange) -> Iterator[tuple[str, Departure]]:
    body, stream = chat_body(exchange), chat_stream(exchange)
    found = [("", each) for each in body.departures] if body else []
    found += [(f"event {at}, ", each) for at, each in stream.departures] if stream else []
    yield from ((at, each) for at, each in found if rules.within(each.path, *REFUSALS))


@check(
    "structured.refusal-string",
    Level.MUST,
    Basis.SPEC,
    of=refused,
    cite=spec("ChatCompletionResponseMessage/properties/refusal"),
    breaks=("typed clients; people, who are shown an object",),
    remedy="Send the words of a refusal as a string, or null.",
)
def refusal_string(it: Refused) -> Iterator[Verdict]:
    """A refusal is a string."""
    for at, departure in it.departures:
        yield Problem("a string, or null", departure.actual, at=f"{at}{departure.pointer}")


@check(
    "structured.refusal-alone",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=refused,
    cite=sources.WIRE + ": content is null beside a refusal (14 of 14)",
    breaks=(PARSERS + ": they parse the content first",),
    remedy="Set content to null where the model refuses.",
    requires=("structured.refusal-string", "chat.stream.finish-last"),
)
def refusal_alone(it: Refused) -> Iterator[Verdict]:
    """Beside a refusal there is no content."""
    for turn in it.turns:
        if turn.text:
            yield Problem("null", turn.text, at=f"{turn.at}, content")


@relation(
    "structured.stream-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="structured.parity",
    cite=sources.WIRE + ": key sets and types agree between any two runs",
    breaks=("applications that turn streaming on: the schema is forgotten",),
    remedy="Constrain streams as you constrain bodies.",
)
def stream_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream fills a schema as a body does: with the same keys."""
    answers = [turns(run[name]) for name in ("body", "stream") if name in run]
    texts = [answer.turns[0] for answer in answers if answer and len(answer.turns) == 1]
    if len(texts) < 2 or any(turn.is_cut or turn.is_refusal or "\ufffd" in turn.text for turn in texts):
        yield Inconclusive("no two whole answers")
        return
    body, stream = (parsed(turn.text[: turn.text.rfind("}") + 1]) for turn in texts)
    if not isinstance(body, dict):
        yield Inconclusive("no JSON object in the body to compare with")
    elif not isinstance(stream, dict) or set(stream) != set(body):
        shown = ", ".join(sorted(stream)) if isinstance(stream, dict) else texts[1].text[:80]
        yield Problem(f"an object with {', '.join(sorted(body))}", shown, at="stream")
