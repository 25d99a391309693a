"""openai-python against a server that refuses, fails or says nothing."""

import json

import openai
import pytest
from openai import OpenAI

from tests.clients.servers import KEY, MODEL, client, moody, silent
from tests.servers import running


def test_the_raw_response_has_headers_and_the_answer() -> None:
    with client() as it:
        raw = it.chat.completions.with_raw_response.create(model=MODEL, messages=[{"role": "user", "content": "Hi"}])
        streaming = it.chat.completions.with_streaming_response
        with streaming.create(model=MODEL, messages=[{"role": "user", "content": "Hi"}]) as response:
            assert json.loads(response.read())["object"] == "chat.completion"
    assert raw.headers["x-request-id"] == raw.request_id
    assert raw.parse().choices[0].message.content


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_refusal_that_will_pass_is_tried_again(status: int) -> None:
    with moody(status, status) as (base_url, app), OpenAI(base_url=base_url, api_key=KEY, max_retries=2) as it:
        assert it.models.list().data
    assert app.asked == 3


def test_a_refusal_that_will_not_pass_is_not_tried_again() -> None:
    with (
        moody(400, 400) as (base_url, app),
        OpenAI(base_url=base_url, api_key=KEY, max_retries=2) as it,
        pytest.raises(openai.BadRequestError, match="Not now"),
    ):
        it.models.list()
    assert app.asked == 1


def test_too_many_refusals_are_told_as_what_they_are() -> None:
    with (
        moody(429, 429) as (base_url, _),
        OpenAI(base_url=base_url, api_key=KEY, max_retries=1) as it,
        pytest.raises(openai.RateLimitError) as caught,
    ):
        it.models.list()
    assert caught.value.request_id == "req_1"


def test_a_silent_server_is_given_up() -> None:
    with (
        running(silent) as base_url,
        OpenAI(base_url=base_url, api_key=KEY, max_retries=0, timeout=0.1) as it,
        pytest.raises(openai.APITimeoutError),
    ):
        it.models.list()


def test_errors_are_told_by_class_code_and_param() -> None:
    with client() as it:
        with pytest.raises(openai.NotFoundError) as missing:
            it.chat.completions.create(model="nope", messages=[{"role": "user", "content": "Hi"}])
        with pytest.raises(openai.BadRequestError) as wrong:
            it.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hi"}], temperature=9)
        with pytest.raises(openai.AuthenticationError) as refused:
            it.with_options(api_key="sk-wrong").models.list()
    assert missing.value.code == "model_not_found"
    assert wrong.value.param == "temperature"
    assert refused.value.code == "invalid_api_key"
