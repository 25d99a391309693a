"""What is counted, and where it stops."""

import json
from typing import Any

import pytest

from cozecheck.exchange import Exchange, Request, Response
from cozecheck.record.metering import Cap, Meter, tokens


def exchange(answer: Any, *, status: int = 200, asked: bytes = b'{"model": "m", "input": "hello there"}') -> Exchange:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Exchange(Request("POST", "http://h/v1/chat/completions", body=asked), Response(status, body=body))


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 4}}, (3, 4)),
        ({"usage": {"input_tokens": 3, "output_tokens": 4}}, (3, 4)),
        ({"usage": {"prompt_tokens": 3, "total_tokens": 3}}, (3, 0)),
        ({"usage": {"prompt_tokens": "3", "completion_tokens": True}}, (0, 0)),
        (
            b'data: {"usage": null}\n\ndata: {"usage": {"prompt_tokens": 3, "completion_tokens": 4}}\n\n',
            (3, 4),
        ),
        (b'event: x\ndata: {"type": "x", "response": {"usage": {"input_tokens": 3, "output_tokens": 4}}}\n\n', (3, 4)),
        (b'data: {"a": 1}\n\ndata: {"a": 2}\n\ndata: [DONE]\n\n', (9, 3)),
        ({"text": "0123456789"}, (9, 5)),
    ],
)
def test_tokens_are_what_the_server_says_or_a_guess(answer: Any, counted: tuple[int, int]) -> None:
    assert tokens(exchange(answer)) == counted


def test_refusals_and_what_generates_nothing_cost_nothing() -> None:
    assert tokens(exchange({"error": {}}, status=400)) == (0, 0)
    assert tokens(exchange({"data": []}, asked=b"")) == (0, 0)


def test_requests_are_counted_as_they_go_out() -> None:
    meter = Meter(Cap(requests=2))
    assert [bool(meter.refuse()) for _ in range(4)] == [False, False, True, True]
    assert meter.requests == 2


def test_tokens_and_money_are_counted_as_answers_come_in() -> None:
    meter = Meter(Cap(cost=0.01, price_in=1.0, price_out=2.0))
    meter.count(exchange({"usage": {"prompt_tokens": 2000, "completion_tokens": 3999}}))
    assert meter.refuse() == ""
    meter.count(exchange({"usage": {"prompt_tokens": 2, "completion_tokens": 0}}))
    assert meter.refuse() == "the cap of 0.01 is reached, at the prices given (--max-cost)"
    assert meter.cost == pytest.approx(0.01)
