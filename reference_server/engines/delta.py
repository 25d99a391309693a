"""What every engine is, and the pieces it produces."""

from collections.abc import AsyncGenerator
from typing import Literal, NamedTuple, Protocol

from reference_server.protocol.chat_request import ChatRequest

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class Usage(NamedTuple):
    """What an answer cost, in tokens; `completion` is the sum over all choices."""

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0


class TokenChance(NamedTuple):
    """A token's bytes and its logprob; `others` are the likeliest tokens in its place, itself among them."""

    token: bytes
    logprob: float
    others: tuple[tuple[bytes, float], ...] = ()


class Delta(NamedTuple):
    """A piece of one choice. The last piece of a choice has `finish`; the last of all has `usage` and nothing else.

    A NamedTuple and no dataclass: a stream makes one for every token.
    """

    choice: int = 0
    text: str = ""
    finish: FinishReason | None = None
    chances: tuple[TokenChance, ...] = ()
    usage: Usage | None = None


class Engine(Protocol):
    """Something that answers requests."""

    name: str

    def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Answer piece by piece; what is refused is refused before the first piece."""
        ...
