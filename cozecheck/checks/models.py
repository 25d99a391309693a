"""Checks: the list of models, and models that are not there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks.registry import check, relation
from cozecheck.contract import shapes, sources
from cozecheck.contract.operations import operation
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.failures import error_in
from cozecheck.views.models import (
    ModelAnswer,
    found_model,
    listed,
    model_answer,
    model_id,
    models_answer,
    models_list,
    nonsense_model,
    unknown_model,
)
from cozecheck.views.requests import Asked, is_nonsense
from cozecheck.views.wire import Answer

ELSEWHERE = (401, 403, 429, 502, 503, 504)
"""Statuses that say nothing about models."""
PICKERS = "model pickers (Open WebUI, LibreChat), and the SDKs' models.list()"


@check(
    "models.list",
    Level.MUST,
    Basis.SPEC,
    of=models_answer,
    cite=sources.MODELS,
    breaks=(PICKERS,),
    remedy="Answer GET /models with the models that you serve.",
)
def list_(it: Answer) -> Iterator[Verdict]:
    """GET /models answers 200."""
    status = it.response.status
    if status in (404, 405, 501) and isinstance(error_in(it.response.json), dict):
        yield Unsupported(f"GET /models: {status}")
    elif status in ELSEWHERE:
        yield Inconclusive(f"refused for another reason ({status})")
    elif status >= 400:
        yield Problem("200", status, at="status")


@check(
    "models.list-shape",
    Level.MUST,
    Basis.SPEC,
    of=models_list,
    cite=sources.MODELS + "/required",
    breaks=(PICKERS,),
    remedy='Answer `{"object": "list", "data": [...]}`.',
    evidence=("chatcraft#515", "parallax#440"),
    requires=("transport.encoding", "transport.json-strict"),
)
def list_shape(it: Answer) -> Iterator[Verdict]:
    """The list of models is an object with object "list" and a list under data."""
    body = it.response.json
    if not isinstance(body, dict) or not isinstance(body.get("data"), list):
        yield Problem("a list under data", body, at="/data")
    elif body.get("object") != "list":
        yield Problem("list", body.get("object", ABSENT), at="/object")


@check(
    "models.item-fields",
    Level.MUST,
    Basis.SPEC,
    of=models_list,
    cite=sources.MODEL + "/required",
    breaks=("typed clients, in which created and owned_by are required",),
    remedy="Give every model id, object `model`, created (whole seconds) and owned_by.",
    evidence=("webai-at-home#208", "parallax#440"),
)
def item_fields(it: Answer) -> Iterator[Verdict]:
    """Every model has id, object "model", created in whole seconds, and owned_by."""
    for place, item in enumerate(listed(it.response.json)):
        for departure in shapes.model(item):
            yield Problem(departure.expected, departure.actual, at=f"/data/{place}{departure.pointer}")


@check(
    "models.ids-unique",
    Level.SHOULD,
    Basis.SPEC,
    of=models_list,
    cite=sources.MODEL + "/properties/id",
    breaks=("pickers that key by id",),
    remedy="List every model once.",
)
def ids_unique(it: Answer) -> Iterator[Verdict]:
    """No model is listed twice."""
    counted = Counter(item["id"] for item in listed(it.response.json) if isinstance(item, dict) and _named(item))
    for model, times in counted.items():
        if times > 1:
            yield Problem("once", f"{model} {times} times", at="/data")


def _named(item: Mapping[str, object]) -> bool:
    return isinstance(item.get("id"), str)


@relation(
    "models.listed",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="models.all",
    cite=sources.MODELS,
    breaks=(PICKERS,),
    remedy="List every name under which a model answers, aliases too.",
    evidence=("webai-at-home#208",),
)
def model_listed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The model that answers is in the list."""
    chat, models = run.get("chat"), run.get("list")
    if chat is None or models is None or not _ok(chat) or not models_list(models) or not _is_readable(models):
        yield Inconclusive("no answer and no list to compare")
        return
    asked = chat.request.json.get("model")
    known = _ids(models)
    if asked not in known:
        yield Problem(f"{asked} among the models", known[:20], at="/data")


