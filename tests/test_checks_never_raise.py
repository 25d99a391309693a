"""Whatever comes over the wire, no check raises."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Read, Request, Response
from tests.examples import BASE, HELLO, asking, chat_body, chunk, error, model_item, turn, usage, with_usage
from tests.spoiling import places, spoil

RELATIONS = sorted({check.scenario for check in ALL if check.view is None})
NAMES = (
    *("before", "leaving", "after", "first", "second", "list", "retrieve", "chat", "short", "long", "body", "stream"),
    *("missing", "wrong", "malformed", "models without a key", "seeded once", "seeded twice", "seeded thrice"),
)
PATHS = (
    "/chat/completions",
    "/models",
    "/models/no-such-model",
    "/responses",
    "/embeddings",
    "/nope",
    "",
    "/files/f/content",
)
METHODS = ("POST", "GET", "OPTIONS", "HEAD", "PUT", "DELETE")
PARAMETERS: dict[str, Any] = {
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 5,
    "max_completion_tokens": 5,
    "n": 2,
    "stop": ["a"],
    "temperature": 3,
    "logit_bias": {"1": 101},
    "top_logprobs": 20,
    "user": "u",
    "seed": 1,
    "not_a_parameter": 1,
}
PARTS = turn("user", [{"type": "text", "text": "Hi."}, {"type": "image_url", "image_url": {"url": "u"}}])
ASKED = (
    {**asking(), **PARAMETERS},
    {**asking(), "messages": [PARTS, turn("assistant", None), turn("tool", "x")]},
    asking(),
)
BODIES = (
    chat_body(
        usage=usage(prompt_tokens_details={"cached_tokens": 1}, completion_tokens_details={"reasoning_tokens": 1})
    ),
    chat_body(error=None),
    error(code="model_not_found"),
    {"object": "list", "data": [model_item(), model_item("b")]},
    model_item(),
)
CHUNKS = (*with_usage(*HELLO), chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}), error("Late."))

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "stop", "length", "assistant", "None", "400", "\ud800", 10**30, 1e308, -1, 0, "data:", "[DONE]"]
    ),
)
values = st.recursive(
    atoms,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
asked_values = values | st.sampled_from(list(PARAMETERS.values()))


@st.composite
def near(draw: st.DrawFn, *examples: Any) -> Any:
    """One of the *examples*, with up to two places spoilt."""
    value = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(0, 2))):
        found = places(value)
        if found:
            value = spoil(value, draw(st.sampled_from(found)), draw(values), drop=draw(st.booleans()))
    return value


def written(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Chunks, some spoilt, in any order, some twice, with or without an end, cut anywhere."""
    chunks = draw(st.lists(near(*CHUNKS), max_size=6))
    data = [written(each) for each in chunks] + draw(
        st.lists(st.sampled_from([b"[DONE]", b"[DONE] ", b"", b"PING"]), max_size=2)
    )
    line_end = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    body = b"".join(b"data: " + each + line_end * 2 for each in data)
    return body[: len(body) - draw(st.sampled_from([0, 0, 1, 2, 30]))]


bodies = st.one_of(near(*BODIES).map(written), values.map(written), streams(), st.binary(max_size=40))
asks = st.one_of(near(*ASKED).map(written), asked_values.map(written), st.binary(max_size=20))
lines = st.tuples(
    st.sampled_from(["content-type", "Date", "content-encoding", "authorization", "retry-after", "location", "origin"]),
    st.sampled_from(
        ["application/json", "text/event-stream", "gzip", "br", "Bearer sk-0123456789abcdef", "Thu, 32 Foo 99999", ""]
    )
    | st.text(max_size=8),
)
headers = st.lists(lines, max_size=4).map(lambda each: Headers(tuple(each)))
reads = st.lists(st.builds(Read, st.floats(0, 100), st.integers(0, 100)), max_size=3).map(tuple)
requests = st.builds(Request, st.sampled_from(METHODS), st.sampled_from([BASE + path for path in PATHS]), headers, asks)
responses = st.builds(
    Response, st.integers(100, 599) | st.just(200), headers, bodies, st.sampled_from(["", "HTTP/2"]), reads
)
failures = st.none() | st.builds(Failure, st.sampled_from(FailureKind), st.text(max_size=4))
exchanges = st.builds(
    Exchange,
    requests,
    st.none() | responses | responses,
    failures,
    scenario=st.sampled_from(["", "request.plain", "request.parameters", "request.bounds", "errors.route"]),
    name=st.sampled_from(["user", "n at 1", ""]),
    left=st.booleans(),
)
PATIENT = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def raised(bench: Bench) -> dict[str, str]:
    return {id: tally.error for id, tally in bench.tallies.items() if tally.error}


@PATIENT
@given(exchanges)
def test_no_check_raises_at_any_exchange(exchange: Exchange) -> None:
    bench = Bench(ALL)
    bench.judge(exchange)

    assert raised(bench) == {}


@PATIENT
@given(near(*ASKED), near(*BODIES) | values, st.sampled_from([200, 200, 400, 404, 500]))
def test_no_check_raises_at_a_nearly_right_answer(asked: Any, said: Any, status: int) -> None:
    bench = Bench(ALL)
    request = Request("POST", BASE + "/chat/completions", body=written(asked))
    bench.judge(Exchange(request, Response(status, body=written(said), http_version="HTTP/1.1")))

    assert raised(bench) == {}


@PATIENT
@given(near(*ASKED), streams())
def test_no_check_raises_at_a_nearly_right_stream(asked: Any, said: bytes) -> None:
    bench = Bench(ALL)
    request = Request("POST", BASE + "/chat/completions", body=written(asked))
    bench.judge(Exchange(request, Response(200, body=said, http_version="HTTP/1.1")))

    assert raised(bench) == {}


@PATIENT
@given(st.sampled_from(RELATIONS), st.dictionaries(st.sampled_from(NAMES), exchanges, max_size=4))
def test_no_relation_raises_at_any_exchanges(scenario: str, run: dict[str, Exchange]) -> None:
    bench = Bench(ALL)
    bench.relate(scenario, run)

    assert raised(bench) == {}
