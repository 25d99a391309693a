import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cozecheck.contract.mutations import MUTATIONS
from cozecheck.strategies import OPERATIONS, Case, illegal
from cozecheck.strategies.case import Known
from cozecheck.strategies.drawing import SHAPES, plain, with_break
from tests.strategies.documented import FAULTS, schema
from tests.strategies.samples import SUBJECT, sample

CHAT = "chat.completions.create"
ONLY_IN_WORDS = {
    *(("out-of-range", name) for name in ("n", "output_compression", "partial_images", "speed", "max_output_tokens")),
    *(("out-of-range", "output_expires_after.seconds"), ("out-of-range", "top_logprobs"), ("out-of-range", "best_of")),
    *(("empty-messages", "items"), ("missing-key", "model"), ("deep-nesting", "")),
    *(("wrong-type", "stream"), ("out-of-range", "logit_bias"), ("wrong-key", "logit_bias"), ("too-many", "stop")),
}
"""What the documentation says in words: the SDK's types can't, and we have no rule for it but this."""


@pytest.mark.parametrize("name", SHAPES)
def test_what_decides_is_wrong_by_types_or_by_documentation(name: str) -> None:
    validator = Draft202012Validator(schema(name))
    for case in _broken_in_one_field(name):
        body: Any = _read(case)
        if case.broken and case.broken.decides and (case.mutation, case.param) not in ONLY_IN_WORDS:
            assert list(FAULTS[name](body)) or not validator.is_valid(body), case


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_but_the_broken_field_is_wrong(name: str) -> None:
    for case in _broken_in_one_field(name):
        told = {fault.param for fault in FAULTS[name](_read(case))}
        assert {_root(param) for param in told} <= {_root(case.param)} or not case.param, case


def _root(param: str) -> str:
    return param.partition("[")[0].partition(".")[0]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_broken_request_says_how_it_is_broken(name: str) -> None:
    for case in sample(illegal(name, SUBJECT), 100):
        assert case.broken
        assert case.broken.names_param or not case.param


def test_every_mutation_breaks_something() -> None:
    of_fields = {each.mutation for shape in SHAPES.values() for each in shape.breaks}
    of_wholes = {case.mutation for case in [*_chats(), *sample(illegal("files.create", SUBJECT), 100)]}
    assert of_fields | of_wholes == MUTATIONS.keys()


@pytest.mark.parametrize("mutation", ["truncated-json", "not-utf8", "not-finite", "trailing-bytes", "empty-body"])
def test_a_broken_body_is_no_json(mutation: str) -> None:
    found = [case for case in _chats() if case.mutation == mutation]
    assert found
    for case in found:
        with pytest.raises(ValueError):  # noqa: PT011  (every reader has its own words)
            json.loads(case.send.body, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


@cache
def _chats() -> list[Case]:
    return sample(illegal(CHAT, SUBJECT), 600)


def _broken_in_one_field(name: str) -> list[Case]:
    base = plain(name, SUBJECT, Known())
    return [case for each in SHAPES[name].breaks for case in sample(with_break((each,), base), 3)]


def _read(case: Case) -> Any:
    """A body as JSON; one that is too deep to be read passes for no object."""
    try:
        return json.loads(case.send.body)
    except RecursionError:
        return {}
