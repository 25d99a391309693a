"""The cases that are shipped, and what recorded answers called."""

import json
from typing import Any

from cozecheck.contract import schemas, shapes
from cozecheck.exchange import Exchange, Request, Response
from cozecheck.fidelity import Call
from cozecheck.scenarios import Subject
from cozecheck.tool_cases import asking, cases, runs
from tests.sdk.captured import completion

KNOWN = cases()
SUBJECT = Subject("m")


def answer(id: str, *calls: Call, **changes: Any) -> Exchange:
    case = next(case for case in KNOWN if case.id == id)
    made = [
        {"id": f"call_{n}", "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for n, call in enumerate(calls)
    ]
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": made}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls", **changes}
    request = Request("POST", "http://server/v1/chat/completions", body=asking(case, SUBJECT).body)
    return Exchange(request, Response(200, body=json.dumps(completion(choices=[choice])).encode()))


def test_there_are_sixty_cases_or_more_of_either_kind() -> None:
    assert len(KNOWN) >= 60
    assert sum(not case.calls for case in KNOWN) >= 15
    assert len({case.id for case in KNOWN}) == len(KNOWN)


def test_every_case_expects_what_is_on_offer() -> None:
    assert [case.id for case in KNOWN if not case.calls <= case.tools.keys() or not case.messages] == []


def test_no_two_cases_say_the_same() -> None:
    assert len({json.dumps(case.messages) for case in KNOWN}) == len(KNOWN)


def test_every_schema_is_one() -> None:
    assert [schemas.fault(schema) for case in KNOWN for schema in case.tools.values() if schemas.fault(schema)] == []


def test_every_request_is_valid() -> None:
    assert [each for case in KNOWN for each in shapes.chat_request(asking(case, SUBJECT).json)] == []


def test_answers_become_runs_in_their_order() -> None:
    call = Call("get_weather", "{}")
    told = runs(KNOWN, [answer("weather-plain", call), answer("none-greeting"), answer("weather-plain")])
    assert told == ({"weather-plain": (call,), "none-greeting": ()}, {"weather-plain": ()})


def test_what_was_cut_or_is_no_case_is_left_out() -> None:
    other = Exchange(Request("POST", "http://server/v1/chat/completions", body=b'{"messages": []}'))
    assert runs(KNOWN, [answer("weather-plain", finish_reason="length"), other]) == ()
