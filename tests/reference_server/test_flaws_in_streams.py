"""How the flaws that reorder a stream reorder it."""

import json

import pytest

from tests.reference_server.wire import answer_to, ask_chat


def describe(event: str) -> str:
    """A word for an event: role, text, finish, usage, done or what it says."""
    data = event.removeprefix("data: ")
    if data == "[DONE]":
        return "done"
    chunk = json.loads(data)
    if not chunk.get("choices"):
        return "usage" if chunk.get("usage") else "error" if "error" in chunk else "nothing"
    choice = chunk["choices"][0]
    word = "finish" if choice["finish_reason"] else "role" if "role" in choice["delta"] else "text"
    return f"{word}+usage" if chunk.get("usage") else word


@pytest.mark.parametrize(
    ("name", "order"),
    [
        (None, "role text text finish usage done"),
        ("stream-no-done", "role text text finish usage"),
        ("stream-done-twice", "role text text finish usage done done"),
        ("stream-no-finish", "role text text text usage done"),
        ("stream-finish-twice", "role text text finish finish usage done"),
        ("stream-content-after-finish", "role text text finish text usage done"),
        ("stream-silent-loss", "role text text"),
        ("stream-error-string", "role text text error"),
        ("stream-no-role", "text text text finish usage done"),
        ("stream-choices-missing", "role nothing text text finish usage done"),
        ("stream-content-number", "role text text text finish usage done"),
        ("stream-one-delta", "role text finish usage done"),
        ("usage-not-included", "role text text finish done"),
        ("usage-on-finish-chunk", "role text text finish+usage done"),
        ("usage-chunk-no-choices", "role text text finish usage done"),
        ("usage-before-finish", "role text text usage finish done"),
        ("usage-cumulative", "role text text finish usage usage done"),
    ],
)
def test_events_come_in_this_order(name: str | None, order: str) -> None:
    request = ask_chat(stream=True, max_tokens=2, stream_options={"include_usage": True})
    body = answer_to(request, name).body.decode()
    assert [describe(event) for event in body.split("\n\n")[:-1]] == order.split()


def texts(name: str | None) -> dict[int, list[str]]:
    """What each choice of a stream of two says, delta by delta."""
    said: dict[int, list[str]] = {0: [], 1: []}
    for event in answer_to(ask_chat(stream=True, n=2), name).body.decode().split("\n\n"):
        if '"content":"' in event:
            choice = json.loads(event.removeprefix("data: "))["choices"][0]
            said[choice["index"]].append(choice["delta"]["content"])
    return said


def test_one_delta_holds_the_text_of_one_choice() -> None:
    assert texts("stream-one-delta") == {index: ["", "".join(said)] for index, said in texts(None).items()}
