"""Flaws of how keys are asked for and refused."""

from dataclasses import replace

from reference_server.flaws.canned import accept, model
from reference_server.flaws.kinds import after
from reference_server.flaws.messages import Reply, Request


@after("auth.bearer-required")
def missing_key_accepted(request: Request, reply: Reply) -> Reply:
    """A chat request without a key is answered."""
    return accept(request, reply) if _is_refused_chat(request, reply) and not _has_key(request) else reply


@after("auth.bearer-required")
def wrong_key_accepted(request: Request, reply: Reply) -> Reply:
    """A chat request with any key is answered."""
    return accept(request, reply) if _is_refused_chat(request, reply) and _has_key(request) else reply


@after("auth.models-protected")
def models_open(request: Request, reply: Reply) -> Reply:
    """GET /models is answered without a key."""
    if reply.status != 401 or not request.lists_models:
        return reply
    return reply.with_json({"object": "list", "data": [model("gpt-4o-mini")]}, status=200)


@after("auth.status")
def auth_403(_: Request, reply: Reply) -> Reply:
    """A key is refused with 403."""
    return replace(reply, status=403) if reply.status == 401 else reply


@after("auth.code")
def auth_no_code(_: Request, reply: Reply) -> Reply:
    """The refusal of a key has no code."""
    return reply.with_json({"error": {**reply.error, "code": None}}) if reply.status == 401 else reply


@after("auth.key-masked")
def key_echoed(request: Request, reply: Reply) -> Reply:
    """The refusal of a key repeats the whole key."""
    if reply.status != 401 or not _has_key(request):
        return reply
    key = request.headers["authorization"].removeprefix("Bearer ")
    return reply.with_json({"error": {**reply.error, "message": f"Incorrect API key provided: {key}."}})


def _is_refused_chat(request: Request, reply: Reply) -> bool:
    return request.is_chat and reply.status == 401


def _has_key(request: Request) -> bool:
    return "authorization" in request.headers
