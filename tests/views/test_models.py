"""Answers about models."""

import pytest

from cozecheck.views.models import listed, model_answer, models_list, nonsense_model, unknown_model
from tests.examples import answer, asking, error, exchange, model_item, models, refusal

NOBODY = {**asking(), "model": "no-such-model"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"data": [1]}, [1]), ([1], [1]), ({"data": None}, []), ({}, []), (None, []), ("x", [])],
)
def test_models_are_listed_however_they_are_wrapped(body: object, expected: list[int]) -> None:
    assert listed(body) == expected


def test_a_list_is_a_successful_one() -> None:
    assert models_list(models())
    assert models_list(models(status=500)) is None


def test_a_model_is_known_by_its_path() -> None:
    found = model_answer(exchange(answered=model_item(), method="GET", path="/models/org%2Fmodel%20a"))

    assert found
    assert found.model == "org/model a"


def test_a_model_that_may_be_there_is_not_unknown() -> None:
    assert nonsense_model(answer(asked=NOBODY))
    assert nonsense_model(answer()) is None


@pytest.mark.parametrize("message", ["The model 'x' does not exist", "Invalid model name", "model x not found"])
def test_a_refusal_says_that_a_model_is_unknown(message: str) -> None:
    assert unknown_model(refusal(404, error(message)))


@pytest.mark.parametrize("message", ["No such endpoint.", "This is not a chat model and thus not supported here."])
def test_another_refusal_does_not(message: str) -> None:
    assert unknown_model(refusal(404, error(message))) is None
