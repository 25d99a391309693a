"""Old-style prompts, put to an engine one after the other."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from reference_server.engines.delta import Delta, Engine, Usage
from reference_server.engines.tokenizer import encode, token_bytes
from reference_server.errors import ContextLengthExceeded, NotServed, PromptTooLong, UnknownToken
from reference_server.protocol.chat_request import ChatRequest, Message
from reference_server.protocol.openai_completions import CompletionRequest, Prompt

MOST = 199_997
"""The largest id of an ordinary token of o200k_base."""
BEGINNING = 1
"""Tokens of an empty prompt: the mark at the beginning of a document."""


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt as text and as the bytes of its tokens."""

    text: str
    tokens: tuple[bytes, ...]

    @property
    def cost(self) -> int:
        """How many tokens it counts."""
        return len(self.tokens) or BEGINNING


def written(prompt: Prompt) -> Written:
    """Read a prompt; tokens are those of o200k_base, whatever the model is called."""
    ids: Sequence[int] = encode(prompt) if isinstance(prompt, str) else prompt
    if max(ids, default=0) > MOST:
        raise UnknownToken("prompt", max(ids), MOST)
    tokens = tuple(token_bytes(token) for token in ids)
    return Written(b"".join(tokens).decode("utf-8", "replace"), tokens)


async def complete(engine: Engine, asked: CompletionRequest, prompts: Sequence[Written]) -> AsyncGenerator[Delta]:
    """Yield the completions of all prompts, numbered through; the last delta has the usage of all together."""
    if engine.continues and asked.echo and asked.logprobs is not None:
        raise NotServed("echo", "logprobs of the prompt with this model")
    read, spent, counted = 0, 0, False
    for place, prompt in enumerate(prompts):
        try:
            async with aclosing(engine.generate(request_of(asked, prompt))) as deltas:
                async for delta in deltas:
                    if delta.usage:
                        read += delta.usage.prompt if engine.continues else prompt.cost
                        spent += delta.usage.completion
                        counted = counted or delta.usage.counted
                    elif delta.choice < asked.n and not delta.reasoning:
                        yield delta._replace(choice=place * asked.n + delta.choice)
        except ContextLengthExceeded as error:
            raise PromptTooLong(error.limit, prompt.cost, asked.max_tokens) from error
    yield Delta(usage=Usage(read, spent, counted=counted))


def request_of(asked: CompletionRequest, prompt: Written) -> ChatRequest:
    """Return what is asked of an engine: to go on with the prompt, or a conversation that has nothing else."""
    return ChatRequest(
        model=asked.model,
        messages=(Message("user", prompt.text),),
        n=asked.best_of,
        max_tokens=asked.max_tokens,
        stop=asked.stop,
        stream=asked.stream,
        seed=asked.seed,
        temperature=asked.temperature,
        logprobs=asked.logprobs is not None,
        top_logprobs=asked.logprobs or 0,
        options=asked.options,
        tenant=asked.tenant,
        user=asked.user,
        continues=True,
    )
