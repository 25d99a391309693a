"""Incompatibilities that people met, by their numbers in the catalogue of 67: each is found under its name."""

from dataclasses import replace
from typing import Any

import pytest

from cozecheck.checks.successors import current
from cozecheck.exchange import Exchange, Read
from tests.checks import test_chat_parity, test_completions, test_embeddings
from tests.checks.tables import BY_ID, Subject, judged
from tests.examples import (
    HELLO,
    NOW,
    OPENING,
    answer,
    asking,
    chat_body,
    choice,
    chunk,
    drop,
    error,
    exchange,
    model,
    model_item,
    models,
    put,
    refusal,
    stream,
    turn,
    usage,
    usage_stream,
    with_usage,
)

WORD, END = HELLO[1], HELLO[-1]
CRASH = error("Unhandled exception.", type="server_error")
NOBODY = {**asking(), "model": "no-such-model-4711"}
NOT_THERE = error("There is no such model.")
STORY = asking("word " * 9_000)
PREFLIGHT = {"origin": "https://app.example", "access-control-request-method": "POST"}
FINAL = with_usage()[-1]


def each(pointer: str, value: Any, only: int | None = None) -> Exchange:
    return stream(*(put(one, pointer, value) if only in (None, at) else one for at, one in enumerate(HELLO)))


def body(pointer: str, value: Any) -> Exchange:
    return answer(put(chat_body(), pointer, value))


def crashed(asked: Any) -> Exchange:
    return refusal(500, CRASH, asked=asked)


def talk(*turns: dict[str, Any]) -> dict[str, Any]:
    return {**asking(), "messages": list(turns)}


def gauge(running: int) -> Exchange:
    return exchange(answered=f"vllm:num_requests_running {running}\n", method="GET", path="/metrics")


def at_once() -> Exchange:
    numbers = (chunk({"content": f"{number}, "}) for number in range(20))
    return stream(OPENING, *numbers, END, reads=(Read(2.0, 900), Read(2.001, 900)))


def keys(wrong: int, listed: int) -> dict[str, Exchange]:
    bad = error(code="invalid_api_key")
    tried = {name: refusal(401, bad) for name in ("missing", "malformed")}
    return {
        **tried,
        "wrong": answer() if wrong == 200 else refusal(wrong, bad),
        "models without a key": models(status=listed),
    }


def seeds(*texts: str) -> dict[str, Exchange]:
    return {f"seeded {text}": answer(chat_body(choice(text)), asked=asking(seed=1)) for text in texts}


BACKWARDS = test_embeddings.items({"index": 1}, {"index": 0})
NEW_ONLY = test_completions.body(test_completions.choice(odds=test_completions.ODDS))

