"""Checks of the traffic itself: exchanges and what is found in them."""

import gzip
from dataclasses import replace
from typing import Any

import pytest

from cozecheck.exchange import Exchange, Failure, FailureKind
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import answer, asking, broken, exchange, models, recorded, refusal, stream

GAUGE = '# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{{model="m"}} {}\n'
ASKS = {"origin": "https://app.example", "access-control-request-method": "POST"}


def failed(kind: FailureKind, answered: object = None) -> Exchange:
    return broken(Failure(kind, "after 3 s"), answered=answered)


def preflight(status: int = 204, **headers: str) -> Exchange:
    allowed = {"access-control-allow-" + name: value for name, value in headers.items()}
    return exchange(method="OPTIONS", status=status, sent=ASKS, headers=allowed)


def metrics(running: object) -> Exchange:
    return exchange(answered=GAUGE.format(running), method="GET", path="/metrics", headers={"content-type": "text"})


def leaving(after: object, *, left: bool = True, before: object = 0) -> dict[str, Exchange]:
    return {"before": metrics(before), "leaving": replace(stream(), left=left), "after": metrics(after)}


RESPONSES: dict[str, Any] = {"method": "POST", "path": "/responses"}
CASES = (
    holds("transport.responds", "an answer", answer()),
    holds("transport.responds", "a stream that breaks later", failed(FailureKind.CUT, b"data: 1\n\n")),
    departs("transport.responds", "nothing within the time limit", failed(FailureKind.FIRST_BYTE), ""),
    departs("transport.responds", "nobody listens", failed(FailureKind.CONNECT), ""),
    ignored("transport.responds", "we left ourselves", replace(failed(FailureKind.FIRST_BYTE), left=True)),
    holds("transport.body-complete", "an answer", answer()),
    departs("transport.body-complete", "reset half-way", failed(FailureKind.CUT, b'{"id": "chat'), ""),
    departs("transport.body-complete", "stalled half-way", failed(FailureKind.IDLE, b'{"id": "chat'), ""),
    holds("transport.bounded", "an answer", answer()),
    departs("transport.bounded", "a stream without end", failed(FailureKind.EVENTS, b"data: 1\n\n"), ""),
    departs("transport.bounded", "a body without end", failed(FailureKind.SIZE, b"a"), ""),
    holds("transport.encoding", "none", answer()),
    holds(
        "transport.encoding",
        "gzip on JSON",
        exchange(asking(), gzip.compress(b'{"a": 1}'), headers={"content-encoding": "gzip"}),
    ),
    departs(
        "transport.encoding",
        "no gzip under its name",
        exchange(asking(), b"\x00\x01\x02", headers={"content-encoding": "gzip"}),
        "content-encoding",
    ),
    departs(
        "transport.encoding",
        "an encoding that nobody asked for",
        exchange(asking(), b"\x0b\x02\x80{}\x03", headers={"content-encoding": "br"}),
        "content-encoding",
    ),
    ignored(
        "transport.encoding",
        "bytes of a recording in an encoding that may have been asked for",
        recorded(exchange(asking(), b"\x0b\x02\x80{}\x03", headers={"content-encoding": "br"})),
    ),
    holds("transport.content-type", "JSON", answer()),
    holds("transport.content-type", "a stream", stream()),
    holds(
        "transport.content-type", "a problem document", refusal(headers={"content-type": "application/problem+json"})
    ),
    holds("transport.content-type", "upper case", answer(headers={"content-type": "Application/JSON; charset=UTF-8"})),
    holds(
        "transport.content-type",
        "HTML that says so",
        exchange(answered="<html>", status=502, headers={"content-type": "text/html"}),
    ),
    departs(
        "transport.content-type", "a stream as text", stream(headers={"content-type": "text/plain"}), "content-type"
    ),
    departs("transport.content-type", "JSON as HTML", answer(headers={"content-type": "text/html"}), "content-type"),
    departs("transport.content-type", "JSON as nothing", answer(headers={"content-type": None}), "content-type"),
    departs(
        "transport.content-type", "an error as text", refusal(headers={"content-type": "text/plain"}), "content-type"
    ),
    departs(
        "transport.content-type",
        "JSON as nothing, recorded with all other headers",
        recorded(answer(headers={"content-type": None})),
        "content-type",
    ),
    ignored(
        "transport.content-type",
        "a recording of few headers",
        recorded(answer(headers={"content-type": None, "date": None})),
    ),
    ignored(
        "transport.content-type",
        "a file of JSON lines",
        exchange(
            answered='{"a": 1}', method="GET", path="/files/file-1/content", headers={"content-type": "text/plain"}
        ),
    ),
    holds("transport.stream-as-asked", "a body", answer()),
    holds("transport.stream-as-asked", "stream: false", answer(asked=asking(stream=False))),
    holds("transport.stream-as-asked", "stream: null", answer(asked=asking(stream=None))),
    holds("transport.stream-as-asked", "a stream", stream()),
    departs("transport.stream-as-asked", "a body for a stream", answer(asked=asking(stream=True)), "body"),
    departs("transport.stream-as-asked", "a stream for a body", stream(asked=asking()), "body"),
    departs(
        "transport.stream-as-asked",
        "a stream of events for a Responses body",
        exchange({"model": "m", "input": "Hi."}, b"event: response.created\ndata: {}\n\n", **RESPONSES),
        "body",
    ),
    departs("transport.stream-as-asked", "nothing", exchange(asking(stream=True), b""), "body"),
    ignored("transport.stream-as-asked", "a recorder that drops streams", recorded(exchange(asking(stream=True), b""))),
    ignored("transport.stream-as-asked", "a refusal", refusal(asked=asking(stream=True))),
    ignored("transport.stream-as-asked", "a stream flag that is none", answer(asked=asking(stream="yes"))),
    holds("transport.json-strict", "JSON", answer()),
    holds("transport.json-strict", "half of a surrogate pair", exchange(asking(), rb'{"a": "\ud83d"}')),
    holds(
        "transport.json-strict", "a number too large for a float", exchange(asking(), b'{"a": 12345678901234567890}')
    ),
    departs("transport.json-strict", "NaN", exchange(asking(), b'{"a": NaN}'), "body"),
    departs("transport.json-strict", "a key twice", exchange(asking(), b'{"a": 1, "a": 2}'), "body"),
    departs("transport.json-strict", "an absurd depth", exchange(asking(), b"[" * 10_000 + b"]" * 10_000), "body"),
    departs("transport.json-strict", "no UTF-8", exchange(asking(), b'{"a": "\xe9"}'), "body"),
    departs("transport.json-strict", "cut off", exchange(asking(), b'{"a": '), "body"),
    ignored(
        "transport.json-strict",
        "a file of JSON lines, recorded without headers",
        recorded(
            exchange(
                answered='{"a": 1}\n{"a": 2}',
                method="GET",
                path="/files/file-1/content",
                headers={"content-type": None, "date": None},
            )
        ),
    ),
    holds("transport.redirect", "an answer", answer()),
    departs("transport.redirect", "elsewhere", models(status=307, headers={"location": "http://other"}), "status"),
    ignored("transport.redirect", "a file elsewhere", exchange(method="GET", path="/files/f/content", status=302)),
    holds("transport.cors-preflight", "for all", preflight(origin="*")),
    holds("transport.cors-preflight", "for this origin", preflight(status=200, origin="https://app.example")),
    departs("transport.cors-preflight", "405", preflight(405), "status"),
    departs("transport.cors-preflight", "no word of origins", preflight(), "access-control-allow-origin"),
    departs(
        "transport.cors-preflight", "for another", preflight(origin="https://other"), "access-control-allow-origin"
    ),
    ignored("transport.cors-preflight", "OPTIONS without an origin", exchange(method="OPTIONS", status=405)),
    holds("transport.request-id", "there", answer()),
    departs("transport.request-id", "absent", answer(headers={"x-request-id": None}), "x-request-id"),
    departs("transport.request-id", "absent from an error", refusal(headers={"x-request-id": None}), "x-request-id"),
    ignored("transport.request-id", "from a recording", recorded(answer(headers={"x-request-id": None}))),
    holds("transport.cancel-on-disconnect", "none in work", leaving(0)),
    holds("transport.cancel-on-disconnect", "as many in work as before", leaving(2, before=2)),
    holds("transport.cancel-on-disconnect", "a gauge that is no number", leaving("x")),
    departs("transport.cancel-on-disconnect", "one more in work", leaving(1), "/metrics"),
    unsettled("transport.cancel-on-disconnect", "over before we left", leaving(1, left=False)),
    unsettled("transport.cancel-on-disconnect", "no metrics", {"before": models(), "after": models()}),
    unsettled("transport.cancel-on-disconnect", "it could not be tried", {"before": metrics(0), "after": metrics(1)}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_transport(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
