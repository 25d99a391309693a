"""Exchanges read as lists of models, models, and requests for a model that is none."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from cozecheck.contract.operations import api_path, operation
from cozecheck.exchange import Exchange, Response
from cozecheck.views.requests import UNKNOWN_MODEL, Asked, is_nonsense
from cozecheck.views.support import is_missing
from cozecheck.views.wire import Answer, answer

GENERATING = ("chat.completions.create", "completions.create", "embeddings.create", "responses.create")


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An answer about one model."""

    exchange: Exchange
    response: Response
    model: str


def models_answer(exchange: Exchange) -> Answer | None:
    """Read an answer to GET /models."""
    asked = operation(exchange.request)
    return answer(exchange) if asked and asked.name == "models.list" else None


def models_list(exchange: Exchange) -> Answer | None:
    """Read a list of models."""
    whole = models_answer(exchange)
    return whole if whole and whole.response.ok else None


def listed(body: Any) -> list[Any]:
    """Return the items of a list of models, however it is wrapped."""
    data = body.get("data") if isinstance(body, dict) else body
    return data if isinstance(data, list) else []


def model_answer(exchange: Exchange) -> ModelAnswer | None:
    """Read an answer to GET /models/{id}."""
    asked = operation(exchange.request)
    whole = answer(exchange)
    if whole is None or asked is None or asked.name != "models.retrieve":
        return None
    return ModelAnswer(exchange, whole.response, model_id(exchange))


def model_id(exchange: Exchange) -> str:
    """Return the id that stands in the path of GET /models/{id}."""
    return unquote((api_path(exchange.request.path) or "").removeprefix("/models/"))


def found_model(exchange: Exchange) -> ModelAnswer | None:
    """Read a model that was found by its id."""
    found = model_answer(exchange)
    return found if found and found.response.ok else None


def nonsense_model(exchange: Exchange) -> Asked | None:
    """Read an answered request for a model that its very name says is none."""
    asked = _generating(exchange)
    return asked if asked and is_nonsense(asked.body.get("model")) else None


def unknown_model(exchange: Exchange) -> Asked | None:
    """Read a refusal that says the model is unknown."""
    asked = _generating(exchange)
    if asked is None or not 400 <= asked.response.status < 500:
        return None
    if asked.response.status == 400 and is_missing(exchange):
        return None
    about_it = is_nonsense(asked.body.get("model")) and "model" in asked.says
    says_so = asked.error.get("code") == "model_not_found" or UNKNOWN_MODEL.search(asked.says)
    return asked if about_it or says_so else None


def _generating(exchange: Exchange) -> Asked | None:
    known = operation(exchange.request)
    whole = answer(exchange)
    if whole is None or known is None or known.name not in GENERATING or not exchange.request.json.get("model"):
        return None
    if whole.response.status in (401, 403, 429):
        return None
    return Asked(exchange, whole.response, exchange.request.json)
