"""Checks: a response sent as a stream of events."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import check
from cozecheck.contract import response_shapes, sources
from cozecheck.contract.response_grammar import ABRUPT
from cozecheck.exchange import ABSENT
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.response_stream import ResponseStream, ended_stream, response_stream, told_stream
from cozecheck.views.wire import is_recorded

PUTTING_TOGETHER = "openai-python: .stream() puts the wrong text together, or raises"
TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the event"
WATCHERS = "clients that watch the stream: they wait for what does not come"


def _at(number: int, place: str = "") -> str:
    return f"event {number}{place}"


@check(
    "responses.stream.terminal",
    Level.MUST,
    Basis.SDK,
    of=response_stream,
    cite=sources.RESPONSE_STREAM + "; " + sources.PYTHON_RESPONSE_EVENTS,
    breaks=("openai-python: RuntimeError: Didn't receive a `response.completed` event.",),
    remedy="End every stream with response.completed, response.incomplete or response.failed, and send it once.",
    requires=("sse.data-json", "sse.utf8"),
)
def terminal(stream: ResponseStream) -> Iterator[Verdict]:
    """A stream ends with completed, incomplete or failed, sent once, or with an error."""
    last = stream.events[-1] if stream.events else None
    if stream.terminal or stream.errors:
        pass
    elif is_recorded(stream.response) and not stream.response.stream.framing.terminated:
        yield Inconclusive("the recording may have been cut")
    else:
        seen = last[1]["type"] if last else "no event"
        yield Problem("response.completed, .incomplete or .failed", seen, at="stream")
    if len(stream.terminal) > 1:
        yield Problem("one end", [event["type"] for _, event in stream.terminal], at=_at(stream.terminal[1][0]))


@check(
    "responses.stream.error-visible",
    Level.SHOULD,
    Basis.SPEC,
    of=response_stream,
    cite=sources.spec("ResponseErrorEvent"),
    breaks=("clients that show what went wrong",),
    remedy="Send an event of type error with code and message, then response.failed.",
)
def error_visible(stream: ResponseStream) -> Iterator[Verdict]:
    """A failure in mid-stream says what happened."""
    for at, error in stream.errors:
        told = error.get("error", error) if isinstance(error, dict) else error
        message = told.get("message") if isinstance(told, dict) else None
        if not isinstance(message, str) or not message:
            yield Problem("an error with a message", error, at=_at(at))
    for at, _, response in stream.responses:
        if response.get("status") == "failed" and not response.get("error"):
            yield Problem("an error with a message", response.get("error", ABSENT), at=_at(at, ", /response/error"))


@check(
    "responses.stream.event-type",
    Level.MUST,
    Basis.SDK,
    of=response_stream,
    cite=sources.RESPONSE_STREAM + ", discriminator type",
    breaks=("openai-python: events of the wrong class, without a type",),
    remedy="Send `type` in the data of every event.",
    requires=("sse.data-json", "sse.utf8"),
)
def event_type(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event has a type in its data."""
    typed = {at for at, _ in stream.events}
    wrong = [(at, value) for at, value in stream.payloads if at not in typed and not value.get("error")]
    for at, value in wrong[:1]:
        yield Problem("a type", value.get("type", ABSENT), at=_at(at, ", /type"))


