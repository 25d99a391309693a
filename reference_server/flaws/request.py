"""Flaws of how a chat request is read and honoured."""

from itertools import pairwise
from typing import Any

from reference_server.flaws.canned import SERVER_ERROR, accept, refuse
from reference_server.flaws.kinds import after, asked, before
from reference_server.flaws.messages import Json, Reply, Request

GREETING = [{"role": "user", "content": "Hello"}]


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
    """Content as a list of parts is refused."""
    message = "Invalid type for 'messages[0].content': expected a string, but got an array instead."
    refusal = refuse(400, message, param="messages[0].content", code="invalid_type")
    return refusal if any(isinstance(turn.get("content"), list) for turn in _turns(request)) else request


@before("request.multi-turn")
def multi_turn_refused(request: Request) -> Request | Reply:
    """A conversation in which the assistant has answered the user is refused."""
    return _refuse_role("assistant") if ("user", "assistant") in pairwise(_roles(request)) else request


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


@asked("request.max-tokens")
def max_tokens_ignored(asked: Json) -> None:
    """A legal max_tokens is ignored."""
    _drop_above(asked, "max_tokens", 0)


@asked("request.max-completion-tokens")
def max_completion_tokens_ignored(asked: Json) -> None:
    """A legal max_completion_tokens is ignored."""
    _drop_above(asked, "max_completion_tokens", 0)


@asked("request.n")
def n_ignored(asked: Json) -> None:
    """One choice comes, where up to 128 are asked for."""
    if _is_number(asked.get("n")) and asked["n"] <= 128:
        _drop_above(asked, "n", 1)


@asked("request.stop-excluded")
def stop_ignored(asked: Json) -> None:
    """Up to four stop sequences are ignored."""
    if isinstance(asked.get("stop"), str | list) and not _has_many_stops(asked):
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
    if not request.is_chat or not _is_number(request.json.get("seed")):
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


@asked("request.bounds.temperature")
def bounds_temperature_ignored(asked: Json) -> None:
    """A temperature outside 0 to 2 is ignored."""
    _drop_outside(asked, "temperature", 0, 2)


@asked("request.bounds.top-p")
def bounds_top_p_ignored(asked: Json) -> None:
    """A top_p outside 0 to 1 is ignored."""
    _drop_outside(asked, "top_p", 0, 1)


@asked("request.bounds.n")
def bounds_n_ignored(asked: Json) -> None:
    """An n outside 1 to 128 is ignored."""
    _drop_outside(asked, "n", 1, 128)


@asked("request.bounds.max-tokens")
def bounds_max_tokens_ignored(asked: Json) -> None:
    """A max_tokens below 1 is ignored."""
    _drop_outside(asked, "max_tokens", 1, float("inf"))


@asked("request.bounds.max-completion-tokens")
def bounds_max_completion_tokens_ignored(asked: Json) -> None:
    """A max_completion_tokens below 1 is ignored."""
    _drop_outside(asked, "max_completion_tokens", 1, float("inf"))


@asked("request.bounds.presence-penalty")
def bounds_presence_penalty_ignored(asked: Json) -> None:
    """A presence_penalty outside -2 to 2 is ignored."""
    _drop_outside(asked, "presence_penalty", -2, 2)


@asked("request.bounds.frequency-penalty")
def bounds_frequency_penalty_ignored(asked: Json) -> None:
    """A frequency_penalty outside -2 to 2 is ignored."""
    _drop_outside(asked, "frequency_penalty", -2, 2)


@asked("request.bounds.top-logprobs")
def bounds_top_logprobs_ignored(asked: Json) -> None:
    """A top_logprobs outside 0 to 20 is ignored."""
    _drop_outside(asked, "top_logprobs", 0, 20)


@asked("request.bounds.logit-bias")
def bounds_logit_bias_ignored(asked: Json) -> None:
    """A bias outside -100 to 100 is ignored."""
    if isinstance(asked.get("logit_bias"), dict):
        for token in list(asked["logit_bias"]):
            _drop_outside(asked["logit_bias"], token, -100, 100)


@asked("request.bounds.stop")
def bounds_stop_ignored(asked: Json) -> None:
    """Of more than four stop sequences the first four count."""
    if _has_many_stops(asked):
        asked["stop"] = asked["stop"][:4]


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


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _drop_above(asked: Json, name: str, limit: float) -> None:
    if _is_number(asked.get(name)) and asked[name] > limit:
        del asked[name]


def _drop_outside(asked: Json, name: str, low: float, high: float) -> None:
    if _is_number(asked.get(name)) and not low <= asked[name] <= high:
        del asked[name]


def _has_many_stops(asked: Json) -> bool:
    return isinstance(asked.get("stop"), list) and len(asked["stop"]) > 4
