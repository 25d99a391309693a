import json
from typing import Any

import pytest

from cozecheck.contract.mutations import MUTATIONS
from cozecheck.contract.parameters import faults
from cozecheck.strategies import OPERATIONS, Case, illegal
from cozecheck.strategies.drawing import SHAPES
from tests.strategies.samples import SUBJECT, sample

CHAT = "chat.completions.create"
OPENAI_IS_SILENT = {"dimensions", "wrong-encoding", "tool-order", "missing-inside"}


def test_every_mutation_is_drawn_for_some_operation() -> None:
    drawn = {case.mutation for name in OPERATIONS for case in sample(illegal(name, SUBJECT), 250)}
    declared = {each.mutation for shape in SHAPES.values() for each in shape.breaks}
    assert MUTATIONS.keys() - drawn <= declared
    assert drawn | declared == MUTATIONS.keys()


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_broken_request_says_how_it_is_broken(name: str) -> None:
    for case in sample(illegal(name, SUBJECT), 150):
        assert case.broken
        assert case.broken.names_param or not case.param


@pytest.mark.parametrize("name", SHAPES)
def test_a_break_is_of_a_known_name(name: str) -> None:
    assert {each.mutation for each in SHAPES[name].breaks} <= MUTATIONS.keys()


def test_what_decides_is_a_fault_by_the_documentation() -> None:
    for case in _broken_in_one_field():
        body: Any = json.loads(case.send.body)
        if case.broken and case.broken.decides and case.param.partition("[")[0] in BEYOND_DOUBT:
            assert case.param in {fault.param for fault in faults(body)} | {case.param.partition(".")[0]}


BEYOND_DOUBT = frozenset(("model", "temperature", "top_p", "n", "stop", "logit_bias", "max_tokens", "top_logprobs"))


@pytest.mark.parametrize("mutation", ["missing-key", "null-value", "out-of-range", "wrong-type", "empty-messages"])
def test_the_broken_field_is_a_fault_of_that_name(mutation: str) -> None:
    found = [case for case in _broken_in_one_field() if case.mutation == mutation]
    assert found
    for case in found:
        told = {fault.param for fault in faults(json.loads(case.send.body))}
        assert case.param in told or case.param.startswith("messages"), case


def test_the_rest_of_a_broken_request_is_legal() -> None:
    for case in _broken_in_one_field():
        told = {fault.param for fault in faults(json.loads(case.send.body))}
        assert {param.partition("[")[0] for param in told} <= {case.param.partition("[")[0].partition(".")[0]}, case


@pytest.mark.parametrize("mutation", ["truncated-json", "not-utf8", "not-finite", "trailing-bytes", "empty-body"])
def test_a_broken_body_is_no_json(mutation: str) -> None:
    found = [case for case in _chats() if case.mutation == mutation]
    assert found
    for case in found:
        with pytest.raises(ValueError):  # noqa: PT011  (every parser has its own words)
            json.loads(case.send.body, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _chats() -> list[Case]:
    return sample(illegal(CHAT, SUBJECT), 500)


def _broken_in_one_field() -> list[Case]:
    return [case for case in _chats() if case.broken and case.broken.names_param]
