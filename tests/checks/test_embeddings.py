"""Checks of embeddings, each beside an exchange that passes and one that does not."""

import base64
from struct import pack
from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.exchange import Exchange
from cozecheck.views.embeddings import likeness, vector
from tests.checks.tables import Case, departs, departures, found, holds, ignored, unsettled, unsupported
from tests.examples import error, exchange

MODEL = "text-embedding-3-small"
EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


def packed(numbers: list[float]) -> str:
    return base64.b64encode(pack(f"<{len(numbers)}f", *numbers)).decode()


def body(*vectors: Any, **changes: Any) -> dict[str, Any]:
    """A list of embeddings; a change to `...` takes the key away."""
    data = [{"object": "embedding", "index": index, "embedding": each} for index, each in enumerate(vectors or (EAST,))]
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    whole = {"object": "list", "data": data, "model": MODEL, "usage": usage, **changes}
    return {key: each for key, each in whole.items() if each is not ...}


def embedded(answer: Any = None, *, given: Any = "hello", status: int = 200, **asked: Any) -> Exchange:
    """A request for embeddings; an input of `...` is left out."""
    sent = {"model": MODEL, "input": given, **asked}
    question = {key: each for key, each in sent.items() if each is not ...}
    return exchange(question, body() if answer is None else answer, path="/embeddings", status=status)


def items(*changes: dict[str, Any]) -> dict[str, Any]:
    first = {"object": "embedding", "index": 0, "embedding": EAST}
    return body(data=[{**first, **change} for change in changes])


GOOD = embedded()
PAIR = embedded(body(EAST, NORTH), given=["a", "b"])
SHORT = embedded(given="a", dimensions=2)
REFUSED: dict[str, Any] = {"status": 400, "answer": error("No.", param="input")}
UNNAMED = embedded(error("Broken."), status=500)
GONE = embedded(error("Not Found"), status=404)


def formats(packed_as: Any, again: list[float] = EAST) -> dict[str, Exchange]:
    return {
        "numbers": embedded(),
        "again": embedded(body(again)),
        "base64": embedded(body(packed_as), encoding_format="base64"),
    }


def batch(*vectors: list[float]) -> dict[str, Exchange]:
    return {
        "batch": embedded(body(*vectors), given=["a", "b", "c"]),
        "first alone": embedded(body(EAST), given="a"),
        "last alone": embedded(body(WEST), given=["c"]),
    }


def sizes(full: list[float], short: list[float]) -> dict[str, Exchange]:
    return {"full": embedded(body([*full, 1.0])), "short": embedded(body(short), dimensions=2)}


def tokens(flat: Exchange, model: str = MODEL) -> dict[str, Exchange]:
    arrays = embedded(body(EAST, NORTH), given=[[15339, 1917], [1917]], model=model)
    return {"text": embedded(model=model), "tokens": flat, "arrays": arrays}


FLAT = embedded(given=[15339, 1917])
ELSEWHERE = embedded(body(NORTH), given=[15339, 1917])
OTHER = embedded(body(NORTH), given=[15339, 1917], model="bge-m3")

