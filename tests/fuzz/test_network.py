"""Whatever a server says: an answer, a failure of the exchange, or one clear error."""

import asyncio
import gzip
import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange
from cozecheck.load import gauges
from cozecheck.meeting import meet
from cozecheck.probe import Endpoint, Probe
from cozecheck.sdk import Reader
from tests.examples import chat_body, error
from tests.fuzz.spoiling import FUZZING, JSON, Syntax, anything, garbled, spoilt
from tests.probe.asking import HASTY, QUESTION
from tests.probe.hostile import answer, saying, serving

MODELS = {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}, {"id": "embed", "object": "model"}]}
REFUSED = error("max_tokens is gone: use max_completion_tokens", param="max_tokens")
PIECES = b'data: {"choices": [{"delta": {"content": "Hi."}}]}\n\ndata: {"choices": []}\n\ndata: [DONE]\n\n'
GAUGES = (
    "# HELP coze_adapter_num_requests_waiting a\n# TYPE coze_adapter_num_requests_waiting gauge\n"
    'coze_adapter_num_requests_waiting{engine="a",model="b\\"c"} 2.0 1700000000\nvllm:num_requests_running +Inf\n'
)
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: text/event-stream\r\n\r\n"
WHOLE = (
    answer(json.dumps(MODELS).encode(), b"content-type: application/json"),
    answer(gzip.compress(json.dumps(chat_body()).encode(), mtime=0), b"content-encoding: gzip"),
    answer(json.dumps(REFUSED).encode(), status=b"400 Bad Request"),
    b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(PIECES), PIECES),
)
READER = Reader()


def holds(said: bytes) -> None:
    """Meet a server that says this and nothing else, and read its answer in every way there is."""

    async def ask() -> Exchange:
        async with serving(saying(said)) as base_url, Probe(Endpoint(base_url), HASTY) as probe:
            with suppress(NoVerdictError):
                await meet(probe, None, 0)
            return await probe.send(QUESTION, exchange_id="1")

    exchange = READER.read(asyncio.run(ask()))
    assert exchange.failure or exchange.response
    if exchange.response:
        _ = exchange.response.parsed, exchange.response.payloads


@FUZZING
@given(anything())
def test_bytes_of_any_kind(said: bytes) -> None:
    holds(said)


@FUZZING
@given(st.sampled_from(WHOLE).flatmap(garbled))
def test_an_answer_that_is_garbled(said: bytes) -> None:
    holds(said)


@FUZZING
@given(st.sampled_from((MODELS, chat_body(), REFUSED)).flatmap(lambda body: spoilt(body, JSON)))
def test_an_answer_spoilt_in_one_place(body: bytes) -> None:
    holds(answer(body, b"content-type: application/json"))


EVENTS = Syntax(lambda events: "".join(f"data: {json.dumps(event)}\n\n" for event in events), JSON.pieces)


@FUZZING
@given(spoilt([{"choices": [{"delta": {"content": "Hi."}}]}, {"choices": [], "usage": {"total_tokens": 3}}], EVENTS))
def test_a_stream_spoilt_in_one_place(body: bytes) -> None:
    holds(answer(body, b"content-type: text/event-stream"))


@FUZZING
@given(garbled(GAUGES.encode()))
def test_gauges_that_are_garbled(said: bytes) -> None:
    gauges.read(said.decode("utf-8", "replace"))
