"""Chat completions in OpenAPI, written from the installed SDK's types and our contract's ranges."""

from typing import Any

from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import TypeAdapter

from cozecheck.contract.parameters import LARGE, MAX_STOPS, RANGES

Json = dict[str, Any]
ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}


def document(model: str) -> Json:
    """Return the smallest honest document: one operation, every status that a server may answer."""
    shared: Json = {}
    asked = _schema(CompletionCreateParamsBase, shared)
    _bound(asked["properties"], model)
    for each in (asked, *shared.values()):
        if "properties" in each:
            each["additionalProperties"] = False  # OpenAI refuses what it does not know
            _require_some(each["properties"].get("content", {}))
    answer = _schema(ChatCompletion, shared)
    responses = {
        "200": {
            "description": "An answer",
            "content": {"application/json": {"schema": answer}, "text/event-stream": {}},
        },
        "4XX": {"description": "A refusal", "content": {"application/json": {"schema": ERROR}}},
    }
    operation = {
        "operationId": "createChatCompletion",
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": responses,
        "security": [{"key": []}],
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chat completions", "version": "1"},
        "paths": {"/chat/completions": {"post": operation}},
        "components": {"schemas": shared, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _schema(kind: Any, shared: Json) -> Json:
    """Return the schema of an SDK type; those that it is made of are *shared*."""
    schema = TypeAdapter(kind).json_schema(ref_template="#/components/schemas/{model}")
    shared |= schema.pop("$defs", {})
    return schema


def _bound(properties: Json, model: str) -> None:
    """Say what types cannot: ranges, which model there is, and that streams are asked for in the same way."""
    properties["stream"] = {"type": ["boolean", "null"]}
    properties["model"] = {"const": model}
    for name in ("messages", "stop"):
        _require_some(properties[name])
    for each in RANGES:
        for kind in _arms(properties[each.param]):
            if kind.get("type") in ("integer", "number"):
                # No tokens at all are refused by newer models, and by ours.
                kind |= {"minimum": 1 if each.high == LARGE else each.low, "maximum": each.high}
    for kind in _arms(properties["stop"]):
        if kind.get("type") == "array":
            kind["maxItems"] = MAX_STOPS


def _require_some(schema: Json) -> None:
    for kind in _arms(schema):
        if kind.get("type") == "array":
            kind["minItems"] = 1


def _arms(schema: Json) -> list[Json]:
    return list(schema.get("anyOf", [schema]))
