from typing import Any

import pytest
from hypothesis import strategies as st

from cozecheck.strategies.breaking import NOWHERE, Break, broken, spelled

HELLO = {"role": "user", "content": [{"type": "text", "text": "Hi."}]}
BODY: dict[str, Any] = {"model": "m", "messages": [HELLO]}
ANY = st.none()


@pytest.mark.parametrize(
    ("path", "param"),
    [(("n",), "n"), (("messages", 0, "role"), "messages[0].role"), (("stop", 1), "stop[1]")],
)
def test_a_path_is_spelled_as_openai_does(path: tuple[str | int, ...], param: str) -> None:
    assert spelled(path) == param


def test_a_value_is_put_in_place_of_another() -> None:
    assert broken(Break("wrong-type", "model", ANY), BODY, 7) == ({**BODY, "model": 7}, "model")


def test_a_key_is_left_out() -> None:
    assert broken(Break("missing-key", "model", ANY), BODY, NOWHERE) == ({"messages": [HELLO]}, "model")


def test_an_element_that_is_whole_but_for_one_place_joins_the_others() -> None:
    each = Break("missing-inside", "messages", ANY, ("content", 0, "text"), HELLO, joins=True)
    without = {"role": "user", "content": [{"type": "text"}]}
    assert broken(each, BODY, NOWHERE) == ({**BODY, "messages": [HELLO, without]}, "messages[1].content[0].text")
    assert HELLO["content"] == [{"type": "text", "text": "Hi."}]


def test_what_must_not_stand_beside_it_goes() -> None:
    each = Break("not-alone", "stream_options", ANY, beside={"stream": NOWHERE, "n": 1})
    made, _ = broken(each, {**BODY, "stream": True}, {})
    assert made == {**BODY, "n": 1, "stream_options": {}}


def test_where_openai_names_nothing_neither_do_we() -> None:
    assert broken(Break("out-of-range", "dimensions", ANY, told_of=""), {}, 0) == ({"dimensions": 0}, "")
