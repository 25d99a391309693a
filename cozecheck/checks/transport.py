"""Checks: the traffic itself, whatever it says."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.contract.operations import RAW, api_path, operation
from cozecheck.exchange import ABSENT, Exchange, FailureKind
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.wire import Answer, answer, attempt, is_file, is_json, is_recorded, json_body, labelled

SILENT = (FailureKind.CONNECT, FailureKind.FIRST_BYTE)
_UNUSUAL = ("br", "zstd")
ENDLESS = (FailureKind.TOTAL, FailureKind.SIZE, FailureKind.EVENTS)
BROKEN = (FailureKind.CUT, FailureKind.PROTOCOL, FailureKind.IDLE)
STREAMING_OPERATIONS = ("chat.completions.create", "completions.create", "responses.create")


@check(
    "transport.responds",
    Level.MUST,
    Basis.TRANSPORT,
    of=attempt,
    cite=sources.HTTP + ", section 15.5.9; " + sources.PYTHON_RETRIES,
    breaks=("every client: the call hangs until its own timeout, 10 minutes in openai-python",),
    remedy="Answer, or refuse, within the client's patience; look for a handler that waits or dies without a reply.",
    evidence=("ocp#110",),
)
def responds(exchange: Exchange) -> Iterator[Verdict]:
    """A request is answered within the time limits."""
    if exchange.failure and exchange.failure.kind in SILENT:
        yield Problem("an answer", exchange.failure.detail)


@check(
    "transport.body-complete",
    Level.MUST,
    Basis.TRANSPORT,
    of=attempt,
    cite=sources.HTTP_1_1 + ", section 8 (handling incomplete messages)",
    breaks=("openai-python: APIConnectionError in the middle of an answer",),
    remedy="Send as many bytes as Content-Length says, end chunked bodies, and do not drop the connection half-way.",
)
def body_complete(exchange: Exchange) -> Iterator[Verdict]:
    """A body arrives whole: as long as declared, properly ended, not reset or stalled half-way."""
    if exchange.failure and exchange.failure.kind in BROKEN:
        yield Problem("a whole body", exchange.failure.detail)


@check(
    "transport.bounded",
    Level.MUST,
    Basis.TRANSPORT,
    of=attempt,
    cite=sources.STREAMING,
    breaks=("every client: memory and time without end",),
    remedy="End every response; honour the token limit; do not keep a finished stream open.",
)
def bounded(exchange: Exchange) -> Iterator[Verdict]:
    """A response ends, within the limits on size, events and time."""
    if exchange.failure and exchange.failure.kind in ENDLESS:
        yield Problem("a response that ends", exchange.failure.detail)


@check(
    "transport.encoding",
    Level.MUST,
    Basis.TRANSPORT,
    of=answer,
    cite=sources.HTTP + ", section 8.4",
    breaks=("openai-python: DecodingError", "openai-node: TypeError: terminated"),
    remedy="Compress only as Accept-Encoding allows, and name what was really applied.",
)
def encoding(it: Answer) -> Iterator[Verdict]:
    """A body decodes as its Content-Encoding says, to a sane size, and is packed only as was asked for."""
    if it.response.decoded.fault:
        yield Problem("a body that decodes", it.response.decoded.fault, at="content-encoding")
    name = (it.response.headers.get("content-encoding") or "").strip().lower()
    asked = it.exchange.request.headers.get("accept-encoding")
    if name in _UNUSUAL and asked is not None and name not in asked.lower() and not is_recorded(it.response):
        yield Problem(f"one of the encodings that were asked for: {asked}", name, at="content-encoding")


@check(
    "transport.content-type",
    Level.MUST,
    Basis.SPEC,
    of=labelled,
    cite=sources.spec("") + "; " + sources.HTTP + ", section 8.3",
    breaks=("openai-node: parses by Content-Type and hands back a string", "browsers: EventSource refuses the stream"),
    remedy="Send `text/event-stream` for streams and `application/json` for JSON bodies, errors included.",
    evidence=("foundry-dev-tools#195", "ollama/ollama#8991", "sub2api#1311", "unsloth#6570"),
)
def content_type(it: Answer) -> Iterator[Verdict]:
    """Content-Type says what the body is: text/event-stream for a stream, application/json for JSON."""
    declared = it.response.media_type
    if it.response.is_stream:
        if declared != "text/event-stream":
            yield Problem("text/event-stream", declared, at="content-type")
    elif isinstance(it.response.json, dict | list) and _speaks_json(it) and not is_json(declared):
        yield Problem("application/json", declared, at="content-type")


def _speaks_json(it: Answer) -> bool:
    """Whether the answer is the API's own, and not a file that happens to hold JSON."""
    asked = operation(it.exchange.request)
    return it.response.status >= 400 or (asked is not None and asked.name not in RAW)


