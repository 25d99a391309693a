"""Flaws of JSON that was asked for, and of refusals."""

import json
from collections.abc import Callable
from typing import Any

from reference_server.flaws.canned import SERVER_ERROR, accept
from reference_server.flaws.kinds import after, answer, asked
from reference_server.flaws.messages import Json, Reply, Request

PROSE = "Seahaven is a small town with a harbour and a lighthouse."


def wanted(request: Request) -> Json:
    """The response_format of a chat request; empty where there is none."""
    found = request.json.get("response_format") if request.is_chat else None
    return found if isinstance(found, dict) else {}


def is_strict(request: Request) -> bool:
    """A strict schema is asked for."""
    return bool(wanted(request).get("json_schema", {}).get("strict"))


def rewritten(reply: Reply, change: Callable[[str], str]) -> Reply:
    """The reply with another text, where it has one."""
    value = reply.json
    for choice in value["choices"]:
        if isinstance(choice["message"]["content"], str):
            choice["message"]["content"] = change(choice["message"]["content"])
    return reply.with_json(value)


@after("structured.no-fence")
def json_fenced(request: Request, reply: Reply) -> Reply:
    """JSON comes in a Markdown fence."""
    if not wanted(request) or not reply.answers(request) or wanted(request)["type"] == "text":
        return reply
    return rewritten(reply, lambda text: f"```json\n{text}\n```")


@after("structured.json-object")
def json_object_ignored(request: Request, reply: Reply) -> Reply:
    """Where a JSON object is asked for, prose comes."""
    asks = wanted(request).get("type") == "json_object" and reply.answers(request)
    return rewritten(reply, lambda _: PROSE) if asks else reply


@after("structured.schema-json")
def json_schema_ignored(request: Request, reply: Reply) -> Reply:
    """Where JSON by a schema is asked for, prose comes."""
    asks = wanted(request).get("type") == "json_schema" and reply.answers(request)
    return rewritten(reply, lambda _: PROSE) if asks else reply


@after("structured.schema-valid")
def strict_schema_broken(request: Request, reply: Reply) -> Reply:
    """The population is a word, though the strict schema wants a number."""
    return rewritten(reply, _with_many) if is_strict(request) and reply.answers(request) else reply


@after("structured.schema-followed")
def loose_schema_broken(request: Request, reply: Reply) -> Reply:
    """The population is a word where the schema is not strict."""
    asks = wanted(request).get("type") == "json_schema" and not is_strict(request)
    return rewritten(reply, _with_many) if asks and reply.answers(request) else reply


@after("structured.schema-accepted")
def json_schema_500(request: Request, reply: Reply) -> Reply:
    """A request for JSON by a schema is answered 500."""
    return SERVER_ERROR if wanted(request).get("type") == "json_schema" and reply.answers(request) else reply


@after("structured.object-accepted")
def json_object_500(request: Request, reply: Reply) -> Reply:
    """A request for a JSON object is answered 500."""
    return SERVER_ERROR if wanted(request).get("type") == "json_object" and reply.answers(request) else reply


@after("structured.type-enum")
def unknown_format_accepted(request: Request, reply: Reply) -> Reply:
    """A response_format that does not exist is ignored."""
    return accept(request, reply) if reply.error.get("param") == "response_format.type" else reply


@after("structured.bad-schema")
def bad_schema_accepted(request: Request, reply: Reply) -> Reply:
    """A schema of a type that does not exist is taken."""
    return _accepted(request, reply) if "type" in _refused_schema(request, reply).get("type", "") else reply


@after("structured.strict-rules")
def open_schema_accepted(request: Request, reply: Reply) -> Reply:
    """A strict schema whose objects are open is taken."""
    return _accepted(request, reply) if _refused_schema(request, reply).get("type") == "object" else reply


@after("structured.json-word")
def json_word_not_needed(request: Request, reply: Reply) -> Reply:
    """A JSON object is given where no message speaks of JSON."""
    asks = wanted(request).get("type") == "json_object" and reply.error.get("param") == "messages"
    return _accepted(request, reply) if asks else reply


@answer("structured.refusal-string")
def refusal_object(answer: Json) -> None:
    """A refusal is an object."""
    for choice in answer["choices"]:
        if choice["message"].get("refusal"):
            choice["message"]["refusal"] = {"text": choice["message"]["refusal"]}


@answer("structured.refusal-alone")
def refusal_in_content(answer: Json) -> None:
    """A refusal stands in the content, too."""
    for choice in answer["choices"]:
        if choice["message"].get("refusal"):
            choice["message"]["content"] = choice["message"]["refusal"]


@asked("structured.schema-json", "structured.stream-parity")
def schema_ignored_in_streams(asked: Json) -> None:
    """A stream does not follow the schema that is asked for."""
    if asked.get("stream") is True and asked.get("response_format", {}).get("type") == "json_schema":
        del asked["response_format"]


def _with_many(text: str) -> str:
    value: Any = json.loads(text)
    return json.dumps({**value, "population": "many"} if "population" in value else value)


def _refused_schema(request: Request, reply: Reply) -> Json:
    refused = reply.error.get("code") == "invalid_json_schema"
    return dict(wanted(request)["json_schema"]["schema"]) if refused and wanted(request) else {}


def _accepted(request: Request, reply: Reply) -> Reply:
    """The refusal turned into an answer in JSON."""
    return rewritten(accept(request, reply), lambda _: "{}")
