"""Moderations: one result a text, by lists of words, in the shapes of old and new models."""

from typing import Any

import pytest

from reference_server.engines.moderating import CATEGORIES
from tests.reference_server.asking import Json, app, ask, error

PATH = "/v1/moderations"
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
IMAGE = {"type": "image_url", "image_url": {"url": PIXEL}}


def judge(given: Any, **asked: Any) -> Json:
    body: Json = ask(app(), "POST", PATH, json={"input": given, **asked}).json()
    return body


def test_a_harmless_text_is_not_flagged() -> None:
    answer = judge("The weather is lovely today.")
    assert answer["id"].startswith("modr-")
    assert answer["model"] == "omni-moderation-2024-09-26"
    (result,) = answer["results"]
    assert result["flagged"] is False
    assert set(result["categories"]) == set(result["category_scores"]) == set(CATEGORIES)
    assert all(0 <= score < 0.001 for score in result["category_scores"].values())
    assert set(map(tuple, result["category_applied_input_types"].values())) == {("text",)}


def test_each_text_has_its_result_by_whole_words() -> None:
    results = judge(["I want to KILL them.", "A skilled worker."])["results"]
    assert [result["flagged"] for result in results] == [True, False]
    assert results[0]["categories"]["violence"] is True
    assert results[0]["category_scores"]["violence"] > 0.95


def test_the_older_model_knows_less() -> None:
    answer = judge("Hello", model="text-moderation-latest")
    assert answer["model"] == "text-moderation-007"
    (result,) = answer["results"]
    assert "category_applied_input_types" not in result
    assert len(result["categories"]) == 11


def test_parts_are_judged_together() -> None:
    (result,) = judge([{"type": "text", "text": "Hello"}, IMAGE])["results"]
    assert result["category_applied_input_types"]["violence"] == ["text", "image"]
    assert result["category_applied_input_types"]["hate"] == ["text"]
    (alone,) = judge([IMAGE])["results"]
    assert alone["category_applied_input_types"]["hate"] == []


def test_the_same_text_has_the_same_scores() -> None:
    assert judge("Hello")["results"] == judge("Hello")["results"]


@pytest.mark.parametrize(
    ("asked", "param", "code"),
    [
        ({}, "input", "missing_required_parameter"),
        ({"input": 3}, "input", "invalid_type"),
        ({"input": []}, "input", "empty_array"),
        ({"input": ["a", 3]}, "input[1]", "invalid_type"),
        ({"input": [{"type": "sound"}]}, "input[0].type", "invalid_value"),
        ({"input": [{**IMAGE, "image_url": {"url": "https://images.example/cat.png"}}]}, None, "invalid_image_url"),
        ({"input": [IMAGE], "model": "text-moderation-007"}, "input", "unsupported_value"),
        ({"input": "a", "model": "gpt-4o-mini"}, None, "model_not_found"),
    ],
)
def test_what_is_wrong_is_refused_by_name(asked: Json, param: str | None, code: str) -> None:
    response = ask(app(), "POST", PATH, json=asked)
    refusal = error(response)
    assert response.status_code in (400, 404)
    assert refusal["code"] == code
    assert param is None or refusal["param"] == param
