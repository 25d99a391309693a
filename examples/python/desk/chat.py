"""Questions and answers, at once and as they are written."""

from collections.abc import Iterator

import openai

from desk import settings
from desk.clients import Backend
from desk.tools import TOOLS

backend = Backend()


def ask(question: str, **options) -> str:
    answer = backend.completions.create(
        model=settings.FAST,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}],
        **settings.PLAIN,
        **options,
    )
    print(answer.usage.total_tokens)
    return answer.choices[0].message.content or ""


def ask_with_seed(question: str) -> str:
    return ask(question, seed=7)


def follow(question: str) -> Iterator[str]:
    try:
        stream = backend.completions.create(
            model=settings.CAREFUL,
            messages=[{"role": "user", "content": question}],
            tools=TOOLS,
            stream=True,
            stream_options={"include_usage": True},
        )
        for chunk in stream:
            for choice in chunk.choices:
                yield choice.delta.content or ""
            if chunk.usage:
                print(chunk.usage.completion_tokens)
    except openai.RateLimitError:
        yield "Please try again in a minute."
    except (openai.APIConnectionError, openai.APIStatusError) as error:
        yield f"Something is wrong: {error}"
