"""Checks: event streams as streams of events."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.sse import DONE
from cozecheck.views.chat import chat_answer
from cozecheck.views.wire import EventStream, event_stream, is_recorded, timed_stream


@check(
    "sse.utf8",
    Level.MUST,
    Basis.TRANSPORT,
    of=event_stream,
    cite=sources.SSE_FORMAT + ": event streams are always UTF-8",
    breaks=("openai-python: UnicodeDecodeError",),
    remedy="Encode whole characters in UTF-8; hold back bytes of a character that is not complete yet.",
)
def utf8(stream: EventStream) -> Iterator[Verdict]:
    """An event stream is valid UTF-8."""
    if not stream.framing.valid_utf8:
        yield Problem("UTF-8", _first_bad_bytes(stream.response.content), at="body")


def _first_bad_bytes(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte {error.start}: {body[max(0, error.start - 12) : error.start + 4]!r}"
    return ""


@check(
    "sse.fields",
    Level.SHOULD,
    Basis.TRANSPORT,
    of=event_stream,
    cite=sources.SSE,
    breaks=("clients that read by hand; the official SDKs drop such lines",),
    remedy="Begin every line with `data:`, `event:`, `id:`, `retry:` or `:`.",
)
def fields(stream: EventStream) -> Iterator[Verdict]:
    """Every line is a field of the event stream grammar, a comment, or blank."""
    for line in stream.framing.stray_lines:
        yield Problem("a field, a comment or a blank line", line)


def whole_events(exchange: Exchange) -> EventStream | None:
    """Read an event stream, without a last event that a recorder may have cut."""
    stream = event_stream(exchange)
    if stream and is_recorded(stream.response) and not stream.framing.terminated:
        return replace(stream, events=stream.events[:-1])
    return stream


@check(
    "sse.data-json",
    Level.MUST,
    Basis.TRANSPORT,
    of=whole_events,
    cite=sources.PYTHON_STREAMING,
    breaks=("openai-python: JSONDecodeError in the loop over the stream", "openai-node: SyntaxError"),
    remedy="Send JSON or [DONE] as data, and keep-alives as comments (`: ping`).",
    evidence=("openai/openai-python#2722", "llmgateway#2334", "llm-gateway#2053"),
    requires=("sse.utf8",),
)
def data_json(stream: EventStream) -> Iterator[Verdict]:
    """The data of every event is JSON or [DONE]."""
    for number, (event, payload) in enumerate(zip(stream.events, stream.response.payloads, strict=False), 1):
        if event.data.strip() != DONE and (payload.value is ABSENT or payload.fault):
            yield Problem("JSON or [DONE]", f"{event.data[:120]!r} ({payload.fault})", at=f"event {number}")


@check(
    "sse.line-style",
    Level.MAY,
    Basis.TRANSPORT,
    of=event_stream,
    cite=sources.SSE_FORMAT,
    breaks=("clients that split on `\\n\\n` or on `data: ` by hand; legal, and fine for the official SDKs",),
    remedy="Write `data: `, with a space, and end lines in LF, as OpenAI does; keep it if all your clients are sound.",
    evidence=("openai/openai-python#498", "Clawith#106", "inference-perf#781"),
)
def line_style(stream: EventStream) -> Iterator[Verdict]:
    """Lines are written as OpenAI writes them: LF at the end, a space after `data:`, no byte order mark."""
    framing = stream.framing
    if framing.line_ends - {"\n"}:
        yield Problem("LF", ", ".join(sorted(repr(end) for end in framing.line_ends)), at="body")
    if not framing.spaced:
        yield Problem("`data: `", "`data:` without a space", at="body")
    if framing.bom:
        yield Problem("no byte order mark", "a byte order mark", at="body")


@check(
    "sse.last-event-terminated",
    Level.SHOULD,
    Basis.TRANSPORT,
    of=event_stream,
    cite=sources.SSE + ": an event that no blank line closes is dropped",
    breaks=("clients that follow the standard lose the last event",),
    remedy="End every event, the last too, with a blank line.",
)
def last_event_terminated(stream: EventStream) -> Iterator[Verdict]:
    """The last event is closed by a blank line."""
    if not stream.framing.terminated:
        yield Problem("a blank line at the end", stream.response.content[-40:].decode("utf-8", "replace"), at="body")


@check(
    "sse.encoding",
    Level.MAY,
    Basis.TRANSPORT,
    of=event_stream,
    cite=sources.HTTP + ", section 8.4",
    breaks=("nobody by the letter; compressors hold events back, so that answers come in bursts",),
    remedy="Leave event streams uncompressed, in the proxy too.",
    evidence=("encode/starlette#2753", "evidencelab#476", "LitServe#153"),
)
def encoding(stream: EventStream) -> Iterator[Verdict]:
    """An event stream is not compressed."""
    applied = stream.response.headers.get("content-encoding")
    if applied and applied.lower() != "identity":
        yield Problem("no content-encoding", applied, at="content-encoding")


def chat_events(exchange: Exchange) -> EventStream | None:
    """Read the event stream of a chat completion."""
    return event_stream(exchange) if chat_answer(exchange) else None


@check(
    "sse.event-names",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chat_events,
    cite=sources.WIRE + " (466 of 466 chat streams)",
    breaks=("clients on EventSource, which hand events with a name to nobody",),
    remedy="Leave out `event:` in chat streams; only the Responses API names its events.",
)
def event_names(stream: EventStream) -> Iterator[Verdict]:
    """The events of a chat stream carry no name."""
    for number, event in enumerate(stream.events, 1):
        if event.name not in ("", "message", "error"):
            yield Problem("no `event:` line", event.name, at=f"event {number}")


MANY = 10
"""Events below which a stream says nothing about buffering."""
SLOW = 0.1
"""Seconds below which an answer is too quick to tell whether it was held back."""
BURST = 0.1
"""Share of the total time within which a held-back stream arrives."""
FASTEST = 0.0005
"""Seconds an event at least takes that is sent when it is made: 2,000 tokens a second."""


@relation(
    "sse.incremental",
    Level.SHOULD,
    Basis.TRANSPORT,
    scenario="sse.incremental",
    cite=sources.STREAMING,
    breaks=("every user who watches the answer appear; and clients with a timeout on the first byte",),
    remedy="Flush each event; turn off proxy buffering (X-Accel-Buffering: no) and compression for streams.",
    evidence=("ggml-org/llama.cpp#24774", "lm-sys/FastChat#2337", "encode/starlette#2753", "LitServe#153"),
)
def incremental(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Events arrive as they are made, not all at once at the end."""
    streams = [stream for stream in map(timed_stream, run.values()) if stream and len(stream.events) >= MANY]
    slow = [stream for stream in streams if stream.response.reads[-1].at >= SLOW]
    if not slow:
        yield Inconclusive("the answers were too short or too quick to tell")
    elif all(map(_came_at_once, slow)):
        events, reads = len(slow[0].events), slow[0].response.reads
        seen = f"{events} events in {len(reads)} reads, from {reads[0].at:.2f} s to {reads[-1].at:.2f} s"
        yield Problem("events spread over the answer", seen)


def _came_at_once(stream: EventStream) -> bool:
    first, last = stream.response.reads[0].at, stream.response.reads[-1].at
    return last - first < min(BURST * last, FASTEST * len(stream.events))