def _is_readable(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.json is not ABSENT


def _ids(exchange: Exchange) -> list[Any]:
    items = listed(exchange.response.json) if exchange.response else []
    return [item.get("id") for item in items if isinstance(item, dict)]


def _ok(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.ok


@check(
    "models.retrieve",
    Level.MUST,
    Basis.SPEC,
    of=model_answer,
    cite=sources.spec("Model") + "; GET /models/{model}",
    breaks=("openai-python: models.retrieve() raises, for a model that is there",),
    remedy="Answer GET /models/{id}, ids with a slash too, with the object from the list.",
    evidence=("webai-at-home#208",),
)
def retrieve(it: ModelAnswer) -> Iterator[Verdict]:
    """GET /models/{id} answers the model, or says that this model is not found."""
    status = it.response.status
    error = error_in(it.response.json)
    if it.response.ok:
        for departure in shapes.model(it.response.json):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)
    elif status in ELSEWHERE or is_nonsense(it.model):
        yield Inconclusive(f"refused with {status}")
    elif status != 404 or not isinstance(error, dict) or not _is_about_model(error):
        yield Problem("the model, or 404 with model_not_found", _said(it), at="status")


def _is_about_model(error: Mapping[str, object]) -> bool:
    message = error.get("message")
    return error.get("code") == "model_not_found" or (isinstance(message, str) and "model" in message.lower())


def _said(it: ModelAnswer) -> str:
    return f"{it.response.status}: {it.response.content[:120].decode('utf-8', 'replace')}"


@relation(
    "models.retrieve-listed",
    Level.MUST,
    Basis.SPEC,
    scenario="models.all",
    cite=sources.spec("Model") + "; GET /models/{model}",
    breaks=("openai-python: models.retrieve() raises, for a model that is listed",),
    remedy="Look models up where you list them.",
)
def retrieve_listed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A model that is listed can be retrieved."""
    got, models = run.get("retrieve"), run.get("list")
    asked = model_answer(got) if got else None
    if got is None or got.response is None or asked is None or models is None or asked.model not in _ids(models):
        yield Inconclusive("no model is listed")
    elif got.response.status in ELSEWHERE:
        yield Inconclusive(f"refused for another reason ({got.response.status})")
    elif not got.response.ok:
        yield Problem("200", got.response.status, at="retrieve")


@relation(
    "models.retrieve-same",
    Level.SHOULD,
    Basis.SPEC,
    scenario="models.all",
    cite=sources.MODEL,
    breaks=("clients that cache by id",),
    remedy="Build the list and the single model from one source.",
)
def retrieve_same(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A retrieved model is the same object as in the list."""
    got, models = run.get("retrieve"), run.get("list")
    if got is None or models is None or not _ok(got) or not _ok(models) or not _ids(models):
        yield Inconclusive("no model that is listed and retrieved")
        return
    assert got.response is not None
    assert models.response is not None
    single = got.response.json
    if not isinstance(single, dict):
        return
    same = [
        item for item in listed(models.response.json) if isinstance(item, dict) and item.get("id") == single.get("id")
    ]
    for key in ("id", "object", "created", "owned_by"):
        if not same or same[0].get(key) != single.get(key):
            yield Problem(same[0].get(key, ABSENT) if same else "an id of the list", single.get(key), at=f"/{key}")
            return


@relation(
    "models.retrieve-encoded",
    Level.MUST,
    Basis.SDK,
    scenario="models.odd",
    cite=sources.PYTHON_PATHS,
    breaks=("openai-python and openai-node: models.retrieve() of ids with a slash, which they send as %2F",),
    remedy="Decode the path before you look the id up, and let an id hold slashes.",
)
def retrieve_encoded(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A listed model whose id holds a slash, a colon or other letters can be retrieved, percent-encoded."""
    looked_up = {name: each for name, each in run.items() if name.startswith("odd ")}
    if not looked_up:
        yield Inconclusive("no listed id has a slash, a colon or other letters")
    for name, each in looked_up.items():
        if each.response is None or each.response.status in (401, 403, 408, 429):
            yield Inconclusive(f"{model_id(each)} was not looked up")
        elif not each.response.ok:
            yield Problem(f"200 for {model_id(each)}", each.response.status, at=name)


@check(
    "models.retrieve-id",
    Level.SHOULD,
    Basis.SPEC,
    of=found_model,
    cite=sources.MODEL + "/properties/id",
    breaks=("clients that cache by id",),
    remedy="Show the id as it is listed, not as it stands in the path.",
    requires=("models.retrieve",),
)
def retrieve_id(it: ModelAnswer) -> Iterator[Verdict]:
    """A retrieved model has the id that was asked for."""
    body = it.response.json
    if isinstance(body, dict) and body.get("id") != it.model:
        yield Problem(it.model, body.get("id", ABSENT), at="/id")


@relation(
    "models.list-stable",
    Level.MAY,
    Basis.DE_FACTO,
    scenario="models.odd",
    cite=sources.WIRE,
    breaks=("pickers whose entries jump, and clients that take the first model",),
    remedy="List the models in one order.",
)
def list_stable(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The list of models comes twice in one order."""
    first, second = run.get("list"), run.get("list again")
    if first is None or second is None or not _ok(first) or not _ok(second):
        yield Inconclusive("no two lists to compare")
        return
    once, twice = (_listed_ids(each) for each in (first, second))
    if sorted(once) == sorted(twice) and once != twice:
        yield Problem(", ".join(once[:8]), ", ".join(twice[:8]), at="list again")


def _listed_ids(exchange: Exchange) -> list[str]:
    assert exchange.response is not None
    return [str(item.get("id")) for item in listed(exchange.response.json) if isinstance(item, dict)]


def nonsense_lookup(exchange: Exchange) -> ModelAnswer | None:
    """Read an answer about a model that its very name says is none."""
    asked = operation(exchange.request)
    found = model_answer(exchange) if asked else None
    return found if found and is_nonsense(found.model) else None


@check(
    "models.retrieve-unknown",
    Level.MUST,
    Basis.SDK,
    of=nonsense_lookup,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no NotFoundError for a model that is not there",),
    remedy="Answer 404 for ids that you do not list.",
)
def retrieve_unknown(it: ModelAnswer) -> Iterator[Verdict]:
    """GET /models/{id} of an unknown model answers 404."""
    if it.response.status in ELSEWHERE:
        yield Inconclusive(f"refused for another reason ({it.response.status})")
    elif it.response.status != 404:
        yield Problem("404", _said(it), at="status")


@check(
    "models.unknown-rejected",
    Level.MUST,
    Basis.SPEC,
    of=nonsense_model,
    cite=sources.spec("CreateChatCompletionRequest/properties/model"),
    breaks=("everybody with a misspelt model: answers come, from some other model",),
    remedy="Refuse names that no route takes; make a catch-all route a decision, not an accident.",
    evidence=("mlx-serve#257", "sgl-project/sglang#31404", "hermes-agent#118254"),
)
def unknown_rejected(asked: Asked) -> Iterator[Verdict]:
    """A request for a model that does not exist is refused."""
    if asked.response.ok:
        yield Problem("404", f"{asked.response.status} for the model {asked.body['model']!r}", at="status")


@check(
    "models.unknown-status",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=unknown_model,
    cite=sources.WIRE + "; " + sources.PYTHON_STATUS,
    breaks=("openai-python: BadRequestError where applications catch NotFoundError",),
    remedy="Answer 404 (the Responses API: 400).",
)
def unknown_status(asked: Asked) -> Iterator[Verdict]:
    """An unknown model is answered with 404, by the Responses API with 400."""
    known = operation(asked.exchange.request)
    expected = 400 if known and known.name == "responses.create" else 404
    if asked.response.status not in (expected, 404):
        yield Problem(str(expected), asked.response.status, at="status")


@check(
    "models.unknown-code",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=unknown_model,
    cite=sources.WIRE,
    breaks=("clients that fall back to another model on model_not_found",),
    remedy="Set code to model_not_found.",
)
def unknown_code(asked: Asked) -> Iterator[Verdict]:
    """An unknown model is answered with the code model_not_found."""
    if asked.error and asked.error.get("code") != "model_not_found":
        yield Problem("model_not_found", asked.error.get("code"), at="/error/code")