def generated(exchange: Exchange) -> Answer | None:
    """Read a 2xx answer of an operation that streams if so asked."""
    asked = operation(exchange.request)
    whole = answer(exchange)
    if whole is None or asked is None or asked.name not in STREAMING_OPERATIONS or not whole.response.ok:
        return None
    body = exchange.request.parsed.value
    if not isinstance(body, dict) or not isinstance(body.get("stream"), bool | None):
        return None
    # Recorders drop the bodies of streams.
    return None if is_recorded(whole.response) and not whole.response.content else whole


@check(
    "transport.stream-as-asked",
    Level.MUST,
    Basis.SPEC,
    of=generated,
    cite=sources.STREAMING,
    breaks=("openai-python: a stream of nothing, or AssertionError in .stream()", "openai-node: empty iteration"),
    remedy="Stream if, and only if, the body says `stream: true`; the Accept header says nothing (SDKs send JSON).",
    evidence=("9router#3492", "OmniRoute#10239", "sub2api#1311"),
    requires=("transport.encoding", "transport.json-strict"),
)
def stream_as_asked(it: Answer) -> Iterator[Verdict]:
    """`stream: true` is answered by an event stream, and anything else by one JSON body."""
    if it.exchange.request.json.get("stream") is True:
        if not it.response.is_stream:
            yield Problem("an event stream", _opening(it), at="body")
    elif it.response.is_stream or it.response.json is ABSENT:
        yield Problem("one JSON body", _opening(it), at="body")


def _opening(it: Answer) -> str:
    return it.response.content[:60].decode("utf-8", "replace") or "an empty body"


@check(
    "transport.json-strict",
    Level.MUST,
    Basis.TRANSPORT,
    of=json_body,
    cite=sources.JSON + ", sections 6 to 8",
    breaks=("openai-node, and every client outside Python: JSON.parse throws on NaN",),
    remedy="Write JSON with a strict encoder: UTF-8, null for what is no number, no key twice.",
    evidence=("vllm-project/vllm#4795", "ollama/ollama#16117", "sgl-project/sglang#4097"),
)
def json_strict(it: Answer) -> Iterator[Verdict]:
    """A JSON body is strict JSON: UTF-8, no NaN or Infinity, no key twice, no absurd depth."""
    if it.response.parsed.fault:
        yield Problem("strict JSON", it.response.parsed.fault, at="body")


def api_answer(exchange: Exchange) -> Answer | None:
    """Read an answer of the API to what is no preflight, and no request for a file."""
    path = api_path(exchange.request.path)
    return None if path is None or exchange.request.method == "OPTIONS" or is_file(exchange) else answer(exchange)


@check(
    "transport.redirect",
    Level.SHOULD,
    Basis.SDK,
    of=api_answer,
    cite=sources.HTTP + ", section 15.4",
    breaks=("clients that do not follow redirects, and every POST that a 301 or 302 turns into a GET",),
    remedy="Serve the API at the path that was asked for, with and without a slash at the end.",
)
def redirect(it: Answer) -> Iterator[Verdict]:
    """The API answers by itself and sends nobody elsewhere."""
    if 300 <= it.response.status < 400:
        target = it.response.headers.get("location")
        yield Problem("an answer", f"{it.response.status} to {target}", at="status")


