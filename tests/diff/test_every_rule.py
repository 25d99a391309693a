"""Each rule beside a pair that shows it, and a pair that does not."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cozecheck.diff import RULES, Policy, Severity, compare
from cozecheck.exchange import Exchange, Failure, FailureKind
from tests.diff.answers import FORMAT, TOOLS
from tests.examples import (
    HELLO,
    USAGE_ASKED,
    answer,
    asking,
    chat_body,
    choice,
    chunk,
    drop,
    error,
    exchange,
    put,
    refusal,
    stream,
    usage_stream,
    with_usage,
)
from tests.response_examples import (
    call,
    call_events,
    created,
    item,
    item_list,
    numbered,
    response,
    said,
    streamed,
    talk,
    text_events,
    without,
)

ASKED = asking(tools=TOOLS)
LONG = "Once upon a time there was a king. " * 20
HELD = with_usage()


def tool(name: str = "weather", arguments: Any = '{"city": "Paris"}', **changes: Any) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}, **changes}


def calling(*calls: Any, asked: Any = None, **changes: Any) -> Exchange:
    body = chat_body(choice(None, finish="tool_calls", tool_calls=list(calls)), **changes)
    return answer(body, asked=asked or ASKED)


def saying(pointer: str, value: Any, asked: Any = None) -> Exchange:
    return answer(put(chat_body(), pointer, value), asked=asked)


def lacking(*pointers: str) -> Exchange:
    return answer(drop(chat_body(), *pointers))


def text(words: str, asked: Any = None) -> Exchange:
    return answer(chat_body(choice(words)), asked=asked)


def embedded(*vectors: Any, model: str = "small") -> Exchange:
    data = [{"object": "embedding", "index": index, "embedding": each} for index, each in enumerate(vectors)]
    body = {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": 4, "total_tokens": 4}}
    return exchange({"model": model, "input": ["a"] * len(vectors)}, body, path="/embeddings")


def refused(**changes: Any) -> Exchange:
    return refusal(404, error(**{"code": "model_not_found", "message": "The model does not exist.", **changes}))


def completed(text: str, finish: str, **asked: Any) -> Exchange:
    made = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
    body = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [made]}
    return exchange({"model": "m", "prompt": "Say", **asked}, body, path="/completions")


def speech(sound: bytes) -> Exchange:
    return exchange({"model": "m", "input": "a", "voice": "b"}, sound, path="/audio/speech")


def content(file: bytes) -> Exchange:
    return exchange(None, file, path="/files/file-1/content", method="GET")


def stored(size: int) -> Exchange:
    body = {"id": "file-1", "object": "file", "bytes": size}
    return exchange(None, body, path="/files/file-1", method="GET")


def drawn(image: str) -> Exchange:
    return exchange({"model": "m", "prompt": "A sail."}, {"data": [{"b64_json": image}]}, path="/images/generations")


def judged(*hateful: bool, flagged: bool | None = None, score: float = 0.1) -> Exchange:
    results = [
        {
            "flagged": each if flagged is None else flagged,
            "categories": {"hate": each},
            "category_scores": {"hate": score},
        }
        for each in hateful
    ]
    body = {"id": "modr-1", "model": "m", "results": results}
    return exchange({"model": "m", "input": ["a"] * len(hateful)}, body, path="/moderations")


def weighed(**changes: Any) -> Exchange:
    entry = {"token": "Hi", "logprob": -0.1, "top_logprobs": [{"token": "Hi", "logprob": -0.1}], **changes}
    return answer(chat_body({**choice("Hi"), "logprobs": {"content": [entry]}}))


CHAT, STREAM, CALL, REFUSED = answer(), stream(), calling(tool()), refused()
VECTOR = embedded([1.0, 0.0])
SPOKEN, EVENTS = created(), streamed(text_events("Hello", " there."))
BROKEN = replace(CHAT, failure=Failure(FailureKind.CUT, "closed"))
RATED = {"retry-after": "1", "x-ratelimit-limit-requests": "9"}
FORBIDDEN = asking(tools=TOOLS, tool_choice="none")
CHAT_BYTES = json.dumps(chat_body()).encode()
SECOND = chunk({"content": "Hello"})
MANY = [chunk({"content": str(number)}) for number in range(12)]
DEEP = b'{"a":' * 300 + b"1" + b"}" * 300

SHOWN: dict[str, tuple[Exchange, Exchange]] = {
    "answer.missing": (CHAT, BROKEN),
    "answer.unread": (CHAT, answer(DEEP)),
    "answer.unmeasured": (answer(DEEP), CHAT),
    "answer.form": (CHAT, STREAM),
    "answer.unparsable": (CHAT, answer(b"<html>")),
    "answer.bytes": (speech(b"ID3 abc"), speech(b"RIFF abc")),
    "answer.strict": (CHAT, answer(b'{"n": NaN, ' + CHAT_BYTES[1:])),
    "answer.kind": (speech(b"\xff\xf3"), speech(b"abc")),
    "answer.file": (content(b"a\n"), content(b"a")),
    "answer.empty": (CHAT, answer(b"")),
    "status.outcome": (CHAT, REFUSED),
    "status.code": (REFUSED, refusal(400, error(code="model_not_found", message="The model does not exist."))),
    "status.unsettled": (refusal(500), CHAT),
    "header.content-type": (CHAT, answer(headers={"content-type": "text/plain"})),
    "header.charset": (CHAT, answer(headers={"content-type": "application/json; charset=utf-8"})),
    "header.retry-after": (refusal(headers=RATED), refusal()),
    "header.rate-limit": (answer(headers=RATED), CHAT),
    "header.request-id": (CHAT, answer(headers={"x-request-id": None})),
    "error.envelope": (REFUSED, refusal(404, {"detail": "no"})),
    "error.type": (REFUSED, refused(type="not_found")),
    "error.code": (REFUSED, refused(code=None)),
    "error.param": (REFUSED, refused(param="model")),
    "error.empty": (REFUSED, refused(message="")),
    "error.message": (REFUSED, refused(message="No such model.")),
    "structure.missing": (CHAT, lacking("/object")),
    "structure.left-out": (CHAT, lacking("/choices/0/message/refusal")),
    "structure.added": (CHAT, answer(chat_body(extra=1))),
    "structure.null-for-absent": (CHAT, answer(chat_body(choice(tool_calls=None)))),
    "structure.unasked": (lacking("/usage"), CHAT),
    "structure.null": (CHAT, saying("/object", None)),
    "structure.nothing": (answer(chat_body(extra=1)), answer(chat_body(extra=None))),
    "structure.value-for-null": (answer(chat_body(extra=None)), answer(chat_body(extra=1))),
    "structure.type": (CHAT, saying("/created", "1")),
    "structure.number": (SPOKEN, created(response(temperature=1))),
    "structure.length": (answer(chat_body(extra=[1, 2])), answer(chat_body(extra=[1]))),
    "structure.index": (CHAT, saying("/choices/0/index", 1)),
    "structure.choices": (CHAT, saying("/choices", [])),
    "value.tag": (CHAT, saying("/choices/0/message/role", "user")),
    "value.changed": (SPOKEN, created(response(temperature=0.5))),
    "structure.entries": (judged(False, False), judged(False)),
    "value.kept": (stored(5), stored(6)),
    "value.flagged": (judged(True), judged(True, flagged=False)),
    "value.score": (judged(False), judged(False, score=40.0)),
    "value.base64": (drawn("AAAA"), drawn("data:image/png;base64,AAAA")),
    "value.time": (CHAT, saying("/created", 1_740_000_000_000)),
    "value.free": (CHAT, saying("/created", 1_740_000_000)),
    "id.empty": (CHAT, saying("/id", "")),
    "id.reference": (
        calling(tool(), tool(id="call_2")),
        calling(tool(), tool()),
    ),
    "id.shape": (CALL, calling(tool(id="tool-1"))),
    "id.prefix": (CHAT, saying("/id", "cmpl-123")),
    "model.name": (CHAT, saying("/model", "llama")),
    "model.snapshot": (CHAT, saying("/model", "gpt-4o-mini-2025-01-01")),
    "finish.reason": (CHAT, saying("/choices/0/finish_reason", "length")),
    "finish.cut": (completed("Say no more", "stop"), completed("Say no more", "length")),
    "finish.status": (SPOKEN, created(response(status="failed"))),
    "finish.progress": (created(response(status="queued")), SPOKEN),
    "tools.lost": (CALL, answer(chat_body(choice("I call weather.", finish="tool_calls")), asked=ASKED)),
    "tools.unknown": (CALL, calling(tool("wether"))),
    "tools.choice": (CALL, calling(tool(), tool(id="call_2"))),
    "tools.json": (CALL, calling(tool(arguments='{"city": "Par'))),
    "tools.schema": (CALL, calling(tool(arguments='{"town": "Paris"}'))),
    "tools.arguments": (CALL, calling(tool(arguments='{"city": "Rome"}'))),
    "tools.forbidden": (text("Hi.", FORBIDDEN), calling(tool(), asked=FORBIDDEN)),
    "text.stop": (text("1, 2", asking(stop="3")), text("1, 2, 3", asking(stop="3"))),
    "text.echo": (completed("Say no", "stop", echo=True), completed("no", "stop", echo=True)),
    "logprobs.tokens": (weighed(), weighed(token="Go")),
    "logprobs.sign": (weighed(), weighed(logprob=0.5)),
    "logprobs.alternatives": (weighed(), weighed(top_logprobs=[])),
    "text.json": (
        text('{"name": "Ada"}', asking(response_format=FORMAT)),
        text('```{"name": "Ada"}```', asking(response_format=FORMAT)),
    ),
    "text.schema": (
        text('{"name": "Ada"}', asking(response_format=FORMAT)),
        text('{"nom": "Ada"}', asking(response_format=FORMAT)),
    ),
    "text.lost": (CHAT, text("")),
    "text.null": (CALL, answer(chat_body(choice("", finish="tool_calls", tool_calls=[tool()])), asked=ASKED)),
    "text.length": (CHAT, text(LONG)),
    "text.meaning": (CHAT, text("Bananas!")),
    "text.wording": (CHAT, text("Good day.")),
    "usage.missing": (CHAT, lacking("/usage")),
    "usage.arithmetic": (CHAT, saying("/usage/total_tokens", 14)),
    "usage.zero": (CHAT, saying("/usage/prompt_tokens", 0)),
    "usage.limit": (
        answer(asked=asking(max_tokens=20)),
        answer(put(chat_body(), "/usage/completion_tokens", 21), asked=asking(max_tokens=20)),
    ),
    "usage.prompt": (CHAT, saying("/usage/prompt_tokens", 11)),
    "usage.tokenizer": (CHAT, saying("/usage/prompt_tokens", 11, {**asking(), "model": "coze"})),
    "usage.completion": (CHAT, saying("/usage/completion_tokens", 900)),
    "usage.tokens": (CHAT, saying("/usage/completion_tokens", 4)),
    "embedding.count": (embedded([1.0], [1.0]), embedded([1.0])),
    "embedding.encoding": (VECTOR, embedded("AACAPwAAAAA=")),
    "embedding.vector": (VECTOR, embedded("not base64")),
    "embedding.dimensions": (VECTOR, embedded([1.0])),
    "embedding.direction": (VECTOR, embedded([0.0, 1.0])),
    "embedding.space": (VECTOR, embedded([0.0, 1.0], model="large")),
    "embedding.length": (VECTOR, embedded([2.0, 0.0])),
    "output.items": (SPOKEN, created(response({"type": "reasoning", "id": "rs_1", "summary": []}, said()))),
    "events.role": (STREAM, stream(*HELLO[1:])),
    "events.order": (STREAM, stream(*HELLO, HELLO[-1])),
    "events.terminator": (STREAM, stream(*HELLO, done=False)),
    "events.extra-done": (EVENTS, streamed(text_events("Hello", " there."), tail="data: [DONE]\n\n")),
    "events.usage": (
        usage_stream(*HELD),
        stream(*HELD[:-2], {**HELD[-2], "usage": HELD[-1]["usage"]}, asked=asking(**USAGE_ASKED)),
    ),
    "events.unasked-usage": (STREAM, stream(*HELD, asked=asking(stream=True))),
    "events.constant": (STREAM, stream(HELLO[0], {**SECOND, "id": "chatcmpl-2"}, *HELLO[2:])),
    "events.numbers": (EVENTS, streamed([{**each, "sequence_number": 0} for each in text_events("Hello", " there.")])),
    "events.names": (EVENTS, streamed(text_events("Hello", " there."), names=False)),
    "events.sum": (
        EVENTS,
        streamed([each for each in text_events("Hello", " there.") if each.get("delta") != " there."]),
    ),
    "events.data": (STREAM, stream(HELLO[0], "PING", *HELLO[1:])),
    "events.framing": (EVENTS, streamed(text_events("Hello", " there."), tail="stray\n\n")),
    "events.error": (STREAM, stream(HELLO[0], error("Out of memory."))),
    "events.shape": (STREAM, stream(HELLO[0], drop(SECOND, "/created"), *HELLO[2:])),
    "events.null-for-absent": (STREAM, stream(HELLO[0], *(chunk({"content": "a", "tool_calls": None}),), *HELLO[2:])),
    "events.left-out": (stream(*({**each, "note": 1} for each in HELLO)), STREAM),
    "events.added": (STREAM, stream(*({**each, "note": 1} for each in HELLO))),
    "events.pieces": (stream(HELLO[0], *MANY, HELLO[-1]), stream(HELLO[0], chunk({"content": "all"}), HELLO[-1])),
}
BY_RUN = ("diff.noise.excess",)
"""Rules about a whole run: see test_learning.py."""
POLICIES = {"text.meaning": Policy(similarity=lambda one, other: 0.0)}
GOOD = (CHAT, STREAM, CALL, REFUSED, VECTOR, SPOKEN, EVENTS, streamed(call_events()), talk(item_list(item(1))))


def rules(name: str, original: Exchange, candidate: Exchange) -> set[str]:
    return {each.rule for each in compare(original, candidate, POLICIES.get(name, Policy()))}


def test_every_rule_is_shown() -> None:
    assert {f"diff.{name}" for name in SHOWN} == RULES.keys() - set(BY_RUN)


@pytest.mark.parametrize("name", SHOWN)
def test_a_rule_is_shown_by_its_pair(name: str) -> None:
    assert f"diff.{name}" in rules(name, *SHOWN[name])


@pytest.mark.parametrize("name", SHOWN)
def test_a_rule_is_not_shown_by_the_original_again(name: str) -> None:
    original, _ = SHOWN[name]

    assert not compare(original, original)


@pytest.mark.parametrize("name", SHOWN)
def test_a_difference_has_the_severity_of_its_rule(name: str) -> None:
    found = compare(*SHOWN[name], POLICIES.get(name, Policy()))

    assert all(each.severity is RULES[each.rule].severity for each in found)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_why_and_what_to_do(rule: Any) -> None:
    assert rule.reason
    assert rule.requirement or rule.severity is Severity.NOISE
    assert rule.severity not in (Severity.BREAKING,) or (rule.breaks and rule.remedy)


@pytest.mark.parametrize("original", GOOD)
@pytest.mark.parametrize("candidate", GOOD)
def test_any_two_answers_can_be_compared(original: Exchange, candidate: Exchange) -> None:
    assert bool(compare(original, candidate)) == (original is not candidate)


def _unordered() -> Iterator[tuple[Exchange, Exchange]]:
    yield calling(tool(), tool("b", id="call_2")), calling(tool("b", id="call_2"), tool())
    yield EVENTS, streamed(numbered(without("response.queued", text_events("Good", " day", " to you"))))
    yield created(response(said(), call())), created(response(call(), said()))


@pytest.mark.parametrize("pair", tuple(_unordered()))
def test_what_comes_in_another_order_or_number_is_no_difference(pair: tuple[Exchange, Exchange]) -> None:
    assert all(each.severity is Severity.NOISE for each in compare(*pair))


def test_a_stream_is_compared_with_the_body_that_it_spells_out() -> None:
    found = compare(CHAT, stream(*with_usage(), asked=asking()))

    assert [each.rule for each in found if each.severity is not Severity.NOISE] == ["diff.answer.form"]


def test_json_that_is_no_object_is_compared() -> None:
    assert compare(answer(json.dumps([1])), answer(json.dumps([2])))


def test_what_is_still_under_way_has_no_counts_to_compare() -> None:
    done, early = (
        exchange(
            {"input_file_id": "file-1"},
            {"object": "batch", "status": status, "usage": {"input_tokens": n, "total_tokens": n}},
            path="/batches",
        )
        for status, n in (("completed", 5), ("in_progress", 0))
    )
    assert {each.rule for each in compare(done, early)} == {"diff.finish.progress"}
