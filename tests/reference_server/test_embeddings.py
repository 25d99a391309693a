"""Embeddings: vectors of the asked size and format, the same for the same text."""

import base64
from collections.abc import Sequence
from math import sqrt
from struct import unpack
from typing import Any

import pytest

from reference_server.engines.older_tokenizer import encode
from reference_server.engines.vectors import unit, vector
from tests.reference_server.asking import Json, app, ask, error

PATH = "/v1/embeddings"
MODEL = "text-embedding-3-small"


def embed(given: Any, **asked: Any) -> Json:
    body: Json = ask(app(), "POST", PATH, json={"model": MODEL, "input": given, **asked}).json()
    return body


def refused(**asked: Any) -> Json:
    response = ask(app(), "POST", PATH, json={"model": MODEL, "input": "a", **asked})
    assert response.status_code in (400, 404)
    return error(response)


def numbers(text: str) -> tuple[float, ...]:
    content = base64.b64decode(text)
    return unpack(f"<{len(content) // 4}f", content)


def product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_a_list_of_embeddings_is_whole() -> None:
    answer = embed(["hello world", "goodbye"])
    assert (answer["object"], answer["model"]) == ("list", MODEL)
    assert [(item["object"], item["index"], len(item["embedding"])) for item in answer["data"]] == [
        ("embedding", 0, 1536),
        ("embedding", 1, 1536),
    ]
    assert answer["usage"] == {"prompt_tokens": 4, "total_tokens": 4}


@pytest.mark.parametrize(("model", "size"), [("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536)])
def test_each_model_has_its_size(model: str, size: int) -> None:
    assert len(embed("a", model=model)["data"][0]["embedding"]) == size


def test_base64_holds_the_same_numbers() -> None:
    plain, packed = embed("hello"), embed("hello", encoding_format="base64")
    pairs = zip(plain["data"][0]["embedding"], numbers(packed["data"][0]["embedding"]), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 1e-8


def test_fewer_dimensions_are_the_first_ones_of_length_one() -> None:
    whole, short = (embed("hello", **more)["data"][0]["embedding"] for more in ({}, {"dimensions": 64}))
    assert sqrt(product(short, short)) == pytest.approx(1, abs=1e-6)
    assert short == pytest.approx(unit(whole[:64]), abs=1e-6)


def test_tokens_mean_what_their_text_means() -> None:
    assert encode("hello world") == [15339, 1917]
    text, flat, several = embed("hello world"), embed([15339, 1917]), embed([[15339, 1917], [15339]])
    assert text["data"] == flat["data"] == several["data"][:1]
    assert several["usage"]["prompt_tokens"] == 3


def test_like_texts_lie_nearer_than_others() -> None:
    cat, cats, stocks = (
        vector(MODEL, text, 1536, 1536) for text in ("the cat sat on the mat", "a cat sat on a mat", "stocks fell")
    )
    assert product(cat, cats) > 0.3 > abs(product(cat, stocks))


@pytest.mark.parametrize(
    ("asked", "param", "code"),
    [
        ({"input": ""}, "input", "invalid_value"),
        ({"input": []}, "input", "empty_array"),
        ({"input": ["a", ""]}, "input[1]", "invalid_value"),
        ({"input": ["a", [1]]}, "input[1]", "invalid_value"),
        ({"input": [1, "a"]}, "input[1]", "invalid_type"),
        ({"input": {}}, "input", "invalid_type"),
        ({"input": [100_256]}, None, None),
        ({"input": "word " * 9000}, "input", "context_length_exceeded"),
        ({"input": ["word " * 8000] * 40}, "input", "context_length_exceeded"),
        ({"dimensions": 0}, None, None),
        ({"dimensions": 1537}, "dimensions", "integer_above_max_value"),
        ({"dimensions": 64, "model": "text-embedding-ada-002"}, "dimensions", "unsupported_value"),
        ({"encoding_format": "roman"}, "encoding_format", "invalid_value"),
        ({"model": "gpt-4o-mini"}, None, "model_not_found"),
    ],
)
def test_what_is_wrong_is_refused_by_name(asked: Json, param: str | None, code: str | None) -> None:
    refusal = refused(**asked)
    assert (refusal["param"], refusal["code"]) == (param, code)
