import re

import pytest

from reference_server.settings import Model, SyntheticEngine
from tests.reference_server.asking import CHAT, NOW, app, ask, chat, chunks, error, post


def test_a_conversation_is_answered() -> None:
    answer = post(app(), chat("Count to 3", max_tokens=20)).json()
    assert answer["choices"][0]["message"]["content"] == "1, 2, 3"
    assert re.fullmatch(r"chatcmpl-[0-9A-Za-z]{29}", answer["id"])
    assert re.fullmatch(r"fp_[0-9a-f]{10}", answer["system_fingerprint"])
    assert (answer["created"], answer["model"]) == (int(NOW), "gpt-4o-mini-2024-07-18")


def test_a_stream_says_what_the_body_says() -> None:
    whole = post(app(), chat(seed=1)).json()
    parts = list(chunks(post(app(), chat(seed=1, stream=True, stream_options={"include_usage": True}))))
    said = "".join(part["choices"][0]["delta"].get("content", "") for part in parts[:-1])
    assert said == whole["choices"][0]["message"]["content"]
    assert parts[-1]["usage"] == whole["usage"]
    assert len({part["id"] for part in parts}) == 1


def test_a_stream_is_neither_cached_nor_buffered() -> None:
    headers = post(app(), chat(stream=True)).headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-cache", "no")


@pytest.mark.parametrize("stream", [True, False])
def test_refusals_come_with_their_status_before_a_stream_begins(*, stream: bool) -> None:
    small = app(engines=[SyntheticEngine(name="base", context_length=50)])
    assert error(post(small, chat("word " * 100, stream=stream)))["code"] == "context_length_exceeded"
    assert post(small, chat("word " * 100, stream=stream)).status_code == 400
    assert post(small, chat(model="nope", stream=stream)).status_code == 404


def test_an_unknown_model_is_not_found() -> None:
    refusal = error(post(app(), chat(model="nope")))
    assert (refusal["code"], refusal["param"]) == ("model_not_found", None)


@pytest.mark.parametrize("stream", [True, False])
def test_an_engine_that_takes_too_long_is_given_up(*, stream: bool) -> None:
    slow = app(engines=[SyntheticEngine(name="base", first_token_delay=60)], request_timeout=0.01)
    response = post(slow, chat(stream=stream))
    assert (response.status_code, error(response)["code"]) == (504, "timeout")


def test_models_are_listed_and_each_is_found_again() -> None:
    server = app(models=[Model(id="a/b", created=3), Model(id="c")])
    listed = ask(server, "GET", "/v1/models").json()
    assert listed["object"] == "list"
    assert listed["data"][0] == {"id": "a/b", "object": "model", "created": 3, "owned_by": "system"}
    assert [ask(server, "GET", f"/v1/models/{model['id']}").json() for model in listed["data"]] == listed["data"]


def test_a_model_that_is_not_listed_is_not_found() -> None:
    response = ask(app(), "GET", "/v1/models/nope")
    assert response.status_code == 404
    assert (error(response)["code"], error(response)["param"]) == ("model_not_found", "model")


@pytest.mark.parametrize("path", ["/v1/nope", "/", "/v1/chat/completions/", "/v2/models"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    response = ask(app(), "POST", path)
    assert (response.status_code, error(response)["message"]) == (404, f"Invalid URL (POST {path})")


@pytest.mark.parametrize(("method", "path", "allowed"), [("PUT", CHAT, "POST, GET"), ("DELETE", "/v1/models", "GET")])
def test_a_wrong_method_is_told_the_right_one(method: str, path: str, allowed: str) -> None:
    response = ask(app(), method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert error(response)["code"] == "method_not_supported"


def test_the_api_can_be_moved_and_switched_off() -> None:
    moved = app(openai_compatibility={"endpoint": "/openai/v1"})
    assert ask(moved, "GET", "/openai/v1/models").status_code == 200
    assert ask(moved, "GET", "/v1/models").status_code == 404
    assert ask(app(openai_compatibility={"enabled": False}), "GET", "/v1/models").status_code == 404
