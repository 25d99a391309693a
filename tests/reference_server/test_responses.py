"""Responses of the reference server: bodies, events, what is kept and what is refused."""

import json
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from tests.reference_server.asking import app, ask, error

RESPONSES = "/v1/responses"
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}


def want(server: ASGIApp, given: Any = "Say: hello there", **changes: Any) -> httpx2.Response:
    body = {"model": "gpt-4o-mini", "input": given, **changes}
    return ask(server, "POST", RESPONSES, json={key: value for key, value in body.items() if value is not None})


def text(response: httpx2.Response) -> str:
    return str(response.json()["output"][0]["content"][0]["text"])


def told(response: httpx2.Response) -> list[dict[str, Any]]:
    blocks = response.text.strip().split("\n\n")
    events = [json.loads(block.partition("\ndata: ")[2]) for block in blocks]
    assert [block.partition("\n")[0] for block in blocks] == [f"event: {event['type']}" for event in events]
    return events


def test_a_text_is_answered() -> None:
    answer = want(app()).json()

    assert answer["object"] == "response"
    assert answer["status"] == "completed"
    assert answer["output"][0]["content"][0]["text"] == "hello there"
    assert answer["usage"]["total_tokens"] == answer["usage"]["input_tokens"] + answer["usage"]["output_tokens"]
    assert "output_text" not in answer


def test_the_limit_leaves_a_response_incomplete() -> None:
    answer = want(app(), "Count from 1 to 100", max_output_tokens=16).json()

    assert (answer["status"], answer["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert answer["output"][0]["status"] == "incomplete"


def test_events_are_numbered_and_end_with_the_response() -> None:
    events = told(want(app(), stream=True))

    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"].removeprefix("response.") for event in events if not event["type"].endswith("delta")] == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.done", "content_part.done",
        "output_item.done", "completed",
    ]  # fmt: skip
    assert "".join(event["delta"] for event in events if "delta" in event) == "hello there"
    assert events[-1]["response"]["output"] == [events[-2]["item"]]


def test_a_stream_is_refused_before_it_begins() -> None:
    response = want(app(), "word " * 24_000, stream=True)

    assert (response.status_code, error(response)["code"]) == (400, "context_length_exceeded")


def test_a_call_goes_round() -> None:
    server = app()
    called = want(server, "Weather in Paris?", tools=[TOOL], tool_choice="required").json()
    call = called["output"][0]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}

    assert (call["type"], call["name"]) == ("function_call", "weather")
    assert isinstance(json.loads(call["arguments"])["city"], str)
    assert want(server, [output], previous_response_id=called["id"]).status_code == 200
    assert error(want(server, [output]))["param"] == "input"


def test_a_text_fits_its_schema() -> None:
    wanted = {"format": {"type": "json_schema", "name": "a", "schema": WEATHER, "strict": True}}

    assert set(json.loads(text(want(app(), text=wanted)))) == {"city"}


def test_a_response_is_kept_until_it_is_deleted() -> None:
    server = app()
    answer = want(server).json()
    place = f"{RESPONSES}/{answer['id']}"

    assert ask(server, "GET", place).json() == answer
    assert ask(server, "GET", f"{place}/input_items").json()["data"][0]["content"][0]["text"] == "Say: hello there"
    assert ask(server, "DELETE", place).json() == {"id": answer["id"], "object": "response.deleted", "deleted": True}
    assert ask(server, "GET", place).status_code == 404


def test_a_response_that_is_not_to_be_kept_is_not() -> None:
    server = app()
    answer = want(server, store=False).json()

    assert ask(server, "GET", f"{RESPONSES}/{answer['id']}").status_code == 404


def test_what_was_said_before_is_counted() -> None:
    server = app()
    before = want(server).json()
    alone, after = want(server, "And?"), want(server, "And?", previous_response_id=before["id"])

    assert after.json()["usage"]["input_tokens"] > alone.json()["usage"]["input_tokens"]


def test_tokens_are_counted_beforehand() -> None:
    server = app()
    counted = ask(
        server, "POST", f"{RESPONSES}/input_tokens", json={"model": "gpt-4o-mini", "input": "Say: hello there"}
    )

    assert counted.json()["input_tokens"] == want(server).json()["usage"]["input_tokens"]


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"model": "nobody"}, "model", "model_not_found"),
        ({"given": None}, "input", "missing_required_parameter"),
        ({"background": True}, "background", "unsupported_value"),
        ({"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type", "unsupported_value"),
        ({"max_output_tokens": 1}, "max_output_tokens", "integer_below_min_value"),
        ({"messages": []}, "messages", "unknown_parameter"),
        ({"given": [{"type": "wizardry"}]}, "input[0].type", "invalid_value"),
        ({"given": [{"role": "user", "content": [{"type": "text"}]}]}, "input[0].content[0].type", "invalid_value"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes: dict[str, Any], param: str, code: str) -> None:
    response = want(app(), **changes)

    assert response.status_code == 400
    assert (error(response)["param"], error(response)["code"]) == (param, code)


def test_a_conversation_grows_with_its_responses() -> None:
    server = app()
    room = ask(server, "POST", "/v1/conversations", json={"metadata": {"a": "b"}}).json()
    place = f"/v1/conversations/{room['id']}"
    answer = want(server, conversation=room["id"]).json()
    items = ask(server, "GET", f"{place}/items").json()

    assert answer["conversation"] == {"id": room["id"]}
    assert [item["role"] for item in items["data"]] == ["assistant", "user"]
    assert (items["first_id"], items["has_more"]) == (answer["output"][0]["id"], False)


def test_items_come_in_pages() -> None:
    server = app()
    room = ask(server, "POST", "/v1/conversations", json={}).json()
    place = f"/v1/conversations/{room['id']}/items"
    added = ask(server, "POST", place, json={"items": [{"role": "user", "content": word} for word in "abc"]}).json()
    page = ask(server, "GET", f"{place}?limit=2&order=asc").json()
    rest = ask(server, "GET", f"{place}?limit=2&order=asc&after={page['last_id']}").json()

    assert (len(page["data"]), page["has_more"], rest["has_more"]) == (2, True, False)
    assert page["data"] + rest["data"] == added["data"]
    assert error(ask(server, "GET", f"{place}?limit=0"))["param"] == "limit"
    assert error(ask(server, "GET", f"{place}?order=up"))["param"] == "order"


def test_metadata_change_and_conversations_end() -> None:
    server = app()
    place = f"/v1/conversations/{ask(server, 'POST', '/v1/conversations', json={}).json()['id']}"

    assert ask(server, "POST", place, json={"metadata": {"a": "b"}}).json()["metadata"] == {"a": "b"}
    assert ask(server, "DELETE", place).json()["deleted"] is True
    assert ask(server, "GET", place).status_code == 404
