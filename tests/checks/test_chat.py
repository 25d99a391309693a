"""Checks of a chat completion sent as one body: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import NOW, answer, asking, chat_body, choice, drop, put, recorded, refusal, stream, usage

CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CUSTOM = {"id": "call_1", "type": "custom", "custom": {"name": "f", "input": "x"}}
CITATION = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 1, "title": "t", "url": "u"}}


def changed(pointer: str, value: Any, **more: Any) -> Exchange:
    return answer(put(chat_body(), pointer, value), **more)


def without(*pointers: str) -> Exchange:
    return answer(drop(chat_body(), *pointers))


def saying(text: Any, **message: Any) -> Exchange:
    return answer(chat_body(choice(text, **message)))


def named(asked: str, answered: Any) -> Exchange:
    return answer(chat_body(model=answered), asked={**asking(), "model": asked})


def cut(text: str, *, used: int, limit: int, finish: Any = "stop", **asked: Any) -> Exchange:
    body = chat_body(choice(text, finish=finish), usage=usage(completion=used))
    return answer(body, asked=asking(max_tokens=limit, **asked))


OF_2023 = chat_body(choice(finish=None), id="chatcmpl-1", created=1_700_000_000)
OF_2023["choices"][0]["finish_details"] = {"type": "stop"}
CASES = (
    holds("chat.schema", "as documented", answer()),
    holds("chat.schema", "fields of its own", answer(chat_body(choice(reasoning_content="Hm."), timings={"ms": 1}))),
    holds("chat.schema", "a custom tool", saying(None, tool_calls=[CUSTOM])),
    holds("chat.schema", "a tier newer than the SDK", answer(chat_body(service_tier="turbo"))),
    holds("chat.schema", "an annotation newer than the SDK", saying("x", annotations=[{**CITATION, "type": "file"}])),
    departs("chat.schema", "content as a number", saying(4), "/choices/0/message/content"),
    departs("chat.schema", "content as parts", saying([{"type": "text", "text": "x"}]), "/choices/0/message/content"),
    departs(
        "chat.schema",
        "details of usage as a list",
        answer(chat_body(usage=usage(prompt_tokens_details=[]))),
        "/usage/prompt_tokens_details",
    ),
    departs("chat.schema", "a fingerprint as a number", answer(chat_body(system_fingerprint=1)), "/system_fingerprint"),
    holds("chat.object", "chat.completion", answer()),
    departs("chat.object", "another", changed("/object", "text_completion"), "/object"),
    departs("chat.object", "absent", without("/object"), "/object"),
    holds("chat.id-nonempty", "an id", answer()),
    departs("chat.id-nonempty", "empty", changed("/id", ""), "/id"),
    departs("chat.id-nonempty", "a number", changed("/id", 17), "/id"),
    departs("chat.id-nonempty", "absent", without("/id"), "/id"),
    holds("chat.id-prefix", "chatcmpl-", answer()),
    holds("chat.id-prefix", "empty, which is another check's", changed("/id", "")),
    departs("chat.id-prefix", "a UUID", changed("/id", "2f3a"), "/id"),
    holds("chat.id-unique", "two", {"first": answer(), "second": changed("/id", "chatcmpl-2")}),
    departs("chat.id-unique", "one twice", {"first": answer(), "second": answer()}, "/id"),
    unsettled("chat.id-unique", "one answer", {"first": answer(), "second": refusal(500)}),
    holds("chat.created-int-seconds", "now", answer()),
    holds(
        "chat.created-int-seconds",
        "in March 2023, without a Date",
        changed("/created", 1_678_000_000, headers={"date": None}),
    ),
    departs("chat.created-int-seconds", "a float", changed("/created", NOW + 0.5), "/created"),
    departs("chat.created-int-seconds", "a whole float", changed("/created", float(NOW)), "/created"),
    departs("chat.created-int-seconds", "milliseconds", changed("/created", NOW * 1000), "/created"),
    departs("chat.created-int-seconds", "a string", changed("/created", str(NOW)), "/created"),
    departs("chat.created-int-seconds", "true", changed("/created", True), "/created"),
    departs("chat.created-int-seconds", "absent", without("/created"), "/created"),
    departs("chat.created-int-seconds", "0", changed("/created", 0), "/created"),
    departs("chat.created-int-seconds", "two days ago", changed("/created", NOW - 180_000), "/created"),
    departs(
        "chat.created-int-seconds", "milliseconds in a recording", recorded(changed("/created", NOW * 1000)), "/created"
    ),
    unsettled("chat.created-int-seconds", "0 in a recording that may be edited", recorded(changed("/created", 0))),
    unsettled(
        "chat.created-int-seconds",
        "a Date that a recorder froze",
        recorded(answer(headers={"date": "Mon, 01 Jan 2024 00:00:00 GMT"})),
    ),
    holds("chat.created-int-seconds", "a Date that a recorder spoilt", recorded(answer(headers={"date": "yesterday"}))),
    holds("chat.model-echo", "the dated version", answer()),
    holds("chat.model-echo", "the very name", named("llama3", "llama3")),
    holds("chat.model-echo", "another case", named("Llama3", "llama3")),
    holds("chat.model-echo", "a tag left out", named("llama3:latest", "llama3")),
    holds("chat.model-echo", "a preview", named("gpt-4-vision-preview", "gpt-4-1106-vision-preview")),
    holds("chat.model-echo", "a preview of turbo", named("gpt-4-turbo-preview", "gpt-4-0125-preview")),
    holds("chat.model-echo", "the latest", named("chatgpt-4o-latest", "chatgpt-4o-latest")),
    holds("chat.model-echo", "o1", named("o1", "o1-2024-12-17")),
    holds("chat.model-echo", "fine-tuned", named("ft:gpt-3.5-turbo:acme::abc", "ft:gpt-3.5-turbo-0613:acme::abc")),
    departs("chat.model-echo", "a path", named("llama3", "/models/llama3.gguf"), "/model"),
    departs("chat.model-echo", "another model", named("gpt-4o-mini", "gpt-4"), "/model"),
    departs("chat.model-echo", "a revision", named("smol", "smol@main"), "/model"),
    departs("chat.model-echo", "null", named("smol", None), "/model"),
    holds("chat.choices-present", "one", answer()),
    holds("chat.choices-present", "none, as asked", answer(put(chat_body(), "/choices", []), asked=asking(n=0))),
    departs("chat.choices-present", "an empty list", changed("/choices", []), "/choices"),
    departs("chat.choices-present", "null", changed("/choices", None), "/choices"),
    departs("chat.choices-present", "an object", changed("/choices", {"0": choice()}), "/choices"),
    departs("chat.choices-present", "absent", without("/choices"), "/choices"),
    departs("chat.choices-present", "strings", changed("/choices", ["Hello."]), "/choices"),
    holds("chat.choice-index", "0 and 1", answer(chat_body(choice(), choice(index=1)))),
    holds("chat.choice-index", "1 and 0", answer(chat_body(choice(index=1), choice()))),
    departs("chat.choice-index", "197", changed("/choices/0/index", 197), "/choices"),
    departs("chat.choice-index", "0 twice", answer(chat_body(choice(), choice())), "/choices"),
    departs("chat.choice-index", "a string", changed("/choices/0/index", "0"), "/choices"),
    departs("chat.choice-index", "absent", without("/choices/0/index"), "/choices"),
    holds("chat.message-present", "a message", answer()),
    departs(
        "chat.message-present",
        "a delta",
        answer(chat_body({"index": 0, "delta": {}, "finish_reason": "stop"})),
        "/choices/0/message",
    ),
    departs("chat.message-present", "null", changed("/choices/0/message", None), "/choices/0/message"),
    holds("chat.message-role", "assistant", answer()),
    departs("chat.message-role", "model", changed("/choices/0/message/role", "model"), "/choices/0/message/role"),
    departs("chat.message-role", "absent", without("/choices/0/message/role"), "/choices/0/message/role"),
    holds("chat.content-key", "there", answer()),
    holds("chat.content-key", "null", saying(None, tool_calls=[CALL])),
    departs("chat.content-key", "absent", without("/choices/0/message/content"), "/choices/0/message/content"),
    holds("chat.content-null", "text", answer()),
    holds("chat.content-null", "empty text", saying("")),
    holds("chat.content-null", "null beside a call", saying(None, tool_calls=[CALL])),
    holds(
        "chat.content-null", "null beside a function call", saying(None, function_call={"name": "f", "arguments": "{}"})
    ),
    holds("chat.content-null", "null beside a refusal", saying(None, refusal="I can't.")),
    holds("chat.content-null", "null beside reasoning", saying(None, reasoning_content="Hm.")),
    departs("chat.content-null", "null alone", saying(None), "/choices/0/message/content"),
    departs("chat.content-null", "null beside no calls", saying(None, tool_calls=[]), "/choices/0/message/content"),
    holds("chat.finish-reason-present", "stop", answer()),
    holds("chat.finish-reason-present", "in the form of 2023", recorded(answer(OF_2023))),
    departs(
        "chat.finish-reason-present", "null", changed("/choices/0/finish_reason", None), "/choices/0/finish_reason"
    ),
    departs("chat.finish-reason-present", "absent", without("/choices/0/finish_reason"), "/choices/0/finish_reason"),
    holds("chat.finish-reason-enum", "stop", answer()),
    holds("chat.finish-reason-enum", "content_filter", changed("/choices/0/finish_reason", "content_filter")),
    departs(
        "chat.finish-reason-enum",
        "the engine's word",
        changed("/choices/0/finish_reason", "eos"),
        "/choices/0/finish_reason",
    ),
    departs("chat.finish-reason-enum", "empty", changed("/choices/0/finish_reason", ""), "/choices/0/finish_reason"),
    holds("chat.finish-length", "length", cut("1, 2, 3,", used=5, limit=5, finish="length")),
    departs("chat.finish-length", "stop in mid-list", cut("1, 2, 3,", used=5, limit=5), "finish_reason"),
    departs(
        "chat.finish-length", "stop in mid-sentence", cut("The capital of France", used=4, limit=4), "finish_reason"
    ),
    departs("chat.finish-length", "stop after one token of one", cut("The", used=1, limit=1), "finish_reason"),
    departs("chat.finish-length", "stop beyond the limit", cut("Paris.", used=14, limit=12), "finish_reason"),
    unsettled("chat.finish-length", "a sentence that just fits", cut("It is Paris.", used=4, limit=4)),
    unsettled(
        "chat.finish-length", "a name that just fits, with the token that ends it", cut("Paris", used=2, limit=2)
    ),
    unsettled("chat.finish-length", "a stop sequence", cut("The capital of France", used=4, limit=4, stop="is")),
    unsettled("chat.finish-length", "below the limit", cut("Paris", used=2, limit=50)),
    ignored("chat.finish-length", "no limit", answer()),
    holds("chat.refusal-key", "null", answer()),
    departs("chat.refusal-key", "absent", without("/choices/0/message/refusal"), "/choices/0/message/refusal"),
    holds("chat.logprobs-key", "null", answer()),
    departs("chat.logprobs-key", "absent", without("/choices/0/logprobs"), "/choices/0/logprobs"),
    holds("chat.utf8-intact", "many scripts", saying("Grüße, 日本語, 🎉👩‍👩‍👧")),
    holds(
        "chat.utf8-intact",
        "a broken character that was asked for",
        answer(chat_body(choice("�")), asked=asking("Repeat: �")),
    ),
    departs("chat.utf8-intact", "a broken character", saying("caf�"), "/choices/0/message/content"),
    departs("chat.utf8-intact", "half of a pair", saying("\ud83c"), "/choices/0/message/content"),
    ignored("chat.object", "a stream", stream()),
    ignored("chat.object", "an error in 200", answer({"error": {"message": "No."}})),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chat(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
