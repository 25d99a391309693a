"""Checks of a chat completion sent as a stream: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import (
    HELLO,
    NOW,
    OPENING,
    answer,
    asking,
    chat_body,
    chat_stream,
    chunk,
    drop,
    error,
    exchange,
    put,
    recorded,
    stream,
    usage,
)

WORD, END = HELLO[1], HELLO[-1]
SECOND = tuple(put(each, "/choices/0/index", 1) for each in HELLO)
TWO = tuple(each for pair in zip(HELLO, SECOND, strict=True) for each in pair)
LONG = "one two three four five six seven eight nine ten"
LATE_ERROR = error("The engine died.", type="server_error")
EXPIRY = drop(chunk({"audio": {"expires_at": NOW}}), "/choices/0/finish_reason")
OF_AZURE = {"id": "", "object": "", "created": 0, "model": "", "choices": [], "prompt_filter_results": []}
CUSTOM_CALL = {"index": 0, "id": "call_1", "type": "custom", "custom": {"name": "f", "input": ""}}


def changed(pointer: str, value: Any, *, only: int | None = None) -> Exchange:
    """A short stream in which one place of every chunk, or *only* of one, is different."""
    return stream(*(put(each, pointer, value) if only in (None, at) else each for at, each in enumerate(HELLO)))


def without(pointer: str) -> Exchange:
    return stream(*(drop(each, pointer) for each in HELLO))


def cut_off(body: bytes) -> Exchange:
    return exchange(asking(stream=True), body, headers={"content-type": "text/event-stream"})


def capped(*texts: str, used: int, limit: int, finish: str = "stop") -> Exchange:
    said = (OPENING, *(chunk({"content": text}) for text in texts), chunk(finish=finish))
    asked = asking(stream=True, max_tokens=limit, stream_options={"include_usage": True})
    return stream(*said, chunk(choices=[], usage=usage(completion=used)), asked=asked)


OF_2023 = stream(
    OPENING, WORD, put(chunk(), "/choices/0", {"index": 0, "delta": {}, "finish_details": {"type": "stop"}})
)
CASES = (
    holds("chat.stream.breaks-off", "a whole stream", stream()),
    holds("chat.stream.breaks-off", "an error that says so", stream(OPENING, WORD, LATE_ERROR, done=False)),
    holds("chat.stream.breaks-off", "[DONE] alone", stream(OPENING, WORD)),
    departs("chat.stream.breaks-off", "nothing after the text", stream(OPENING, WORD, done=False), "event 2"),
    departs("chat.stream.breaks-off", "comments alone", cut_off(b": ping\n\n"), "event 0"),
    departs(
        "chat.stream.breaks-off",
        "a recording that ends between events",
        recorded(stream(OPENING, done=False)),
        "event 1",
    ),
    unsettled(
        "chat.stream.breaks-off", "a recording that ends in an event", recorded(cut_off(chat_stream(*HELLO)[:300]))
    ),
    holds("chat.stream.error-visible", "none", stream()),
    holds("chat.stream.error-visible", "an error that says what happened", stream(OPENING, LATE_ERROR)),
    departs("chat.stream.error-visible", "a string", stream(OPENING, {"error": "boom"}), "event 2"),
    departs("chat.stream.error-visible", "no message", stream(OPENING, {"error": {"code": 500}}), "event 2"),
    holds("chat.stream.done-terminator", "[DONE], once, last", stream()),
    holds("chat.stream.done-terminator", "a comment after it", cut_off(chat_stream(*HELLO) + b": bye\n\n")),
    departs("chat.stream.done-terminator", "no [DONE]", stream(*HELLO, done=False), "event 4"),
    departs("chat.stream.done-terminator", "twice", stream(*HELLO, "[DONE]"), "event 6"),
    departs("chat.stream.done-terminator", "a chunk after it", stream(*HELLO, "[DONE]", END, done=False), "event 6"),
    ignored("chat.stream.done-terminator", "a stream that failed", stream(OPENING, LATE_ERROR, done=False)),
    holds("chat.stream.finish-terminal", "stop", stream()),
    holds(
        "chat.stream.finish-terminal", "beside the last text", stream(OPENING, chunk({"content": "Hi."}, finish="stop"))
    ),
    holds("chat.stream.finish-terminal", "in the form of 2023", recorded(OF_2023)),
    departs("chat.stream.finish-terminal", "[DONE] without one", stream(*HELLO[:-1]), "choice 0"),
    departs(
        "chat.stream.finish-terminal",
        "one of two choices",
        stream(*TWO[:-1], asked=asking(stream=True, n=2)),
        "choice 1",
    ),
    departs("chat.stream.finish-terminal", "no choice at all", stream(chunk(choices=[])), "stream"),
    holds("chat.stream.finish-once", "once", stream()),
    departs("chat.stream.finish-once", "twice", stream(*HELLO, END), "choice 0, event 5"),
    holds("chat.stream.finish-last", "last", stream()),
    holds("chat.stream.finish-last", "an audio's expiry after it", stream(*HELLO, EXPIRY)),
    holds("chat.stream.finish-last", "twice, which is another check's", stream(*HELLO, END)),
    departs("chat.stream.finish-last", "text after it", stream(*HELLO, WORD), "choice 0"),
    departs("chat.stream.finish-last", "an empty delta after it", stream(*HELLO, chunk()), "choice 0"),
    holds("chat.stream.finish-key", "null until the end", stream()),
    holds("chat.stream.finish-key", "absent from an audio's expiry", stream(*HELLO[:-1], EXPIRY, END)),
    departs(
        "chat.stream.finish-key",
        "absent",
        stream(*(drop(each, "/choices/0/finish_reason") for each in HELLO[:-1]), END),
        "choice 0, event 1",
    ),
    holds("chat.stream.finish-reason-enum", "stop", stream()),
    holds("chat.stream.finish-reason-enum", "in the form of 2023", recorded(OF_2023)),
    departs(
        "chat.stream.finish-reason-enum",
        "the engine's word",
        stream(*HELLO[:-1], chunk(finish="eos")),
        "choice 0, event 4",
    ),
    departs(
        "chat.stream.finish-reason-enum",
        "empty",
        stream(put(OPENING, "/choices/0/finish_reason", ""), END),
        "choice 0, event 1",
    ),
    holds("chat.stream.finish-length", "length", capped("1, 2,", used=5, limit=5, finish="length")),
    departs("chat.stream.finish-length", "stop in mid-list", capped("1, 2,", used=5, limit=5), "finish_reason"),
    unsettled("chat.stream.finish-length", "a sentence that just fits", capped("Paris.", used=2, limit=2)),
    unsettled("chat.stream.finish-length", "below the limit", capped("Paris", used=1, limit=5)),
    ignored("chat.stream.finish-length", "no usage", stream(asked=asking(stream=True, max_tokens=2))),
    holds("chat.stream.role-first", "there", stream()),
    holds(
        "chat.stream.role-first",
        "beside reasoning",
        stream(chunk({"role": "assistant", "reasoning_content": "Hm."}), *HELLO[1:]),
    ),
    departs("chat.stream.role-first", "absent", stream(*HELLO[1:]), "choice 0, event 1"),
    departs("chat.stream.role-first", "null", changed("/choices/0/delta/role", None, only=0), "choice 0, event 1"),
    departs("chat.stream.role-first", "later", stream(WORD, *HELLO), "choice 0, event 1"),
    departs(
        "chat.stream.role-first",
        "of the second choice",
        stream(*HELLO, *SECOND[1:], asked=asking(stream=True, n=2)),
        "choice 1, event 5",
    ),
    holds("chat.stream.role-once", "once", stream()),
    holds("chat.stream.role-once", "once a choice", stream(*TWO, asked=asking(stream=True, n=2))),
    holds("chat.stream.role-once", "null in the others", stream(OPENING, chunk({"role": None, "content": "Hi."}), END)),
    departs(
        "chat.stream.role-once", "in every chunk", changed("/choices/0/delta/role", "assistant"), "choice 0, event 2"
    ),
    holds("chat.stream.role-value", "assistant", stream()),
    departs("chat.stream.role-value", "empty", changed("/choices/0/delta/role", "", only=0), "choice 0, event 1"),
    departs(
        "chat.stream.role-value",
        "empty in the others",
        changed("/choices/0/delta/role", "", only=2),
        "choice 0, event 3",
    ),
    holds("chat.stream.id-constant", "one id", stream()),
    holds("chat.stream.id-constant", "Azure's note before it", stream(OF_AZURE, *HELLO)),
    departs("chat.stream.id-constant", "two ids", changed("/id", "chatcmpl-2", only=2), "event 3"),
    departs("chat.stream.id-constant", "null later", changed("/id", None, only=2), "event 3"),
    holds("chat.stream.id-nonempty", "an id", stream()),
    departs("chat.stream.id-nonempty", "empty", changed("/id", ""), "event 1, /id"),
    departs("chat.stream.id-nonempty", "absent", without("/id"), "event 1, /id"),
    holds("chat.stream.id-prefix", "chatcmpl-", stream()),
    departs("chat.stream.id-prefix", "a UUID", changed("/id", "2f3a"), "event 1, /id"),
    departs(
        "chat.stream.id-prefix",
        "a UUID after a note",
        stream(OF_AZURE, *(put(each, "/id", "2f") for each in HELLO)),
        "event 2, /id",
    ),
    holds("chat.stream.created-constant", "one time", stream()),
    departs("chat.stream.created-constant", "two times", changed("/created", NOW + 1, only=3), "event 4"),
    holds("chat.stream.created-int-seconds", "now", stream()),
    departs("chat.stream.created-int-seconds", "a float", changed("/created", NOW + 0.5), "event 1, /created"),
    departs("chat.stream.created-int-seconds", "milliseconds", changed("/created", NOW * 1000), "event 1, /created"),
    unsettled(
        "chat.stream.created-int-seconds", "1 in a recording that may be edited", recorded(changed("/created", 1))
    ),
    holds("chat.stream.model-constant", "one model", stream()),
    departs("chat.stream.model-constant", "another in the end", changed("/model", "m", only=3), "event 4"),
    holds("chat.stream.model-echo", "the dated version", stream()),
    departs("chat.stream.model-echo", "a path", changed("/model", "/models/x.gguf"), "/model"),
    departs("chat.stream.model-echo", "absent", without("/model"), "/model"),
    holds("chat.stream.fingerprint-constant", "one", stream()),
    holds("chat.stream.fingerprint-constant", "null", changed("/system_fingerprint", None)),
    departs("chat.stream.fingerprint-constant", "two", changed("/system_fingerprint", "fp_2", only=1), "event 2"),
    holds("chat.stream.object", "chat.completion.chunk", stream()),
    holds("chat.stream.object", "Azure's note before it", stream(OF_AZURE, *HELLO)),
    departs("chat.stream.object", "that of a body", changed("/object", "chat.completion"), "event 1, /object"),
    departs("chat.stream.object", "absent", without("/object"), "event 1, /object"),
    holds("chat.stream.choices-key", "a list", stream()),
    holds("chat.stream.choices-key", "an empty one", stream(*HELLO, chunk(choices=[]))),
    departs("chat.stream.choices-key", "absent", stream(*HELLO, drop(chunk(), "/choices")), "event 5, /choices"),
    departs("chat.stream.choices-key", "null", stream(*HELLO, chunk(choices=None)), "event 5, /choices"),
    holds("chat.stream.choice-index", "0", stream()),
    holds("chat.stream.choice-index", "0 and 1", stream(*TWO, asked=asking(stream=True, n=2))),
    departs("chat.stream.choice-index", "197", changed("/choices/0/index", 197), "event 1"),
    departs("chat.stream.choice-index", "1 of 1", changed("/choices/0/index", 1, only=3), "event 4"),
    departs("chat.stream.choice-index", "a string", changed("/choices/0/index", "0"), "event 1"),
    departs("chat.stream.choice-index", "absent", without("/choices/0/index"), "event 1"),
    holds("chat.stream.delta-present", "a delta", stream()),
    departs(
        "chat.stream.delta-present", "a message", stream(chat_body(object="chat.completion.chunk")), "choice 0, event 1"
    ),
    departs("chat.stream.delta-present", "null", changed("/choices/0/delta", None, only=3), "choice 0, event 4"),
    holds("chat.stream.schema", "as documented", stream()),
    holds("chat.stream.schema", "obfuscation", changed("/obfuscation", "aB3")),
    holds("chat.stream.schema", "a custom tool", stream(OPENING, chunk({"tool_calls": [CUSTOM_CALL]}), END)),
    departs(
        "chat.stream.schema",
        "content as a number",
        stream(OPENING, chunk({"content": 4}), END),
        "event 2, /choices/0/delta/content",
    ),
    departs("chat.stream.schema", "usage as a word", stream(*HELLO[:-1], {**END, "usage": "none"}), "event 4, /usage"),
    holds(
        "chat.stream.chunked",
        "in pieces",
        stream(OPENING, chunk({"content": LONG[:9]}), chunk({"content": LONG[9:]}), END),
    ),
    holds("chat.stream.chunked", "a short answer at once", stream(OPENING, chunk({"content": "Hello there."}), END)),
    holds(
        "chat.stream.chunked",
        "a word, after much reasoning",
        stream(OPENING, WORD, chunk(finish="length"), asked=asking(stream=True, max_tokens=99)),
    ),
    departs("chat.stream.chunked", "at once", stream(OPENING, chunk({"content": LONG}), END), "choice 0, event 2"),
    departs(
        "chat.stream.chunked",
        "at once, in no words",
        stream(
            OPENING,
            chunk({"content": "日本語の長い文章です"}),
            chunk(finish="length"),
            asked=asking(stream=True, max_tokens=12),
        ),
        "choice 0, event 2",
    ),
    holds("chat.stream.utf8-intact", "many scripts", stream(OPENING, chunk({"content": "日本語 🎉"}), END)),
    departs(
        "chat.stream.utf8-intact", "a split character", stream(OPENING, chunk({"content": "caf�"}), END), "choice 0"
    ),
    ignored("chat.stream.object", "a body", answer()),
    ignored(
        "chat.stream.object", "a Responses stream", exchange({"stream": True}, chat_stream(*HELLO), path="/responses")
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chat_stream(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
