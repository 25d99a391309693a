"""Embeddings of an upstream, input by input."""

import base64
import struct
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from reference_server.engines.embedding import Embedding
from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.protocol.openai_embeddings import Input

FLOAT = 4
FIELDS = frozenset({"dimensions", "encoding_format", "input", "model", "user"})
FORMATS = (None, "base64", "float")


def inputs_of(fields: Mapping[str, Any]) -> tuple[Input, ...] | None:
    """Return what a request wants embedded; None where it wants something of the upstream's own, or is wrong."""
    if (
        not isinstance(fields.get("model"), str)
        or fields.get("encoding_format") not in FORMATS
        or fields.keys() - FIELDS
    ):
        return None
    given = fields.get("input")
    several = given if isinstance(given, list) and not all_tokens(given) else [given]
    if not several or not all(each and (isinstance(each, str) or all_tokens(each)) for each in several):
        return None
    return tuple(tuple(each) if isinstance(each, list) else str(each) for each in several)


def all_tokens(value: Any) -> bool:
    """Tell whether a value is an array of tokens, and not an empty one."""
    return isinstance(value, list) and bool(value) and all(type(each) is int for each in value)


def embedded(answer: Mapping[str, Any], inputs: Sequence[Input]) -> list[Embedding]:
    """Read an answer, whatever the order of its data; UpstreamBroken where it has not one vector for each input.

    Its tokens are shared out among the inputs by their lengths, so that the same batch costs the same again.
    """
    try:
        vectors = {each["index"]: packed(each["embedding"]) for each in answer["data"]}
        tokens = shares(int(answer["usage"]["prompt_tokens"]), [len(each) for each in inputs])
        return [Embedding(vectors.pop(place), cost) for place, cost in enumerate(tokens)]
    except (KeyError, TypeError, ValueError, OverflowError, struct.error) as error:
        raise UpstreamBroken(f"no embeddings: {type(error).__name__}") from error


def packed(vector: str | Sequence[float]) -> bytes:
    """Read a vector in base64 or in numbers; ValueError, TypeError, OverflowError or struct.error for what is none."""
    found = (
        base64.b64decode(vector, validate=True) if isinstance(vector, str) else struct.pack(f"<{len(vector)}f", *vector)
    )
    if not found or len(found) % FLOAT:
        raise ValueError(len(found))
    return found


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a total by weights, all above 0, into whole numbers whose sum it is."""
    ends = [total * sum_so_far // sum(weights) for sum_so_far in accumulate(weights, initial=0)]
    return [end - start for start, end in pairwise(ends)]
