"""What is documented of a chat request, and what breaks it."""

from typing import Any

import pytest

from cozecheck.contract.parameters import RANGES, faults
from tests.examples import asking, drop, turn


def found(body: Any) -> list[tuple[str, str]]:
    return [(fault.param, fault.kind) for fault in faults(body)]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"temperature": None, "n": None, "user": None, "stream": None, "logit_bias": None},
        {"temperature": 0, "top_p": 1, "n": 128, "presence_penalty": -2, "top_logprobs": 20, "logprobs": True},
        {"temperature": 2.0, "n": 1.0, "max_tokens": 1_000_000},
        {"stop": "x"},
        {"stop": ["a", "b", "c", "d"]},
        {"logit_bias": {"17": -100}},
        {"not_a_parameter": 1},
    ],
)
def test_what_is_documented_has_no_fault(parameters: dict[str, Any]) -> None:
    assert found(asking(**parameters)) == []


@pytest.mark.parametrize(
    ("parameters", "param", "kind"),
    [
        ({"temperature": "0.5"}, "temperature", "type"),
        ({"temperature": True}, "temperature", "type"),
        ({"temperature": 2.5}, "temperature", "range"),
        ({"temperature": float("nan")}, "temperature", "range"),
        ({"n": 0}, "n", "range"),
        ({"n": 1.5}, "n", "type"),
        ({"max_tokens": -1}, "max_tokens", "range"),
        ({"stream": "yes"}, "stream", "type"),
        ({"user": 17}, "user", "type"),
        ({"stop": list("abcde")}, "stop", "range"),
        ({"logit_bias": {"word": 1}}, "logit_bias", "type"),
        ({"logit_bias": {"17": 101}}, "logit_bias", "range"),
        ({"top_logprobs": 2}, "top_logprobs", "alone"),
    ],
)
def test_a_fault_names_its_parameter(parameters: dict[str, Any], param: str, kind: str) -> None:
    assert found(asking(**parameters)) == [(param, kind)]


@pytest.mark.parametrize(
    ("messages", "param", "kind"),
    [
        ([], "messages", "empty"),
        ("hello", "messages", "type"),
        (None, "messages", "missing"),
        (["hello"], "messages[0]", "type"),
        ([turn("user", "Hi."), {"content": "x"}], "messages[1].role", "missing"),
        ([turn("wizard", "Hi.")], "messages[0].role", "enum"),
        ([{"role": ["user"], "content": "Hi."}], "messages[0].role", "enum"),
        ([{"role": "user"}], "messages[0].content", "missing"),
        ([turn("system", None)], "messages[0].content", "type"),
    ],
)
def test_a_fault_in_a_message_names_its_place(messages: Any, param: str, kind: str) -> None:
    assert found({**asking(), "messages": messages}) == [(param, kind)]


def test_an_assistant_may_call_without_content() -> None:
    assert found({**asking(), "messages": [turn("user", "Hi."), {"role": "assistant", "tool_calls": []}]}) == []


def test_the_model_is_required() -> None:
    assert found(drop(asking(), "/model")) == [("model", "missing")]


def test_a_range_reads_as_people_say_it() -> None:
    assert {each.param: str(each) for each in RANGES if each.param in ("temperature", "max_tokens")} == {
        "temperature": "0..2",
        "max_tokens": "0 or more",
    }
