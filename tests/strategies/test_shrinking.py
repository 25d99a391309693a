import pytest
from hypothesis import find, settings

from cozecheck.strategies import Case, illegal, legal
from tests.strategies.samples import SUBJECT

CHAT = "chat.completions.create"
QUIET = settings(database=None, derandomize=True, max_examples=2000)
PLAIN = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi."}], "max_tokens": 1}


def test_the_smallest_legal_request_is_a_plain_question() -> None:
    assert find(legal(CHAT, SUBJECT), lambda case: True, settings=QUIET).send.json == PLAIN


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("stop", "Hi."),
        ("functions", [{"name": "f", "parameters": {"type": "object", "properties": {}}}]),
    ],
)
def test_one_parameter_is_left_where_one_is_to_blame(name: str, least: object) -> None:
    assert _smallest_with(name) == {**PLAIN, name: least}


def test_two_parameters_are_left_where_two_are_to_blame() -> None:
    assert _smallest_with("seed", "logit_bias") == {**PLAIN, "seed": 0, "logit_bias": {}}


def _smallest_with(*names: str) -> object:
    def blamed(case: Case) -> bool:
        return all((case.send.json or {}).get(name) is not None for name in names)

    return find(legal(CHAT, SUBJECT), blamed, settings=QUIET).send.json


def test_a_broken_request_shrinks_to_its_break() -> None:
    case = find(
        illegal(CHAT, SUBJECT), lambda case: case.mutation == "out-of-range" and case.param == "n", settings=QUIET
    )
    assert case.send.json == {**PLAIN, "max_tokens": 8, "stream": False, "logprobs": True, "n": 0}
