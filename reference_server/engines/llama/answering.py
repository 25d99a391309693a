"""One request, put to a model."""

import string
from collections.abc import AsyncGenerator
from contextlib import aclosing
from random import Random
from typing import Any

from reference_server.engines.calling import Call
from reference_server.engines.delta import CallPiece, Delta, Usage
from reference_server.engines.llama.requests import (
    CHAT,
    COMPLETION,
    COUNT,
    TEMPLATE,
    chat_body,
    messages,
    prompt_body,
)
from reference_server.engines.llama.running import Running
from reference_server.engines.llama.tools import arguments_form, choosing, chosen, ending, offered, opening, with_tools
from reference_server.engines.llama.words import Words
from reference_server.engines.parts import finish_of
from reference_server.protocol.chat_request import ChatRequest, Tool

CALL_ID = string.ascii_letters + string.digits
LONGEST_CHOICE = 64
"""Tokens; a name has at most 64 characters."""
Json = dict[str, Any]


class Answering:
    """Answers one request, as many times as choices are wanted."""

    def __init__(self, running: Running, request: ChatRequest, entropy: Random) -> None:
        """`entropy` makes the ids of calls."""
        self._running = running
        self._request = request
        self._entropy = entropy
        self._read = 0

    async def deltas(self, choice: int) -> AsyncGenerator[Delta]:
        """Yield one choice, and at the end what it cost: a text gone on with, a call, or words."""
        async with aclosing(await self._way(choice)) as found:
            async for delta in found:
                yield delta

    async def count(self) -> int:
        """Return the tokens of the conversation, and of its tools."""
        told = offered(self._request)
        answer = await self._running.call(COUNT, {"messages": told_messages(self._request, told)})
        return int(answer["input_tokens"])

    async def _way(self, choice: int) -> AsyncGenerator[Delta]:
        """Return how it is answered."""
        request = self._request
        if request.continues:
            prompt = request.messages[0].text or await self._running.beginning()
            return self._words(COMPLETION, prompt_body(request, choice, prompt))
        if tools := offered(request):
            prompt = await self._prompt(tools)
            if tool := await self._chosen(tools, choice, prompt):
                return self._called(tool, choice, prompt + opening(tool))
        return self._words(CHAT, chat_body(request, choice))

    async def _words(self, path: str, body: Json) -> AsyncGenerator[Delta]:
        """Yield an answer in words."""
        words = Words(self._request.stop, self._request.top_logprobs)
        async with self._running.stream(path, body) as chunks:
            async for chunk in chunks:
                for delta in words.take(chunk):
                    # llama.cpp generates a token at least.
                    if self._request.max_tokens != 0:
                        yield delta
                if words.is_over:
                    break
        if self._request.max_tokens == 0:
            yield Delta(finish="length")
            yield Delta(usage=words.usage._replace(completion=0))
            return
        for delta in words.end():
            yield delta
        yield Delta(usage=self._cost(words.usage))

    def _cost(self, usage: Usage) -> Usage:
        """Return what an answer cost: with tools the prompt is what was read to choose one, whatever was chosen."""
        return usage._replace(prompt=self._read, cached=min(usage.cached, self._read)) if self._read else usage

    async def _prompt(self, tools: list[Tool]) -> str:
        """Return the conversation as the model reads it, with its tools."""
        answer = await self._running.call(TEMPLATE, {"messages": told_messages(self._request, tools)})
        return str(answer["prompt"])

    async def _chosen(self, tools: list[Tool], choice: int, prompt: str) -> Tool | None:
        """Let the model choose a tool, or none where it may."""
        if self._request.tool_choice.forced or (len(tools) == 1 and self._request.tool_choice.mode == "required"):
            return tools[0]
        grammar = choosing(tools, forced=self._request.tool_choice.mode == "required")
        body = {
            **prompt_body(self._request, choice, prompt),
            "stream": False,
            "max_tokens": LONGEST_CHOICE,
            "grammar": grammar,
        }
        answer = await self._running.call(COMPLETION, body)
        self._read = answer["usage"]["prompt_tokens"]
        return chosen(tools, str(answer["choices"][0]["text"]))

    async def _called(self, tool: Tool, choice: int, prompt: str) -> AsyncGenerator[Delta]:
        """Yield a call, its arguments as they come."""
        words = Words(ending(tool))
        identifier = f"call_{''.join(self._entropy.choices(CALL_ID, k=24))}"
        body = {**prompt_body(self._request, choice, prompt), **arguments_form(tool)}
        finish = None
        async with self._running.stream(COMPLETION, body) as chunks:
            yield Delta(call=CallPiece(0, "", identifier, tool.name, tool.kind))
            async for chunk in chunks:
                for delta in words.take(chunk):
                    yield Delta(call=CallPiece(0, delta.text, kind=tool.kind))
                if words.is_over:
                    break
        for delta in words.end():
            if delta.text:
                yield Delta(call=CallPiece(0, delta.text, kind=tool.kind))
            finish = delta.finish
        if finish == "stop":
            finish = finish_of(self._request, [Call(tool, "")])
        yield Delta(finish=finish)
        yield Delta(usage=self._cost(words.usage))


def told_messages(request: ChatRequest, tools: list[Tool]) -> list[Json]:
    """Return the conversation for a model's template, the tools in words before it."""
    return list(messages(with_tools(request.messages, tools) if tools else request.messages))