@check(
    "responses.stream.event-name",
    Level.SHOULD,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM + "; " + sources.WIRE + " (19,937 of 19,937 events)",
    breaks=("clients that listen by the name of the event: they hear nothing",),
    remedy="Write `event: ` and the type before the data of every event.",
    evidence=("huggingface/transformers serve 5.23 (recorded)",),
)
def event_name(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event is named in its `event:` line as in its type."""
    wrong = [(at, event["type"]) for at, event in stream.events if stream.names.get(at, "") != event["type"]]
    for at, kind in wrong[:1]:
        yield Problem(f"event: {kind}", stream.names.get(at) or "no `event:` line", at=_at(at))


@check(
    "responses.stream.no-done",
    Level.MAY,
    Basis.DE_FACTO,
    of=response_stream,
    cite=sources.WIRE + " (none of 427 streams)",
    breaks=("clients that parse the data of every event; the official SDKs survive it",),
    remedy="Leave [DONE] to chat streams.",
)
def no_done(stream: ResponseStream) -> Iterator[Verdict]:
    """A stream of a response has no `[DONE]`."""
    if stream.done:
        yield Problem("no [DONE]", "[DONE]", at=_at(stream.done[0]))


@check(
    "responses.stream.known-type",
    Level.MAY,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM,
    breaks=("nobody: clients skip what they do not know",),
    remedy="Use the documented types where there is one for what you mean.",
)
def known_type(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event is of a documented type."""
    for at, event in stream.events:
        if not response_shapes.is_known_event(event["type"]):
            yield Problem("a documented type", event["type"], at=_at(at, ", /type"))
            return


@check(
    "responses.stream.sequence-present",
    Level.SHOULD,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM + ", sequence_number; OpenAI itself sends it since spring 2025",
    breaks=("clients that put events in order, or go on after a cut (starting_after)",),
    remedy="Number the events from 0.",
    evidence=("CopilotKit/aimock 1.43 (recorded)",),
)
def sequence_present(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event has a sequence_number."""
    without = [at for at, event in stream.events if "sequence_number" not in event and event["type"] != "keepalive"]
    if without:
        yield Problem("a sequence_number", f"absent from {len(without)} events", at=_at(without[0]))


@check(
    "responses.stream.sequence",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM + ", sequence_number",
    breaks=("clients that put events in order, or go on after a cut (starting_after)",),
    remedy="Count the events from 0, one by one.",
    evidence=("ggml-org/llama.cpp#20607", "ggml-org/llama.cpp#24957"),
    requires=("responses.stream.sequence-present",),
)
def sequence(stream: ResponseStream) -> Iterator[Verdict]:
    """The sequence_number counts the events from 0, one by one."""
    numbered = [(at, event["sequence_number"]) for at, event in stream.events if "sequence_number" in event]
    for wanted, (at, number) in enumerate(numbered):
        if number != wanted or isinstance(number, bool):
            yield Problem(str(wanted), number, at=_at(at, ", /sequence_number"))
            return


@check(
    "responses.stream.grammar",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM + "; platform.openai.com/docs/guides/streaming-responses",
    breaks=(PUTTING_TOGETHER, WATCHERS),
    remedy="Open and close: created, item added, part added, deltas, text done, part done, item done, completed.",
    evidence=("ggml-org/llama.cpp#20607", "ogx-ai/ogx#5309", "gemini-web2api#57"),
    requires=("responses.stream.terminal", "responses.stream.event-type", "responses.stream.output-index"),
)
def grammar(stream: ResponseStream) -> Iterator[Verdict]:
    """Everything in a stream is opened before it is written, and closed before what it is part of."""
    first = stream.events[0]
    if first[1]["type"] != "response.created" and not stream.errors:
        yield Problem("response.created first", first[1]["type"], at=_at(first[0]))
        return
    for at, reason in stream.disorder[:1]:
        yield Problem("events in order", reason, at=_at(at))


@check(
    "responses.stream.output-index",
    Level.MUST,
    Basis.SDK,
    of=told_stream,
    cite=sources.PYTHON_RESPONSE_EVENTS + ": snapshot.output[event.output_index]",
    breaks=("openai-python: IndexError or TypeError in .stream()",),
    remedy="Number the items from 0, and say the number in every event about an item.",
    evidence=("ggml-org/llama.cpp#20607",),
)
def output_index(stream: ResponseStream) -> Iterator[Verdict]:
    """Events about items carry output_index, and items are numbered from 0 as they come."""
    place = 0
    for at, event in stream.events:
        about = "item_id" in event or event["type"].startswith("response.output_item.")
        index = event.get("output_index", ABSENT)
        if about and (not isinstance(index, int) or isinstance(index, bool)):
            yield Problem("a whole number", index, at=_at(at, ", /output_index"))
            return
        if event["type"] == "response.output_item.added":
            if index != place:
                yield Problem(str(place), index, at=_at(at, ", /output_index"))
                return
            place += 1


@check(
    "responses.stream.schema",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE_STREAM + "; openai.types.responses.ResponseStreamEvent",
    breaks=(TYPED,),
    remedy="Send the fields of the event with the types of the contract.",
    requires=("responses.stream.output-index", "sse.data-json"),
)
def schema(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event fits the SDK's type of its name, strictly."""
    for at, departure in stream.departures:
        recent = departure.path[-1:] in (("sequence_number",), ("logprobs",)) and departure.expected == "present"
        named = departure.path[-1:] in (("item_id",), ("sequence_number",)) or departure.path[:1] == ("item",)
        # An error event is an error's business; OpenAI's own nests it.
        of_error = stream.names.get(at) == "error"
        if not recent and not named and not of_error:
            yield Problem(departure.expected, departure.actual, at=_at(at, f", {departure.pointer}"))


@check(
    "responses.stream.item-id",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.spec("ResponseTextDeltaEvent/properties/item_id"),
    breaks=("clients that put events and items together by id: the text is lost",),
    remedy="Make the id of an item once, and use it in every event about it.",
    evidence=("ggml-org/llama.cpp#20607",),
    requires=("responses.stream.output-index",),
)
def item_id(stream: ResponseStream) -> Iterator[Verdict]:
    """Every event about an item has the id with which the item was added."""
    for index, item in stream.items.items():
        for at, found in item.foreign[:1]:
            yield Problem(f"{item.id}, as item {index} was added", found, at=_at(at, ", /item_id"))
        done = item.done[1].get("item") if item.done else None
        if item.done and isinstance(done, dict) and item.id and done.get("id", ABSENT) != item.id:
            yield Problem(f"{item.id}, as item {index} was added", done.get("id", ABSENT), at=_at(item.done[0]))


@check(
    "responses.stream.text-joins",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.spec("ResponseTextDoneEvent/properties/text"),
    breaks=("people: what they watched appear is not what is kept",),
    remedy="Send in `.done` what the deltas said, joined.",
    requires=("responses.stream.grammar",),
)
def text_joins(stream: ResponseStream) -> Iterator[Verdict]:
    """The deltas of a text join to the text of its `.done` event."""
    yield from _joins(stream, "output_text", "refusal")


@check(
    "responses.stream.arguments-join",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.spec("ResponseFunctionCallArgumentsDoneEvent/properties/arguments"),
    breaks=("agents: a function runs with half its arguments",),
    remedy="Send in `.done` what the deltas said, joined.",
    requires=("responses.stream.grammar",),
)
def arguments_join(stream: ResponseStream) -> Iterator[Verdict]:
    """The deltas of a call's arguments join to those of its `.done` event."""
    yield from _joins(stream, "function_call_arguments")


def _joins(stream: ResponseStream, *names: str) -> Iterator[Verdict]:
    for item in stream.items.values():
        for key, (at, whole) in item.said.items():
            joined = "".join(item.deltas.get(key, []))
            if key.split()[0] in names and key in item.deltas and joined != whole:
                yield Problem(joined[-80:], whole[-80:] if isinstance(whole, str) else whole, at=_at(at))


@check(
    "responses.stream.item-same",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.spec("ResponseOutputItemDoneEvent/properties/item"),
    breaks=("clients that keep the finished item: its text is another, or missing",),
    remedy="Put into the finished item what its deltas said.",
    requires=("responses.stream.grammar", "responses.stream.text-joins", "responses.stream.arguments-join"),
)
def item_same(stream: ResponseStream) -> Iterator[Verdict]:
    """A finished item holds what its events said."""
    for item in stream.items.values():
        finished = item.done[1].get("item") if item.done else None
        if item.done is None or not isinstance(finished, dict):
            continue
        for key, (_, whole) in item.said.items():
            name, place = key.split()
            held = finished.get("arguments", ABSENT)
            if name in ("output_text", "refusal"):
                content = finished.get("content")
                parts = content if isinstance(content, list) else []
                part = parts[int(place)] if place.isdigit() and int(place) < len(parts) else {}
                held = part.get("text", part.get("refusal", ABSENT)) if isinstance(part, dict) else ABSENT
            elif name != "function_call_arguments":
                continue
            if held != whole:
                yield Problem(str(whole)[-80:], held, at=_at(item.done[0], ", /item"))


@check(
    "responses.stream.final-output",
    Level.MUST,
    Basis.SDK,
    of=ended_stream,
    cite=sources.PYTHON_RESPONSE_EVENTS + ": the final response is that of the last event",
    breaks=("openai-python: get_final_response() lacks what was streamed",),
    remedy="Repeat the whole response, with its output, in the last event.",
    requires=("responses.stream.terminal", "responses.stream.grammar", "responses.output-list"),
)
def final_output(stream: ResponseStream) -> Iterator[Verdict]:
    """The last event holds the response with the items that were streamed."""
    at, event = stream.terminal[-1]
    response = event.get("response")
    if not isinstance(response, dict):
        yield Problem("the response", event.get("response", ABSENT), at=_at(at, ", /response"))
        return
    told = [item.done[1].get("item") for item in stream.items.values() if item.done]
    final = response.get("output")
    if event["type"] not in ABRUPT and _gist(final) != _gist(told):
        yield Problem(_gist(told), _gist(final), at=_at(at, ", /response/output"))


def _gist(items: object) -> str:
    """Return what items say: their types, texts and arguments."""
    listed = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return "; ".join(f"{item.get('type')} {_words(item)}" for item in listed)


def _words(item: Mapping[str, object]) -> str:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    said = "".join(str(part.get("text", part.get("refusal", ""))) for part in parts if isinstance(part, dict))
    return said or str(item.get("arguments") or "")


@check(
    "responses.stream.final-status",
    Level.MUST,
    Basis.SPEC,
    of=ended_stream,
    cite=sources.spec("ResponseCompletedEvent"),
    breaks=("clients that look at the status: a finished response is not finished",),
    remedy="Send response.completed with the status completed, response.incomplete with incomplete, and so on.",
    requires=("responses.stream.terminal",),
)
def final_status(stream: ResponseStream) -> Iterator[Verdict]:
    """The status of the last response is what its event says."""
    at, event = stream.terminal[-1]
    response = event.get("response")
    said = event["type"].removeprefix("response.")
    if isinstance(response, dict) and response.get("status") != said:
        yield Problem(said, response.get("status", ABSENT), at=_at(at, ", /response/status"))


@check(
    "responses.stream.opening",
    Level.SHOULD,
    Basis.SPEC,
    of=told_stream,
    cite=sources.spec("ResponseCreatedEvent"),
    breaks=("clients that show a response as soon as it exists",),
    remedy="Begin with the response as it is then: in_progress or queued, and no output yet.",
)
def opening(stream: ResponseStream) -> Iterator[Verdict]:
    """The first events hold the response as it begins: in progress, without output."""
    for at, kind, response in stream.responses:
        if kind not in ("response.created", "response.in_progress"):
            continue
        if response.get("status") not in ("in_progress", "queued") or response.get("output"):
            found = {key: response.get(key, ABSENT) for key in ("status", "output")}
            yield Problem("in_progress, and no output", str(found)[:160], at=_at(at, ", /response"))
            return


@check(
    "responses.stream.id-constant",
    Level.MUST,
    Basis.SPEC,
    of=told_stream,
    cite=sources.RESPONSE + "id",
    breaks=("previous_response_id: the id from the first event leads nowhere",),
    remedy="Make the id once a response, not once an event.",
)
def id_constant(stream: ResponseStream) -> Iterator[Verdict]:
    """The response has the same id in all events."""
    ids = [(at, response.get("id", ABSENT)) for at, _, response in stream.responses]
    for at, found in ids[1:]:
        if found != ids[0][1]:
            yield Problem(f"{ids[0][1]}, as at first", found, at=_at(at, ", /response/id"))
            return


LONG = 60
"""Characters from which on a text is expected in more than one piece."""


@check(
    "responses.stream.chunked",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=ended_stream,
    cite=sources.WIRE,
    breaks=("people who watch the answer appear: it comes all at once",),
    remedy="Send a delta as soon as there is something to send.",
)
def chunked(stream: ResponseStream) -> Iterator[Verdict]:
    """A longer text comes in more than one delta."""
    for index, item in stream.items.items():
        pieces = [piece for key, found in item.deltas.items() if key.startswith("output_text") for piece in found]
        if len(pieces) == 1 and len(pieces[0]) >= LONG:
            yield Problem("several deltas", f"{len(pieces[0])} characters in one", at=f"item {index}")
