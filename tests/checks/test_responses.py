"""Checks of responses: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.examples import drop, exchange, put
from tests.response_examples import (
    RESPONSE_ID,
    WEATHER,
    call,
    created,
    item,
    item_list,
    kept,
    refused,
    response,
    said,
    spent,
    streamed,
    text_events,
    wanting,
)

NOT_THERE = refused(404, "Invalid URL (POST /v1/responses)")
CUT = response(
    said("One, two", status="incomplete"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}
)
ASKED_FOR_JSON = wanting(
    text={"format": {"type": "json_schema", "name": "a", "strict": True, "schema": {"required": ["city"]}}}
)
OFFERED = wanting(tools=[WEATHER])


def wrong(pointer: str, new: Any) -> Exchange:
    return created(put(response(), pointer, new))


def calling(**changes: Any) -> Exchange:
    return created(response(call(**changes)), OFFERED)


def counting(read: int) -> Exchange:
    return created(response(usage=spent(read=read)))


def kept_run(**others: Exchange) -> dict[str, Exchange]:
    listing = exchange(
        None, item_list(item(1, "Say hello.")), method="GET", path=f"/responses/{RESPONSE_ID}/input_items"
    )
    gone = {"id": RESPONSE_ID, "object": "response.deleted", "deleted": True}
    run = {
        "create": created(),
        "retrieve": kept(),
        "input items": listing,
        "delete": kept(gone, method="DELETE"),
        "deleted": kept(refused(), status=404),
    }
    return {**run, **{name.replace("_", " "): each for name, each in others.items()}}


def counted(value: Any) -> Exchange:
    return exchange(wanting(), value, path="/responses/input_tokens")


COUNT = {"object": "response.input_tokens", "input_tokens": 10}
BROKEN_LIST = exchange(None, {"data": []}, method="GET", path=f"/responses/{RESPONSE_ID}/input_items")

CASES: tuple[Case, ...] = (
    holds("responses.answered", "a response", created()),
    departs("responses.answered", "500", created(refused(500, "template"), status=500), "status"),
    departs("responses.answered", "an error in 200", created(refused(500, "template")), "status"),
    unsupported("responses.answered", "404", created(NOT_THERE, status=404)),
    unsupported("responses.answered", "FastAPI's 404", created({"detail": "Not Found"}, status=404)),
    unsupported(
        "responses.answered",
        "a 400 about the endpoint",
        created(refused(400, "Endpoint /v1/responses is not supported"), status=400),
    ),
    unsettled("responses.answered", "no quota", created(refused(429, "slow down"), status=429)),
    ignored("responses.answered", "something odd", created(asked=wanting(background=True))),
    holds("responses.input-list", "messages", created(asked=wanting([{"role": "user", "content": "Hi"}]))),
    ignored(
        "responses.input-list",
        "a part that is none of this API",
        created(
            refused(400, "x"), wanting([{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]), status=400
        ),
    ),
    departs(
        "responses.input-list",
        "400",
        created(refused(400, "input must be a string"), wanting([{"role": "user", "content": "Hi"}]), status=400),
        "status",
    ),
    holds("responses.object", "as it is", created()),
    departs("responses.object", "chat.completion", wrong("/object", "chat.completion"), "/object"),
    holds("responses.output-list", "as it is", created()),
    departs("responses.output-list", "null", wrong("/output", None), "/output"),
    departs("responses.output-list", "a string in it", wrong("/output/0", "Hello"), "/output/0"),
    holds("responses.schema", "as it is", created()),
    holds(
        "responses.schema",
        "without a field of this year",
        created(drop(response(), "/usage/input_tokens_details/cache_write_tokens")),
    ),
    holds("responses.schema", "an item of a type of its own", wrong("/output/0", {"type": "vendor", "id": "v"})),
    holds(
        "responses.schema",
        "a search without its action (openai/openai-openapi#572)",
        created(response({"type": "web_search_call", "id": "ws_1", "status": "completed"}, said())),
    ),
    departs("responses.schema", "a number for text", wrong("/output/0/content/0/text", 42), "/output/0/content/0/text"),
    holds("responses.id-nonempty", "as it is", created()),
    departs("responses.id-nonempty", "empty", wrong("/id", ""), "/id"),
    holds("responses.id-prefix", "as it is", created()),
    departs("responses.id-prefix", "a dash", wrong("/id", "resp-1"), "/id"),
    holds("responses.id-unique", "two ids", {"question": created(), "instructions": wrong("/id", "resp_2")}),
    departs("responses.id-unique", "one id", {"question": created(), "instructions": created()}, "/id"),
    unsupported("responses.id-unique", "no responses", {"question": created(NOT_THERE, status=404)}),
    holds("responses.created-at", "as it is", created()),
    holds("responses.created-at", "a whole number with a point", wrong("/created_at", 1_760_000_000.0)),
    departs("responses.created-at", "a fraction", wrong("/created_at", 1_760_000_000.5), "/created_at"),
    departs("responses.created-at", "milliseconds", wrong("/created_at", 1_760_000_000_000), "/created_at"),
    holds("responses.model-echo", "a version of it", created()),
    departs("responses.model-echo", "a path", wrong("/model", "/srv/llama.gguf"), "/model"),
    holds("responses.status-enum", "completed", created()),
    departs("responses.status-enum", "done", wrong("/status", "done"), "/status"),
    holds("responses.status-final", "completed", created()),
    ignored(
        "responses.status-final", "in the background", created(response(status="queued"), wanting(background=True))
    ),
    departs("responses.status-final", "in progress", wrong("/status", "in_progress"), "/status"),
    holds("responses.incomplete-reason", "with its reason", created(CUT)),
    departs(
        "responses.incomplete-reason", "no reason", created({**CUT, "incomplete_details": None}), "/incomplete_details"
    ),
    departs(
        "responses.incomplete-reason",
        "a reason for nothing",
        created({**CUT, "status": "completed"}),
        "/incomplete_details",
    ),
    holds("responses.cut-visible", "incomplete", created(CUT, wanting(max_output_tokens=16))),
    departs(
        "responses.cut-visible",
        "completed",
        created(response(said("One, two, three, four, five, and"), usage=spent(16)), wanting(max_output_tokens=16)),
        "/status",
    ),
    unsettled(
        "responses.cut-visible",
        "at the end of a sentence",
        created(response(usage=spent(16)), wanting(max_output_tokens=16)),
    ),
    holds("responses.error-null", "null", created()),
    holds(
        "responses.error-null",
        "a failure",
        created(response(status="failed", error={"code": "server_error", "message": "Sorry."})),
    ),
    departs(
        "responses.error-null", "an error beside the output", wrong("/error", {"code": "a", "message": "b"}), "/error"
    ),
    departs("responses.error-null", "failed for no reason", wrong("/status", "failed"), "/error"),
    holds("responses.tool-keys", "as it is", created()),
    departs("responses.tool-keys", "no tools", created(drop(response(), "/tools")), "/tools"),
    holds("responses.nullable-keys", "as it is", created()),
    departs("responses.nullable-keys", "no error", created(drop(response(), "/error")), "body"),
    holds("responses.parameters-repeated", "as asked", created(response(temperature=0.0), wanting(temperature=0))),
    departs("responses.parameters-repeated", "forgotten", created(asked=wanting(temperature=0)), "/temperature"),
    holds("responses.no-output-text", "as it is", created()),
    departs("responses.no-output-text", "there", created(response(output_text="Hello there.")), "/output_text"),
    holds("responses.usage-present", "as it is", created()),
    departs("responses.usage-present", "null", wrong("/usage", None), "/usage"),
    holds("responses.usage-counts", "as it is", created()),
    departs("responses.usage-counts", "a string", wrong("/usage/total_tokens", "13"), "/usage/total_tokens"),
    holds("responses.usage-arithmetic", "as it is", created()),
    departs("responses.usage-arithmetic", "one too many", wrong("/usage/total_tokens", 14), "/usage/total_tokens"),
    holds("responses.usage-positive", "as it is", created()),
    departs("responses.usage-positive", "nothing", created(response(usage=spent(0))), "/usage/output_tokens"),
    departs(
        "responses.usage-positive",
        "at the end of a stream",
        streamed(text_events("Hel", "lo.", end={"usage": spent(0)})),
        "event 10, /response/usage/output_tokens",
    ),
    holds("responses.usage-details", "as it is", created()),
    departs(
        "responses.usage-details",
        "none",
        created(drop(response(), "/usage/output_tokens_details")),
        "/usage/output_tokens_details/reasoning_tokens",
    ),
    holds("responses.instructions-counted", "more", {"question": counting(10), "instructions": counting(18)}),
    departs(
        "responses.instructions-counted",
        "as many",
        {"question": counting(10), "instructions": counting(10)},
        "instructions",
    ),
    unsettled(
        "responses.instructions-counted", "no usage", {"question": wrong("/usage", None), "instructions": counting(9)}
    ),
    holds("responses.item-type", "as it is", created()),
    departs("responses.item-type", "its own", wrong("/output/0/type", "vendor_note"), "/output/0/type"),
    holds("responses.item-id", "as it is", created()),
    departs("responses.item-id", "empty", wrong("/output/0/id", ""), "/output/0/id"),
    departs("responses.item-id", "twice", created(response(said(), said())), "/output/1/id"),
    holds("responses.item-id-prefix", "as it is", created()),
    departs("responses.item-id-prefix", "a dash", wrong("/output/0/id", "msg-1"), "/output/0/id"),
    holds("responses.item-status", "as it is", created()),
    departs("responses.item-status", "in progress", wrong("/output/0/status", "in_progress"), "/output/0/status"),
    holds("responses.message-role", "as it is", created()),
    departs("responses.message-role", "model", wrong("/output/0/role", "model"), "/output/0/role"),
    holds("responses.utf8-intact", "as it is", created()),
    departs("responses.utf8-intact", "broken", created(response(said("Gr\ufffde"))), "/output/0/content/0/text"),
    holds("responses.call-id", "a call", calling()),
    departs("responses.call-id", "empty", calling(call_id=""), "/output/0/call_id"),
    departs("responses.call-id", "twice", created(response(call(), call(id="fc_2")), OFFERED), "/output/1/call_id"),
    holds("responses.call-name", "offered", calling()),
    departs("responses.call-name", "not offered", calling(name="other"), "/output/0/name"),
    holds("responses.call-arguments", "a string", calling()),
    departs("responses.call-arguments", "an object", calling(arguments={}), "/output/0/arguments"),
    holds("responses.call-arguments-json", "an object", calling()),
    departs("responses.call-arguments-json", "cut", calling(arguments='{"city'), "/output/0/arguments"),
    holds("responses.tool-choice", "obeyed", {"required": calling(), "none": created()}),
    departs(
        "responses.tool-choice", "a text where a call must be", {"required": created(), "none": created()}, "required"
    ),
    departs("responses.tool-choice", "a call where none may be", {"required": calling(), "none": calling()}, "none"),
    holds("responses.call-roundtrip", "answered", {"required": calling(), "output": created()}),
    departs(
        "responses.call-roundtrip",
        "refused",
        {"required": calling(), "output": created(refused(400), status=400)},
        "output",
    ),
    unsettled("responses.call-roundtrip", "no call", {"required": created()}),
    holds("responses.text-format", "it fits", created(response(said('{"city": "Paris"}')), ASKED_FOR_JSON)),
    departs(
        "responses.text-format",
        "a fence",
        created(response(said('```json\n{"city": 1}\n```')), ASKED_FOR_JSON),
        "/output",
    ),
    departs("responses.text-format", "it does not fit", created(response(said("{}")), ASKED_FOR_JSON), "/output"),
    ignored("responses.text-format", "cut", created(CUT, ASKED_FOR_JSON)),
    ignored("responses.text-format", "words before a call", created(response(said("I look."), call()), ASKED_FOR_JSON)),
    holds("responses.retrieve", "kept", kept_run()),
    departs(
        "responses.retrieve",
        "stored, and not there",
        kept_run(retrieve=kept(refused(404, f"Response with id '{RESPONSE_ID}' not found."), status=404)),
        "retrieve",
    ),
    departs("responses.retrieve", "500", kept_run(retrieve=kept(refused(500, "Oops"), status=500)), "retrieve"),
    unsupported("responses.retrieve", "no such path", kept_run(retrieve=kept(refused(404, "Invalid URL"), status=404))),
    holds("responses.retrieve-same", "the same", kept_run()),
    departs("responses.retrieve-same", "without output", kept_run(retrieve=kept(response(output=[]))), "retrieve"),
    holds("responses.input-items", "listed", kept_run()),
    departs("responses.input-items", "no list", kept_run(input_items=BROKEN_LIST), "input items"),
    holds("responses.delete", "gone", kept_run()),
    departs("responses.delete", "still there", kept_run(deleted=kept()), "deleted"),
    departs("responses.delete", "not said", kept_run(delete=kept({}, method="DELETE")), "delete"),
    holds("responses.store-false", "gone", {"create": created(), "retrieve": kept(refused(), status=404)}),
    departs("responses.store-false", "kept", {"create": created(), "retrieve": kept()}, "retrieve"),
    holds("responses.unknown-id", "404", kept(refused(), under="resp_does_not_exist", status=404)),
    departs(
        "responses.unknown-id", "400", kept(refused(400, "bad"), under="resp_does_not_exist", status=400), "status"
    ),
    unsupported(
        "responses.unknown-id", "no such path", kept({"detail": "Not Found"}, under="resp_does_not_exist", status=404)
    ),
    holds(
        "responses.unknown-model-param",
        "model",
        created(refused(400, "no such model", param="model"), wanting() | {"model": "no-such-model"}, status=400),
    ),
    departs(
        "responses.unknown-model-param",
        "null",
        created(refused(400, "no such model"), wanting() | {"model": "no-such-model"}, status=400),
        "/error/param",
    ),
    holds("responses.missing-input", "400", created(refused(400, "input"), {"model": "m"}, status=400)),
    departs("responses.missing-input", "500", created(refused(500, "req.input"), {"model": "m"}, status=500), "status"),
    departs("responses.missing-input", "200", created(asked={"model": "m"}), "status"),
    ignored("responses.missing-input", "an empty text", created(asked={"model": "m", "input": ""})),
    unsupported("responses.missing-input", "no such path", created(NOT_THERE, {"model": "m"}, status=404)),
    holds("responses.previous-counted", "more", {"first": created(), "alone": counting(9), "next": counting(30)}),
    departs(
        "responses.previous-counted", "as many", {"first": created(), "alone": counting(9), "next": counting(9)}, "next"
    ),
    unsupported(
        "responses.previous-counted",
        "refused by name",
        {
            "first": created(),
            "alone": counting(9),
            "next": created(refused(400, "previous_response_id is not supported"), status=400),
        },
    ),
    holds("responses.previous-unknown", "400", {"first": created(), "unknown": created(refused(400), status=400)}),
    departs("responses.previous-unknown", "200", {"first": created(), "unknown": created()}, "unknown"),
    holds("responses.input-tokens-shape", "as it is", counted(COUNT)),
    departs("responses.input-tokens-shape", "no object", counted({"input_tokens": 10}), "/object"),
    departs("responses.input-tokens-shape", "none", counted({**COUNT, "input_tokens": 0}), "/input_tokens"),
    holds("responses.input-tokens-parity", "as many", {"count": counted(COUNT), "create": counting(10)}),
    departs("responses.input-tokens-parity", "more", {"count": counted(COUNT), "create": counting(12)}, "create"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_judged_as_it_should_be(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
