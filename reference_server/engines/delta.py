"""What every engine is, and the pieces it produces."""

from collections.abc import AsyncGenerator
from typing import Literal, NamedTuple, Protocol

from reference_server.protocol.chat_request import ChatRequest, ToolKind

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]


class Usage(NamedTuple):
    """What an answer cost, in tokens; `completion` is the sum over all choices.

    It is `counted` where whoever generated the answer does not say.
    """

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0
    counted: bool = False


class TokenChance(NamedTuple):
    """A token's bytes and its logprob; `others` are the likeliest tokens in its place, itself among them."""

    token: bytes
    logprob: float
    others: tuple[tuple[bytes, float], ...] = ()


class CallPiece(NamedTuple):
    """A piece of the tool call at a `place`: the first has `id` and `name`, the others more of its `payload`.

    The payload is a function's arguments, or a custom tool's input. `several` says that other calls come with it.
    """

    place: int
    payload: str = ""
    id: str = ""
    name: str = ""
    kind: ToolKind = "function"
    several: bool = False


class Delta(NamedTuple):
    """A piece of one choice: text, a refusal in words, a tool call, or by itself what a model thinks on the way.

    The last piece of a choice has `finish`, and the stop sequence that it ended at, where it did and the engine knows;
    the last of all has `usage` and nothing else. `more` says that what comes next is there already: both may be sent
    together.
    A NamedTuple and no dataclass: a stream makes one for every token.
    """

    choice: int = 0
    text: str = ""
    finish: FinishReason | None = None
    chances: tuple[TokenChance, ...] = ()
    usage: Usage | None = None
    refusal: str = ""
    call: CallPiece | None = None
    more: bool = False
    stop: str = ""
    reasoning: str = ""


class Engine(Protocol):
    """Something that answers requests; `continues` says that it can also go on with a text, and count its tokens."""

    name: str
    continues: bool

    def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Answer piece by piece; what is refused is refused before the first piece."""
        ...

    async def count(self, request: ChatRequest) -> int:
        """Return the tokens that a conversation counts."""
        ...

    async def close(self) -> None:
        """End what is open."""
        ...
