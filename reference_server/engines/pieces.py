"""A text cut into pieces on token boundaries, as a model would emit it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from reference_server.engines.delta import FinishReason
from reference_server.engines.tokenizer import encode, token_bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole characters, and the tokens they were made of."""

    text: str
    tokens: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A finished choice: its pieces, why it ends, the tokens it cost, and the stop sequence that ended it, if any."""

    pieces: tuple[Piece, ...]
    finish: FinishReason
    tokens: int
    stop: str = ""


def cut(text: str, max_tokens: int | None, stop: Sequence[str]) -> Cut:
    """Cut a text into pieces, up to a number of tokens and before the first stop sequence.

    A model that fills its limit exactly has not said that it was done: that is `length`.
    """
    ids = encode(text)[:max_tokens]
    pieces = whole_characters(ids)
    whole = "".join([piece.text for piece in pieces]) if stop else ""
    end = stop_at(whole, stop) if stop else None
    if end is not None:
        return shortened(pieces, *end, whole[slice(*end)])
    full = max_tokens is not None and len(ids) >= max_tokens
    return Cut(pieces, "length" if full else "stop", len(ids))


def whole_characters(ids: Sequence[int]) -> tuple[Piece, ...]:
    """Join tokens until each piece is valid UTF-8; a character left unfinished is dropped."""
    alone = tuple(map(lone_piece, ids))
    if all(alone):
        return cast("tuple[Piece, ...]", alone)
    pieces: list[Piece] = []
    waiting: list[bytes] = []
    for token in ids:
        piece = lone_piece(token) if not waiting else joined([*waiting, token_bytes(token)])
        if piece:
            pieces.append(piece)
            waiting = []
        else:
            waiting.append(token_bytes(token))
    return tuple(pieces)


@cache
def lone_piece(token: int) -> Piece | None:
    """Return the piece a token makes by itself, if it does: the same piece every time."""
    return joined([token_bytes(token)])


def joined(tokens: Sequence[bytes]) -> Piece | None:
    """Return the piece some tokens make together, if they end with a character."""
    try:
        return Piece(b"".join(tokens).decode(), tuple(tokens))
    except UnicodeDecodeError:
        return None


def stop_at(text: str, stop: Sequence[str]) -> tuple[int, int] | None:
    """Return where the earliest stop sequence begins and ends, if there is one."""
    found = [(text.find(sequence), sequence) for sequence in stop]
    ends = [(begin, begin + len(sequence)) for begin, sequence in found if begin >= 0]
    return min(ends, default=None)


def shortened(pieces: Sequence[Piece], begin: int, end: int, stop: str) -> Cut:
    """Return the pieces before `begin`, where `stop` stands; what was generated up to `end` was paid for."""
    kept, tokens, at = [], 0, 0
    for piece in pieces:
        if at >= end:
            break
        tokens += len(piece.tokens)
        text = piece.text[: max(begin - at, 0)]
        if text:
            kept.append(piece if text == piece.text else Piece(text, (text.encode(),)))
        at += len(piece.text)
    return Cut(tuple(kept), "stop", tokens, stop)
