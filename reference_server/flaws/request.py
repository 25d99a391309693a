"""Flaws of how a chat request is read and honoured."""

from itertools import pairwise
from typing import Any

from reference_server.flaws.bounds import has_many_stops, is_number
from reference_server.flaws.canned import SERVER_ERROR, accept, refuse
from reference_server.flaws.kinds import after, asked, before
from reference_server.flaws.messages import Json, Reply, Request

PLAIN = {"model", "messages", "max_tokens", "max_completion_tokens", "temperature", "stream"}
SHORT = 100  # characters
GREETING = [{"role": "user", "content": "Hello"}]


@after("request.plain")
def plain_500(request: Request, reply: Reply) -> Reply:
    """A plain question, short and alone, with its question mark, is answered 500."""
    asks = _is_plain(request) and _turns(request)[0]["content"].endswith("?")
    return SERVER_ERROR if reply.answers(request) and asks else reply


@after("request.stream")
def stream_500(request: Request, reply: Reply) -> Reply:
    """A plain question is answered 500 where a stream is asked for."""
    return SERVER_ERROR if reply.streams and _is_plain(request) else reply


@before("request.system-role")
def system_role_refused(request: Request) -> Request | Reply:
    """A system message that is a string is refused, if no assistant has spoken."""
    refused = any(turn.get("role") == "system" and isinstance(turn.get("content"), str) for turn in _turns(request))
    return _refuse_role("system") if refused and "assistant" not in _roles(request) else request


@before("request.developer-role")
def developer_role_refused(request: Request) -> Request | Reply:
    """A developer message is refused."""
    return _refuse_role("developer") if "developer" in _roles(request) else request


@before("request.content-array")
def content_array_refused(request: Request) -> Request | Reply:
    """Content as a list of parts is refused, but for a tool's result."""
    message = "Invalid type for 'messages[0].content': expected a string, but got an array instead."
    refusal = refuse(400, message, param="messages[0].content", code="invalid_type")
    listed = [turn for turn in _turns(request) if isinstance(turn.get("content"), list) and turn.get("role") != "tool"]
    return refusal if listed else request


@before("request.multi-turn")
def multi_turn_refused(request: Request) -> Request | Reply:
    """A conversation in which the assistant has answered the user in words is refused."""
    roles = [turn.get("role") for turn in _turns(request) if not turn.get("tool_calls")]
    return _refuse_role("assistant") if ("user", "assistant") in pairwise(roles) else request


@before("request.role-order")
def role_order_500(request: Request) -> Request | Reply:
    """Roles in an order that a chat template does not expect are answered 500."""
    roles = _roles(request)
    repeats = any(one == other for one, other in pairwise(roles))
    return SERVER_ERROR if repeats or roles[:1] == ["assistant"] or "system" in roles[1:] else request


@before("request.documented-params")
def param_500(request: Request) -> Request | Reply:
    """A chat request with `user` is answered 500."""
    return SERVER_ERROR if request.is_chat and "user" in request.json else request


@before("request.documented-params")
def param_refused_unnamed(request: Request) -> Request | Reply:
    """A chat request with `metadata` is refused, and not told why."""
    refusal = refuse(400, "This request is not supported.")
    return refusal if request.is_chat and "metadata" in request.json else request


@after("request.unknown-param")
def unknown_param_accepted(request: Request, reply: Reply) -> Reply:
    """A parameter that does not exist is ignored."""
    return accept(request, reply) if _code(reply) == "unknown_parameter" else reply


@asked("request.max-tokens", "chat.finish-length", "chat.stream.finish-length")
def max_tokens_ignored(asked: Json) -> None:
    """A legal max_tokens is ignored."""
    _drop_above(asked, "max_tokens", 0)


@asked("request.max-completion-tokens", "chat.finish-length")
def max_completion_tokens_ignored(asked: Json) -> None:
    """A legal max_completion_tokens is ignored."""
    _drop_above(asked, "max_completion_tokens", 0)


@asked("request.n")
def n_ignored(asked: Json) -> None:
    """One choice comes, where up to 128 are asked for."""
    if is_number(asked.get("n")) and asked["n"] <= 128:
        _drop_above(asked, "n", 1)


@asked("request.stop-excluded")
def stop_ignored(asked: Json) -> None:
    """Up to four stop sequences are ignored."""
    if isinstance(asked.get("stop"), str | list) and not has_many_stops(asked):
        del asked["stop"]


@after("request.stop-excluded")
def stop_included(request: Request, reply: Reply) -> Reply:
    """The text of a chat answer ends with the stop sequence."""
    stop = request.json.get("stop")
    if not stop or not reply.answers(request):
        return reply
    answer = reply.json
    for choice in answer["choices"]:
        if choice["finish_reason"] == "stop":
            choice["message"]["content"] += stop if isinstance(stop, str) else stop[0]
    return reply.with_json(answer)


@before("request.seed")
def seed_ignored(request: Request) -> Request | Reply:
    """Every request has a seed of its own, whatever seed it asks for."""
    if not request.is_chat or not is_number(request.json.get("seed")):
        return request
    return request.with_json({**request.json, "seed": request.number})


@asked("request.required")
def missing_messages_accepted(asked: Json) -> None:
    """A chat request without messages is answered."""
    asked.setdefault("messages", GREETING)


@after("request.required")
def missing_model_accepted(request: Request, reply: Reply) -> Reply:
    """A chat request without a model is answered."""
    accepts = request.is_chat and reply.status == 400 and "messages" in request.json and "model" not in request.json
    return accept(request, reply) if accepts else reply


@asked("request.required")
def empty_messages_accepted(asked: Json) -> None:
    """A chat request whose list of messages is empty is answered."""
    if asked.get("messages") == []:
        asked["messages"] = GREETING


@after("request.types")
def types_coerced(request: Request, reply: Reply) -> Reply:
    """A chat request with a value of the wrong type is answered."""
    accepts = request.is_chat and request.json and _code(reply) == "invalid_type"
    return accept(request, reply) if accepts else reply


@asked("request.stream-options-alone")
def stream_options_alone_accepted(asked: Json) -> None:
    """Where no stream is asked for, stream_options is ignored."""
    if not asked.get("stream"):
        asked.pop("stream_options", None)


def _is_plain(request: Request) -> bool:
    content = [turn.get("content") for turn in _turns(request)]
    short = len(content) == 1 and isinstance(content[0], str) and len(content[0]) < SHORT
    return short and _roles(request) == ["user"] and request.json.keys() <= PLAIN


def _turns(request: Request) -> list[Json]:
    messages = request.json.get("messages") if request.is_chat else None
    return [turn for turn in messages if isinstance(turn, dict)] if isinstance(messages, list) else []


def _roles(request: Request) -> list[Any]:
    return [turn.get("role") for turn in _turns(request)]


def _refuse_role(role: str) -> Reply:
    message = f"Unsupported value: 'messages[0].role' does not support '{role}' with this model."
    return refuse(400, message, param="messages[0].role", code="unsupported_value")


def _code(reply: Reply) -> object:
    return reply.error.get("code")


def _drop_above(asked: Json, name: str, limit: float) -> None:
    if is_number(asked.get(name)) and asked[name] > limit:
        del asked[name]
