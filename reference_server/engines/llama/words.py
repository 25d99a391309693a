"""llama.cpp's chunks to text with its odds, up to a stop sequence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reference_server.engines.bounds import Bounds
from reference_server.engines.delta import Delta, FinishReason, TokenChance, Usage

LEAST = -9999.0
"""What OpenAI says of a token that is next to impossible."""
Json = Mapping[str, Any]


class Piece(NamedTuple):
    """Some text, and the tokens that it is made of, where they are asked for."""

    text: str
    chances: tuple[TokenChance, ...] = ()


class Words:
    """One choice while its chunks come in; what may begin a stop sequence is held back, token by token."""

    def __init__(self, stop: Sequence[str], alternatives: int = 0) -> None:
        """Begin with nothing said; so many `alternatives` are told of each token."""
        self._alternatives = alternatives
        self._bounds = Bounds(stop, None)
        self._waiting: list[Piece] = []
        self._free = 0
        self._finish: FinishReason = "stop"
        self.usage = Usage(0, 0)

    @property
    def is_over(self) -> bool:
        """Whether a stop sequence was found."""
        return self._bounds.finish is not None

    def take(self, chunk: Json) -> Iterator[Delta]:
        """Yield what may be said by now."""
        self.usage = usage_in(chunk) or self.usage
        for choice in chunk.get("choices", ()):
            self._finish = choice.get("finish_reason") or self._finish
            delta = choice.get("delta", choice)
            if thought := delta.get("reasoning_content"):
                yield Delta(reasoning=thought)
            if text := delta.get("content") or delta.get("text"):
                self._waiting.append(Piece(text, tuple(chances(choice.get("logprobs"), text, self._alternatives))))
                self._free += len(self._bounds.take(text))
                yield from self._said()

    def end(self) -> Iterator[Delta]:
        """Yield the rest, and why it ends."""
        self._free += len(self._bounds.rest())
        yield from self._said()
        if self._free and self._waiting:
            yield as_delta(cut(self._waiting[0], self._free))
        yield Delta(finish=self._bounds.finish or self._finish, stop=self._bounds.found)

    def _said(self) -> Iterator[Delta]:
        """Yield the pieces that are free as a whole."""
        while self._waiting and len(self._waiting[0].text) <= self._free:
            piece = self._waiting.pop(0)
            self._free -= len(piece.text)
            yield as_delta(piece)


def as_delta(piece: Piece) -> Delta:
    """Return a piece as an engine says it."""
    return Delta(text=piece.text, chances=piece.chances)


def cut(piece: Piece, size: int) -> Piece:
    """Return the first characters of a piece, as if they were a token."""
    text = piece.text[:size]
    return Piece(text, tuple([each._replace(token=text.encode()) for each in piece.chances[:1]]))


def chances(told: Json | None, text: str, alternatives: int) -> Iterator[TokenChance]:
    """Yield the odds of the tokens of a text; where they are of another text, as one token."""
    tokens = [chance_in(each, alternatives) for each in (told or {}).get("content", ())]
    if tokens and b"".join([each.token for each in tokens]) != text.encode():
        tokens = [tokens[-1]._replace(token=text.encode())]
    yield from tokens


def chance_in(told: Json, alternatives: int) -> TokenChance:
    """Read a token and its odds."""
    others = tuple([(bytes(each["bytes"]), odds(each)) for each in told["top_logprobs"][:alternatives]])
    return TokenChance(bytes(told["bytes"]), odds(told), others)


def odds(told: Json) -> float:
    """Return a logprob: what is impossible has one that JSON can hold."""
    return max(float(told["logprob"]), LEAST)


def usage_in(chunk: Json) -> Usage | None:
    """Return what an answer cost, or has cost by now, where a chunk says it."""
    if told := chunk.get("usage"):
        return Usage(told["prompt_tokens"], told["completion_tokens"], told["prompt_tokens_details"]["cached_tokens"])
    if told := chunk.get("timings"):
        return Usage(told["cache_n"] + told["prompt_n"], told["predicted_n"], told["cache_n"])
    return None
