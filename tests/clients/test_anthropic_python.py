"""Anthropic's own client, unmodified, against the reference server: alone, and in front of another one."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import Message, MessageParam, ToolParam, ToolResultBlockParam, UserMessageParam
from pydantic import BaseModel

from reference_server.app import create_app
from reference_server.settings import OpenAIEngine, Route, Settings
from tests.clients.servers import KEY, MODEL, Moody, in_order, moody
from tests.reference import settings
from tests.reference_server.test_cli import started
from tests.reference_server.test_media import PNG
from tests.servers import running

TEXT = "Say exactly: one two three"
ASKED: list[MessageParam] = [{"role": "user", "content": TEXT}]
PICTURE = b64encode(PNG).decode()


class City(BaseModel):
    """A city, as asked of the model."""

    name: str
    inhabitants: int


def tool(name: str) -> ToolParam:
    schema: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"name": name, "description": "Look it up for a city.", "input_schema": schema}


@contextmanager
def served(engine: str) -> Iterator[str]:
    """Run a server that answers by itself, or one in front of it; gives what the client's base URL is to be."""
    with in_order() as base_url:
        if engine == "synthetic":
            yield base_url.removesuffix("/v1")
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("UPSTREAM_KEY", KEY)
            there = OpenAIEngine(name="base", type="openai", base_url=base_url, api_key_env="UPSTREAM_KEY")
            front = Settings(engines=(there,), routes=(Route(pattern=".*"),), keys=settings().keys, health_check=None)
            with running(create_app(front)) as front_url:
                yield front_url.removesuffix("/v1")


@pytest.fixture(scope="module", params=["synthetic", "openai"])
def client(request: pytest.FixtureRequest) -> Iterator[Anthropic]:
    with served(request.param) as base_url, Anthropic(base_url=base_url, api_key=KEY, max_retries=0) as made:
        yield made


def test_a_message_is_answered(client: Anthropic) -> None:
    answer = client.messages.create(model=MODEL, max_tokens=50, messages=ASKED, system="Be brief.")
    assert [block.text for block in answer.content if block.type == "text"] == ["one two three"]
    assert (answer.role, answer.stop_reason, answer.stop_sequence) == ("assistant", "end_turn", None)
    assert answer.usage.input_tokens > 10
    assert answer.usage.output_tokens == 3
    assert str(answer._request_id).startswith("req_")


def test_a_stream_is_accumulated(client: Anthropic) -> None:
    with client.messages.stream(model=MODEL, max_tokens=50, messages=ASKED) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == "one two three"
    assert final.stop_reason == "end_turn"
    assert (final.usage.input_tokens > 10, final.usage.output_tokens) == (True, 3)


def test_a_stream_is_iterated(client: Anthropic) -> None:
    events = client.messages.create(model=MODEL, max_tokens=50, messages=ASKED, stream=True)
    kinds = [event.type for event in events]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


def test_a_limit_is_told(client: Anthropic) -> None:
    answer = client.messages.create(model=MODEL, max_tokens=2, messages=ASKED)
    assert (answer.stop_reason, answer.usage.output_tokens) == ("max_tokens", 2)


@pytest.mark.parametrize("streams", [False, True])
def test_tools_are_called_side_by_side_and_their_results_sent_back(client: Anthropic, *, streams: bool) -> None:
    tools = [tool("get_weather"), tool("get_time")]
    messages: list[MessageParam] = [{"role": "user", "content": "What are the weather and the time in Paris?"}]
    called: Message
    if streams:
        with client.messages.stream(model=MODEL, max_tokens=200, messages=messages, tools=tools) as stream:
            called = stream.get_final_message()
    else:
        called = client.messages.create(model=MODEL, max_tokens=200, messages=messages, tools=tools)
    calls = [block for block in called.content if block.type == "tool_use"]
    assert called.stop_reason == "tool_use"
    assert [call.name for call in calls] == ["get_weather", "get_time"]
    assert all(call.input.keys() == {"city"} for call in calls)
    results: list[ToolResultBlockParam] = [
        {"type": "tool_result", "tool_use_id": call.id, "content": "Sunny."} for call in calls
    ]
    shown: UserMessageParam = {"role": "user", "content": [*results, {"type": "text", "text": TEXT}]}
    answer = client.messages.create(
        model=MODEL, max_tokens=50, messages=[*messages, called.to_param(), shown], tools=tools
    )
    assert answer.content[0].type == "text"
    assert answer.content[0].text == "one two three"


def test_one_tool_is_called_where_one_is_wanted(client: Anthropic) -> None:
    answer = client.messages.create(
        model=MODEL,
        max_tokens=200,
        messages=[{"role": "user", "content": "What are the weather and the time in Paris?"}],
        tools=[tool("get_weather"), tool("get_time")],
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
    )
    assert [block.type for block in answer.content] == ["tool_use"]


def test_a_named_tool_is_called(client: Anthropic) -> None:
    answer = client.messages.create(
        model=MODEL,
        max_tokens=200,
        messages=ASKED,
        tools=[tool("get_weather"), tool("get_time")],
        tool_choice={"type": "tool", "name": "get_time"},
    )
    assert [block.name for block in answer.content if block.type == "tool_use"] == ["get_time"]
    assert answer.stop_reason == "tool_use"