ROWS: tuple[tuple[int, str, Subject], ...] = (
    (1, "chat.stream.done-terminator", stream(*HELLO, done=False)),
    (2, "chat.stream.finish-terminal", stream(*HELLO[:-1])),
    (3, "chat.stream.finish-once", stream(*HELLO, END)),
    (4, "chat.finish-reason-enum", body("/choices/0/finish_reason", "eos_token")),
    (4, "chat.finish-reason-enum", body("/choices/0/finish_reason", "")),
    (4, "chat.stream.finish-reason-enum", each("/choices/0/finish_reason", "end_turn", only=3)),
    (5, "chat.stream.role-first", stream(*HELLO[1:])),
    (6, "chat.stream.role-once", each("/choices/0/delta/role", "assistant")),
    (6, "chat.stream.role-value", each("/choices/0/delta/role", "")),
    (7, "chat.stream.id-constant", each("/id", "chatcmpl-2", only=2)),
    (8, "chat.stream.created-constant", each("/created", NOW + 1, only=2)),
    (9, "chat.id-nonempty", body("/id", "")),
    (9, "chat.stream.id-nonempty", each("/id", "")),
    (9, "chat.id-unique", {"first": answer(), "second": answer()}),
    (10, "chat.stream.choice-index", each("/choices/0/index", 197)),
    (10, "chat.stream.choice-index", stream(*(drop(one, "/choices/0/index") for one in HELLO))),
    (10, "chat.stream.delta-present", stream(*(put(chunk(), "/choices/0", choice()) for _ in HELLO))),
    (11, "chat.stream.object", each("/object", "chat.completion")),
    (12, "transport.sse.incremental", {"first": at_once()}),
    (12, "transport.sse.encoding", stream(headers={"content-encoding": "br"})),
    (13, "chat.stream.utf8-intact", stream(OPENING, chunk({"content": "caf�"}), chunk({"content": "�!"}), END)),
    (13, "chat.stream.text-parity", test_chat_parity.run(test_chat_parity.BLANKLESS)),
    (14, "chat.stream.error-visible", stream(OPENING, {"error": "boom"}, done=False)),
    (14, "chat.stream.breaks-off", stream(OPENING, WORD, done=False)),
    (14, "chat.stream.finish-terminal", stream(OPENING, WORD)),
    (15, "errors.status-not-200", answer(error())),
    (15, "errors.status-not-200", stream(error())),
    (15, "chat.choices-present", answer(drop(chat_body(), "/choices"))),
    (16, "transport.sse.line-style", exchange(asking(stream=True), b'data:{"a": 1}\r\n\r\n')),
    (17, "transport.sse.data-json", stream("ping", *HELLO)),
    (18, "transport.content-type", stream(headers={"content-type": "application/json"})),
    (18, "transport.content-type", answer(headers={"content-type": "text/event-stream"})),
    (18, "transport.stream-as-asked", stream(asked=asking())),
    (18, "transport.stream-as-asked", answer(asked=asking(stream=True))),
    (
        19,
        "transport.cancel-on-disconnect",
        {"before": gauge(0), "leaving": replace(stream(), left=True), "after": gauge(1)},
    ),
    (20, "transport.cors-preflight", exchange(method="OPTIONS", status=405, sent=PREFLIGHT)),
    (20, "transport.cors-preflight", exchange(method="OPTIONS", status=404, sent=PREFLIGHT)),
    (21, "chat.stream.usage-included", usage_stream(*HELLO)),
    (22, "chat.stream.usage-unrequested", stream(*HELLO, FINAL)),
    (23, "chat.stream.usage-empty-choices", usage_stream(*HELLO[:-1], {**END, "usage": usage()})),
    (24, "chat.stream.usage-choices-key", usage_stream(*HELLO, drop(FINAL, "/choices"))),
    (25, "chat.usage-arithmetic", body("/usage/total_tokens", 99)),
    (25, "usage.positive", answer(chat_body(usage=usage(0, 0)))),
    (25, "usage.stream-once", usage_stream(*({**one, "usage": usage()} for one in HELLO))),
    (
        25,
        "chat.usage-stream-parity",
        {"body": answer(), "stream": usage_stream(*HELLO, put(FINAL, "/usage/prompt_tokens", 77))},
    ),
    (25, "usage.stream-text-parity", test_chat_parity.run(counted=test_chat_parity.counted(2))),
    (26, "chat.usage-plausible", {"short": answer(), "long": answer(asked=STORY)}),
    (40, "request.documented-params", replace(crashed(asking(user="u")), scenario="request.parameters", name="user")),
    (
        40,
        "request.documented-params",
        replace(refusal(asked=asking(seed=1)), scenario="request.parameters", name="seed"),
    ),
    (41, "request.max-completion-tokens", answer(chat_body(usage=usage(9, 42)), asked=asking(max_completion_tokens=5))),
    (42, "request.developer-role", refusal(422, asked=talk(turn("developer", "Be brief."), turn("user", "Hi.")))),
    (43, "request.content-array", crashed(talk(turn("user", [{"type": "text", "text": "Hi."}])))),
    (44, "request.role-order", crashed(talk(turn("user", "Hi."), turn("user", "Ho.")))),
    (45, "request.n", answer(asked=asking(n=2))),
    (46, "request.stop-excluded", answer(chat_body(choice("1, 2, 3")), asked=asking(stop="3"))),
    (47, "chat.finish-length", answer(chat_body(choice("1, 2,"), usage=usage(9, 5)), asked=asking(max_tokens=5))),
    (48, "request.bounds.top-p", crashed(asking(top_p=0))),
    (48, "request.bounds.temperature", answer(asked=asking(temperature=3))),
    (48, "errors.param-named", refusal(asked=asking(temperature=-1))),
    (49, "request.seed", seeds("a", "b", "c")),
    (51, "errors.malformed-body", exchange(b'{"model": ', CRASH, status=500)),
    (51, "errors.invalid-not-5xx", crashed({**asking(), "messages": "hello"})),
    (52, "errors.context-length", crashed(STORY)),
    (52, "errors.context-length", answer(asked=STORY)),
    (52, "errors.context-length-code", refusal(body=error("Exceeds the context length."), asked=STORY)),
    (53, "errors.envelope", refusal(body={"object": "error", "message": "No.", "code": 400})),
    (53, "errors.keys", refusal(body={"error": {"message": "No."}})),
    (54, "errors.envelope", refusal(422, {"detail": [{"loc": ["body"]}]})),
    (54, "errors.envelope", refusal(401, {"detail": "Unauthorized"})),
    (55, "errors.code-type", refusal(body=error(code=400))),
    (56, "models.unknown-rejected", answer(asked=NOBODY)),
    (56, "models.unknown-status", refusal(400, NOT_THERE, asked=NOBODY)),
    (56, "models.unknown-code", refusal(404, NOT_THERE, asked=NOBODY)),
    (57, "errors.unknown-route", exchange(path="/no-such-endpoint", status=404)),
    (57, "errors.unknown-route", exchange(answered="<html>", path="/no-such-endpoint", status=404)),
    (58, "errors.retry-after", refusal(429)),
    (59, "auth.bearer-required", keys(wrong=200, listed=401)),
    (59, "auth.models-protected", keys(wrong=401, listed=200)),
    (59, "auth.status", keys(wrong=403, listed=401)),
    (60, "models.list-shape", exchange(answered=[model_item()], method="GET", path="/models")),
    (60, "models.item-fields", models(drop(model_item(), "/created"))),
    (60, "models.listed", {"list": models(model_item("another")), "chat": answer()}),
    (60, "models.retrieve", exchange(answered={"detail": "Not Found"}, method="GET", path="/models/org/m", status=404)),
    (60, "models.retrieve-listed", {"list": models(), "retrieve": model(answered=error(), status=404)}),
    (61, "chat.model-echo", body("/model", "/models/llama.gguf")),
    (61, "chat.stream.model-echo", each("/model", "/models/llama.gguf")),
    (62, "chat.created-int-seconds", body("/created", NOW + 0.5)),
    (62, "chat.created-int-seconds", body("/created", NOW * 1000)),
    (62, "chat.created-int-seconds", body("/created", NOW - 200_000)),
    (62, "chat.stream.created-int-seconds", each("/created", float(NOW))),
    (64, "embeddings.base64-equal", test_embeddings.formats(test_embeddings.EAST)),
    (64, "embeddings.base64-equal", test_embeddings.formats("")),
    (64, "embeddings.token-input", test_embeddings.tokens(test_embeddings.ELSEWHERE)),
    (64, "embeddings.dimensions", test_embeddings.embedded(dimensions=8)),
    (64, "embeddings.order", test_embeddings.embedded(BACKWARDS, given=["a", "b"])),
    (65, "completions.echo-logprobs", test_completions.completed(NEW_ONLY, echo=True, logprobs=2)),
    (65, "completions.prompt-array", test_completions.completed(prompt=["a", "b"])),
    (65, "completions.prompt-array", test_completions.completed(prompt=["a", "b"], answer=CRASH, status=500)),
)
OURS = (*range(1, 27), *range(40, 50), *range(51, 63), 64, 65)
"""The rows of the families that are judged today."""


@pytest.mark.parametrize(("row", "proposed", "wrong"), ROWS, ids=[f"{row} {id}" for row, id, _ in ROWS])
def test_what_people_met_is_found_under_its_name(row: int, proposed: str, wrong: Subject) -> None:
    id = current(proposed)

    assert id in {departure.check.id for departure in judged(wrong, id).departures}


def test_every_row_is_tried() -> None:
    assert {row for row, _, _ in ROWS} == set(OURS)


def test_every_proposed_name_leads_to_a_check() -> None:
    assert {current(proposed) for _, proposed, _ in ROWS} <= set(BY_ID)