def preflight(exchange: Exchange) -> Answer | None:
    """Read the answer to a browser's preflight."""
    whole = answer(exchange)
    headers = exchange.request.headers
    asks = headers.get("origin") and headers.get("access-control-request-method")
    return whole if whole and exchange.request.method == "OPTIONS" and asks else None


@check(
    "transport.cors-preflight",
    Level.MAY,
    Basis.DE_FACTO,
    of=preflight,
    cite=sources.CORS,
    breaks=("browser applications only",),
    remedy="Answer OPTIONS without a key, with Access-Control-Allow-Origin, -Methods and -Headers.",
    evidence=("mudler/LocalAI#710", "llama-swap#42", "canopy#284", "RouteLLM#43"),
)
def cors_preflight(it: Answer) -> Iterator[Verdict]:
    """A browser's preflight is answered with what it needs."""
    headers = it.response.headers
    if not it.response.ok:
        yield Problem("2xx", it.response.status, at="status")
    elif headers.get("access-control-allow-origin") not in ("*", it.exchange.request.headers.get("origin")):
        yield Problem("the origin, or *", headers.get("access-control-allow-origin"), at="access-control-allow-origin")


def live_answer(exchange: Exchange) -> Answer | None:
    """Read a live answer of the API: recordings drop headers."""
    whole = api_answer(exchange)
    return None if whole is None or is_recorded(whole.response) else whole


@check(
    "transport.request-id",
    Level.MAY,
    Basis.DE_FACTO,
    of=live_answer,
    cite=sources.REQUEST_IDS,
    breaks=("nobody at once: `_request_id` in the SDKs stays empty, and support has nothing to look up",),
    remedy="Send `x-request-id` on every response, errors included, and log it.",
)
def request_id(it: Answer) -> Iterator[Verdict]:
    """Every response carries x-request-id."""
    if not it.response.headers.get("x-request-id"):
        yield Problem("x-request-id", ABSENT, at="x-request-id")


GAUGES = ("num_requests_running", "requests_processing", "requests_in_progress")
"""The end of the names under which servers count requests in work: vLLM's and our own, llama.cpp's, others'."""


@relation(
    "transport.cancel-on-disconnect",
    Level.MAY,
    Basis.DE_FACTO,
    scenario="transport.disconnect",
    cite=sources.HTTP + ", section 9.3.3",
    breaks=("nobody at once: abandoned answers go on burning compute, and the queue grows",),
    remedy="Watch for the client's disconnect while generating, and cancel the engine.",
    evidence=("sgl-project/sglang#37833", "ggml-org/llama.cpp#24496", "ggml-org/llama.cpp#24630"),
)
def cancel_on_disconnect(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """When the client leaves, generation stops."""
    counts = [_running(run[name]) for name in ("before", "after") if name in run]
    if len(counts) < 2 or counts[0] is None or counts[1] is None:
        yield Inconclusive("the server has no /metrics that counts the requests in work")
    elif "leaving" not in run or not run["leaving"].left:
        yield Inconclusive("the answer was over before we could leave")
    elif counts[1] > counts[0]:
        yield Problem(f"{counts[0]:g} requests in work after leaving", f"{counts[1]:g}", at="/metrics")


def _running(exchange: Exchange) -> float | None:
    """Add up the gauge of requests in work in Prometheus text."""
    response = exchange.response
    if response is None or not response.ok:
        return None
    total: float | None = None
    for line in response.content.decode("utf-8", "replace").splitlines():
        name, _, value = line.rpartition(" ")
        if name.partition("{")[0].endswith(GAUGES) and not line.startswith("#"):
            total = (total or 0.0) + _number(value)
    return total


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