def test_a_picture_is_seen(client: Anthropic) -> None:
    answer = client.messages.create(
        model=MODEL,
        max_tokens=50,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
                    {"type": "text", "text": "What is this?"},
                ],
            }
        ],
    )
    assert answer.content[0].type == "text"
    assert "PNG, 640 by 480 pixels" in answer.content[0].text


def test_an_answer_is_parsed(client: Anthropic) -> None:
    answer = client.messages.parse(
        model=MODEL, max_tokens=200, messages=[{"role": "user", "content": "Name a city."}], output_format=City
    )
    assert isinstance(answer.parsed_output, City)


@pytest.mark.parametrize("text", ["Hello", TEXT, "ein langer Satz, und noch einer " * 20])
def test_what_is_counted_is_what_is_used(client: Anthropic, text: str) -> None:
    counted = client.messages.count_tokens(
        model=MODEL, messages=[{"role": "user", "content": text}], system="Be brief."
    )
    answer = client.messages.create(
        model=MODEL, max_tokens=1, messages=[{"role": "user", "content": text}], system="Be brief."
    )
    assert counted.input_tokens == answer.usage.input_tokens


def test_tools_count(client: Anthropic) -> None:
    alone = client.messages.count_tokens(model=MODEL, messages=ASKED)
    armed = client.messages.count_tokens(model=MODEL, messages=ASKED, tools=[tool("get_weather")])
    assert armed.input_tokens > alone.input_tokens


def test_the_beta_client_is_answered(client: Anthropic) -> None:
    answer = client.beta.messages.create(model=MODEL, max_tokens=50, messages=ASKED, betas=["context-1m-2025-08-07"])  # type: ignore[arg-type]
    assert answer.content[0].type == "text"


def test_an_unknown_model_is_not_found(client: Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as told:
        client.with_options(max_retries=0).messages.create(model="", max_tokens=5, messages=ASKED)
    assert told.value.type == "not_found_error"
    assert str(told.value.request_id).startswith("req_")


def test_a_wrong_request_is_told_in_one_line(client: Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError) as told:
        client.messages.create(model=MODEL, max_tokens=0, messages=ASKED)
    assert told.value.type == "invalid_request_error"
    assert "'max_tokens'" in str(told.value.api_message)


@pytest.mark.parametrize("authorized", [{"api_key": "sk-wrong-0123456789"}, {"auth_token": "sk-wrong-0123456789"}])
def test_a_wrong_key_opens_nothing(client: Anthropic, authorized: dict[str, str]) -> None:
    with (
        Anthropic(base_url=client.base_url, max_retries=0, **authorized) as other,  # type: ignore[arg-type]
        pytest.raises(anthropic.AuthenticationError) as told,
    ):
        other.messages.create(model=MODEL, max_tokens=5, messages=ASKED)
    assert told.value.type == "authentication_error"
    assert "sk-wrong-0123456789" not in str(told.value)


def test_a_bearer_token_is_a_key_as_well(client: Anthropic) -> None:
    with Anthropic(base_url=client.base_url, auth_token=KEY, max_retries=0) as other:
        assert other.messages.create(model=MODEL, max_tokens=5, messages=ASKED).content


def test_many_are_answered_at_once() -> None:
    async def ask(base_url: str) -> list[str]:
        async with AsyncAnthropic(base_url=base_url, api_key=KEY, max_retries=0) as it:

            async def one(number: int) -> str:
                said: MessageParam = {"role": "user", "content": f"Say exactly: {number}"}
                async with it.messages.stream(model=MODEL, max_tokens=50, messages=[said]) as stream:
                    return await stream.get_final_text()

            return list(await asyncio.gather(*map(one, range(20))))

    with served("openai") as base_url:
        assert asyncio.run(ask(base_url)) == [str(number) for number in range(20)]


def test_what_will_pass_is_tried_again() -> None:
    with (
        moody(529, 503) as (base_url, app),
        Anthropic(base_url=base_url.removesuffix("/v1"), api_key=KEY, max_retries=2) as it,
    ):
        assert isinstance(app, Moody)
        assert it.messages.create(model=MODEL, max_tokens=5, messages=ASKED).content
    assert app.asked == 3


def test_the_command_serves_it(tmp_path: Path) -> None:
    config = tmp_path / "a.yaml"
    config.write_text(json.dumps({"aliases": [{"pattern": "claude-.*", "model": MODEL}]}))
    command = ["--config", str(config), "--workers", "1", "--api-key-env", "THE_KEY"]
    with (
        started(*command, THE_KEY=KEY) as (_, base),
        Anthropic(base_url=base.removesuffix("/v1"), api_key=KEY, max_retries=0) as it,
    ):
        answer = it.messages.create(model="claude-opus-4-5", max_tokens=50, messages=ASKED)
    assert (answer.model, answer.stop_reason) == ("claude-opus-4-5", "end_turn")
