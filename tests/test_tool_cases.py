"""The cases that are shipped, and what is read out of answers to them."""

import json
from typing import Any

import pytest

from cozecheck.contract import schemas, shapes
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from cozecheck.findings import Trial
from cozecheck.scenarios import Subject
from cozecheck.tool_cases import cases
from cozecheck.tool_cases.cases import Case, asking
from cozecheck.tool_cases.reading import left_out, trial
from tests.sdk.captured import completion

KNOWN = cases()
WEATHER = next(case for case in KNOWN if case.id == "weather-plain")
GREETING = next(case for case in KNOWN if case.id == "none-greeting")
SUBJECT = Subject("m")
GOOD = {"name": "get_weather", "arguments": '{"place": "Oslo"}'}


def request(case: Case, *, stream: bool = False) -> Request:
    return Request("POST", "http://server/v1/chat/completions", body=asking(case, SUBJECT, stream=stream).body)


def answer(case: Case, *functions: dict[str, Any], **changes: Any) -> Exchange:
    made = [{"id": f"call_{n}", "type": "function", "function": each} for n, each in enumerate(functions)]
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": made}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls", **changes}
    return Exchange(request(case), Response(200, body=json.dumps(completion(choices=[choice])).encode()))


def streamed(case: Case, *pieces: str) -> Exchange:
    """Call for the weather in a stream, the arguments in pieces."""
    head = {"index": 0, "id": "call_0", "type": "function", "function": {"name": "get_weather", "arguments": ""}}
    fragments = [head, *({"index": 0, "function": {"arguments": piece}} for piece in pieces)]
    choices: list[dict[str, Any]] = [{"delta": {"tool_calls": [each]}, "finish_reason": None} for each in fragments]
    choices.append({"delta": {}, "finish_reason": "tool_calls"})
    chunks = [{"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, **each}]} for each in choices]
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + "data: [DONE]\n\n"
    headers = Headers((("content-type", "text/event-stream"),))
    return Exchange(request(case, stream=True), Response(200, headers, body.encode()))


def read(case: Case, exchange: Exchange) -> Trial:
    return trial(case, exchange, stream=False, repeat=1)


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


@pytest.mark.parametrize("stream", [False, True])
def test_every_request_is_valid(*, stream: bool) -> None:
    bodies = [asking(case, SUBJECT, stream=stream).json for case in KNOWN]
    assert [each for body in bodies if body for each in shapes.chat_request(dict(body))] == []


def test_a_good_call_parses_fits_and_is_expected() -> None:
    assert read(WEATHER, answer(WEATHER, GOOD)) == Trial(WEATHER.id, False, 1, True, 1, 1, 1, True)


@pytest.mark.parametrize(
    ("function", "parsed", "fitting", "expected"),
    [
        ({**GOOD, "arguments": '{"place": "Os'}, 0, 0, True),
        ({**GOOD, "arguments": {"place": "Oslo"}}, 0, 0, True),
        ({**GOOD, "arguments": "[]"}, 0, 0, True),
        ({**GOOD, "arguments": '{"town": "Oslo"}'}, 1, 0, True),
        ({**GOOD, "name": "functions.get_weather"}, 1, 0, False),
        ({**GOOD, "name": ["get_weather"]}, 1, 0, False),
        ({}, 0, 0, False),
    ],
    ids=str,
)
def test_a_wrong_call_is_counted_as_what_it_is(
    function: dict[str, Any], parsed: int, fitting: int, *, expected: bool
) -> None:
    told = read(WEATHER, answer(WEATHER, function))
    assert (told.calls, told.parsed, told.fitting, told.expected) == (1, parsed, fitting, expected)


def test_no_call_is_expected_where_none_is_due() -> None:
    assert read(GREETING, answer(GREETING)).expected
    assert not read(GREETING, answer(GREETING, GOOD)).expected
    assert not read(WEATHER, answer(WEATHER)).expected


def test_a_stream_is_put_together() -> None:
    whole = trial(WEATHER, streamed(WEATHER, '{"pla', 'ce": "Oslo"}'), stream=True, repeat=2)
    assert whole == Trial(WEATHER.id, True, 2, True, 1, 1, 1, True)
    assert trial(WEATHER, streamed(WEATHER, '{"pla'), stream=True, repeat=1).parsed == 0


@pytest.mark.parametrize(
    ("response", "failure", "reason"),
    [
        (None, Failure(FailureKind.CONNECT, "refused"), "nobody there"),
        (Response(429), None, "refused with 429"),
        (Response(500), None, ""),
        (None, Failure(FailureKind.FIRST_BYTE, "silent"), ""),
        (Response(200, body=b"<html>"), None, ""),
    ],
)
def test_what_is_no_answer_is_left_out_or_counts_against_it(
    response: Response | None, failure: Failure | None, reason: str
) -> None:
    exchange = Exchange(request(WEATHER), response, failure)
    assert left_out(exchange) == reason
    assert not read(WEATHER, exchange).answered


def test_what_was_cut_short_is_left_out() -> None:
    assert left_out(answer(WEATHER, GOOD, finish_reason="length")) == "cut short"
    assert left_out(answer(WEATHER, GOOD)) == ""