CASES = (
    holds("embeddings.answered", "a text", GOOD),
    departs("embeddings.answered", "500", UNNAMED, "status"),
    unsupported("embeddings.answered", "404", GONE),
    unsupported("embeddings.answered", "tokens refused by name", embedded(given=[1], **REFUSED)),
    ignored("embeddings.answered", "an empty text", embedded(given="", **REFUSED)),
    holds("embeddings.schema", "a whole list", GOOD),
    departs("embeddings.schema", "no model", embedded(body(model=...)), "/model"),
    holds("embeddings.object", "list and embedding", GOOD),
    departs("embeddings.object", "no object of an item", embedded(items({"object": None})), "/data/0/object"),
    departs("embeddings.object", "no object of the list", embedded(body(object=...)), "/object"),
    holds("embeddings.count", "two of two", PAIR),
    holds("embeddings.count", "tokens are one input", embedded(given=[1, 2, 3])),
    departs("embeddings.count", "one of two", embedded(given=["a", "b"]), "/data"),
    holds("embeddings.order", "0, 1", PAIR),
    departs("embeddings.order", "1, 0", embedded(items({"index": 1}, {}), given=["a", "b"]), "/data"),
    departs("embeddings.order", "no index", embedded(items({"index": None})), "/data"),
    holds("embeddings.encoding", "numbers unasked", GOOD),
    holds("embeddings.encoding", "base64", embedded(body(packed(EAST)), encoding_format="base64")),
    departs("embeddings.encoding", "numbers for base64", embedded(encoding_format="base64"), "/data/0/embedding"),
    departs("embeddings.encoding", "base64 unasked", embedded(body(packed(EAST))), "/data/0/embedding"),
    holds("embeddings.vector", "numbers", GOOD),
    holds("embeddings.vector", "base64", embedded(body(packed(EAST)), encoding_format="base64")),
    departs("embeddings.vector", "empty", embedded(body([])), "/data/0/embedding"),
    departs("embeddings.vector", "null among them", embedded(body([1.0, None])), "/data/0/embedding"),
    departs("embeddings.vector", "three bytes", embedded(body("AAAA"), encoding_format="base64"), "/data/0/embedding"),
    departs("embeddings.vector", "two lengths", embedded(body(EAST, [1.0]), given=["a", "b"]), "/data"),
    holds("embeddings.dimensions", "two of two", SHORT),
    departs("embeddings.dimensions", "two of eight", embedded(dimensions=8), "/data/0/embedding"),
    unsupported(
        "embeddings.dimensions", "refused by name", embedded(error("No dimensions."), status=400, dimensions=8)
    ),
    unsettled("embeddings.dimensions", "500", embedded(error("Broken."), status=500, dimensions=8)),
    holds("embeddings.unit-length", "1", GOOD),
    departs("embeddings.unit-length", "2", embedded(body([2.0, 0.0])), "/data/0/embedding"),
    holds("embeddings.distinct", "two vectors", PAIR),
    holds("embeddings.distinct", "one text twice", embedded(body(EAST, EAST), given=["a", "a"])),
    departs("embeddings.distinct", "one vector", embedded(body(EAST, EAST), given=["a", "b"]), "/data/1"),
    holds("embeddings.model-echo", "a version", embedded(body(model=MODEL + "-v2"))),
    departs("embeddings.model-echo", "a file", embedded(body(model="/m.gguf")), "/model"),
    holds("embeddings.usage", "counted", GOOD),
    departs("embeddings.usage", "none", embedded(body(usage=...)), "/usage"),
    departs("embeddings.usage", "no total", embedded(body(usage={"prompt_tokens": 1})), "/usage/total_tokens"),
    holds("embeddings.usage-sum", "equal", GOOD),
    departs(
        "embeddings.usage-sum",
        "no total",
        embedded(body(usage={"prompt_tokens": 2, "total_tokens": 0})),
        "/usage/total_tokens",
    ),
    holds("embeddings.usage-positive", "two", GOOD),
    departs(
        "embeddings.usage-positive",
        "nought",
        embedded(body(usage={"prompt_tokens": 0, "total_tokens": 0})),
        "/usage/prompt_tokens",
    ),
    holds("embeddings.base64-equal", "the same", formats(packed(EAST))),
    departs("embeddings.base64-equal", "another", formats(packed(NORTH)), "base64"),
    holds("embeddings.base64-equal", "as far as two answers", formats(packed([1.0, 0.002]), again=[1.0, 0.001])),
    departs("embeddings.base64-equal", "numbers for base64", formats(EAST), "base64"),
    departs("embeddings.base64-equal", "nothing in base64", formats(""), "base64"),
    unsettled("embeddings.base64-equal", "nothing in numbers", {**formats(packed(EAST)), "numbers": UNNAMED}),
    unsupported("embeddings.base64-equal", "no endpoint", {**formats(packed(EAST)), "base64": GONE}),
    holds("embeddings.batch-equal", "each its own", batch(EAST, NORTH, WEST)),
    departs("embeddings.batch-equal", "turned round", batch(WEST, NORTH, EAST), "batch"),
    unsettled("embeddings.batch-equal", "one of three", batch(EAST)),
    holds("embeddings.dimensions-cut", "the beginning", sizes([3.0, 4.0], [0.6, 0.8])),
    departs("embeddings.dimensions-cut", "the reverse", sizes([3.0, 4.0], [0.8, 0.6]), "short"),
    unsettled("embeddings.dimensions-cut", "not shortened", {"full": embedded(), "short": SHORT}),
    unsettled("embeddings.dimensions-cut", "refused", {"short": embedded(status=400, dimensions=2, answer=error())}),
    unsupported("embeddings.dimensions-cut", "no endpoint", {"short": GONE}),
    holds("embeddings.token-input", "the same", tokens(FLAT)),
    departs("embeddings.token-input", "another", tokens(ELSEWHERE), "tokens"),
    unsettled("embeddings.token-input", "another, in an unknown vocabulary", tokens(OTHER, "bge-m3")),
    unsupported("embeddings.token-input", "refused by name", tokens(embedded(given=[1], **REFUSED))),
    holds("embeddings.input-required", "refused", embedded(given=..., **REFUSED)),
    departs("embeddings.input-required", "500", embedded(error("Broken."), given=..., status=500), "status"),
    unsupported("embeddings.input-required", "404", embedded(error("Not Found"), given=..., status=404)),
    holds("embeddings.input-empty", "refused", embedded(given="", **REFUSED)),
    departs("embeddings.input-empty", "embedded", embedded(given=""), "status"),
    holds("embeddings.bounds", "refused", embedded(dimensions=0, **REFUSED)),
    departs("embeddings.bounds", "no dimensions", embedded(dimensions=0), "status"),
    departs("embeddings.bounds", "an odd format", embedded(encoding_format="roman"), "status"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_says_what_is_true(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_every_check_of_the_family_is_here() -> None:
    assert {check.id for check in ALL if check.family == "embeddings"} - {"embeddings.sdk-reads"} == {
        case.id for case in CASES
    }


def test_what_is_right_departs_from_nothing() -> None:
    assert departures(GOOD) == departures(PAIR) == departures(SHORT) == set()


@pytest.mark.parametrize("value", [None, [], ["1"], [True], "no base64!", "", packed([float("nan")]), {"a": 1}])
def test_what_is_no_vector_is_none(value: Any) -> None:
    assert vector(value) is None


def test_vectors_that_cannot_be_compared_are_not_alike() -> None:
    assert (likeness((1.0,), (1.0, 0.0)), likeness((0.0,), (1.0,))) == (0.0, 0.0)
    assert likeness((2.0, 0.0), (5.0, 0.0)) == 1.0
