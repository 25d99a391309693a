"""Flaws of the list of models and of model names."""

import random
from dataclasses import replace
from urllib.parse import quote

from reference_server.flaws.canned import SERVER_ERROR, accept, model, refuse
from reference_server.flaws.kinds import after
from reference_server.flaws.messages import Json, Reply, Request

UNASKED = model("model-that-nobody-asks-for")


@after("models.list")
def models_500(request: Request, reply: Reply) -> Reply:
    """GET /models is answered 500."""
    return reply.with_json(SERVER_ERROR.json, status=500) if _lists(request, reply) else reply


@after("models.list-shape")
def models_bare_list(request: Request, reply: Reply) -> Reply:
    """GET /models answers the bare list."""
    return reply.with_json(reply.json["data"]) if _lists(request, reply) else reply


@after("models.item-fields", "models.retrieve")
def models_no_created(request: Request, reply: Reply) -> Reply:
    """A model has no created, in the list and alone."""
    if _lists(request, reply):
        return _with_models(reply, [_without_created(item) for item in reply.json["data"]])
    return reply.with_json(_without_created(reply.json)) if _retrieves(request, reply) else reply


@after("models.ids-unique")
def models_duplicate(request: Request, reply: Reply) -> Reply:
    """The first model is listed twice."""
    return _with_models(reply, [reply.json["data"][0], *reply.json["data"]]) if _lists(request, reply) else reply


@after("models.listed")
def models_unlisted(request: Request, reply: Reply) -> Reply:
    """GET /models lists one model, which nobody asks for."""
    if request.model_id == UNASKED["id"] and reply.status == 404:
        return reply.with_json(UNASKED, status=200)
    return _with_models(reply, [UNASKED]) if _lists(request, reply) else reply


@after("models.retrieve", "models.retrieve-listed", "models.retrieve-encoded")
def models_no_retrieve(request: Request, reply: Reply) -> Reply:
    """GET /models/{id} is answered 404 for models that are listed, as a path that does not exist."""
    refusal = refuse(404, "Not found.")
    return reply.with_json(refusal.json, status=404) if _retrieves(request, reply) else reply


@after("models.retrieve-same")
def models_retrieve_differs(request: Request, reply: Reply) -> Reply:
    """GET /models/{id} answers another owner than the list."""
    return reply.with_json({**reply.json, "owned_by": "somebody-else"}) if _retrieves(request, reply) else reply


@after("models.retrieve-encoded")
def models_slash_404(request: Request, reply: Reply) -> Reply:
    """GET /models/{id} does not find ids with a slash."""
    if not _odd(request, reply):
        return reply
    refusal = refuse(404, "The model does not exist", param="model", code="model_not_found")
    return reply.with_json(refusal.json, status=404)


@after("models.retrieve-id")
def models_id_encoded(request: Request, reply: Reply) -> Reply:
    """GET /models/{id} shows ids with a slash as they stand in the path."""
    return reply.with_json({**reply.json, "id": quote(reply.json["id"], safe="")}) if _odd(request, reply) else reply


@after("models.list-stable")
def models_shuffled(request: Request, reply: Reply) -> Reply:
    """GET /models lists the models in another order each time."""
    if not _lists(request, reply):
        return reply
    models = reply.json["data"]
    return _with_models(reply, random.sample(models, len(models)))


@after("models.retrieve-unknown")
def models_retrieve_any(request: Request, reply: Reply) -> Reply:
    """GET /models/{id} answers a model whatever the id."""
    if reply.status != 404 or not request.model_id:
        return reply
    return reply.with_json(model(request.model_id), status=200)


@after("models.unknown-rejected")
def unknown_model_accepted(request: Request, reply: Reply) -> Reply:
    """A chat request for an unknown model is answered."""
    return accept(request, reply) if _is_unknown(request, reply) else reply


@after("models.unknown-status")
def unknown_model_400(request: Request, reply: Reply) -> Reply:
    """A chat request for an unknown model is refused with 400."""
    return replace(reply, status=400) if _is_unknown(request, reply) else reply


@after("models.unknown-code")
def unknown_model_no_code(request: Request, reply: Reply) -> Reply:
    """The refusal of a chat request for an unknown model has no code."""
    return reply.with_json({"error": {**reply.error, "code": None}}) if _is_unknown(request, reply) else reply


def _lists(request: Request, reply: Reply) -> bool:
    return request.lists_models and reply.status == 200


def _retrieves(request: Request, reply: Reply) -> bool:
    return bool(request.model_id) and reply.status == 200


def _odd(request: Request, reply: Reply) -> bool:
    return _retrieves(request, reply) and "/" in request.model_id


def _is_unknown(request: Request, reply: Reply) -> bool:
    return request.is_chat and reply.status == 404


def _with_models(reply: Reply, models: list[Json]) -> Reply:
    return reply.with_json({**reply.json, "data": models})


def _without_created(item: Json) -> Json:
    return {key: value for key, value in item.items() if key != "created"}
