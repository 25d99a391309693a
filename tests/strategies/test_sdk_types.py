from collections.abc import Iterable
from typing import Any, Literal, Required, TypedDict

import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsBase

from cozecheck.strategies.sdk_types import drawn, groups, parameters
from cozecheck.strategies.type_breaks import kinds, type_breaks
from tests.strategies.samples import sample


class Node(TypedDict, total=False):
    name: Required[str]
    size: Literal["low", "high"] | None
    inner: "Node"
    tags: Iterable[str]
    anything: object
    file: bytes


def test_what_is_required_is_always_there() -> None:
    values = sample(drawn(Node), 100)
    assert all(isinstance(value["name"], str) for value in values)
    assert {value["size"] for value in values if "size" in value} == {"low", "high", None}


def test_a_type_within_itself_comes_to_an_end() -> None:
    assert max(str(value).count("inner") for value in sample(drawn(Node), 100)) in range(1, 5)


def test_what_json_cannot_hold_is_not_drawn() -> None:
    assert "file" not in groups(Node, {}, ())


def test_every_parameter_of_a_chat_is_drawn_or_named() -> None:
    from cozecheck.strategies.chat import DEAR, OPTIONAL, TOGETHER

    assert parameters(CompletionCreateParamsBase).keys() <= {*OPTIONAL, *TOGETHER, *DEAR}


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (str, {"text"}),
        (float | None, {"number"}),
        (Literal["low"] | bool, {"text", "flag"}),
        (list[str] | str, {"array", "text"}),
        (dict[str, str], {"object"}),
        (Node, {"object"}),
        (object, {"text", "number", "flag", "array", "object"}),
    ],
)
def test_a_type_is_of_kinds_of_json(hint: Any, expected: set[str]) -> None:
    assert kinds(hint) == expected


def test_a_choice_of_texts_is_broken_as_one() -> None:
    found = {(each.mutation, each.param) for each in type_breaks(Node, ("file", "inner"))}
    assert {("unknown-choice", "size"), ("odd-type", "size"), ("odd-type", "tags")} <= found
    assert not {("unknown-choice", "name"), ("odd-type", "anything")} & found
