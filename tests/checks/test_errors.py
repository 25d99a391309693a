"""Checks of refusals: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import (
    HELLO,
    answer,
    asking,
    chat_body,
    drop,
    error,
    exchange,
    put,
    recorded,
    refusal,
    stream,
    turn,
    usage,
)

HTML = "<html><h1>502 Bad Gateway</h1></html>"
PAGE = {"content-type": "text/html"}
OUTAGE = error("The server had an error while processing your request. Sorry about that!", type="server_error")
BROKEN = error("Internal Server Error", type="server_error")
TOO_LONG = "This model's maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens."
STORY = asking("word " * 9_000)
PICTURE = asking()
PICTURE["messages"] = [
    turn("user", [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 99_999}}])
]
HOT = asking(temperature="hot")


def wrong(key: str, value: Any) -> Exchange:
    return refusal(body=put(error(), f"/error/{key}", value))


def garbled(status: int, body: Any, asked: Any = b'{"model": ') -> Exchange:
    return exchange(asked, body, status=status)


def invalid(status: int = 400, asked: Any = None, **said: Any) -> Exchange:
    return refusal(status, error(**{"param": "temperature", **said}), asked=asked or HOT)


def long(status: int, **said: Any) -> Exchange:
    return refusal(status, error(**{"message": TOO_LONG, "param": "messages", **said}), asked=STORY)


def route(status: int, body: Any = None, path: str = "/no-such-endpoint", **more: Any) -> Exchange:
    return exchange(answered=error() if body is None else body, path=path, status=status, **more)


def put_to_chat(status: int, body: Any = None, method: str = "PUT") -> Exchange:
    return exchange(asking(), error() if body is None else body, method=method, status=status)


CASES = (
    holds("errors.body-present", "an error", refusal()),
    departs("errors.body-present", "an empty 500", exchange(asking(), b"", status=500), "body"),
    ignored("errors.body-present", "HEAD", exchange(method="HEAD", status=404)),
    holds("errors.envelope", "the envelope", refusal()),
    holds("errors.envelope", "a gateway's envelope", refusal(502)),
    departs("errors.envelope", "FastAPI's detail", refusal(body={"detail": "Not Found"}), "body"),
    departs("errors.envelope", "flat", refusal(body={"object": "error", "message": "No."}), "body"),
    departs("errors.envelope", "a string", refusal(body={"error": "No."}), "body"),
    departs("errors.envelope", "a list", refusal(body=[error()]), "body"),
    departs("errors.envelope", "text", refusal(500, "Internal Server Error"), "body"),
    departs("errors.envelope", "a page", refusal(404, HTML, headers=PAGE), "body"),
    departs("errors.envelope", "a server's own 503", refusal(503, {"detail": "overloaded"}), "body"),
    unsettled("errors.envelope", "a proxy's page", refusal(502, HTML, headers=PAGE)),
    unsettled("errors.envelope", "a proxy's words", refusal(503, "upstream connect error")),
    ignored(
        "errors.envelope",
        "an error of another API",
        exchange(answered={"ok": False}, method="GET", path="http://127.0.0.1:8000/health", status=503),
    ),
    holds("errors.keys", "all four", refusal()),
    departs("errors.keys", "no param", refusal(body=drop(error(), "/error/param")), "/error"),
    holds("errors.message", "words", refusal()),
    departs("errors.message", "none", wrong("message", ""), "/error/message"),
    departs("errors.message", "blanks", wrong("message", "  "), "/error/message"),
    departs("errors.message", "null", wrong("message", None), "/error/message"),
    departs("errors.message", "a list", wrong("message", ["No."]), "/error/message"),
    holds("errors.type-string", "a type", refusal()),
    holds("errors.type-string", "OpenAI's word for a rate limit", wrong("type", "tokens")),
    departs("errors.type-string", "null", wrong("type", None), "/error/type"),
    departs("errors.type-string", "empty", wrong("type", ""), "/error/type"),
    holds("errors.type-string", "no such key, which is another check's", refusal(body=drop(error(), "/error/type"))),
    holds("errors.code-type", "null", refusal()),
    holds("errors.code-type", "a word", wrong("code", "model_not_found")),
    departs("errors.code-type", "a number", wrong("code", 400), "/error/code"),
    departs("errors.code-type", "another number behind a proxy", refusal(503, error(code=1015)), "/error/code"),
    unsettled("errors.code-type", "Cloudflare's before OpenAI", refusal(503, error(type="cf_x", code=503))),
    holds("errors.param-type", "null", refusal()),
    departs("errors.param-type", "a list", wrong("param", ["messages"]), "/error/param"),
    holds("errors.null-literal", "null", refusal()),
    holds("errors.null-literal", "a parameter", wrong("param", "messages")),
    departs("errors.null-literal", "None", wrong("param", "None"), "/error/param"),
    departs("errors.null-literal", "null as a word", wrong("code", "null"), "/error/code"),
    holds("errors.code-meaning", "a reason", wrong("code", "invalid_api_key")),
    departs("errors.code-meaning", "the status", wrong("code", "400"), "/error/code"),
    holds("errors.status-not-200", "an answer", answer()),
    holds("errors.status-not-200", "error: null", answer(chat_body(error=None))),
    holds("errors.status-not-200", "an error in mid-stream", stream(HELLO[0], error())),
    departs("errors.status-not-200", "an error in 200", answer(error()), "status"),
    departs("errors.status-not-200", "a string in 200", answer({"error": "No."}), "status"),
    departs("errors.status-not-200", "a stream that begins with an error", stream(error()), "status"),
    ignored(
        "errors.status-not-200",
        "a job that says it failed",
        exchange(answered={"id": "ft", "error": {"code": "x"}}, method="GET", path="/fine_tuning/jobs/ft"),
    ),
    holds("errors.malformed-body", "refused", garbled(400, error())),
    holds("errors.malformed-body", "nothing, refused", garbled(400, error(), b"")),
    departs("errors.malformed-body", "a crash", garbled(500, BROKEN), "status"),
    departs("errors.malformed-body", "an answer", garbled(200, chat_body()), "status"),
    departs("errors.malformed-body", "an answer to a list", garbled(200, chat_body(), []), "status"),
    departs("errors.malformed-body", "an answer to nothing", garbled(200, chat_body(), b""), "status"),
    unsettled("errors.malformed-body", "no key", garbled(401, error())),
    ignored("errors.malformed-body", "a recorder that drops requests", recorded(garbled(200, chat_body(), b""))),
    ignored(
        "errors.malformed-body",
        "a compressed request",
        exchange(b"\x1f\x8b", chat_body(), sent={"content-encoding": "gzip"}),
    ),
    holds("errors.media-type", "read all the same", answer(sent={"content-type": "text/plain"})),
    holds("errors.media-type", "415", refusal(415, sent={"content-type": "text/plain"})),
    departs("errors.media-type", "a crash", refusal(500, BROKEN, sent={"content-type": "text/plain"}), "status"),
    holds("errors.invalid-not-5xx", "400", invalid()),
    holds("errors.invalid-not-5xx", "accepted, which is another check's", answer(asked=HOT)),
    departs("errors.invalid-not-5xx", "500", refusal(500, BROKEN, asked=HOT), "status"),
    departs("errors.invalid-not-5xx", "500 without a word", refusal(500, b"", asked=HOT), "status"),
    unsettled("errors.invalid-not-5xx", "OpenAI out of order", refusal(500, OUTAGE, asked=HOT)),
    unsettled("errors.invalid-not-5xx", "a proxy's 502", refusal(502, HTML, asked=HOT, headers=PAGE)),
    unsettled("errors.invalid-not-5xx", "no key", refusal(401, asked=HOT)),
    holds("errors.invalid-status", "400", invalid()),
    holds(
        "errors.invalid-status", "404 where there is no model", invalid(404, drop(asking(), "/model"), param="model")
    ),
    departs("errors.invalid-status", "422", invalid(422), "status"),
    holds("errors.param-named", "by its name", invalid()),
    holds(
        "errors.param-named",
        "by a place within",
        invalid(asked=asking(messages=[{"role": "x"}]), param="messages[0].role"),
    ),
    departs("errors.param-named", "null", invalid(param=None), "/error/param"),
    departs("errors.param-named", "another", invalid(param="top_p"), "/error/param"),
    departs(
        "errors.param-named",
        "one that holds its letter",
        invalid(asked=asking(n="two"), param="model_name"),
        "/error/param",
    ),
    unsettled(
        "errors.param-named",
        "another, which the model lacks",
        invalid(asked=asking(n="two", logprobs=True), param="logprobs", code="unsupported_parameter"),
    ),
    ignored("errors.param-named", "two faults", invalid(asked=asking(n="two", temperature="hot"), param="n")),
    holds("errors.context-length", "refused", long(400)),
    departs("errors.context-length", "a crash", refusal(500, BROKEN, asked=STORY), "status"),
    departs("errors.context-length", "cut", answer(chat_body(usage=usage(2_000)), asked=STORY), "/usage"),
    unsettled("errors.context-length", "fitted", answer(chat_body(usage=usage(9_007)), asked=STORY)),
    unsettled("errors.context-length", "no usage to tell by", answer(drop(chat_body(), "/usage"), asked=STORY)),
    unsettled("errors.context-length", "OpenAI out of order", refusal(500, OUTAGE, asked=STORY)),
    ignored("errors.context-length", "a large picture", answer(asked=PICTURE)),
    ignored("errors.context-length", "a short prompt", answer()),
    holds("errors.context-length-code", "named", long(400, code="context_length_exceeded")),
    departs("errors.context-length-code", "null", long(400), "/error/code"),
    unsettled("errors.context-length-code", "refused for another reason", long(400, message="Too many words.")),
    holds("errors.unknown-route", "404 in the envelope", route(404)),
    holds("errors.unknown-route", "no key", route(401)),
    departs("errors.unknown-route", "400", route(400), "status"),
    departs("errors.unknown-route", "a page", route(404, HTML, headers=PAGE), "body"),
    departs("errors.unknown-route", "an answer", route(200, {"ok": True}), "status"),
    ignored("errors.unknown-route", "a path of the server's own", route(200, {"results": []}, path="/rerank")),
    ignored("errors.unknown-route", "a path of the API", route(404, path="/files/file-1")),
    holds("errors.method-not-allowed", "405", put_to_chat(405)),
    holds("errors.method-not-allowed", "404", put_to_chat(404)),
    departs("errors.method-not-allowed", "500", put_to_chat(500), "status"),
    departs("errors.method-not-allowed", "an answer", put_to_chat(200, chat_body()), "status"),
    departs("errors.method-not-allowed", "a page", put_to_chat(405, HTML), "body"),
    ignored("errors.method-not-allowed", "a list of stored completions", put_to_chat(200, {"data": []}, method="GET")),
    holds("errors.retry-after", "seconds", refusal(429, headers={"retry-after": "1"})),
    holds("errors.retry-after", "milliseconds", refusal(503, headers={"retry-after-ms": "20"})),
    departs("errors.retry-after", "nothing", refusal(429), "retry-after"),
    ignored("errors.retry-after", "an empty account", refusal(429, error(code="insufficient_quota"))),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_errors(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
