"""Checks of responses as streams: exchanges and what is found in them."""

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import drop, put
from tests.response_examples import (
    WEATHER,
    Json,
    call,
    call_events,
    changed,
    created,
    numbered,
    response,
    spent,
    streamed,
    text_events,
    wanting,
    without,
)

TOLD = text_events("Hello", " there.")
"""created, in_progress, item added, part added, two deltas, text done, part done, item done, completed."""
CALLED = call_events()
LAST = "event 10"
ERROR: Json = {"type": "error", "code": "server_error", "message": "Sorry.", "param": None}


def wrong(kind: str, pointer: str, new: object, events: list[Json] = TOLD) -> Exchange:
    return streamed(changed(f"response.{kind}", lambda event: put(event, pointer, new), events))


def lacking(kind: str) -> Exchange:
    return streamed(without(f"response.{kind}", TOLD))


def emptied(*kinds: str) -> Exchange:
    events = TOLD
    for kind, pointer in (("output_item.done", "/item"), ("completed", "/response/output/0")):
        if kind in kinds:
            at = f"{pointer}/content/0/text"
            events = changed(f"response.{kind}", lambda event, at=at: put(event, at, ""), events)  # type: ignore[misc]
    return streamed(events)


def twice(stream: Exchange) -> dict[str, Exchange]:
    return {"body": created(), "body again": created(), "stream": stream, "stream again": stream}


def calling(events: list[Json]) -> dict[str, Exchange]:
    asked = wanting(tools=[WEATHER])
    return {"body": created(response(call()), asked), "required": streamed(events, {**asked, "stream": True})}


UNTYPED = streamed([TOLD[0], {"note": "ready"}, *TOLD[1:]])
NESTED = streamed(numbered([*TOLD[:6], {"type": "error", "error": {"message": "Sorry."}}]))
SILENT = streamed(numbered([*TOLD[:6], put(ERROR, "/message", "")]))
VENDOR = streamed(numbered([TOLD[0], {"type": "response.vendor_note"}, *TOLD[1:]]))
KEPT_ALIVE = streamed(numbered([*TOLD[:5], {"type": "keepalive"}, *TOLD[5:]]))
UNNUMBERED = streamed([drop(event, "/sequence_number") for event in TOLD])
FROM_ONE = streamed([put(event, "/sequence_number", place) for place, event in enumerate(TOLD, 1)])
ENDS_TWICE = streamed(numbered([*TOLD, TOLD[-1]]))
UNPLACED = streamed([drop(event, "/output_index") if "delta" in event else event for event in TOLD])
LONG = streamed(text_events("The harbour carries the map on the kitchen wall, as it has for years."))

