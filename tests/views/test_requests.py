"""Requests read for what they ask, and refusals for what they say."""

from typing import Any

import pytest

from cozecheck.findings import Inconclusive, Problem, Unsupported
from cozecheck.views.requests import (
    Asked,
    acceptance,
    asked_chat,
    illegal_chat,
    is_nonsense,
    legal_chat,
    refusal_of,
    without_effect,
)
from tests.examples import answer, asking, drop, error, exchange, recorded, refusal, turn


def refused(status: int = 400, message: str = "No.", *, asked: Any = None, **said: Any) -> Asked:
    found = asked_chat(refusal(status, error(message, **said), asked=asked))
    assert found
    return found


def test_words_are_counted_in_texts_only() -> None:
    parts = [{"type": "text", "text": "two words"}, {"type": "image_url", "image_url": {"url": "data:," + "A" * 99}}]
    asked = asked_chat(answer(asked={**asking(), "messages": [turn("user", parts), turn("user", "and three more")]}))

    assert asked
    assert asked.words == 5


def test_a_request_is_legal_or_not() -> None:
    assert legal_chat(answer())
    assert illegal_chat(answer()) is None
    assert illegal_chat(answer(asked=asking(n="two")))
    assert legal_chat(answer(asked=asking(n="two"))) is None


def test_a_model_in_the_path_is_a_model() -> None:
    path = "https://az.example/openai/deployments/m/chat/completions"

    assert legal_chat(exchange(drop(asking(), "/model"), path=path))


@pytest.mark.parametrize(
    "said",
    [
        refused(401),
        refused(429),
        refused(code="context_length_exceeded"),
        refused(404, "The model `m` does not exist or you do not have access to it."),
        refused(404, "This is not a chat model and thus not supported in the v1/chat/completions endpoint."),
        refused(param="max_tokens"),
        refused(500, "An error occurred while processing your request. You can retry your request."),
        refused(500, "The server is currently overloaded with other requests."),
        refused(502),
    ],
    ids=lambda said: f"{said.response.status} {said.said[:20]} {said.error['code']} {said.error['param']}",
)
def test_a_refusal_for_another_reason_settles_nothing(said: Asked) -> None:
    assert isinstance(acceptance(said, "this"), Inconclusive)


@pytest.mark.parametrize("said", [refused(), refused(500), refused(422), refused(param="messages[0].role")])
def test_a_refusal_of_a_legal_request_is_a_problem(said: Asked) -> None:
    assert isinstance(acceptance(said, "this"), Problem)


def test_an_answer_is_an_acceptance() -> None:
    asked = asked_chat(answer())

    assert asked
    assert acceptance(asked, "this") is None


def test_a_recorded_model_may_be_unsuited() -> None:
    said = refusal(body=error(code="unsupported_value"))
    ours, recorded_ = asked_chat(said), asked_chat(recorded(said))

    assert ours
    assert recorded_
    assert isinstance(acceptance(ours, "this"), Problem)
    assert isinstance(acceptance(recorded_, "this"), Unsupported)


def test_a_refusal_by_name_is_proper() -> None:
    assert isinstance(refusal_of(refused(message="No 'seed' here."), "seed", "seed"), Unsupported)
    assert isinstance(refusal_of(refused(param="seed"), "seed", "seed"), Unsupported)
    assert isinstance(refusal_of(refused(message="No seeds."), "seed", "seed"), Problem)
    assert isinstance(without_effect(refused(param="n"), "n"), Unsupported)
    assert isinstance(without_effect(refused(), "n"), Inconclusive)


@pytest.mark.parametrize(
    "name", ["no-such-model-4711", "this-model-does-not-exist", "non-existent-model", "unknown-model"]
)
def test_some_names_say_that_they_name_nothing(name: str) -> None:
    assert is_nonsense(name)


@pytest.mark.parametrize("name", ["gpt-4o", "ft:gpt-3.5-turbo:acme::abc", "noisy-suchi", "", None, 3])
def test_other_names_may_name_something(name: Any) -> None:
    assert not is_nonsense(name)
