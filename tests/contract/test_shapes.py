"""Values held against the installed SDK's types."""

from typing import Any

import pytest

from cozecheck.contract import shapes
from tests.examples import HELLO, asking, chat_body, choice, chunk, drop, model_item, put


def pointers(departures: tuple[shapes.Departure, ...]) -> list[str]:
    return [each.pointer for each in departures]


def test_what_openai_sends_fits() -> None:
    assert shapes.chat_completion(chat_body()) == ()
    assert shapes.chat_chunks(list(HELLO)) == ()
    assert shapes.model(model_item()) == ()
    assert shapes.chat_request(asking(stream=True)) == ()


@pytest.mark.parametrize("value", [None, 1, "x", [], [chat_body()]])
def test_what_is_no_object_departs_at_its_root(value: Any) -> None:
    assert pointers(shapes.chat_completion(value)) == [""]


def test_a_missing_field_is_named_by_its_place() -> None:
    (departure,) = shapes.chat_completion(drop(chat_body(), "/choices/0/message/role"))

    assert (departure.pointer, departure.expected, departure.actual) == ("/choices/0/message/role", "present", "absent")


def test_numbers_are_not_made_of_strings() -> None:
    (departure,) = shapes.chat_completion(put(chat_body(), "/created", "1"))

    assert (departure.pointer, departure.actual) == ("/created", "1")


def test_whole_numbers_are_floats_too() -> None:
    logprobs: dict[str, Any] = {
        "content": [{"token": "a", "logprob": -1, "bytes": None, "top_logprobs": []}],
        "refusal": None,
    }

    assert shapes.chat_completion(chat_body({**choice(), "logprobs": logprobs})) == ()


def test_the_arms_of_a_union_are_no_places() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": {}}}
    body = chat_body(choice(None, tool_calls=[call]))

    assert pointers(shapes.chat_completion(body)) == ["/choices/0/message/tool_calls/0/function/arguments"]


def test_a_chunk_departs_below_its_position() -> None:
    (departure,) = shapes.chat_chunks([HELLO[0], chunk({"content": 4})])

    assert departure.path[0] == 1
    assert departure.below().pointer == "/choices/0/delta/content"


def test_a_pointer_escapes_what_it_must() -> None:
    assert shapes.Departure(("a/b", "c~d", 0), "x", None).pointer == "/a~1b/c~0d/0"


def test_the_parameters_are_those_of_the_sdk() -> None:
    assert {"model", "messages", "temperature", "response_format"} <= shapes.CHAT_PARAMETERS
