"""One choice of an answer: words, a refusal or tool calls, cut into deltas."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from reference_server.engines.calling import Call
from reference_server.engines.chances import chances
from reference_server.engines.delta import CallPiece, Delta, FinishReason, TokenChance
from reference_server.engines.pieces import Cut, cut
from reference_server.engines.tokenizer import encode
from reference_server.protocol.chat_request import ChatRequest


@dataclass(frozen=True, slots=True)
class Part:
    """A choice's deltas, the last with its finish, and the tokens they cost."""

    deltas: Iterable[Delta]
    tokens: int


def spoken(request: ChatRequest, choice: int, text: str, *, at_once: bool) -> Part:
    """Answer in words: a stream in a delta a piece and then the finish, anything else in one delta.

    `at_once` says that nothing is waited for between two pieces.
    """
    whole = cut(text, request.max_tokens, request.stop)
    if request.stream:
        return Part(spoken_deltas(request, choice, whole, more=at_once), whole.tokens)
    return Part((spoken_whole(request, choice, whole),), whole.tokens)


def spoken_deltas(request: ChatRequest, choice: int, whole: Cut, *, more: bool) -> Iterator[Delta]:
    """Yield a delta a piece, then the finish. The first is sent by itself, however fast the others come."""
    pieces = iter(whole.pieces)
    for piece in islice(pieces, 1):
        yield Delta(choice, piece.text, chances=odds(request, piece.tokens))
    for piece in pieces:
        yield Delta(choice, piece.text, chances=odds(request, piece.tokens), more=more)
    yield Delta(choice, finish=whole.finish, more=more, stop=whole.stop)


def spoken_whole(request: ChatRequest, choice: int, whole: Cut) -> Delta:
    """Return all pieces, and the finish, in one delta."""
    tokens = [token for piece in whole.pieces for token in piece.tokens] if request.logprobs else ()
    text = "".join([piece.text for piece in whole.pieces])
    return Delta(choice, text, whole.finish, odds(request, tokens), stop=whole.stop)


def odds(request: ChatRequest, tokens: Sequence[bytes]) -> tuple[TokenChance, ...]:
    """Return the logprobs of some tokens, where they are asked for."""
    return chances(tokens, request.top_logprobs) if request.logprobs else ()


def refused(request: ChatRequest, choice: int, text: str) -> Part:
    """Refuse in words that are no content."""
    whole = cut(text, request.max_tokens, ())
    pieces = [Delta(choice, refusal=piece.text) for piece in whole.pieces]
    return Part(iter([*pieces, Delta(choice, finish=whole.finish)]), whole.tokens)


def called(request: ChatRequest, choice: int, calls: Sequence[Call], ids: Sequence[str]) -> Part:
    """Call tools, one after the other; a limit cuts the payloads."""
    deltas: list[Delta] = []
    spent, finish = 0, finish_of(request, calls)
    for index, (call, call_id) in enumerate(zip(calls, ids, strict=True)):
        head = CallPiece(index, "", call_id, call.tool.name, call.tool.kind, several=len(calls) > 1)
        left = None if request.max_tokens is None else request.max_tokens - spent - len(encode(call.tool.name))
        if left is not None and left <= 0:
            return Part(iter([*deltas, Delta(choice, finish="length")]), request.max_tokens or 0)
        whole = cut(call.payload, left, ())
        pieces = (CallPiece(index, piece.text, kind=call.tool.kind) for piece in whole.pieces)
        deltas += [Delta(choice, call=each) for each in (head, *pieces)]
        spent += len(encode(call.tool.name)) + whole.tokens
        if whole.finish == "length":
            finish = "length"
            break
    return Part(iter([*deltas, Delta(choice, finish=finish)]), spent)


def finish_of(request: ChatRequest, calls: Sequence[Call]) -> FinishReason:
    """Say why calls end an answer: a tool that was named ends it with `stop`, as OpenAI does."""
    if request.tool_choice.forced:
        return "stop"
    return "function_call" if calls[0].tool.kind == "legacy" else "tool_calls"
