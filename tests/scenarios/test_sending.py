"""A send: its bytes, and what it may cost."""

import pytest

from cozecheck.exchange import Exchange
from cozecheck.scenarios.sending import Scenario, Send, Steps, Subject, told
from tests.examples import exchange


def test_json_is_sent_as_utf_8() -> None:
    assert Send("s", json={"a": "é"}).body == '{"a": "é"}'.encode()


def test_content_is_sent_as_it_is() -> None:
    assert Send("s", json={"a": 1}, content=b"{").body == b"{"
    assert Send("s").body == b""


def test_tokens_are_the_prompt_and_all_that_may_be_generated() -> None:
    assert Send("s", json={"max_tokens": 10, "n": 3}).tokens == len(b'{"max_tokens": 10, "n": 3}') // 4 + 30
    assert Send("s", json={"max_tokens": -1}).tokens == len(b'{"max_tokens": -1}') // 4
    assert Send("s", json={"max_tokens": "many"}).tokens == len(b'{"max_tokens": "many"}') // 4


def test_a_question_is_capped_by_the_parameter_that_the_model_takes() -> None:
    asked = Subject("m", cap="max_completion_tokens").ask("Hi.", 8, temperature=0)
    assert asked == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi."}],
        "max_completion_tokens": 8,
        "temperature": 0,
    }


def test_a_plan_is_what_is_sent_where_nothing_comes_back() -> None:
    def steps(subject: Subject) -> Steps:
        answer: Exchange = yield Send("first", path=f"/{subject.model}")
        yield Send("second" if answer.response is None else "third")

    planned = Scenario("s", "", (), steps).plan(Subject("m"))
    assert [(send.name, send.path) for send in planned] == [("first", "/m"), ("second", "/chat/completions")]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", {"id": 7}, {"id": ""}, b'{"id": "\\ud800"}', {"id": "a\nb"}])
def test_what_fits_into_no_address_is_not_taken_from_a_reply(answer: object) -> None:
    assert told(exchange(answered=answer), "id", "otherwise") == "otherwise"


def test_an_id_is_taken_from_a_reply() -> None:
    assert told(exchange(answered={"id": "file-1"}), "id", "otherwise") == "file-1"