CASES: tuple[Case, ...] = (
    holds("responses.stream.terminal", "completed", streamed(TOLD)),
    holds("responses.stream.terminal", "an error", NESTED),
    departs("responses.stream.terminal", "no end", lacking("completed"), "stream"),
    departs("responses.stream.terminal", "two ends", ENDS_TWICE, "event 11"),
    holds("responses.stream.error-visible", "no error", streamed(TOLD)),
    holds("responses.stream.error-visible", "nested, as OpenAI does", NESTED),
    departs("responses.stream.error-visible", "without a message", SILENT, "event 7"),
    holds("responses.stream.event-type", "as it is", streamed(TOLD)),
    departs("responses.stream.event-type", "one without", UNTYPED, "event 2, /type"),
    holds("responses.stream.event-name", "as it is", streamed(TOLD)),
    departs("responses.stream.event-name", "no names", streamed(TOLD, names=False), "event 1"),
    holds("responses.stream.no-done", "as it is", streamed(TOLD)),
    departs("responses.stream.no-done", "[DONE]", streamed(TOLD, tail="data: [DONE]\n\n"), "event 11"),
    holds("responses.stream.known-type", "as it is", streamed(TOLD)),
    holds("responses.stream.known-type", "kept alive", KEPT_ALIVE),
    departs("responses.stream.known-type", "its own", VENDOR, "event 2, /type"),
    holds("responses.stream.sequence-present", "as it is", streamed(TOLD)),
    departs("responses.stream.sequence-present", "none", UNNUMBERED, "event 1"),
    holds("responses.stream.sequence", "as it is", streamed(TOLD)),
    departs("responses.stream.sequence", "from 1", FROM_ONE, "event 1, /sequence_number"),
    ignored("responses.stream.sequence", "none", UNNUMBERED),
    holds("responses.stream.grammar", "a text", streamed(TOLD)),
    holds("responses.stream.grammar", "a call", streamed(CALLED)),
    holds("responses.stream.grammar", "a vendor's event", VENDOR),
    departs("responses.stream.grammar", "no created", lacking("created"), "event 1"),
    departs("responses.stream.grammar", "no part added", lacking("content_part.added"), "event 4"),
    departs("responses.stream.grammar", "no text done", lacking("output_text.done"), "event 7"),
    departs("responses.stream.grammar", "no part done", lacking("content_part.done"), "event 8"),
    departs("responses.stream.grammar", "no item done", lacking("output_item.done"), "event 9"),
    holds("responses.stream.output-index", "as it is", streamed(TOLD)),
    departs("responses.stream.output-index", "none", UNPLACED, "event 5, /output_index"),
    departs(
        "responses.stream.output-index",
        "from 1",
        wrong("output_item.added", "/output_index", 1),
        "event 3, /output_index",
    ),
    holds("responses.stream.schema", "a text", streamed(TOLD)),
    holds("responses.stream.schema", "a call", streamed(CALLED)),
    holds(
        "responses.stream.schema",
        "no logprobs, as in 2025",
        streamed([drop(event, "/logprobs") if "logprobs" in event else event for event in TOLD]),
    ),
    departs(
        "responses.stream.schema",
        "a word for logprobs",
        wrong("output_text.delta", "/logprobs", "none"),
        "event 5, /logprobs",
    ),
    holds("responses.stream.item-id", "as it is", streamed(TOLD)),
    departs(
        "responses.stream.item-id", "another", wrong("output_text.delta", "/item_id", "msg_2"), "event 5, /item_id"
    ),
    departs(
        "responses.stream.item-id", "another at the end", wrong("output_item.done", "/item/id", "msg_2"), "event 9"
    ),
    holds("responses.stream.text-joins", "as it is", streamed(TOLD)),
    departs("responses.stream.text-joins", "more", wrong("output_text.done", "/text", "Hello there!"), "event 7"),
    holds("responses.stream.arguments-join", "as it is", streamed(CALLED)),
    departs(
        "responses.stream.arguments-join",
        "nothing",
        wrong("function_call_arguments.done", "/arguments", "{}", CALLED),
        f"event {len(CALLED) - 2}",
    ),
    holds("responses.stream.item-same", "as it is", streamed(TOLD)),
    departs("responses.stream.item-same", "empty", emptied("output_item.done", "completed"), "event 9, /item"),
    holds("responses.stream.final-output", "as it is", streamed(TOLD)),
    departs("responses.stream.final-output", "empty", emptied("completed"), f"{LAST}, /response/output"),
    holds("responses.stream.final-status", "as it is", streamed(TOLD)),
    departs(
        "responses.stream.final-status",
        "cancelled",
        wrong("completed", "/response/status", "cancelled"),
        f"{LAST}, /response/status",
    ),
    holds("responses.stream.opening", "as it is", streamed(TOLD)),
    departs(
        "responses.stream.opening", "completed", wrong("created", "/response/status", "completed"), "event 1, /response"
    ),
    holds("responses.stream.id-constant", "as it is", streamed(TOLD)),
    departs(
        "responses.stream.id-constant",
        "another",
        wrong("in_progress", "/response/id", "resp_2"),
        "event 2, /response/id",
    ),
    holds("responses.stream.chunked", "as it is", streamed(TOLD)),
    departs("responses.stream.chunked", "at once", LONG, "item 0"),
    holds("responses.stream.parity", "the same", {"body": created(), "stream": streamed(TOLD)}),
    departs(
        "responses.stream.parity",
        "more tokens",
        {"body": created(response(usage=spent(read=7))), "stream": streamed(TOLD)},
        "stream",
    ),
    holds("responses.stream.text-parity", "the same", twice(streamed(TOLD))),
    departs("responses.stream.text-parity", "blanks lost", twice(streamed(text_events("Hello", "there."))), "stream"),
    unsettled("responses.stream.text-parity", "no end", twice(lacking("completed"))),
    unsettled("responses.stream.text-parity", "broken characters", twice(streamed(text_events("Hello�")))),
    unsettled("responses.stream.text-parity", "once", {"body": created(), "stream": streamed(TOLD)}),
    holds("responses.stream.call-parity", "the same", calling(call_events())),
    departs("responses.stream.call-parity", "a text", calling(TOLD), "required"),
    departs("responses.stream.call-parity", "other arguments", calling(call_events('{"town": "Paris"}')), "required"),
    unsettled("responses.stream.call-parity", "no JSON", calling(call_events('{"city"'))),
    unsettled("responses.stream.call-parity", "no call", {**calling(CALLED), "body": created()}),
    unsettled("responses.stream.call-parity", "no end", calling(without("response.completed", CALLED))),
    unsettled("responses.stream.parity", "no end", {"body": created(), "stream": lacking("completed")}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_judged_as_it_should_be(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
