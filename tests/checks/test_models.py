"""Checks of models, listed and unknown: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.examples import (
    MODEL,
    answer,
    asking,
    chat_body,
    drop,
    error,
    exchange,
    model,
    model_item,
    models,
    put,
    refusal,
)

HTML = "<html><h1>404</h1></html>"
NOT_FOUND = error("The model 'x' does not exist", param="model", code="model_not_found")
NOBODY = "no-such-model"


def listing(status: int = 200, body: Any = None) -> Exchange:
    return exchange(answered=error() if body is None else body, method="GET", path="/models", status=status)


def item(pointer: str, value: Any) -> Exchange:
    return models(put(model_item(), pointer, value))


def lookup(status: int, body: Any = NOT_FOUND, id: str = MODEL) -> Exchange:
    return model(id, body, status=status)


def every(**runs: Exchange) -> dict[str, Exchange]:
    return {"list": models(), "retrieve": model(), "chat": answer(), **runs}


def nobody(status: int, body: Any = NOT_FOUND, path: str = "/chat/completions", **asked: Any) -> Exchange:
    return exchange({**asking(), "model": NOBODY, **asked}, body, status=status, path=path)


BARE = [model_item()]
TWO, TWO_AGAIN = models(model_item("a"), model_item("b")), models(model_item("b"), model_item("a"))
CASES = (
    holds("models.list", "200", models()),
    departs("models.list", "500", listing(500), "status"),
    departs("models.list", "404 outside the envelope", listing(404, {"detail": "Not Found"}), "status"),
    unsupported("models.list", "404 in the envelope", listing(404)),
    unsettled("models.list", "no key", listing(401)),
    unsettled("models.list", "a proxy's 502", listing(502, HTML)),
    holds("models.list-shape", "as documented", models()),
    holds("models.list-shape", "empty", listing(body={"object": "list", "data": []})),
    holds(
        "models.list-shape", "with fields of its own", listing(body={"object": "list", "data": [], "has_more": False})
    ),
    departs("models.list-shape", "a bare list", listing(body=BARE), "/data"),
    departs("models.list-shape", "under another key", listing(body={"object": "list", "models": BARE}), "/data"),
    departs("models.list-shape", "no object", listing(body={"data": BARE}), "/object"),
    holds("models.item-fields", "all four", models()),
    holds("models.item-fields", "more of them", models(model_item(permission=[], root="x", parent=None))),
    departs("models.item-fields", "no created", models(drop(model_item(), "/created")), "/data/0/created"),
    departs("models.item-fields", "created as a float", item("/created", 1.5), "/data/0/created"),
    departs("models.item-fields", "another object", item("/object", "engine"), "/data/0/object"),
    departs("models.item-fields", "names", models("gpt-4o-mini"), "/data/0"),
    departs(
        "models.item-fields",
        "a bare list, without owner",
        listing(body=[drop(model_item(), "/owned_by")]),
        "/data/0/owned_by",
    ),
    holds("models.ids-unique", "two", models(model_item("a"), model_item("b"))),
    departs("models.ids-unique", "one twice", models(model_item("a"), model_item("a")), "/data"),
    holds("models.listed", "among them", every(list=models(model_item("other"), model_item()))),
    departs("models.listed", "not among them", every(list=models(model_item("other"))), "/data"),
    departs("models.listed", "an empty list", every(list=listing(body={"object": "list", "data": []})), "/data"),
    unsettled("models.listed", "a list that does not decode", every(list=listing(body=b"\x1f\x8b"))),
    unsettled("models.listed", "no list", every(list=listing(500))),
    unsettled("models.listed", "no answer", every(chat=refusal(500))),
    holds("models.retrieve", "the model", model()),
    holds("models.retrieve", "an id with a slash", model("org/model")),
    holds("models.retrieve", "404 that speaks of the model", lookup(404)),
    departs("models.retrieve", "404 of a missing route", lookup(404, {"detail": "Not Found"}), "status"),
    departs("models.retrieve", "400", lookup(400), "status"),
    departs("models.retrieve", "the list", model(answered={"object": "list", "data": BARE}), "/id"),
    unsettled("models.retrieve", "no key", lookup(401)),
    unsettled("models.retrieve", "a model that can't be there", lookup(400, id=NOBODY)),
    holds("models.retrieve-listed", "there", every()),
    holds(
        "models.retrieve-listed",
        "an id in percent signs",
        {"list": models(model_item("a b")), "retrieve": model("a%20b", {})},
    ),
    departs("models.retrieve-listed", "404", every(retrieve=lookup(404)), "retrieve"),
    unsettled("models.retrieve-listed", "not listed", every(retrieve=lookup(404, id="other"))),
    unsettled("models.retrieve-listed", "no list", every(list=listing(404), retrieve=lookup(404))),
    unsettled("models.retrieve-listed", "too many requests", every(retrieve=lookup(429))),
    holds("models.retrieve-same", "the same", every()),
    departs(
        "models.retrieve-same", "another owner", every(retrieve=model(answered=model_item(owned_by="me"))), "/owned_by"
    ),
    departs("models.retrieve-same", "another id", every(retrieve=model(answered=model_item("x"))), "/id"),
    unsettled("models.retrieve-same", "not retrieved", every(retrieve=lookup(404))),
    holds("models.retrieve-unknown", "404", lookup(404, id=NOBODY)),
    departs("models.retrieve-unknown", "any model will do", model(NOBODY), "status"),
    departs("models.retrieve-unknown", "400", lookup(400, id=NOBODY), "status"),
    unsettled("models.retrieve-unknown", "no key", lookup(401, id=NOBODY)),
    ignored("models.retrieve-unknown", "a name that may be one", lookup(404)),
    holds("models.unknown-rejected", "refused", nobody(404)),
    departs("models.unknown-rejected", "answered", nobody(200, chat_body()), "status"),
    departs("models.unknown-rejected", "embedded", nobody(200, {"data": []}, "/embeddings", input="x"), "status"),
    ignored("models.unknown-rejected", "no key", nobody(401)),
    ignored("models.unknown-rejected", "a name that may be one", answer()),
    holds("models.unknown-status", "404", nobody(404)),
    holds("models.unknown-status", "400 of the Responses API", nobody(400, path="/responses", input="x")),
    departs("models.unknown-status", "400", nobody(400), "status"),
    departs("models.unknown-status", "a model that had a likely name", refusal(400, NOT_FOUND), "status"),
    holds("models.unknown-code", "model_not_found", nobody(404)),
    departs("models.unknown-code", "null", nobody(404, error("The model 'x' does not exist")), "/error/code"),
    ignored(
        "models.unknown-code",
        "a model that is there, for something else",
        refusal(404, error("This is not a chat model and thus not supported in the v1/chat/completions endpoint.")),
    ),
    ignored("models.unknown-status", "an endpoint that is not there", nobody(400, error("No such endpoint."))),
    ignored("models.unknown-code", "a model that may not be used", nobody(403)),
    holds("models.retrieve-encoded", "found", {"odd 1": model("org%2Fmodel", model_item("org/model"))}),
    departs("models.retrieve-encoded", "not found", {"odd 1": lookup(404, id="org%2Fmodel")}, "odd 1"),
    unsettled("models.retrieve-encoded", "no odd ids", {"list": models()}),
    unsettled("models.retrieve-encoded", "too many requests", {"odd 1": lookup(429, id="org%2Fmodel")}),
    holds("models.retrieve-id", "the id asked for", model("org%2Fmodel", model_item("org/model"))),
    departs("models.retrieve-id", "as in the path", model("org%2Fmodel", model_item("org%2Fmodel")), "/id"),
    holds("models.list-stable", "the same", {"list": TWO, "list again": TWO}),
    departs("models.list-stable", "turned round", {"list": TWO, "list again": TWO_AGAIN}, "list again"),
    unsettled("models.list-stable", "one list", {"list": TWO}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_models(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
