"""What an application does with openai-python and a bot: `python -m tests.clients.asking_bots BASE_URL KEY`."""

import sys
from typing import Any

import openai

MODEL = "gpt-4o-mini"
WORDS = "one two three"


def ask(base_url: str, key: str) -> None:
    """Chat, whole and as a stream, by both of its endpoints; and be refused."""
    asked: Any = {"model": MODEL, "messages": [{"role": "user", "content": f"Say exactly: {WORDS}"}]}
    with openai.OpenAI(base_url=base_url, api_key=key, max_retries=0) as client:
        answer = client.chat.completions.create(**asked)
        assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == (WORDS, "stop")
        chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == WORDS
        assert chunks[-1].usage.total_tokens > 0
        with client.chat.completions.stream(**asked) as stream:
            assert stream.get_final_completion().choices[0].message.content == WORDS
        response: Any = client.responses.create(model=MODEL, input=f"Say exactly: {WORDS}")
        assert response.output_text == WORDS
        again: Any = client.responses.create(model=MODEL, input="Count to 3", previous_response_id=response.id)
        assert again.output_text == "1, 2, 3"
        assert refusal(client, {**asked, "n": 2}).param == "n"
        assert refusal(client, {**asked, "model": "nope"}).code == "model_not_found"


def refusal(client: openai.OpenAI, asked: Any) -> openai.APIStatusError:
    """Return how a request is refused."""
    try:
        client.chat.completions.create(**asked)
    except (openai.BadRequestError, openai.NotFoundError) as error:
        return error
    raise AssertionError("it was not refused")


if __name__ == "__main__":
    ask(*sys.argv[1:])
