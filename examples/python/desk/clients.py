"""The client, made once."""

from functools import cached_property

from openai import AsyncOpenAI, OpenAI

from desk.settings import TRACE


def make_client() -> OpenAI:
    return OpenAI(timeout=20, max_retries=3, default_headers=TRACE)


class Backend:
    def __init__(self, client: OpenAI | None = None) -> None:
        self._client = client or make_client()

    @cached_property
    def patient(self) -> OpenAI:
        return self._client.with_options(timeout=120)

    @property
    def completions(self):
        return self._client.chat.completions


def make_async_client() -> AsyncOpenAI:
    return AsyncOpenAI(max_retries=0)
