"""openai-python against the reference server: everything that an application does with it."""

import asyncio
import json

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import (
    ChatCompletionToolMessageParam,
    ChatCompletionToolParam,
    ChatCompletionUserMessageParam,
)
from openai.types.responses import FunctionToolParam
from pydantic import BaseModel

from tests.clients.servers import EMBEDDER, KEY, MODEL, client, in_order

WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a city.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
RESPONSES_WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather of a city.",
    "strict": True,
    "parameters": WEATHER["function"]["parameters"],
}


class City(BaseModel):
    """A city, as asked of the model."""

    name: str
    inhabitants: int


def test_a_stream_is_iterated() -> None:
    with client() as it:
        chunks = list(
            it.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": "Say exactly: one two three"}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )
    assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == "one two three"
    assert chunks[-1].usage


def test_a_stream_is_accumulated() -> None:
    with (
        client() as it,
        it.chat.completions.stream(
            model=MODEL, messages=[{"role": "user", "content": "Say exactly: one two three"}]
        ) as stream,
    ):
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == "one two three"


def test_an_answer_is_parsed() -> None:
    with client() as it:
        answer = it.chat.completions.parse(
            model=MODEL, messages=[{"role": "user", "content": "Name a city."}], response_format=City
        )
    assert isinstance(answer.choices[0].message.parsed, City)


def test_a_stream_is_parsed() -> None:
    with (
        client() as it,
        it.chat.completions.stream(
            model=MODEL, messages=[{"role": "user", "content": "Name a city."}], response_format=City
        ) as stream,
    ):
        assert isinstance(stream.get_final_completion().choices[0].message.parsed, City)


def test_a_tool_is_called_and_its_result_sent_back() -> None:
    with client() as it:
        asked: ChatCompletionUserMessageParam = {"role": "user", "content": "What is the weather in Paris?"}
        called = it.chat.completions.create(
            model=MODEL,
            messages=[asked],
            tools=[WEATHER],
            tool_choice="required",
        ).choices[0]
        call = called.message.tool_calls[0] if called.message.tool_calls else None
        assert call
        assert call.type == "function"
        result: ChatCompletionToolMessageParam = {"role": "tool", "tool_call_id": call.id, "content": "Sunny."}
        answer = it.chat.completions.create(
            model=MODEL,
            messages=[asked, called.message, result],  # type: ignore[list-item]
            tools=[WEATHER],
        )
    assert called.finish_reason == "tool_calls"
    assert json.loads(call.function.arguments).keys() == {"city"}
    assert answer.choices


def test_a_tool_call_is_accumulated_from_a_stream() -> None:
    with (
        client() as it,
        it.chat.completions.stream(
            model=MODEL,
            messages=[{"role": "user", "content": "What is the weather in Paris?"}],
            tools=[WEATHER],
            tool_choice="required",
        ) as stream,
    ):
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls
    assert isinstance(calls[0].function.parsed_arguments, dict)


def test_a_response_is_made_continued_retrieved_and_deleted() -> None:
    with client() as it:
        first = it.responses.create(model=MODEL, input="Say exactly: one two three")
        second = it.responses.create(model=MODEL, input="And now?", previous_response_id=first.id)
        items = list(it.responses.input_items.list(first.id))
        again = it.responses.retrieve(first.id)
        it.responses.delete(first.id)
        with pytest.raises(openai.NotFoundError):
            it.responses.retrieve(first.id)
    assert first.output_text == again.output_text == "one two three"
    assert second.previous_response_id == first.id
    assert len(items) == 1


def test_a_response_is_streamed() -> None:
    with client() as it, it.responses.stream(model=MODEL, input="Say exactly: one two three") as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        final = stream.get_final_response()
    assert text == final.output_text == "one two three"
    assert final.usage


def test_a_response_is_parsed() -> None:
    with client() as it:
        answer = it.responses.parse(model=MODEL, input="Name a city.", text_format=City)
    assert isinstance(answer.output_parsed, City)


def test_a_response_calls_a_function() -> None:
    with client() as it:
        first = it.responses.create(
            model=MODEL, input="What is the weather in Paris?", tools=[RESPONSES_WEATHER], tool_choice="required"
        )
        call = next(item for item in first.output if item.type == "function_call")
        second = it.responses.create(
            model=MODEL,
            previous_response_id=first.id,
            input=[{"type": "function_call_output", "call_id": call.call_id, "output": "Sunny."}],
        )
    assert json.loads(call.arguments).keys() == {"city"}
    assert second.status == "completed"


def test_conversations_keep_their_items_page_by_page() -> None:
    with client() as it:
        conversation = it.conversations.create()
        for word in ("one", "two", "three"):
            it.conversations.items.create(conversation.id, items=[{"role": "user", "content": word}])
        pages = it.conversations.items.list(conversation.id, limit=2)
        assert len(pages.data) == 2
        assert pages.has_next_page()
        assert len(list(pages)) == 3
        it.conversations.delete(conversation.id)
        with pytest.raises(openai.NotFoundError):
            it.conversations.retrieve(conversation.id)


def test_embeddings_come_as_floats_however_they_travel() -> None:
    with client() as it:
        packed = it.embeddings.create(model=EMBEDDER, input=["one", "two"])
        plain = it.embeddings.create(model=EMBEDDER, input=["one", "two"], encoding_format="float")
        short = it.embeddings.create(model=EMBEDDER, input="one", dimensions=8)
    assert [each.embedding for each in packed.data] == [pytest.approx(each.embedding, abs=1e-6) for each in plain.data]
    assert len(short.data[0].embedding) == 8


def test_text_is_completed() -> None:
    with client() as it:
        answer = it.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once upon a time", max_tokens=8)
        stream = it.completions.create(model="gpt-3.5-turbo-instruct", prompt="Once", max_tokens=8, stream=True)
        text = "".join(choice.text for chunk in stream for choice in chunk.choices)
    assert answer.choices[0].text
    assert text


def test_text_is_moderated() -> None:
    with client() as it:
        assert it.moderations.create(model="omni-moderation-latest", input="Good morning.").results[0].flagged is False


def test_a_file_is_sent_listed_read_and_deleted() -> None:
    with client() as it:
        sent = it.files.create(file=("notes.txt", b"one two three"), purpose="user_data")
        assert sent.id in {each.id for each in it.files.list()}
        assert it.files.content(sent.id).read() == b"one two three"
        assert it.files.delete(sent.id).deleted


def test_files_are_listed_page_by_page() -> None:
    with client() as it:
        sent = {it.files.create(file=(f"{n}.txt", b"x"), purpose="user_data").id for n in range(3)}
        pages = it.files.list(limit=2)
        assert len(pages.data) == 2
        assert {each.id for each in pages} == sent


def test_a_picture_is_made() -> None:
    with client() as it:
        made = it.images.generate(model="gpt-image-1-mini", prompt="A red square", size="1024x1024")
    assert made.data
    assert made.data[0].b64_json


def test_text_is_spoken_and_speech_transcribed() -> None:
    with client() as it:
        spoken = it.audio.speech.create(model="tts-1", voice="alloy", input="Hello.", response_format="wav").read()
        heard = it.audio.transcriptions.create(model="whisper-1", file=("speech.wav", spoken))
    assert spoken[:4] == b"RIFF"
    assert heard.text


def test_models_are_listed_and_retrieved() -> None:
    with client() as it:
        models = list(it.models.list())
        assert it.models.retrieve(models[0].id) == models[0]


def test_the_asynchronous_client_does_the_same() -> None:
    async def everything(base_url: str) -> tuple[str | None, str, str, int]:
        async with AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0) as it:
            answer = await it.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "Say exactly: one"}]
            )
            async with it.chat.completions.stream(
                model=MODEL, messages=[{"role": "user", "content": "Say exactly: two"}]
            ) as stream:
                final = await stream.get_final_completion()
            async with it.responses.stream(model=MODEL, input="Say exactly: three") as events:
                response = await events.get_final_response()
            models = [model async for model in it.models.list()]
            return (
                answer.choices[0].message.content,
                final.choices[0].message.content or "",
                response.output_text,
                len(models),
            )

    with in_order() as base_url:
        *texts, models = asyncio.run(everything(base_url))
    assert texts == ["one", "two", "three"]
    assert models
