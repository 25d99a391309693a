"""What the standards and the contract allow never fails, however unusual."""

import gzip
import json
from typing import Any

import pytest

from cozecheck.exchange import Exchange
from cozecheck.findings import Level
from tests.checks.tables import judged
from tests.examples import (
    HELLO,
    OPENING,
    answer,
    asking,
    chat_body,
    chat_stream,
    choice,
    chunk,
    drop,
    error,
    exchange,
    model,
    model_item,
    models,
    put,
    recorded,
    refusal,
    stream,
    usage,
    usage_stream,
    with_usage,
)

SSE = {"content-type": "text/event-stream"}
SOUND, END = chat_stream(*with_usage()), HELLO[-1]
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"city": "Oslo"}'}}
TOOLS: dict[str, Any] = {"tools": [{"type": "function", "function": {"name": "f"}}]}
NAMED: dict[str, Any] = {**TOOLS, "tool_choice": {"type": "function", "function": {"name": "f"}}}
SECOND = tuple(put(each, "/choices/0/index", 1) for each in HELLO)
INTERLEAVED = (HELLO[0], SECOND[0], SECOND[1], HELLO[1], HELLO[2], HELLO[3], SECOND[2], SECOND[3])
MODERATION = {"moderation": {"input": {"type": "moderation_results", "model": "omni", "results": []}}}
LOGPROBS: dict[str, Any] = {
    "content": [{"token": "Hi", "logprob": -1, "bytes": [72, 105], "top_logprobs": []}],
    "refusal": None,
}
OF_AZURE = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": []}


def scored(logprobs: dict[str, Any]) -> Exchange:
    return answer(chat_body({**choice("Hi"), "logprobs": logprobs}), asked=asking(logprobs=True))


def sent(body: bytes, **headers: str) -> Exchange:
    return exchange(asking(stream=True, stream_options={"include_usage": True}), body, headers={**SSE, **headers})


def with_extras(value: Any) -> Any:
    """Add a field of its own to every object."""
    if isinstance(value, dict):
        return {**{key: with_extras(each) for key, each in value.items()}, "x_vendor": {"a": [1, None]}}
    return [with_extras(each) for each in value] if isinstance(value, list) else value


