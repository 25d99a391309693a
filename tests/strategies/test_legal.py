import json
from functools import cache
from itertools import combinations

import pytest
from jsonschema import Draft202012Validator

from cozecheck.contract.operations import OPERATIONS as KNOWN_OPERATIONS
from cozecheck.contract.operations import operation
from cozecheck.exchange import Request
from cozecheck.strategies import OPERATIONS, Case, legal
from tests.strategies.documented import FAULTS, TYPES, schema
from tests.strategies.samples import SUBJECT, sample

CHAT = "chat.completions.create"


@pytest.mark.parametrize("name", TYPES)
def test_a_legal_request_is_what_the_sdk_types_say(name: str) -> None:
    validator = Draft202012Validator(schema(name))
    for case in _legal(name):
        assert [error.message for error in validator.iter_errors(case.send.json)] == []


@pytest.mark.parametrize("name", TYPES)
def test_a_legal_request_has_no_faults(name: str) -> None:
    for case in _legal(name):
        assert list(FAULTS[name](case.send.json)) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_legal_request_reaches_its_operation_and_costs_little(name: str) -> None:
    for case in _legal(name):
        reached = operation(Request(case.send.method, "/v1" + case.send.path))
        assert (reached and reached.name, case.operation, case.mutation, case.param) == (name, name, "", "")
        assert case.send.tokens < 10_000


@cache
def _legal(name: str) -> list[Case]:
    return sample(legal(name, SUBJECT), 400 if name == CHAT else 100)


def test_every_operation_that_takes_a_body_is_drawn() -> None:
    bodiless = {"responses.cancel", "batches.cancel"}
    assert set(OPERATIONS) == {known.name for known in KNOWN_OPERATIONS if known.method == "POST"} - bodiless


def test_texts_of_every_plane_are_drawn() -> None:
    text = "".join(json.dumps(dict(case.send.json or {}), ensure_ascii=False) for case in _legal(CHAT))
    assert {0, 1, 2, 14, 16} <= {ord(character) >> 16 for character in text}


REQUIRED = {"model", "messages", "max_tokens"}


def test_parameters_are_drawn_together() -> None:
    together = [{*(case.send.json or {})} for case in _legal(CHAT)]
    assert any({"tools", "stream"} <= names for names in together)
    assert len({pair for names in together for pair in combinations(sorted(names - REQUIRED), 2)}) > 100


def test_what_must_not_stand_beside_a_prediction_does_not() -> None:
    assert not [
        body for case in _legal(CHAT) if "prediction" in (body := case.send.json or {}) and {"n", "tools"} & {*body}
    ]


@pytest.mark.parametrize("role", ["developer", "system", "user", "assistant", "tool", "function"])
def test_every_role_speaks(role: str) -> None:
    assert role in {message["role"] for case in _legal(CHAT) for message in (case.send.json or {})["messages"]}
