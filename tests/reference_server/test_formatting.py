import asyncio
import json
from collections.abc import AsyncIterator, Iterable

import pytest

from reference_server.engines.delta import Delta, TokenChance, Usage
from reference_server.errors import ModelNotFound
from reference_server.formatting.errors import envelope
from reference_server.formatting.openai_chat import Answer, completion
from reference_server.formatting.openai_chat_stream import chunks
from tests.reference_server.asking import Json

SHARED = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 5, "model": "m"}
HEAD = SHARED | {"service_tier": "default", "system_fingerprint": "fp_1"}
USAGE = {
    "prompt_tokens": 3,
    "completion_tokens": 2,
    "total_tokens": 5,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 0,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}
HI = [Delta(0, "Hi"), Delta(0, " \u4f60"), Delta(0, finish="stop"), Delta(usage=Usage(3, 2))]


def answer(*, logprobs: bool = False, include_usage: bool = False) -> Answer:
    return Answer(
        id="chatcmpl-1",
        created=5,
        model="m",
        fingerprint="fp_1",
        request_id="req_1",
        logprobs=logprobs,
        include_usage=include_usage,
    )


async def given(deltas: Iterable[Delta | Exception]) -> AsyncIterator[Delta]:
    for delta in deltas:
        if isinstance(delta, Exception):
            raise delta
        yield delta


def streamed(deltas: Iterable[Delta | Exception], **asked: bool) -> list[str]:
    async def collect() -> bytes:
        return b"".join([part async for part in chunks(given(deltas), answer(**asked))])

    events = asyncio.run(collect()).decode().split("\n\n")
    assert events.pop() == ""
    return [event.removeprefix("data: ") for event in events]


def choice(delta: Json, finish: str | None = None, index: int = 0, logprobs: Json | None = None) -> Json:
    return {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}


def completed(deltas: Iterable[Delta], **asked: bool) -> str:
    return asyncio.run(completion(given(deltas), answer(**asked))).decode()


def written(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


ROLE = {"role": "assistant", "content": "", "refusal": None}


def test_a_body_is_openais_byte_for_byte() -> None:
    message: Json = {"role": "assistant", "content": "Hi \u4f60", "refusal": None, "annotations": []}
    assert completed(HI) == written(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 5,
            "model": "m",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": USAGE,
            "service_tier": "default",
            "system_fingerprint": "fp_1",
        }
    )


def test_a_stream_is_openais_byte_for_byte() -> None:
    deltas: list[tuple[Json, str | None]] = [
        (ROLE, None),
        ({"content": "Hi"}, None),
        ({"content": " \u4f60"}, None),
        ({}, "stop"),
    ]
    assert streamed(HI) == [*(written(HEAD | {"choices": [choice(*delta)]}) for delta in deltas), "[DONE]"]


def test_usage_asked_for_is_a_last_chunk_and_null_before() -> None:
    *before, last, done = streamed(HI, include_usage=True)
    assert done == "[DONE]"
    assert last == written(HEAD | {"choices": [], "usage": USAGE})
    assert all(json.loads(event)["usage"] is None for event in before)


def test_choices_open_when_they_first_speak() -> None:
    deltas = [
        Delta(0, "a"),
        Delta(1, "b"),
        Delta(1, finish="stop"),
        Delta(0, finish="length"),
        Delta(usage=Usage(1, 2)),
    ]
    said = [json.loads(event)["choices"] for event in streamed(deltas)[:-1]]
    assert [(one["index"], one["delta"].get("content"), one["finish_reason"]) for (one,) in said] == [
        (0, "", None),
        (0, "a", None),
        (1, "", None),
        (1, "b", None),
        (1, None, "stop"),
        (0, None, "length"),
    ]


def test_logprobs_have_openais_shape() -> None:
    chance = TokenChance(b"\xf0\x9f", -0.5, ((b"a", -0.25),))
    token = {"token": "bytes:\\xf0\\x9f", "logprob": -0.5, "bytes": [240, 159]}
    shown = {"content": [token | {"top_logprobs": [{"token": "a", "logprob": -0.25, "bytes": [97]}]}], "refusal": None}
    deltas = [Delta(0, "x", chances=(chance,)), Delta(0, finish="stop")]
    assert json.loads(completed(deltas, logprobs=True))["choices"][0]["logprobs"] == shown
    said = [json.loads(event)["choices"][0]["logprobs"] for event in streamed(deltas, logprobs=True)[:-1]]
    assert said == [{"content": [], "refusal": None}, shown, None]


def test_a_failure_in_the_midst_is_an_event_and_no_done() -> None:
    assert json.loads(streamed([Delta(0, "a"), ModelNotFound("m")])[-1]) == envelope(ModelNotFound("m"))


def test_a_failure_of_our_own_is_told_without_details() -> None:
    last = json.loads(streamed([Delta(0, "a"), RuntimeError("secret")])[-1])["error"]
    assert last["type"] == "server_error"
    assert "secret" not in last["message"]
    assert "req_1" in last["message"]


def test_a_failure_before_the_first_event_is_raised() -> None:
    with pytest.raises(ModelNotFound):
        streamed([ModelNotFound("m")])