def turned_round(value: Any) -> Any:
    """Write the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: turned_round(value[key]) for key in reversed(value)}
    return [turned_round(each) for each in value] if isinstance(value, list) else value


def zipped(value: Any) -> Exchange:
    return exchange(asking(), gzip.compress(json.dumps(value).encode(), mtime=0), headers={"content-encoding": "gzip"})


def calling(finish: str, **asked: Any) -> Exchange:
    call = drop(CALL, "/index")
    return answer(chat_body(choice(None, finish=finish, tool_calls=[call])), asked=asking(**asked))


def streamed_call(*deltas: Any, finish: str = "tool_calls", **asked: Any) -> Exchange:
    return stream(*(chunk(each) for each in deltas), chunk(finish=finish), asked=asking(stream=True, **asked))


ON_THE_WIRE = {
    "CRLF": sent(SOUND.replace(b"\n", b"\r\n")),
    "CR": sent(SOUND.replace(b"\n", b"\r")),
    "no space after data:": sent(SOUND.replace(b"data: ", b"data:")),
    "comments between events": sent(b": hello\n\n" + SOUND.replace(b"\n\n", b"\n\n: ping\n\n")),
    "comments within events": sent(SOUND.replace(b"data: ", b": ping\ndata: ")),
    "a byte order mark": sent(b"\xef\xbb\xbf" + SOUND),
    "several data lines": sent(SOUND.replace(b'"object"', b'\ndata: "object"')),
    "ids and delays": sent(SOUND.replace(b"data: ", b"id: 7\nretry: 3000\ndata: ")),
    "blank lines": sent(b"\n\n" + SOUND.replace(b"\n\n", b"\n\n\n\n")),
    "[DONE] with a space after it": sent(SOUND.replace(b"[DONE]", b"[DONE] ")),
    "a comment after [DONE]": sent(SOUND + b": bye\n\n"),
    "gzip on a stream": sent(gzip.compress(SOUND, mtime=0), **{"content-encoding": "gzip"}),
    "gzip on JSON": zipped(chat_body()),
    "HTTP/2": answer(http_version="HTTP/2"),
    "HTTP/1.0": stream(http_version="HTTP/1.0"),
    "another charset parameter": answer(headers={"content-type": "application/json;charset=utf8"}),
    "JSON with room around it": exchange(asking(), b"\n\n  " + json.dumps(chat_body(), indent=4).encode() + b"\r\n"),
    "JSON in ASCII": exchange(asking(), json.dumps(chat_body(choice("日本語 🎉")), ensure_ascii=True)),
    "other headers in other letters": answer(headers={"X-Vendor": "1", "Server": "x"}),
}
BODIES = {
    "fields of its own": answer(with_extras(chat_body())),
    "any order of keys": answer(turned_round(chat_body())),
    "no details of usage, no fingerprint": answer(drop(chat_body(), "/system_fingerprint")),
    "null details of usage": answer(chat_body(usage=usage(prompt_tokens_details=None, completion_tokens_details=None))),
    "whole numbers where floats are meant": scored(LOGPROBS),
    "a call, and content null": calling("tool_calls", **TOOLS),
    "a named call that finishes with stop": calling("stop", **NAMED),
    "a refusal": answer(chat_body(choice(None, refusal="I can't."))),
    "n choices in another order": answer(chat_body(choice(index=1), choice()), asked=asking(n=2)),
    "reasoning beside the text": answer(chat_body(choice(reasoning_content="Hm."))),
    "a temperature of 1.0, and n of 1.0": answer(asked=asking(temperature=1.0, n=1.0, max_tokens=5.0)),
    "parameters that are null": answer(asked=asking(temperature=None, stop=None, stream=None, tools=None)),
    "moderation": answer(chat_body(**MODERATION)),
    "a choice cut by the limit": answer(
        chat_body(choice("1, 2,", finish="length"), usage=usage(9, 5)), asked=asking(max_tokens=5)
    ),
    "a list of models with fields of its own": models(with_extras(model_item())),
    "a model with a slash in its name": model("org/model"),
    "an error with fields of its own": refusal(body=with_extras(error())),
    "an error in another order": refusal(body=turned_round(error())),
}
STREAMS = {
    "fields of its own": stream(*map(with_extras, HELLO)),
    "any order of keys": stream(*map(turned_round, HELLO)),
    "obfuscation": usage_stream(*({**each, "obfuscation": "aB3"} for each in with_usage())),
    "usage: null in every chunk": stream(*({**each, "usage": None} for each in HELLO)),
    "a chunk of moderation after the usage": usage_stream(*with_usage(), chunk(choices=[], usage=None, **MODERATION)),
    "no logprobs, no refusal": stream(*(drop(each, "/choices/0/logprobs") for each in HELLO)),
    "empty pieces": stream(OPENING, chunk({"content": ""}), *HELLO[1:-1], chunk({}), END),
    "no content in the first delta": stream(chunk({"role": "assistant"}), *HELLO[1:]),
    "the last text beside the finish": stream(OPENING, chunk({"content": "Hi."}, finish="stop")),
    "all in one chunk": stream(chunk({"role": "assistant", "content": "Hi."}, finish="stop")),
    "reasoning first": stream(chunk({"role": "assistant", "reasoning_content": "Hm."}), *HELLO[1:]),
    "a role of null beside later text": stream(OPENING, chunk({"role": None, "content": "Hi."}), END),
    "choices that interleave": stream(*INTERLEAVED, asked=asking(stream=True, n=2)),
    "two choices in one chunk": stream(
        *(chunk(choices=[*one["choices"], *other["choices"]]) for one, other in zip(HELLO, SECOND, strict=True)),
        asked=asking(stream=True, n=2),
    ),
    "a whole call in one delta": streamed_call({"role": "assistant", "content": None, "tool_calls": [CALL]}, **TOOLS),
    "a call in pieces": streamed_call(
        {"role": "assistant", "content": None, "tool_calls": [put(CALL, "/function/arguments", "")]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
        **TOOLS,
    ),
    "a named call that finishes with stop": streamed_call(
        {"role": "assistant", "tool_calls": [CALL]}, finish="stop", **NAMED
    ),
    "a refusal": stream(chunk({"role": "assistant", "refusal": ""}), chunk({"refusal": "I can't."}), END),
    "an error in mid-stream that says so": stream(OPENING, error("The engine died."), done=False),
    "Azure's note before the answer": stream(OF_AZURE, *HELLO),
    "audio, and when it expires": stream(
        chunk({"role": "assistant", "audio": {"id": "audio_1", "transcript": "Hi"}}),
        END,
        drop(chunk({"audio": {"expires_at": 1}}), "/choices/0/finish_reason"),
    ),
}
ALL = {
    **{f"wire: {what}": each for what, each in ON_THE_WIRE.items()},
    **{f"body: {what}": each for what, each in BODIES.items()},
    **{f"stream: {what}": each for what, each in STREAMS.items()},
}


@pytest.mark.parametrize("what", ALL)
def test_what_is_legal_is_at_most_noted(what: str) -> None:
    for each in (ALL[what], recorded(ALL[what])):
        found = judged(each).departures

        assert [(one.check.id, one.problem) for one in found if one.check.level is not Level.MAY] == []
